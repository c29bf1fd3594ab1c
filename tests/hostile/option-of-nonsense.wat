;; A replacement that is neither there nor absent.
;; becomes: trap | shape

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (drop (call $inspect (local.get $exchange) (local.get $text) (local.get $len)))
  (call $find (i64.const 0) (i64.const 1))
  (i32.store8 offset=28 (global.get $found) (i32.const 7))
  (call $step (i64.load (local.get $exchange))))
