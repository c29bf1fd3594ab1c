//! wasmtime, set up for policies: nothing to import, fuel, a clock, and room for so many instances.

use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use sandgate_inspect::foreign;
use wasmtime::component::Component;
use wasmtime::{Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::cache::Cache;
use crate::error::Error;
use crate::options::{Isolation, Limits, Options};
use crate::policy::{Idle, Policy};
use crate::spares::Spares;

/// How finely wall-clock limits are measured.
const TICK: Duration = Duration::from_millis(10);
/// A component has one core module of its own, and two small ones for its resources' destructors.
const CORE_INSTANCES: u32 = 8;
const TABLES: u32 = 4;
/// The most entries of a table.
pub(crate) const TABLE_ELEMENTS: usize = 20_000;
/// Memory that is cleared by hand when an instance goes, page by page that was written to, rather
/// than given back to the system and faulted in again by the next.
const KEEP_RESIDENT: usize = 1 << 20;

/// Compiles and runs policies. Cheap to clone; policies made from it keep it alive.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    wasmtime: wasmtime::Engine,
    options: Options,
    cache: Option<Cache>,
    /// Whoever keeps instances for the next exchange.
    idle: Mutex<Vec<Weak<Idle>>>,
    spares: Spares,
    /// Dropped with the engine, which ends the thread that ticks.
    _ticker: SyncSender<()>,
}

impl Engine {
    /// An engine that runs policies as `options` say.
    ///
    /// # Errors
    /// Where the machine has no room for so many instances, or the cache's folder is not safe.
    pub fn new(options: Options) -> Result<Self, Error> {
        let wasmtime = wasmtime::Engine::new(&config(&options)).map_err(|e| {
            let (instances, memory) = (options.instances, options.limits.memory);
            let wanted = format!("an engine for {instances} instances of {memory} bytes");
            Error::new(format!("{wanted}: {}", foreign(&format!("{e:#}"))))
        })?;
        let cache = options.cache.as_deref().map(|folder| Cache::open(folder, &wasmtime));
        let cache = cache.transpose()?;
        let ticker = ticker(&wasmtime)?;
        let (idle, spares) = (Mutex::default(), Spares::new()?);
        Ok(Self(Arc::new(Inner { wasmtime, options, cache, idle, spares, _ticker: ticker })))
    }

    /// The policy in a component's bytes, checked and compiled.
    ///
    /// # Errors
    /// As [`inspect`](crate::inspect), and where the component is larger than the limits allow.
    pub fn load(&self, bytes: &[u8]) -> Result<Policy, Error> {
        Policy::load(self, bytes)
    }

    pub(crate) fn wasmtime(&self) -> &wasmtime::Engine {
        &self.0.wasmtime
    }

    pub(crate) fn options(&self) -> &Options {
        &self.0.options
    }

    pub(crate) fn compile(&self, digest: &str, bytes: &[u8]) -> wasmtime::Result<Component> {
        match &self.0.cache {
            Some(cache) => cache.component(&self.0.wasmtime, digest, bytes),
            None => Component::new(&self.0.wasmtime, bytes),
        }
    }

    pub(crate) fn spares(&self) -> &Spares {
        &self.0.spares
    }

    /// Notes where instances are kept for the next exchange.
    pub(crate) fn keeps(&self, idle: &Arc<Idle>) {
        let mut all = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|idle| idle.strong_count() > 0);
        all.push(Arc::downgrade(idle));
    }

    /// Gives up the instances that wait for a next exchange, so that another policy has room.
    pub(crate) fn make_room(&self) {
        let all = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter_map(Weak::upgrade).for_each(|idle| idle.clear());
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("options", self.options()).finish_non_exhaustive()
    }
}

impl Limits {
    /// The time in ticks: one more than full ones, for the one that has begun.
    pub(crate) fn ticks(&self) -> u64 {
        let ticks = self.time.as_nanos().div_ceil(TICK.as_nanos());
        u64::try_from(ticks).unwrap_or(u64::MAX).saturating_add(1)
    }
}

fn config(options: &Options) -> Config {
    let instances = match options.isolation {
        Isolation::Pooled => options.instances,
        // One more may be in the making for a later exchange.
        Isolation::Exchange => options.instances.saturating_add(1),
    };
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(CORE_INSTANCES))
        .total_memories(instances)
        .total_tables(instances.saturating_mul(TABLES))
        .max_core_instances_per_component(CORE_INSTANCES)
        .max_memories_per_component(1)
        .max_tables_per_component(TABLES)
        .table_elements(TABLE_ELEMENTS)
        .max_memory_size(options.limits.memory)
        .linear_memory_keep_resident(KEEP_RESIDENT)
        .table_keep_resident(KEEP_RESIDENT)
        .pagemap_scan(Enabled::Auto);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .consume_fuel(true)
        .epoch_interruption(true)
        // The same text gives the same findings on every machine.
        .wasm_relaxed_simd(false)
        .cranelift_nan_canonicalization(true)
        // Nobody is shown a trap's backtrace.
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        .native_unwind_info(false);
    config
}

/// A thread that moves the engine's clock on, until the sender is dropped.
fn ticker(engine: &wasmtime::Engine) -> Result<SyncSender<()>, Error> {
    let (alive, engine_gone) = sync_channel(0);
    let engine = engine.weak();
    let tick = move || {
        while engine_gone.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            let Some(engine) = engine.upgrade() else { return };
            engine.increment_epoch();
        }
    };
    let thread = thread::Builder::new().name("sandgate-clock".to_owned()).spawn(tick);
    thread.map_err(|e| Error::new(format!("the engine's clock: {e}")))?;
    Ok(alive)
}
