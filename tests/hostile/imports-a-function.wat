;; A component that imports a function.
;; becomes: error send

(component
  (import "send" (func (param "text" string))))
