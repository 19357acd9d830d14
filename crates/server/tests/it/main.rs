//! What is asked of a whole house: its parts are put together here as the door of one machine puts them together.

#![cfg(test)]

mod growth;
mod home;
mod notices;
mod openapi;
#[path = "../../../notify/tests/it/receiver.rs"]
#[expect(dead_code, reason = "the tests of the crate that sends look at more of it")]
mod receiver;
#[path = "../../../notify/tests/it/sink.rs"]
#[expect(dead_code, reason = "the tests of the crate that sends look at more of it")]
mod sink;
