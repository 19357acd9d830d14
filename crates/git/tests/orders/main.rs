//! The random histories of the core, on the content of git instead of one in memory: git follows folders that were
//! renamed, and stops where a file was deleted on one side and renamed on the other.
#![cfg(test)]
#![expect(dead_code, reason = "the core's tests need more of what is shared")]

mod memory;

#[path = "../../../core/tests/it/beside.rs"]
mod beside;
#[path = "../../../core/tests/it/branches.rs"]
mod branches;
#[path = "../../../core/tests/it/declare.rs"]
mod declare;
#[path = "../../../core/tests/it/deeds.rs"]
mod deeds;
#[path = "../../../core/tests/it/expect.rs"]
mod expect;
#[path = "../../../core/tests/it/expect_answers.rs"]
mod expect_answers;
#[path = "../../../core/tests/it/expect_world.rs"]
mod expect_world;
#[path = "../../../core/tests/it/lines.rs"]
mod lines;
#[path = "../../../core/tests/it/meanings.rs"]
mod meanings;
#[path = "../../../core/tests/it/orders.rs"]
mod orders;
#[path = "../../../core/tests/it/places.rs"]
mod places;
#[path = "../../../core/tests/it/play.rs"]
mod play;
#[path = "../../../core/tests/it/played.rs"]
mod played;
#[path = "../../../core/tests/it/pull.rs"]
mod pull;
#[path = "../../../core/tests/it/step.rs"]
mod step;
#[path = "../../../core/tests/it/step_moves.rs"]
mod step_moves;
#[path = "../../../core/tests/it/step_resolving.rs"]
mod step_resolving;
#[path = "../../../core/tests/it/tries.rs"]
mod tries;
#[path = "../../../core/tests/it/words.rs"]
mod words;
#[path = "../../../core/tests/it/world.rs"]
mod world;
