//! The APIs whose bodies are understood.

/// One API of a provider: what its bodies look like, streamed or not, and how it says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Api {
    /// OpenAI chat completions, and the same of Azure and every compatible server.
    OpenAiChat,
    /// OpenAI's legacy completions.
    OpenAiCompletions,
    /// OpenAI responses.
    OpenAiResponses,
    /// OpenAI embeddings.
    OpenAiEmbeddings,
    /// OpenAI moderations.
    OpenAiModerations,
    /// OpenAI image generations and edits.
    OpenAiImages,
    /// OpenAI audio transcriptions and translations.
    OpenAiTranscripts,
    /// Anthropic messages, and counting their tokens.
    AnthropicMessages,
    /// Gemini `generateContent`, `streamGenerateContent` and `countTokens`.
    GeminiGenerate,
    /// Gemini `embedContent` and `batchEmbedContents`.
    GeminiEmbed,
    /// Bedrock `Converse` and `ConverseStream`.
    BedrockConverse,
    /// Cohere chat, version 2.
    CohereChat,
    /// Ollama chat.
    OllamaChat,
    /// Ollama generate.
    OllamaGenerate,
    /// Ollama embeddings.
    OllamaEmbed,
    /// The Model Context Protocol over HTTP.
    Mcp,
}

impl Api {
    /// Every API there is.
    pub const ALL: [Self; 16] = [
        Self::OpenAiChat,
        Self::OpenAiCompletions,
        Self::OpenAiResponses,
        Self::OpenAiEmbeddings,
        Self::OpenAiModerations,
        Self::OpenAiImages,
        Self::OpenAiTranscripts,
        Self::AnthropicMessages,
        Self::GeminiGenerate,
        Self::GeminiEmbed,
        Self::BedrockConverse,
        Self::CohereChat,
        Self::OllamaChat,
        Self::OllamaGenerate,
        Self::OllamaEmbed,
        Self::Mcp,
    ];

    /// Its name in configuration, metrics and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenAiChat => "openai-chat",
            Self::OpenAiCompletions => "openai-completions",
            Self::OpenAiResponses => "openai-responses",
            Self::OpenAiEmbeddings => "openai-embeddings",
            Self::OpenAiModerations => "openai-moderations",
            Self::OpenAiImages => "openai-images",
            Self::OpenAiTranscripts => "openai-transcripts",
            Self::AnthropicMessages => "anthropic-messages",
            Self::GeminiGenerate => "gemini-generate",
            Self::GeminiEmbed => "gemini-embed",
            Self::BedrockConverse => "bedrock-converse",
            Self::CohereChat => "cohere-chat",
            Self::OllamaChat => "ollama-chat",
            Self::OllamaGenerate => "ollama-generate",
            Self::OllamaEmbed => "ollama-embed",
            Self::Mcp => "mcp",
        }
    }
}
