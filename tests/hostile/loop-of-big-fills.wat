;; A loop whose every turn is one instruction that writes a whole MiB: work that a count of
;; instructions alone would hardly see.
;; becomes: fuel

(memory $memory 18)

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (loop $forever
    (memory.fill (i32.const 65536) (i32.const 0) (i32.const 0x100000))
    (br $forever))
  (unreachable))
