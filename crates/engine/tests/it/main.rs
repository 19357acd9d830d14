//! The engine's own parts.
#![cfg(test)]

mod hooks;
