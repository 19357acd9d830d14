//! A change: the unit that moves, and its revisions.

use crate::content::Signature;
use crate::content::sketch::Sketch;
use crate::pipeline::stage::Attestation;
use crate::words::names::{AreaName, ChangeKey, RevisionNo, StageName, Time, UserName};
use crate::words::object::{CommitId, TreeId};
use serde::{Deserialize, Serialize};

/// A user story, a request: whatever moves as one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Change {
    /// What people call it.
    pub key: ChangeKey,
    /// What people may edit about it.
    pub facts: Facts,
    /// Its states, oldest first; never empty.
    pub revisions: Vec<Revision>,
    /// For each revision, who counts as its owner where somebody else must approve it: whoever owned it when it was
    /// recorded, and whoever gave it away by recording it (`SPEC C4`, `S5`).
    pub owners: Vec<Vec<UserName>>,
    /// Where it originated (`SPEC C3`).
    pub origin: Option<StageName>,
    /// Why it is never counted and never offered (`SPEC C5`).
    pub excluded: Option<Remark>,
    /// Stages it is not offered to, with why (`SPEC C5`).
    pub ignored: Vec<(StageName, Remark)>,
    /// Manual tasks that pause its deployments (`SPEC A12`).
    pub tasks: Vec<Task>,
    /// When it was first recorded.
    pub recorded_at: Time,
}

/// What people may edit about a change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Facts {
    /// One line about it.
    pub title: String,
    /// The project it belongs to.
    pub project: Option<String>,
    /// The release it is planned for.
    pub release: Option<String>,
    /// Who answers for it.
    pub owner: UserName,
    /// The change it is part of (`SPEC C6`).
    pub parent: Option<ChangeKey>,
}

/// One state of a change. Its delta is `base → tip`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Revision {
    /// Its number.
    pub number: RevisionNo,
    /// The commit it started from.
    pub base: CommitId,
    /// The commit it ends with.
    pub tip: CommitId,
    /// The tree of the base.
    pub base_tree: TreeId,
    /// The tree of the tip.
    pub tip_tree: TreeId,
    /// Who wrote it.
    pub author: Signature,
    /// The first line of its message, and of every commit that moves it.
    pub subject: String,
    /// Changes its branch is stacked on (`SPEC C1`).
    pub depends_on: Vec<ChangeKey>,
    /// What was said about it (`SPEC C4`).
    pub attested: Vec<Attested>,
    /// When it was recorded.
    pub recorded_at: Time,
    /// What it touches, roughly; `None` in ledgers written before sketches were kept, and in a state, where it stands in
    /// the outline.
    pub sketch: Option<Sketch>,
}

/// Who attested what, and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Attested {
    /// What.
    pub kind: Attestation,
    /// Who.
    pub by: UserName,
    /// When.
    pub at: Time,
    /// Whether it is the word of who owned the revision.
    pub voice: Voice,
}

/// Whether what is said of a change comes from its owner. Said by the rule that sees all names of somebody, and kept:
/// names may be others by the time that it counts (`SPEC S5`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Voice {
    /// It comes from somebody else. Also where nobody said it, as in entries of older programs.
    #[default]
    Others,
    /// It comes from the owner.
    Owners,
}

/// A decision somebody took, with their reason.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Remark {
    /// Who.
    pub by: UserName,
    /// When.
    pub at: Time,
    /// Why.
    pub reason: String,
}

/// Something a person does by hand around a deployment (`SPEC A12`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Task {
    /// Its number within the change, from 1.
    pub number: u32,
    /// What to do.
    pub text: String,
    /// The area it concerns; every area where `None`.
    pub area: Option<AreaName>,
    /// Where it was done.
    pub done: Vec<TaskDone>,
}

/// Somebody did a task.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskDone {
    /// For which area.
    pub area: AreaName,
    /// For which revision: a new one needs the task again.
    pub revision: RevisionNo,
    /// Who.
    pub by: UserName,
    /// When.
    pub at: Time,
}

/// How a revision that is held somewhere compares with what was recorded since (`SPEC C7`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It is the newest.
    Current,
    /// A newer one exists.
    Outdated,
}

impl Change {
    /// How a revision of it that is held somewhere stands.
    pub fn standing(&self, held: RevisionNo) -> Standing {
        if held < self.latest().number { Standing::Outdated } else { Standing::Current }
    }

    /// Its newest revision.
    ///
    /// # Panics
    /// Never: the fold makes no change without a revision.
    pub fn latest(&self) -> &Revision {
        self.revisions.last().expect("a change has a revision")
    }

    /// A revision by number.
    pub fn revision(&self, number: RevisionNo) -> Option<&Revision> {
        self.revisions.get((number.0 as usize).checked_sub(1)?)
    }

    /// Why it is not offered to a stage, if somebody said so.
    pub fn ignored_at(&self, stage: &StageName) -> Option<&Remark> {
        self.ignored.iter().find(|(name, _)| name == stage).map(|(_, remark)| remark)
    }

    /// The first task that must be done before a revision goes to an area.
    pub fn open_task(&self, area: &AreaName, revision: RevisionNo) -> Option<&Task> {
        let concerns = |task: &&Task| task.area.as_ref().is_none_or(|name| name == area);
        self.tasks
            .iter()
            .filter(concerns)
            .find(|task| !task.done.iter().any(|done| done.area == *area && done.revision == revision))
    }
}

impl Revision {
    /// Who made an attestation, if anybody did.
    pub fn attestation(&self, kind: Attestation) -> Option<&Attested> {
        self.attested.iter().find(|attested| attested.kind == kind)
    }
}
