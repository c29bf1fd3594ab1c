;; Declares 4 GiB to begin with.
;; becomes: error memory

(memory $memory 65536)
