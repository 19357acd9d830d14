//! The core at its boundary: scenarios, properties and stored forms.

mod declare;
mod expect;
mod expect_world;
mod lines;
mod memory;
mod play;
mod scenarios;
mod step;
mod step_moves;
mod words;
mod world;
