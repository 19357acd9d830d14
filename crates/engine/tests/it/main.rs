//! The adapters of the engine, each against the real thing.

mod git_histories;
mod git_merge;
mod git_program;
