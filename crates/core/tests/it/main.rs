//! The core at its boundary: scenarios, properties and stored forms.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod arriving;
mod beside;
mod branches;
mod checked;
mod coverage;
mod declare;
mod deeds;
mod expect;
mod expect_answers;
mod expect_world;
mod foreseen;
mod golden;
mod growth;
mod impossible;
mod lines;
mod looks;
mod meanings;
mod memory;
mod orders;
mod places;
mod plan_encoding;
mod play;
mod played;
mod properties;
mod pull;
mod sample_configuration;
mod samples;
mod samples_branches;
mod samples_found;
mod samples_kept;
mod samples_places;
mod samples_promotion;
mod scenarios;
mod smallest;
mod step;
mod step_moves;
mod step_resolving;
mod stored_state;
mod tries;
mod words;
mod world;
