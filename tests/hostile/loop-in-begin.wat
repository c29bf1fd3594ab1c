;; A `begin` that never returns.
;; becomes: fuel, always

(func $begin (param $exchange i32) (param $direction i32) (param $role i32) (param $is_some i32) (param $name i32) (param $len i32)
  (loop $forever (br $forever)))
