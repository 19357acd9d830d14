//! The program.

use std::process::ExitCode;
use switchback_cli::{bug, program};

/// Composing a line anew makes and drops millions of small things, which this one does in half the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    bug::quiet_panics();
    program::print(&program::run(std::env::args_os().collect(), &switchback_server::local::router))
}
