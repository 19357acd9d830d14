//! Check-only deployments (`SPEC P15`, `A11`): what a deployment would put is worked out as its job would work it out, from what
//! stands on the target, and the target is asked whether it would take it. Nothing is written there, so it needs no turn and
//! keeps no job waiting: a deployment that runs at the same time outdates what is found.

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::forecast::{Forecast, Forecasts, Making, Outlook};
use crate::make_version::keep::tree_of;
use crate::make_version::wishes::{none_is_odd, wanted};
use crate::visit::Depth;
use std::collections::BTreeMap;
use std::sync::Arc;
use switchback_core::areas::drift::{self, Wish};
use switchback_core::areas::place;
use switchback_core::pipeline::area::{Area, Hooks, TargetSpec};
use switchback_core::ports::target::{Put, PutCheck, Target};
use switchback_core::records::deployment::Deployment;
use switchback_core::records::validation::{AreaSaid, TargetSaid};
use switchback_core::records::version::VersionKind;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::VersionNo;
use switchback_core::words::object::{CommitId, Oid, RepoPath, TreeId};
use switchback_core::words::remedy::Remedy;

/// No commit is made of what is only asked about.
const NO_COMMIT: CommitId = CommitId(Oid([0; 20]));

/// What an area says about a deployment that would come, its target asked where there is something to put. A preview runs no
/// program.
///
/// # Errors
/// `interrupted`, where somebody wants the work to stop; then a program that was asked is ended.
pub(crate) fn said(
    desk: &Desk<'_>,
    (forecasts, asked): (&Forecasts, &Deployment),
    forecast: &Forecast,
) -> Result<AreaSaid, EngineFailure> {
    let number = match &forecast.outcome {
        Outlook::Version { number, .. } => *number,
        Outlook::Unchanged => return Ok(AreaSaid::Unchanged),
        Outlook::Refused(refusal) => {
            return Ok(fails((refusal.code.as_str(), &refusal.message), &refusal.remedy));
        }
    };
    let area = desk.snapshot(&forecasts.state).area(&forecast.area)?;
    let takes = |target| AreaSaid::Takes { version: number, target, unchecked: unchecked(&area.hooks).to_owned() };
    if let (TargetSpec::Command { .. }, Depth::Plan) = (&area.target, desk.visit.depth) {
        return Ok(takes(TargetSaid::Unasked { why: "a preview runs no program".to_owned() }));
    }
    desk.progress().begin(&format!("asking {} whether it would take {}@{number}", area.name, area.name), 0);
    let answer = Question { desk, forecasts, asked, area, number }.answer();
    desk.progress().end();
    if desk.house.is_interrupted() {
        return Err(interrupted(area).into());
    }
    Ok(match answer {
        Ok(PutCheck::Takes { said }) => takes(TargetSaid::Passed { said }),
        Ok(PutCheck::Unasked { why }) => takes(TargetSaid::Unasked { why }),
        Ok(PutCheck::Refuses { exit, said }) => refuses(area, exit, said),
        Err(EngineFailure::Refused(refusal)) => fails((refusal.code.as_str(), &refusal.message), &refusal.remedy),
        Err(EngineFailure::Fault(fault)) => fails((fault.code, &fault.message), &fault.remedy.about(&area.name)),
        Err(defect @ EngineFailure::Defect(_)) => return Err(defect),
    })
}

/// What is never run to find out.
fn unchecked(hooks: &Hooks) -> &'static str {
    if *hooks == Hooks::default() { "" } else { "its hooks" }
}

fn fails((code, message): (&str, &str), remedy: &Remedy) -> AreaSaid {
    let (code, message, remedy) = (code.to_owned(), message.to_owned(), remedy.clone());
    AreaSaid::Fails { code, message, remedy, exit: None, said: Vec::new() }
}

fn refuses(area: &Area, exit: i32, said: Vec<String>) -> AreaSaid {
    let message = format!("the program of {} would not take what comes: it ended with exit code {exit}", area.name);
    let fault = Fault::new("area-check-failed", message, "mend what it says, then validate once more");
    let Fault { code, message, remedy } = fault;
    AreaSaid::Fails { code: code.to_owned(), message, remedy, exit: Some(exit), said }
}

fn interrupted(area: &Area) -> Fault {
    let message = format!("the work was interrupted while {} was asked; nothing was kept", area.name);
    Fault::new("interrupted", message, "validate once more")
}

struct Question<'a> {
    desk: &'a Desk<'a>,
    forecasts: &'a Forecasts,
    asked: &'a Deployment,
    area: &'a Area,
    number: VersionNo,
}

impl Question<'_> {
    /// Asks in the order in which a job comes upon things.
    fn answer(&self) -> Result<PutCheck, EngineFailure> {
        let (desk, area, now) = (self.desk, self.area, &self.forecasts.now);
        let interrupt = desk.house.interrupt.clone();
        let target = desk.house.targets.open_to_ask(area, Arc::new(move || interrupt.is_raised()));
        target.check()?;
        if let Some(work) = target.underway()? {
            let why = format!("{} is under way in it, or was stopped half way", work.deployment);
            return Ok(PutCheck::Unasked { why });
        }
        let found = target.standing()?;
        desk.with_question((now, area, &found), |asked| place::claim(asked, &self.asked.kind).map(drop))?;
        let settled = drift::settle(area, self.kind(), self.wishes(&*target)?)?;
        let before = now.area(&area.name).current().map_or(TreeId::EMPTY, |version| version.tree);
        let tree = tree_of(&*desk.repo, before, &settled)?;
        let (version, deployment, commit) = (self.number, self.asked.id, NO_COMMIT);
        let put = Put { version, deployment, tree, commit, changes: &settled.put, standing: &settled.standing };
        Ok(target.check_put(put, &*desk.repo.blobs())?)
    }
    /// What would be made in the area, its first version and the one on top of it.
    fn makings(&self) -> impl DoubleEndedIterator<Item = &Making> {
        self.forecasts.makings.iter().filter(|one| one.area == self.area.name)
    }

    fn kind(&self) -> VersionKind {
        self.makings().next_back().map_or(VersionKind::Deploy, |last| last.draft.kind)
    }

    /// What all that would be made wants of every path together, and what stands there.
    fn wishes(&self, target: &dyn Target) -> Result<Vec<Wish>, EngineFailure> {
        let mut wishes: BTreeMap<RepoPath, Wish> = BTreeMap::new();
        for making in self.makings() {
            for wish in wanted(self.desk, (self.area, target), (&making.state, &making.draft))? {
                match wishes.get_mut(&wish.path) {
                    Some(earlier) => {
                        earlier.after = wish.after;
                        earlier.loses_edit |= wish.loses_edit;
                    }
                    None => drop(wishes.insert(wish.path.clone(), wish)),
                }
            }
        }
        let paths: Vec<RepoPath> = wishes.keys().cloned().collect();
        for (wish, standing) in wishes.values_mut().zip(target.read(&paths)?) {
            wish.standing = standing;
        }
        none_is_odd(self.area, wishes.values().map(|wish| (&wish.path, wish.standing)))?;
        Ok(wishes.into_values().collect())
    }
}
