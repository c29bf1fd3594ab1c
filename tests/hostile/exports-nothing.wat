;; A component without exports.
;; becomes: error inspector

(component
)
