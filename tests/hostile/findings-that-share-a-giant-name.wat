;; Ten thousand findings whose names are the same MiB of memory: little for the policy, 10 GB for a
;; host that copies each.
;; becomes: shape | memory | trap

(memory $memory 24)

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (local $left i32)
  (memory.fill (i32.const 0x70000) (i32.const 65) (i32.const 0x100000))
  (local.set $left (i32.const 10000))
  (loop $next
    (call $find_as (i32.const 0x70000) (i32.const 0x100000) (i64.const 0) (i64.const 1) (i32.const 100))
    (local.set $left (i32.sub (local.get $left) (i32.const 1)))
    (br_if $next (local.get $left)))
  (call $step (i64.const 0)))
