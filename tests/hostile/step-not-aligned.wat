;; An answer at an odd place.
;; becomes: trap | shape

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (i32.add (call $inspect (local.get $exchange) (local.get $text) (local.get $len)) (i32.const 1)))
