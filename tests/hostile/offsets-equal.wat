;; A finding of nothing: start is end.
;; becomes: offsets

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (drop (call $inspect (local.get $exchange) (local.get $text) (local.get $len)))
  (call $find (i64.const 3) (i64.const 3))
  (call $step (i64.load (local.get $exchange))))
