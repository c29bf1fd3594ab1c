;; A finding whose rule's name is not UTF-8.
;; becomes: trap | shape

(data (i32.const 32) "ST\ff\feR")

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (drop (call $inspect (local.get $exchange) (local.get $text) (local.get $len)))
  (call $find_as (i32.const 32) (i32.const 5) (i64.const 0) (i64.const 1) (i32.const 100))
  (call $step (i64.load (local.get $exchange))))
