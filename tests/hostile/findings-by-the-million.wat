;; A million findings. All zeros, so that they cost the policy one instruction and a host that
;; copies them a hundred MB.
;; becomes: findings | shape

(memory $memory 2)

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (local $step i32)
  (drop (memory.grow (i32.const 612)))
  (local.set $step (call $step (i64.const 0)))
  (i32.store (local.get $step) (i32.const 0x10000))
  (i32.store offset=4 (local.get $step) (i32.const 1000000))
  (local.get $step))
