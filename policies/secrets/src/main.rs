//! Native program of the policy, for the packer and for tests that compare hosts.

fn main() -> std::io::Result<()> {
    sandgate_guest::native::main::<secrets::Secrets>(&secrets::manifest())
}
