//! Mail and webhooks against real servers on this machine.
#![cfg(test)]

mod mailing;
mod receiver;
mod sink;
mod webhooks;
