;; A trap once the text is whole.
;; becomes: trap

(func $misbehave_at_end (param $exchange i32) (result i32)
  (i32.div_u (i32.const 1) (i32.const 0)))
