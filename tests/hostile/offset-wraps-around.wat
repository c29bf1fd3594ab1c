;; A finding whose end is so far that adding to it would wrap around.
;; becomes: offsets

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (drop (call $inspect (local.get $exchange) (local.get $text) (local.get $len)))
  (call $find (i64.const 0) (i64.const 18446744073709551615))
  (call $step (i64.load (local.get $exchange))))
