;; Reads past the end of its memory on provocation, which no engine lets it do.
;; becomes: trap

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (i32.load (i32.const -4)))
