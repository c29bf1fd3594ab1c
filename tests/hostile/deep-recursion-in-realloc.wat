;; Calls itself until the stack is used up, while the host asks for room.
;; becomes: stack

(func $realloc (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
  (if (i32.eq (local.get $size) (i32.const 7))
    (then
      (return
        (i32.add
          (i32.const 1)
          (call $realloc (local.get $old) (local.get $old_size) (local.get $align) (local.get $size))))))
  (call $allocate (local.get $align) (local.get $size)))
