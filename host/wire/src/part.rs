//! What the text of an exchange is made of.

/// Which way the text travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the caller to the model.
    Request,
    /// From the model to the caller.
    Response,
}

/// Who speaks in a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The application's own instructions.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// The arguments of a tool call.
    ToolCall,
    /// What a tool answered.
    ToolResult,
    /// Anything else: a tool's definition, a document.
    Other,
}

/// Where a text stands in its request or response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which way it travels.
    pub direction: Direction,
    /// Who speaks.
    pub role: Role,
    /// The name of the tool or the speaker, where there is one.
    pub name: Option<String>,
}
