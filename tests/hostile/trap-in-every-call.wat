;; A trap in every call of an exchange.
;; becomes: trap, always

(func $begin (param $exchange i32) (param $direction i32) (param $role i32) (param $is_some i32) (param $name i32) (param $len i32)
  (unreachable))

(func $feed (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (unreachable))

(func $end (param $exchange i32) (result i32)
  (unreachable))

(func $drop_exchange (param $exchange i32)
  (unreachable))
