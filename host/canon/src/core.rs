//! What a host brings: a policy's core module, instantiated.

use sandgate_gate::Fault;

/// A function of a policy's core module. Its number is what a module that was fused for Envoy
/// knows it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Function {
    /// `policy.configure`: settings and assets, each an address and a length, to a result's address.
    Configure = 0,
    /// Frees what [`Function::Configure`] answered.
    ConfigurePost = 1,
    /// `policy.open`: a policy, a model's tag, address and length, the labels' address and length,
    /// to an exchange.
    Open = 2,
    /// `exchange.begin`: an exchange, a direction, a role, a name's tag, address and length.
    Begin = 3,
    /// `exchange.feed`: an exchange, a chunk's address and length, to a step's address.
    Feed = 4,
    /// Frees what [`Function::Feed`] answered.
    FeedPost = 5,
    /// `exchange.end`: an exchange, to a step's address.
    End = 6,
    /// Frees what [`Function::End`] answered.
    EndPost = 7,
    /// The allocator: an old address and size, an alignment, a new size, to an address.
    Realloc = 8,
    /// The destructor of a policy.
    DropPolicy = 9,
    /// The destructor of an exchange.
    DropExchange = 10,
}

/// A policy's core module, instantiated. One thread at a time calls it.
pub trait Core: Send + Sync + 'static {
    /// Calls a function, at a cost of at most `fuel`, which is about an instruction each. Answers
    /// its result, and 0 where it has none.
    ///
    /// # Errors
    /// Which way it failed. It is [`Core::reset`] before it is called again.
    fn call(&self, function: Function, arguments: &[u32], fuel: u64) -> Result<u32, Fault>;

    /// Copies out of its memory from `at` on.
    ///
    /// # Errors
    /// Where that is outside of it.
    fn read(&self, at: u32, into: &mut [u8]) -> Result<(), Fault>;

    /// Copies into its memory from `at` on.
    ///
    /// # Errors
    /// Where that is outside of it.
    fn write(&self, at: u32, bytes: &[u8]) -> Result<(), Fault>;

    /// Whether handles of before are still good: not where another one that shares it made it new.
    fn holds(&self) -> bool {
        true
    }

    /// Makes it new: memory, globals and tables as they were at the start. No handle of before
    /// is one any more.
    ///
    /// # Errors
    /// Where it fails to start.
    fn reset(&self) -> Result<(), Fault>;
}

impl Function {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 11] = [
        Self::Configure,
        Self::ConfigurePost,
        Self::Open,
        Self::Begin,
        Self::Feed,
        Self::FeedPost,
        Self::End,
        Self::EndPost,
        Self::Realloc,
        Self::DropPolicy,
        Self::DropExchange,
    ];

    /// What a module for the browser exports it as.
    pub fn name(self) -> &'static str {
        match self {
            Self::Configure => "configure",
            Self::ConfigurePost => "configure-post",
            Self::Open => "open",
            Self::Begin => "begin",
            Self::Feed => "feed",
            Self::FeedPost => "feed-post",
            Self::End => "end",
            Self::EndPost => "end-post",
            Self::Realloc => "realloc",
            Self::DropPolicy => "drop-policy",
            Self::DropExchange => "drop-exchange",
        }
    }
}
