;; Calls text unsettled that was settled a step ago.
;; becomes: settled

(func $misbehave_at_end (param $exchange i32) (result i32)
  (call $step (i64.const 0)))
