//! Structural merges: three versions of a document are read as elements, matched by key, and merged so that untouched
//! bytes stay untouched (`SPEC X2`). Bytes in, bytes out; knows no paths, no trees and no git.

mod document;
mod flow;
mod identity;
mod lines;
mod properties;
mod toml;
mod toml_scan;
mod why;
mod yaml;
mod yaml_block;
mod yaml_scan;

pub use document::{Between, Body, DEEPEST, Document, Gist, List, Name, Node, Order, gist};
pub use why::{Kind, Why};

#[cfg(test)]
mod outline_tests;
