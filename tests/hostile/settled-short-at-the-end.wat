;; Leaves text unsettled though no more comes.
;; becomes: settled

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (drop (call $inspect (local.get $exchange) (local.get $text) (local.get $len)))
  (call $step (i64.const 0)))

(func $misbehave_at_end (param $exchange i32) (result i32)
  (call $step (i64.const 1)))
