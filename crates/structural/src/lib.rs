//! Structural merges: three versions of a document are read as elements, matched by key, and merged so that untouched
//! bytes stay untouched (`SPEC X2`). Bytes in, bytes out; knows no paths, no trees and no repositories.

mod alike;
mod bound;
mod comma;
mod commented_out;
mod comments;
mod container;
mod defects;
mod document;
mod doubt;
mod dress;
mod flow;
mod gone;
pub mod histogram;
mod identity;
mod indent;
mod json;
mod keyed;
mod kinship;
mod lines;
mod loosen;
mod manner;
mod merge;
mod moved;
mod noted;
mod orphans;
mod place;
mod plan;
mod positional;
mod properties;
mod read;
mod sequence;
mod shelves;
mod sound;
mod texts;
mod three;
mod toml;
mod toml_scan;
mod twice;
mod weave;
mod why;
mod xml;
mod yaml;
mod yaml_block;
mod yaml_scan;

pub use defects::soundness;
pub use document::{Between, Body, By, DEEPEST, Document, Gist, List, Name, Node, Order, PART, gist};
pub use merge::{check, merge};
pub use read::LARGEST;
pub use texts::Texts;
pub use why::{Kind, Why};

#[cfg(test)]
mod outline_tests;
