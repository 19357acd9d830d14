//! Merging by element, format by format.
#![cfg(test)]

mod notations;
mod structural;
mod tries;
mod wild;
