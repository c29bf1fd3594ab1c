;; Asks for 4 GiB in one instruction.
;; becomes: memory

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (drop (memory.grow (i32.const 65000)))
  (unreachable))
