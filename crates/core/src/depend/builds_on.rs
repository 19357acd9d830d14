//! Whether one change builds on another: as it was declared, and as content says on every stage that holds both
//! (`SPEC D4`, `H5`).

use crate::compose::Composition;
use crate::compose::meeting::{self, Meeting};
use crate::content::Content;
use crate::depend::closure;
use crate::ledger::snapshot::Snapshot;
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, StageName};
use crate::words::object::RepoPath;
use std::collections::BTreeSet;

/// What one change has to do with another below it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BuildsOn {
    /// The one that would build.
    pub change: ChangeKey,
    /// What it would build on.
    pub on: ChangeKey,
    /// Whether its branch lies on the other's, perhaps with others between (`SPEC C1`).
    pub declared: bool,
    /// Where its edits meet what the other wrote.
    pub meets: Vec<Meeting>,
    /// Whether it goes without the other, on each stage that holds both.
    pub without: Vec<Without>,
}

/// A change carried onto a stage's line without another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Without {
    /// The stage.
    pub stage: StageName,
    /// The files on which it conflicts; `None` where it goes.
    pub conflicts: Option<Vec<RepoPath>>,
}

impl BuildsOn {
    /// Whether it does.
    pub fn does(&self) -> bool {
        self.declared || self.needs_content()
    }

    /// Whether it conflicts without the other somewhere.
    pub fn needs_content(&self) -> bool {
        self.without.iter().any(|without| without.conflicts.is_some())
    }
}

/// Whether one change builds on another.
///
/// # Errors
/// A fault of the content.
pub fn builds_on(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    (upper, lower): (ChangeIx, ChangeIx),
) -> Result<BuildsOn, Fault> {
    let (change, on) = (snapshot.state.at(upper), snapshot.state.at(lower));
    let mut without = Vec::new();
    for (stage, line) in &snapshot.state.lines {
        if line.receipts.holds(upper) && line.receipts.holds(lower) {
            let whole = Composition::of(line);
            let closure = closure::plain_closure(snapshot.composer(content), whole, &BTreeSet::from([lower]))?;
            let blocked = closure.dependents.into_iter().find(|(ix, _)| *ix == upper);
            let conflicts = blocked.map(|(_, all)| all.into_iter().map(|one| one.path).collect());
            without.push(Without { stage: stage.clone(), conflicts });
        }
    }
    Ok(BuildsOn {
        change: change.key.clone(),
        on: on.key.clone(),
        declared: closure::dependencies(snapshot, &change.key).contains(&on.key),
        meets: meeting::meetings(content, change.latest(), on.latest())?,
        without,
    })
}
