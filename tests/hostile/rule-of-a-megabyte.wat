;; A finding whose rule's name is a MiB long.
;; becomes: rule

(memory $memory 24)

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (memory.fill (i32.const 0x70000) (i32.const 65) (i32.const 0x100000))
  (call $find_as (i32.const 0x70000) (i32.const 0x100000) (i64.const 0) (i64.const 1) (i32.const 100))
  (call $step (i64.const 0)))
