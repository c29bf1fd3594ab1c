//! The mock as its clients meet it, over real sockets.

mod anthropic;
mod bedrock;
mod cohere;
mod gemini;
mod mcp;
mod ollama;
mod openai;
mod responses;
mod server;
mod stage;
mod steering;
mod texts;
mod wanted;
