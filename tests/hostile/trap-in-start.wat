;; A start function that traps.
;; becomes: error trap

(func $fail (unreachable))

(start $fail)
