;; Declines its settings with an error that is not UTF-8.
;; becomes: error

(data (i32.const 32) "\ff\fe\fd")

(func $configure (param $settings i32) (param $len i32) (param $assets i32) (param $n_assets i32) (result i32)
  (call $declined (i32.const 32) (i32.const 3)))
