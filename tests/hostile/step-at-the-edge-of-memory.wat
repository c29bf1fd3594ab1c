;; An answer whose last bytes are not in its memory any more.
;; becomes: trap | shape

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 8)))
