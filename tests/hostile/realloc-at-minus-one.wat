;; The host asks for room for a chunk and gets the last address there is.
;; becomes: trap | shape

(func $realloc (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
  (if (i32.eq (local.get $size) (i32.const 7)) (then (return (i32.const -1))))
  (call $allocate (local.get $align) (local.get $size)))
