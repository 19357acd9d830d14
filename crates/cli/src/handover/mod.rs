//! Handing a conflict over to a program of the person's own: their editor, or their merge tool.

pub mod editor;
mod faults;
mod git;
pub mod merge_tool;
pub mod sides;
