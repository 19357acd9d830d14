//! Coming in and going out, over the embedded database.
#![cfg(test)]

mod administering;
mod inviting;
mod sessions;
mod signing_in;
mod sweeping;
mod tokens;
mod world;
