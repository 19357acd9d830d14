//! What a person types: the command line, as a client of the API, over the router in the same process.
//!
//! Knows no rules and no engine: it parses, asks, and renders.

mod anchor;
pub mod arguments;
mod browser;
pub mod bug;
pub mod commands;
pub mod demo;
pub mod door;
mod handover;
pub mod keyring;
pub mod output;
mod pages;
pub mod program;
pub mod progress;
mod prompt;
pub mod remote;
pub mod render;
pub mod session;
mod signals;
