;; An exchange whose handle is zero.
;; becomes: trap | shape, always

(func $open (param $policy i32) (param $is_some i32) (param $model i32) (param $len i32) (param $labels i32) (param $n_labels i32) (result i32)
  (i32.const 0))
