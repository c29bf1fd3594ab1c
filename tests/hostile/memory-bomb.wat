;; Takes all the memory there is, then tries to write where it got none.
;; becomes: memory

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (loop $more
    (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
  (i32.store (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 2)) (i32.const 1))
  (unreachable))
