;; A million findings of one byte.
;; becomes: answer

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (local $left i32)
  (local.set $left (i32.const 1000000))
  (loop $next
    (call $find (i64.const 0) (i64.const 1))
    (local.set $left (i32.sub (local.get $left) (i32.const 1)))
    (br_if $next (local.get $left)))
  (call $step (i64.const 0)))
