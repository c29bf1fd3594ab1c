;; Declines its settings with an error that would write over the terminal it is shown on.
;; becomes: error

(data (i32.const 32) "\1b[2J\1b]0;owned\07")

(func $configure (param $settings i32) (param $len i32) (param $assets i32) (param $n_assets i32) (result i32)
  (call $declined (i32.const 32) (i32.const 15)))
