;; A component that imports an interface it could write a file through.
;; becomes: error wasi:filesystem/preopens@0.2.0

(component
  (import "wasi:filesystem/preopens@0.2.0" (instance
    (export "get-directories" (func (result string))))))
