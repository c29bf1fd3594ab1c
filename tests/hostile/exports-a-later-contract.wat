;; A component of a contract that this host does not know.
;; becomes: error 0.1.0

(component
  (core module $m (func (export "run")))
  (core instance $i (instantiate $m))
  (func $run (canon lift (core func $i "run")))
  (instance $inspector (export "run" (func $run)))
  (export "sandgate:guardrail/inspector@9.0.0" (instance $inspector)))
