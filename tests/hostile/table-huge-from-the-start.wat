;; Declares a table of a billion entries.
;; becomes: error table

(table $table 1000000000 funcref)
