;; Answers `configure` with neither a policy nor an error.
;; becomes: error outside the contract

(func $configure (param $settings i32) (param $len i32) (param $assets i32) (param $n_assets i32) (result i32)
  (local $answer i32)
  (local.set $answer (call $configured))
  (i32.store8 (local.get $answer) (i32.const 9))
  (local.get $answer))
