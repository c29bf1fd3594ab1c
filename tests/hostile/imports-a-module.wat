;; A component that imports a core module.
;; becomes: error shared-code

(component
  (import "shared-code" (core module)))
