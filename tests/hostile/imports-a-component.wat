;; A component that imports a component.
;; becomes: error helper

(component
  (import "helper" (component)))
