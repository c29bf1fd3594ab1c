;; A component that imports a type.
;; becomes: error handle

(component
  (import "handle" (type (sub resource))))
