;; Calls itself until the stack is used up.
;; becomes: stack

(func $deeper (param $level i64) (result i64)
  (i64.add (i64.const 1) (call $deeper (i64.add (local.get $level) (i64.const 1)))))

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (drop (call $deeper (i64.const 0)))
  (unreachable))
