//! The configuration, `switchback.toml` (`SPEC 12`): found, read, and written by `init`.
//!
//! Everything wrong with the file is told with its line before anything runs. What a pipeline may be is the core's
//! to say; this module knows how it is spelled.

mod area;
mod at_hand;
mod branch;
mod cross;
mod defect;
mod differences;
mod file_type;
mod find;
mod glob;
mod guess;
mod key_pattern;
mod name_rule;
mod read;
mod schema;
mod source;
mod stage;
mod table;
mod was;
mod write;

pub use at_hand::AtHand;
pub use branch::{missing_branch, renamed};
pub use defect::ConfigDefect;
pub use differences::{Difference, differences};
pub use find::{Chosen, FILE_NAME, called, choose, not_at_hand, place};
pub use guess::guess;
pub use read::{load, parse, parse_from};
pub use write::{Starter, name_from, starter};

#[cfg(test)]
mod bad_area;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod bad_stage;
#[cfg(test)]
mod documented;
#[cfg(test)]
mod good_input;
#[cfg(test)]
mod random_input;
