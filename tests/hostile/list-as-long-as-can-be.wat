;; A list of as many findings as can be said.
;; becomes: trap | shape

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (local $step i32)
  (local.set $step (call $step (i64.const 0)))
  (i32.store (local.get $step) (i32.const 4096))
  (i32.store offset=4 (local.get $step) (i32.const -1))
  (local.get $step))
