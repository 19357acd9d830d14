//! What processes tell each other, with real processes.
#![cfg(test)]

mod liveness;
mod marks;
