//! Structural merges, at the boundary: three texts in, one out, or why not.

mod comments;
mod json;
mod keyed;
mod kinship;
mod known_lists;
mod large;
mod random;
mod samples;
mod soundness;
mod texts;
mod xml;

use texts::{keys_of, plain_keys, refused, with_keys, xml};
