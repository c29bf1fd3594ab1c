;; A component whose interface has the right name and the wrong functions.
;; becomes: error 

(component
  (core module $m (func (export "run")))
  (core instance $i (instantiate $m))
  (func $run (canon lift (core func $i "run")))
  (instance $inspector (export "run" (func $run)))
  (export "sandgate:guardrail/inspector@0.1.0" (instance $inspector)))
