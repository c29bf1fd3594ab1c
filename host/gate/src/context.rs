//! What a host knows before any text is seen.

/// What the host knows about an exchange before any text is seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The model asked for.
    pub model: Option<String>,
    /// Whatever else the host tells its policies: a route, a team.
    pub labels: Vec<(String, String)>,
}
