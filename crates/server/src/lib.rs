//! Who may knock: the routes of the API, and how what the engine knows is said aloud.
//!
//! Has no rules of its own: a route parses names, calls the engine, and renders a view.

pub mod backup;
mod bell;
mod bus;
pub mod caller;
mod cookie;
mod counter;
mod doctor;
pub mod door;
pub mod entrance;
mod events;
pub mod failure;
mod fetching;
mod git_host;
mod guard;
mod lately;
mod listen;
pub mod local;
mod lookout;
mod meters;
mod metrics;
mod not_in;
pub mod notices;
mod off_thread;
mod once;
pub mod openapi;
mod operate;
mod outside;
mod page;
mod parse;
mod readers;
pub mod reception;
mod reference;
mod reload;
mod remotes;
mod repository;
mod request_line;
mod rounds;
pub mod router;
mod routes;
pub mod serve;
pub mod settings;
mod shared;
mod strangers;
mod tags;
mod together;
mod views;
mod wait;
mod watching;
mod welcome;

pub use switchback_core::ports::progress::Progress;
pub use switchback_core::words::name_rule::{is_seen, shown};
pub use switchback_engine::interrupt::Interrupt;
pub use switchback_telemetry::{Format as LogFormat, Level as LogLevel};
