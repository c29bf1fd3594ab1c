;; A finding in text that it called settled a step ago, and that may have left the host since.
;; becomes: offsets

(func $misbehave_at_end (param $exchange i32) (result i32)
  (call $find (i64.const 0) (i64.const 1))
  (call $step (i64.load (local.get $exchange))))
