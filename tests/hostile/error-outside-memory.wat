;; Declines its settings with an error that is not in its memory.
;; becomes: error outside the contract

(func $configure (param $settings i32) (param $len i32) (param $assets i32) (param $n_assets i32) (result i32)
  (call $declined (i32.const 0x7fffff00) (i32.const 100)))
