//! Prints the policy's manifest, for the packer.

fn main() {
    sandgate_guest::native::print_manifest(&patterns::manifest())
}
