//! What the packer asks for the policy's manifest, and other hosts' tests for its findings.

fn main() -> std::io::Result<()> {
    sandgate_guest::native::main::<patterns::Patterns>(&patterns::manifest())
}
