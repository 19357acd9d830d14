//! `verify` and `area verify`: what the ledger says is recomputed and compared with the world (`SPEC H1`, `A13`, `A14`).

use crate::anchored::{self, Anchor, Compared};
use crate::arrivals::{Standing, rewritten};
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::lacking::lacking;
use crate::lost_refs::{self, Lost};
use crate::notice::not_taken_in;
use crate::place::between;
use std::collections::BTreeMap;
use switchback_core::areas::checked::Deviation;
use switchback_core::areas::kept::left_alone;
use switchback_core::compose::{Composer, Rules};
use switchback_core::ledger::invariants;
use switchback_core::ledger::state::State;
use switchback_core::pipeline::area::Area;
use switchback_core::pipeline::stage::Stage;
use switchback_core::records::area_line::AreaLine;
use switchback_core::records::line::Line;
use switchback_core::records::version::Version;
use switchback_core::words::names::Seq;
use switchback_core::words::object::{Leaf, RepoPath};
use switchback_core::words::refusal::Refusal;
use switchback_core::words::remedy::{Damage, Remedy};

/// Faults of entries that make no state: what `verify` is there to name.
const UNFOLDABLE: [&str; 2] = ["ledger-impossible", "ledger-corrupt"];

/// What helps where objects are missing.
const FETCH: &str = "fetch them from a clone that has them (`git fetch CLONE 'refs/*:refs/lost/*'`), then verify again";

/// What helps where the ledger is not the one that was anchored.
const ANCHORED_ELSE: &str = "put a copy of the ledger back that was made before, and see who could write it since";

/// What can be looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// The ledger's file and its chain of hashes.
    Chain,
    /// What somebody keeps outside of the repository of where the ledger ended.
    Anchor,
    /// What must hold in the state, whatever led to it.
    State,
    /// A stage's line.
    Stage,
    /// A stage's branch.
    Branch,
    /// Refs that keep what the ledger names.
    Refs,
    /// An area's target.
    Area,
}

impl What {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Anchor => "anchor",
            Self::State => "state",
            Self::Stage => "stage",
            Self::Branch => "branch",
            Self::Refs => "refs",
            Self::Area => "area",
        }
    }

    /// What to do about a disagreement.
    fn remedy(self) -> Remedy {
        match self {
            Self::Chain => "restore the ledger from a copy made before it was tampered with".into(),
            Self::Anchor => ANCHORED_ELSE.into(),
            Self::State | Self::Refs => Remedy::MendLedger,
            Self::Stage => Remedy::ReportEntries,
            Self::Branch => Remedy::BringLevel,
            Self::Area => Remedy::RepairArea { area: None, after: Damage::Differs },
        }
    }
}

/// One thing that was looked at, and what disagrees about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    /// What.
    pub what: What,
    /// Its name; empty for the chain and the state.
    pub name: String,
    /// Everything that disagrees.
    pub findings: Vec<String>,
    /// What is no fault, and yet to be known.
    pub note: Option<String>,
    /// What to do about it.
    pub remedy: Remedy,
}

impl Check {
    fn new(what: What, name: &str) -> Self {
        Self { what, name: name.to_owned(), findings: Vec::new(), note: None, remedy: what.remedy() }
    }
}

impl Check {
    /// What operations are refused with is what disagrees.
    fn refused(&mut self, refusal: Refusal) {
        self.findings.push(refusal.message);
        self.remedy = refusal.remedy;
    }
}

/// What was looked at, in order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// How many entries the ledger has.
    pub entries: u64,
    /// The hash of the last one; empty while there is none.
    pub head: String,
    /// Check by check.
    pub checks: Vec<Check>,
}

/// Verifies everything; with what was anchored of the ledger, where somebody keeps that.
///
/// # Errors
/// A fault that keeps it from looking at all.
pub fn verify(desk: &Desk<'_>, anchors: Option<&[Anchor]>) -> Result<Report, EngineFailure> {
    // What comes after this is looked at as well, and not answered for.
    let (Seq(entries), head) = desk.ledger.head()?;
    let mut chain = Check { findings: desk.ledger.damage()?, ..Check::new(What::Chain, "") };
    let anchor = anchors.map(|anchors| anchor(desk, anchors)).transpose()?;
    let folded = match desk.fold_anew() {
        // Without a state there is nothing to compare the rest with.
        Err(EngineFailure::Fault(fault)) if UNFOLDABLE.contains(&fault.code) => {
            let state = Check { findings: vec![fault.message], remedy: fault.remedy, ..Check::new(What::State, "") };
            let checks = [Some(chain), anchor, Some(state)].into_iter().flatten().collect();
            return Ok(Report { entries, head, checks });
        }
        folded => folded?,
    };
    let state = desk.look()?;
    if folded != *state {
        chain.findings.push("folding the entries anew gives another state than the stored snapshot".to_owned());
    }
    let mut findings = invariants::findings(&state, &desk.ledger.jobs(usize::MAX)?);
    findings.extend(desk.forged_configurations(&state)?);
    let of_state = Check { findings, ..Check::new(What::State, "") };
    let checks = [Some(chain), anchor, Some(of_state)].into_iter().flatten().collect();
    let mut report = Report { entries, head, checks };
    let progress = desk.progress();
    progress.begin("verify", (state.lines.len() + state.pipeline().areas().len()) as u64);
    for (name, line) in &state.lines {
        report.checks.push(told(Check::new(What::Stage, name.as_str()), |check| stage(desk, &state, (check, line)))?);
        if let Some(configured) = state.pipeline().stage(name) {
            let check = Check::new(What::Branch, &configured.branch);
            report.checks.push(told(check, |check| branch(desk, &state, (configured, line), check))?);
        }
        progress.step(1);
    }
    report.checks.push(told(Check::new(What::Refs, "refs/switchback"), |check| {
        check.findings.extend(lost_refs::lost(desk)?.iter().map(Lost::told));
        Ok(())
    })?);
    for area in state.pipeline().areas_in_use() {
        if let Some(version) = state.area(&area.name).current() {
            let check = Check::new(What::Area, area.name.as_str());
            let check = Check { remedy: check.remedy.clone().about(&area.name), ..check };
            report.checks.push(told(check, |check| {
                missing(desk, (&state, area), check)?;
                desk.place_problem(&state, area)?;
                let found = deviations(desk, area, version).map_err(|failure| failure.about(&area.name))?;
                check.findings.extend(found.iter().map(|one| format!("{} is {}", one.path, one.word())));
                check.note = kept(desk, area, state.area(&area.name))?;
                Ok(())
            })?);
        }
        progress.step(1);
    }
    progress.end();
    Ok(report)
}

fn anchor(desk: &Desk<'_>, anchors: &[Anchor]) -> Result<Check, EngineFailure> {
    let Compared { findings, is_known } = anchored::compare(desk, anchors)?;
    let note = (!is_known).then(|| "nothing was anchored before".to_owned());
    Ok(Check { findings, note, ..Check::new(What::Anchor, "") })
}

/// Objects that the area's versions need. Where its target still holds one, it is stored from there.
fn missing(desk: &Desk<'_>, of: (&State, &Area), check: &mut Check) -> Result<(), EngineFailure> {
    let (state, area) = of;
    let missing = lacking(desk, area, state.area(&area.name))?;
    if missing.iter().any(|one| one.standing.is_some()) {
        check.remedy = Remedy::MendLedger;
    } else if !missing.is_empty() {
        check.remedy = FETCH.into();
    }
    check.findings.extend(missing.into_iter().map(|one| one.told));
    Ok(())
}

/// The files that the newest version left as somebody edited them.
fn kept(desk: &Desk<'_>, area: &Area, line: &AreaLine) -> Result<Option<String>, EngineFailure> {
    let kept = left_alone(&*desk.repo, area, line)?;
    let names: Vec<_> = kept.iter().map(ToString::to_string).collect();
    Ok((!names.is_empty()).then(|| format!("kept as somebody edited it: {}", names.join(", "))))
}

/// What is looked at. What keeps it from being compared is a finding too, and the rest is looked at all the same.
fn told(mut check: Check, look: impl FnOnce(&mut Check) -> Result<(), EngineFailure>) -> Result<Check, EngineFailure> {
    match look(&mut check) {
        Err(EngineFailure::Fault(fault)) => {
            check.findings.push(fault.message);
            check.remedy = fault.remedy;
        }
        Err(EngineFailure::Refused(refusal)) => {
            check.findings.push(refusal.message);
            check.remedy = refusal.remedy;
        }
        looked => looked?,
    }
    Ok(check)
}

/// A stage's line, carried anew from its base.
fn stage(desk: &Desk<'_>, state: &State, what: (&mut Check, &Line)) -> Result<(), EngineFailure> {
    let (check, line) = what;
    let composer = Composer { state, content: &*desk.repo, rules: Rules::AsRecorded };
    let made = composer.made_of(line.base_tree, &line.items)?;
    for (change, path) in &made.stopped {
        check.findings.push(format!("{} cannot be carried anew: it conflicts on {path}", state.key(*change)));
    }
    if made.tree != line.tree {
        check.findings.push(format!("recomputing it gives tree {}, the ledger says {}", made.tree, line.tree));
    }
    Ok(())
}

/// A stage's branch, compared with its line. What others pushed is no fault: the next operation takes it in.
fn branch(desk: &Desk<'_>, state: &State, what: (&Stage, &Line), check: &mut Check) -> Result<(), EngineFailure> {
    let (stage, line) = what;
    match desk.standing(stage, line)? {
        Standing::Level => {}
        Standing::Behind(tip) => check.findings.push(format!("it is at {tip}, the ledger says {}", line.head)),
        Standing::Ahead(tip) => match desk.newer_than_ledger(state, what, tip)? {
            Some(refusal) => check.refused(refusal),
            None => {
                let commits = desk.repo.range(line.head, tip)?.len() as u64;
                check.note = Some(not_taken_in(stage, commits).message);
            }
        },
        Standing::Rewritten(found) => check.refused(rewritten(stage, line, found)),
    }
    let head = desk.repo.commit_info(line.head)?;
    if head.tree != line.tree {
        check.findings.push(format!("its commit holds tree {}, the ledger says {}", head.tree, line.tree));
    }
    Ok(())
}

/// Every file of an area that is not as a version has it.
///
/// # Errors
/// `area-underway` where a deployment is between two versions; a fault of the target or the repository.
pub fn deviations(desk: &Desk<'_>, area: &Area, version: &Version) -> Result<Vec<Deviation>, EngineFailure> {
    let target = desk.house.targets.open(area);
    match target.underway()? {
        Some(work) if work.deployment != version.deployment => return Err(between(work.deployment).into()),
        // It is the version, and only its journal has not been let go of.
        Some(_) | None => {}
    }
    let expected: BTreeMap<RepoPath, Leaf> = desk.repo.leaves(version.tree)?.into_iter().collect();
    let paths: Vec<RepoPath> = expected.keys().cloned().collect();
    let standing = target.read(&paths)?;
    let mut found = Vec::new();
    for ((path, leaf), actual) in expected.iter().zip(standing) {
        if Some(*leaf) != actual {
            found.push(Deviation { path: path.clone(), expected: Some(*leaf), actual });
        }
    }
    for (path, leaf) in target.managed()? {
        if !expected.contains_key(&path) {
            found.push(Deviation { path, expected: None, actual: Some(leaf) });
        }
    }
    Ok(found)
}
