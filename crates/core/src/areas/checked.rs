//! When an area's target was compared with its version, what was found, and when it is to be compared again (`SPEC A13`).
//! What was found is no fact of the ledger: it is true of one moment, and is kept beside it.

use crate::ledger::state::State;
use crate::pipeline::area::Area;
use crate::records::deployment::DeploymentStatus;
use crate::records::notice::{Notice, NoticeKind, Subject};
use crate::words::names::{OperationId, Time, VersionNo};
use crate::words::object::{Leaf, RepoPath};
use serde::{Deserialize, Serialize};

/// How many files a notice names.
const NAMED: usize = 5;

/// What a target was compared with: another version, or a deployment that ended since, and it is to be compared anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Against {
    /// The version.
    pub version: VersionNo,
    /// The newest deployment of the area that has ended, whatever came of it.
    pub ended: Option<OperationId>,
}

/// A file that is not as the version has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Deviation {
    /// Where.
    pub path: RepoPath,
    /// What the version has there.
    pub expected: Option<Leaf>,
    /// What stands there.
    pub actual: Option<Leaf>,
}

impl Deviation {
    /// One word for it.
    pub fn word(&self) -> &'static str {
        match (self.expected, self.actual) {
            (Some(_), None) => "missing",
            (None, _) => "unexpected",
            _ => "modified",
        }
    }
}

/// What came of comparing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Found {
    /// These files are not as the version has them; none where all are.
    Files(Vec<Deviation>),
    /// It could not be compared.
    Nothing {
        /// The code of what was in the way.
        code: String,
        /// The sentence.
        message: String,
    },
}

/// One comparison.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Checked {
    /// With what.
    pub against: Against,
    /// When.
    pub at: Time,
    /// What was found.
    pub found: Found,
    /// What of it people have been told.
    pub told: Vec<Deviation>,
}

impl Checked {
    /// The files that deviate; `None` where it could not be compared.
    pub fn files(&self) -> Option<&[Deviation]> {
        match &self.found {
            Found::Files(files) => Some(files),
            Found::Nothing { .. } => None,
        }
    }

    /// A comparison that follows another: what people were told and is so still need not be told again.
    #[must_use]
    pub fn after(self, before: Option<&Self>) -> Self {
        let mut told = before.map(|before| before.told.clone()).unwrap_or_default();
        if let Some(files) = self.files() {
            told.retain(|one| files.contains(one));
        }
        Self { told, ..self }
    }

    /// The files that people have yet to be told of.
    pub fn untold(&self) -> Vec<&Deviation> {
        self.files().unwrap_or_default().iter().filter(|one| !self.told.contains(one)).collect()
    }

    /// The same, after people were told.
    #[must_use]
    pub fn all_told(self) -> Self {
        Self { told: self.files().unwrap_or_default().to_vec(), ..self }
    }
}

/// What an area's target is to be compared with now; `None` before its first version.
pub fn against(state: &State, area: &Area) -> Option<Against> {
    let version = state.area(&area.name).current()?.number;
    let has_ended = |status: &DeploymentStatus| *status != DeploymentStatus::Queued;
    let ended = state.deployments.iter().rev().find(|one| one.area == area.name && has_ended(&one.status));
    Some(Against { version, ended: ended.map(|one| one.id) })
}

/// What of a comparison still says something: one with another version, or before a deployment that has ended by now,
/// says nothing of what stands there.
pub fn holds<'a>(state: &State, area: &Area, last: Option<&'a Checked>) -> Option<&'a Checked> {
    last.filter(|last| against(state, area) == Some(last.against))
}

/// Whether a server is to compare an area with its target now: never yet as it stands, or longer ago than the area says.
/// A clock that was set back makes it due as well.
pub fn is_due(state: &State, area: &Area, last: Option<&Checked>, now: Time) -> bool {
    due_at(state, area, last).is_some_and(|at| at <= now || holds(state, area, last).is_some_and(|last| now < last.at))
}

/// From when on a server is to compare an area with its target, as long as the clock goes on: at once where nothing is known
/// of it as it stands; `None` where it never is.
pub fn due_at(state: &State, area: &Area, last: Option<&Checked>) -> Option<Time> {
    let every = area.verify_every_ms.filter(|_| !area.offline && !area.retired)?;
    against(state, area)?;
    Some(holds(state, area, last).map_or(Time(i64::MIN), |last| Time(last.at.0.saturating_add(every))))
}

/// What people are to be told of a comparison, with a name by which it is told once; `None` where nothing is new.
pub fn notice(area: &Area, checked: &Checked) -> Option<(String, Notice)> {
    let untold = checked.untold();
    let first = untold.first()?;
    let more = untold.len() - 1;
    let (name, version) = (&area.name, checked.against.version);
    let says = if more == 0 {
        format!("somebody edited {} in {name}: it is {}, and not as version {version} has it", first.path, first.word())
    } else {
        let named: Vec<_> = untold.iter().take(NAMED).map(|one| one.path.to_string()).collect();
        let rest = if untold.len() > NAMED { format!(" and {} more", untold.len() - NAMED) } else { String::new() };
        format!(
            "somebody edited files in {name}, which are not as version {version} has them: {}{rest}",
            named.join(", ")
        )
    };
    let subject = Subject { stage: Some(area.stage.clone()), area: Some(name.clone()), ..Subject::default() };
    let notice = Notice { kind: NoticeKind::Drifted, says, by: None, subject, owners: Vec::new() };
    Some((format!("drifted/{name}/{}", checked.at.0), notice))
}
