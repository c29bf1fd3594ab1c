;; A trap on the text it does not like.
;; becomes: trap

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (unreachable))
