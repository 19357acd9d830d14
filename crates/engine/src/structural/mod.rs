//! Structural merges: three versions of a document are read as elements, matched by key, and merged so that untouched
//! bytes stay untouched (`SPEC X2`). Bytes in, bytes out; knows no paths, no trees and no repositories.

mod document;
mod dress;
mod gone;
mod json;
mod keyed;
mod merge;
mod place;
mod positional;
mod sound;
mod three;
mod weave;
mod why;
mod xml;

pub use document::{Between, Body, DEEPEST, Document, Gist, List, Name, Node, Order, PART, gist};
pub use merge::{LARGEST, Texts, check, merge};
pub use why::{Kind, Why};
