;; An answer that is not in its memory.
;; becomes: trap | shape

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (i32.const 0x7fffff00))
