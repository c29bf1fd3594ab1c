;; All answers are right, but giving up an exchange never returns.
;; becomes: nothing

(func $drop_exchange (param $exchange i32)
  (loop $forever (br $forever)))
