;; Makes exchanges that nobody asked for, until the table of handles is full.
;; becomes: fuel | trap | memory | shape

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (loop $more
    (drop (call $new_exchange (i32.const 1024)))
    (br $more))
  (unreachable))
