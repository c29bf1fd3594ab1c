;; The answer is right, but the clean-up after it never returns.
;; becomes: fuel

(global $stuck (mut i32) (i32.const 0))

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (global.set $stuck (i32.const 1))
  (call $inspect (local.get $exchange) (local.get $text) (local.get $len)))

(func $after (param $answer i32)
  (call $forget)
  (if (global.get $stuck) (then (loop $forever (br $forever)))))
