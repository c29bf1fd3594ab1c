;; Calls text settled that nobody has seen yet.
;; becomes: settled

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (drop (call $inspect (local.get $exchange) (local.get $text) (local.get $len)))
  (call $step (i64.add (i64.load (local.get $exchange)) (i64.const 1))))
