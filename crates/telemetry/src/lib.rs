//! What is said of the work while it is done: lines for a terminal or a collector of logs.
//!
//! Knows no pipeline, no request and no rule: whoever works says what happens by `tracing`, and this carries it on. Only
//! what Switchback itself says is carried; what libraries would say of headers and addresses is not.

mod collector;
mod fields;
mod line;
mod log;
mod origin;
mod scribe;
#[cfg(feature = "otlp")]
mod sender;
#[cfg(feature = "otlp")]
mod traces;
#[cfg(not(feature = "otlp"))]
#[path = "no_traces.rs"]
mod traces;

pub use collector::Collector;
pub use line::Format;
pub use log::{Level, Log, OUR_OWN};
pub use origin::CONTINUES;
pub use traces::{Place, continue_from, greet, is_collected, link, place};
