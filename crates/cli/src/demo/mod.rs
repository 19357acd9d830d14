//! A throw-away pipeline, and a walk through it.

mod folder;
mod git;
mod play;
mod scenes;
mod shop;
mod words;

pub use folder::Folder;
pub use play::{Play, Played, play};
pub use scenes::TRY;
