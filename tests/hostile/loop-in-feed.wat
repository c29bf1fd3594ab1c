;; A `feed` that never returns.
;; becomes: fuel

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (loop $forever (br $forever))
  (unreachable))
