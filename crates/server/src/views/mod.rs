//! How nouns of the core are said aloud.

pub mod attested;
pub mod builds;
pub mod candidate;
pub mod conflict;
pub mod decision;
pub mod deployment;
pub mod drift;
pub mod files;
pub mod made;
pub mod operation;
pub mod people;
pub mod plan;
pub mod pr_body;
pub mod promotion;
pub mod reason;
pub mod remedy;
pub mod rows;
pub mod schedule;
pub mod standing;
pub mod unsettled;
pub mod validation;
pub mod waiting;
