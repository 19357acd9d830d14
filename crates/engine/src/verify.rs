//! `verify` and `area verify`: what the ledger says is recomputed and compared with the world (`SPEC H1`, `A13`, `A14`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use std::collections::BTreeMap;
use switchback_core::compose::{Composer, Rules};
use switchback_core::ledger::invariants;
use switchback_core::ledger::state::State;
use switchback_core::pipeline::area::Area;
use switchback_core::records::line::Line;
use switchback_core::records::version::Version;
use switchback_core::words::names::StageName;
use switchback_core::words::object::{Leaf, RepoPath};
use switchback_core::words::remedy::{Damage, Remedy};

/// What can be looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// The ledger's file and its chain of hashes.
    Chain,
    /// What must hold in the state, whatever led to it.
    State,
    /// A stage's line.
    Stage,
    /// A stage's branch.
    Branch,
    /// An area's target.
    Area,
}

impl What {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::State => "state",
            Self::Stage => "stage",
            Self::Branch => "branch",
            Self::Area => "area",
        }
    }

    /// What to do about a disagreement.
    pub fn remedy(self) -> Remedy {
        match self {
            Self::Chain => "restore the ledger from a copy made before it was tampered with".into(),
            Self::State => Remedy::MendLedger,
            Self::Stage => Remedy::ReportEntries,
            Self::Branch => Remedy::LevelOrAdopt,
            Self::Area => Remedy::RepairArea { after: Damage::Differs },
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
}

impl Check {
    fn new(what: What, name: &str) -> Self {
        Self { what, name: name.to_owned(), findings: Vec::new() }
    }
}

/// What was looked at, in order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// How many entries the ledger has.
    pub entries: u64,
    /// Check by check.
    pub checks: Vec<Check>,
}

/// A file of an area that is not as the current version has it.
#[derive(Clone, PartialEq, Eq, Debug)]
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

/// Verifies everything.
///
/// # Errors
/// A fault that keeps it from looking at all.
pub fn verify(desk: &Desk<'_>) -> Result<Report, EngineFailure> {
    let (chain, entries) = chain(desk)?;
    let mut report = Report { entries, checks: vec![chain] };
    let state = desk.look()?;
    let findings = invariants::findings(&state, &desk.ledger.jobs(usize::MAX)?);
    report.checks.push(Check { findings, ..Check::new(What::State, "") });
    let progress = desk.progress();
    progress.begin("verify", (state.lines.len() + desk.pipeline.areas().len()) as u64);
    for (name, line) in &state.lines {
        report.checks.push(stage(desk, &state, (name, line))?);
        report.checks.extend(branch(desk, (name, line))?);
        progress.step(1);
    }
    for area in desk.pipeline.areas() {
        if let Some(version) = state.area(&area.name).current() {
            let found = deviations(desk, area, version)?;
            let findings = found.iter().map(|one| format!("{} is {}", one.path, one.word())).collect();
            report.checks.push(Check { findings, ..Check::new(What::Area, area.name.as_str()) });
        }
        progress.step(1);
    }
    progress.end();
    Ok(report)
}

/// The chain, recomputed; and the stored snapshot, folded anew.
fn chain(desk: &Desk<'_>) -> Result<(Check, u64), EngineFailure> {
    let mut check = Check::new(What::Chain, "");
    check.findings.extend(desk.ledger.damage()?);
    let entries = desk.ledger.head()?.0.0;
    let state = desk.look()?;
    if desk.fold_anew()? != *state {
        check.findings.push("folding the entries anew gives another state than the stored snapshot".to_owned());
    }
    Ok((check, entries))
}

/// A stage's line, carried anew from its base.
fn stage(desk: &Desk<'_>, state: &State, what: (&StageName, &Line)) -> Result<Check, EngineFailure> {
    let (name, line) = what;
    let mut check = Check::new(What::Stage, name.as_str());
    let composer = Composer { state, content: &*desk.repo, rules: Rules::AsRecorded };
    let mut tree = line.base_tree;
    for item in &line.items {
        let merged = composer.carry(tree, item, None)?;
        if let Some(conflict) = merged.conflicts.first() {
            let key = state.key(item.change);
            check.findings.push(format!("{key} cannot be carried anew: it conflicts on {}", conflict.path));
        }
        tree = merged.tree;
    }
    if tree != line.tree {
        check.findings.push(format!("recomputing it gives tree {tree}, the ledger says {}", line.tree));
    }
    Ok(check)
}

/// A stage's branch, compared with its line; `None` for a stage the configuration does not name any more.
fn branch(desk: &Desk<'_>, what: (&StageName, &Line)) -> Result<Option<Check>, EngineFailure> {
    let (name, line) = what;
    let Some(configured) = desk.pipeline.stage(name) else { return Ok(None) };
    let mut check = Check::new(What::Branch, &configured.branch);
    match desk.house.branches.tip(&*desk.repo, &configured.branch)? {
        Some(tip) if tip == line.head => {}
        Some(tip) => check.findings.push(format!("it is at {tip}, the ledger says {}", line.head)),
        None => check.findings.push("it is gone".to_owned()),
    }
    let head = desk.repo.commit_info(line.head)?;
    if head.tree != line.tree {
        check.findings.push(format!("its commit holds tree {}, the ledger says {}", head.tree, line.tree));
    }
    Ok(Some(check))
}

/// Every file of an area that is not as a version has it.
///
/// # Errors
/// A fault of the target or the repository.
pub fn deviations(desk: &Desk<'_>, area: &Area, version: &Version) -> Result<Vec<Deviation>, EngineFailure> {
    let target = desk.house.targets.open(area);
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
