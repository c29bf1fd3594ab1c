;; A component that imports an interface without anything in it.
;; becomes: error wasi:sockets/network@0.2.0

(component
  (import "wasi:sockets/network@0.2.0" (instance)))
