;; A policy that finds every `*`, in the canonical ABI by hand: what the hostile ones are made of.
;; A case replaces the items it brings itself, so that it shows only where it goes wrong. Text
;; that begins with `!` provokes it; without that it answers right, which proves that the next
;; exchange is not spoilt.

(type $new (func (param i32) (result i32)))
(import "[export]sandgate:guardrail/inspector@0.1.0" "[resource-new]policy" (func $new_policy (type $new)))
(import "[export]sandgate:guardrail/inspector@0.1.0" "[resource-new]exchange" (func $new_exchange (type $new)))

(memory $memory 2)
(export "memory" (memory $memory))
(data $rule (i32.const 16) "STAR")

;; Arguments and answers lie above 4096 and are forgotten after each call; exchanges below.
(global $heap (mut i32) (i32.const 4096))
(global $slot (mut i32) (i32.const 1024))
(global $found (mut i32) (i32.const 0))
(global $n_found (mut i32) (i32.const 0))

(func $allocate (param $align i32) (param $size i32) (result i32) (local $at i32)
  (local.set $at
    (i32.and
      (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
  (global.set $heap (i32.add (local.get $at) (local.get $size)))
  (loop $more
    (if (i32.gt_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536)))
      (then
        (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))
        (unreachable))))
  (local.get $at))

(func $realloc (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
  (call $allocate (local.get $align) (local.get $size)))

(func $forget
  (global.set $heap (i32.const 4096)))

;; The answer of `configure` that is a policy.
(func $configured (result i32) (local $answer i32)
  (local.set $answer (call $allocate (i32.const 4) (i32.const 12)))
  (i32.store8 (local.get $answer) (i32.const 0))
  (i32.store offset=4 (local.get $answer) (call $new_policy (i32.const 1)))
  (local.get $answer))

;; The answer of `configure` that is an error.
(func $declined (param $error i32) (param $len i32) (result i32) (local $answer i32)
  (local.set $answer (call $allocate (i32.const 4) (i32.const 12)))
  (i32.store8 (local.get $answer) (i32.const 1))
  (i32.store offset=4 (local.get $answer) (local.get $error))
  (i32.store offset=8 (local.get $answer) (local.get $len))
  (local.get $answer))

;; An exchange: how many bytes it has seen (u64), and whether it was provoked (u32).
(func $opened (result i32) (local $exchange i32)
  (local.set $exchange (global.get $slot))
  (global.set $slot (i32.add (local.get $exchange) (i32.const 16)))
  (if (i32.ge_u (global.get $slot) (i32.const 4096)) (then (global.set $slot (i32.const 1024))))
  (i64.store (local.get $exchange) (i64.const 0))
  (i32.store offset=8 (local.get $exchange) (i32.const 0))
  (call $new_exchange (local.get $exchange)))

(func $provoked (param $exchange i32) (result i32)
  (i32.load offset=8 (local.get $exchange)))

;; Adds a finding to those of this step; nothing else may be allocated in between.
(func $find_as (param $rule i32) (param $rule_len i32) (param $start i64) (param $end i64) (param $confidence i32)
  (local $finding i32)
  (local.set $finding (call $allocate (i32.const 8) (i32.const 40)))
  (if (i32.eqz (global.get $n_found)) (then (global.set $found (local.get $finding))))
  (global.set $n_found (i32.add (global.get $n_found) (i32.const 1)))
  (i32.store (local.get $finding) (local.get $rule))
  (i32.store offset=4 (local.get $finding) (local.get $rule_len))
  (i64.store offset=8 (local.get $finding) (local.get $start))
  (i64.store offset=16 (local.get $finding) (local.get $end))
  (i32.store8 offset=24 (local.get $finding) (local.get $confidence))
  (i32.store8 offset=28 (local.get $finding) (i32.const 0)))

(func $find (param $start i64) (param $end i64)
  (call $find_as (i32.const 16) (i32.const 4) (local.get $start) (local.get $end) (i32.const 100)))

;; The step with the findings so far.
(func $step (param $settled i64) (result i32) (local $step i32)
  (local.set $step (call $allocate (i32.const 8) (i32.const 16)))
  (i32.store (local.get $step) (global.get $found))
  (i32.store offset=4 (local.get $step) (global.get $n_found))
  (i64.store offset=8 (local.get $step) (local.get $settled))
  (global.set $found (i32.const 0))
  (global.set $n_found (i32.const 0))
  (local.get $step))

;; The right answer to a chunk.
(func $inspect (param $exchange i32) (param $text i32) (param $len i32) (result i32) (local $at i32) (local $start i64)
  (block $done
    (loop $next
      (br_if $done (i32.ge_u (local.get $at) (local.get $len)))
      (if (i32.eq (i32.load8_u (i32.add (local.get $text) (local.get $at))) (i32.const 42))
        (then
          (local.set $start (i64.add (i64.load (local.get $exchange)) (i64.extend_i32_u (local.get $at))))
          (call $find (local.get $start) (i64.add (local.get $start) (i64.const 1)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next)))
  (i64.store (local.get $exchange) (i64.add (i64.load (local.get $exchange)) (i64.extend_i32_u (local.get $len))))
  (call $step (i64.load (local.get $exchange))))

(func $misbehave (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (call $inspect (local.get $exchange) (local.get $text) (local.get $len)))

(func $misbehave_at_end (param $exchange i32) (result i32)
  (call $step (i64.load (local.get $exchange))))

(func $configure (param $settings i32) (param $len i32) (param $assets i32) (param $n_assets i32) (result i32)
  (call $configured))

(func $open (param $policy i32) (param $is_some i32) (param $model i32) (param $len i32) (param $labels i32) (param $n_labels i32) (result i32)
  (call $forget)
  (call $opened))

(func $begin (param $exchange i32) (param $direction i32) (param $role i32) (param $is_some i32) (param $name i32) (param $len i32)
  (call $forget)
  (i64.store (local.get $exchange) (i64.const 0))
  (i32.store offset=8 (local.get $exchange) (i32.const 0)))

(func $feed (param $exchange i32) (param $text i32) (param $len i32) (result i32)
  (if (local.get $len)
    (then
      (if (i32.eq (i32.load8_u (local.get $text)) (i32.const 33))
        (then
          (i32.store offset=8 (local.get $exchange) (i32.const 1))
          (return (call $misbehave (local.get $exchange) (local.get $text) (local.get $len)))))))
  (call $inspect (local.get $exchange) (local.get $text) (local.get $len)))

(func $end (param $exchange i32) (result i32)
  (if (call $provoked (local.get $exchange))
    (then (return (call $misbehave_at_end (local.get $exchange)))))
  (call $step (i64.load (local.get $exchange))))

(func $after (param $answer i32)
  (call $forget))

(func $drop_policy (param $policy i32))

(func $drop_exchange (param $exchange i32))

(export "cabi_realloc" (func $realloc))
(export "sandgate:guardrail/inspector@0.1.0#[static]policy.configure" (func $configure))
(export "sandgate:guardrail/inspector@0.1.0#[method]policy.open" (func $open))
(export "sandgate:guardrail/inspector@0.1.0#[method]exchange.begin" (func $begin))
(export "sandgate:guardrail/inspector@0.1.0#[method]exchange.feed" (func $feed))
(export "sandgate:guardrail/inspector@0.1.0#[method]exchange.end" (func $end))
(export "cabi_post_sandgate:guardrail/inspector@0.1.0#[static]policy.configure" (func $after))
(export "cabi_post_sandgate:guardrail/inspector@0.1.0#[method]exchange.feed" (func $after))
(export "cabi_post_sandgate:guardrail/inspector@0.1.0#[method]exchange.end" (func $after))
(export "sandgate:guardrail/inspector@0.1.0#[dtor]policy" (func $drop_policy))
(export "sandgate:guardrail/inspector@0.1.0#[dtor]exchange" (func $drop_exchange))
