;; An exchange whose handle is the greatest there is.
;; becomes: trap | shape, always

(func $open (param $policy i32) (param $is_some i32) (param $model i32) (param $len i32) (param $labels i32) (param $n_labels i32) (result i32)
  (i32.const -1))
