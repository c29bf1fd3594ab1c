//! Components: whatever the bytes, a host says what is wrong with them, or runs them to their
//! budget.

use std::sync::LazyLock;

use sandgate_engine::{Engine, Limits, Options, inspect};
use sandgate_gate::{Context, Direction, Part, Policy as _, Role};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let limits = Limits { fuel: 1_000_000, ..Limits::default() };
    Engine::new(Options { limits, ..Options::default() }).expect("it starts")
});

/// Inspects, loads, configures and asks the component in `data`.
///
/// # Panics
/// Where a component is loaded that could not be inspected.
pub fn run(data: &[u8]) {
    let inspected = inspect(data);
    let loaded = ENGINE.load(data);
    assert!(inspected.is_ok() || loaded.is_err(), "loaded, but not to be inspected");
    let configured = loaded.and_then(|policy| policy.configure(&serde_json::json!({}), &[]));
    let Ok(configured) = configured else { return };
    let mut session = configured.session(&Context::default());
    let part = Part { direction: Direction::Request, role: Role::User, name: None };
    // After a fault nobody asks again.
    let _ = session.begin(&part).and_then(|()| session.feed("!é*…")).and_then(|_| session.end());
}
