;; A finding that ends after the text.
;; becomes: offsets

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (drop (call $inspect (local.get $exchange) (local.get $text) (local.get $len)))
  (call $find (i64.const 1) (i64.const 1000))
  (call $step (i64.load (local.get $exchange))))
