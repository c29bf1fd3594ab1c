;; Slips the text out as a rule's name: names are no channel.
;; becomes: rule

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (call $find_as (local.get $text) (local.get $len) (i64.const 0) (i64.const 1) (i32.const 100))
  (call $step (i64.const 0)))
