//! Files that a program makes from others, and that are made again instead of being merged: what package managers lock
//! (`SPEC X2`). The program is one that the configuration in force names (`SPEC K3`).

use crate::words::object::{RepoPath, TreeId};

/// A program that makes a file.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Program {
    /// Its name and its arguments; never empty.
    pub words: Vec<String>,
    /// How long it may take, in seconds; then it is killed.
    pub timeout_s: u64,
}

impl Program {
    /// As a person would type it, but for quotes.
    pub fn line(&self) -> String {
        self.words.join(" ")
    }
}

/// A file to be made again.
#[derive(Clone, Copy, Debug)]
pub struct Remake<'a> {
    /// The file; the program runs in its folder.
    pub path: &'a RepoPath,
    /// What else is there, and what stands at the path before.
    pub tree: TreeId,
    /// What makes it.
    pub by: &'a Program,
}
