;; Declines its settings with an error as long as the memory lets it.
;; becomes: error

(func $configure (param $settings i32) (param $len i32) (param $assets i32) (param $n_assets i32) (result i32)
  (loop $more
    (if (i32.lt_u (memory.size) (i32.const 1600))
      (then (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))))
  (call $declined (i32.const 0) (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 8192))))
