//! The core at its boundary: scenarios, properties and stored forms.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod coverage;
mod declare;
mod expect;
mod expect_world;
mod golden;
mod lines;
mod memory;
mod play;
mod properties;
mod samples;
mod scenarios;
mod smallest;
mod step;
mod step_moves;
mod step_resolving;
mod words;
mod world;
