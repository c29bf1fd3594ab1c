;; More sure than a hundred per cent.
;; becomes: confidence

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (drop (call $inspect (local.get $exchange) (local.get $text) (local.get $len)))
  (call $find_as (i32.const 16) (i32.const 4) (i64.const 0) (i64.const 1) (i32.const 255))
  (call $step (i64.load (local.get $exchange))))
