//! The program.

use std::process::ExitCode;
use switchback_cli::{bug, program};

fn main() -> ExitCode {
    bug::quiet_panics();
    program::print(&program::run(std::env::args_os().collect(), &switchback_server::local::router))
}
