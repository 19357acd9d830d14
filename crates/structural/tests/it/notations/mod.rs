//! Structural merges of YAML, TOML and properties: three texts in, one out, or why not.

mod kinds;
mod once;
mod properties;
mod random;
mod render;
pub mod sample;
mod settle;
mod tables;
mod toml;
mod yaml;
