//! Structural merges of YAML, TOML and properties: three texts in, one out, or why not.

mod kinds;
mod properties;
mod random;
mod render;
mod sample;
mod settle;
mod tables;
mod toml;
mod yaml;
