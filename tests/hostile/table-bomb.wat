;; Takes all the table there is.
;; becomes: fuel | trap | memory

(table $table 0 funcref)

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (loop $more
    (br_if $more (i32.ne (table.grow $table (ref.null func) (i32.const 65536)) (i32.const -1))))
  (unreachable))
