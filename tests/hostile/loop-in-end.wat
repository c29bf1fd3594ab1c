;; An `end` that never returns.
;; becomes: fuel

(func $misbehave_at_end (param $exchange i32) (result i32)
  (loop $forever (br $forever))
  (unreachable))
