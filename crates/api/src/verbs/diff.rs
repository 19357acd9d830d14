//! `diff`: what differs between two moments of stages, or two versions of areas (`SPEC H2`).

use crate::operation::FileChange;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Two things to compare: `QA`, `QA@2026-12-01`, `QA@#12`, `qa-web`, `qa-web@7`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiffRequest {
    /// The first.
    pub a: String,
    /// The second.
    pub b: String,
}

verb!(GET "/diff" DiffRequest => Diff: "What two stages, areas or versions differ in, at any moment");

/// What differs.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Diff {
    /// The first.
    pub a: Side,
    /// The second.
    pub b: Side,
    /// The changes only one holds, or that they hold at different revisions.
    pub changes: Vec<ChangeDiff>,
    /// The files that differ, going from the first to the second.
    pub files: Vec<FileChange>,
}

impl View for Diff {}

/// One of the two.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Side {
    /// As it was asked for.
    pub name: String,
    /// The id of its tree.
    pub tree: String,
}

/// A change the two do not hold alike.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct ChangeDiff {
    /// Which.
    pub change: String,
    /// The revision the first holds.
    pub a: Option<u32>,
    /// The revision the second holds.
    pub b: Option<u32>,
}
