;; A start function that never returns: it runs before any export is called.
;; becomes: error fuel

(func $begin_forever
  (loop $forever (br $forever)))

(start $begin_forever)
