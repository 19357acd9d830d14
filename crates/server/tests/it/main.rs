//! What is asked of a whole house, whose parts are put together here as the door of one machine puts them together; and of
//! a whole server, without a socket.

#![cfg(test)]

mod growth;
mod home;
mod identity_provider;
mod knocking;
mod limits;
mod looked_at;
mod notices;
mod openapi;
mod opening;
mod outside;
mod people;
#[path = "../../../notify/tests/it/receiver.rs"]
#[expect(dead_code, reason = "the tests of the crate that sends look at more of it")]
mod receiver;
#[path = "../../../notify/tests/it/sink.rs"]
#[expect(dead_code, reason = "the tests of the crate that sends look at more of it")]
mod sink;
mod who_may;
