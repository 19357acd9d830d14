//! The configuration, `switchback.toml` (`SPEC 12`): found, read, and written by `init`.
//!
//! Everything wrong with the file is told with its line before anything runs. What a pipeline may be is the core's
//! to say; this module knows how it is spelled.

mod area;
mod branch;
mod cross;
mod defect;
mod find;
mod name_rule;
mod read;
mod schema;
mod source;
mod stage;
mod table;
mod write;

pub use branch::missing_branch;
pub use defect::ConfigDefect;
pub use find::find;
pub use read::{parse, read};
pub use write::{Starter, starter};

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod good_input;
