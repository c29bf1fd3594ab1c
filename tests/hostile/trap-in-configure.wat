;; A trap before there is a policy.
;; becomes: error trap

(func $configure (param $settings i32) (param $len i32) (param $assets i32) (param $n_assets i32) (result i32)
  (unreachable))
