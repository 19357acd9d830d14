//! `verify` and `area verify`: what the ledger says is recomputed and compared with the world (`SPEC H1`, `A13`, `A14`).

use crate::failure::Failure;
use crate::ledger::verify_ledger;
use crate::look::Moment;
use crate::ports::Repo;
use crate::session::Session;
use crate::targets;
use std::collections::BTreeMap;
use switchback_core::area::Area;
use switchback_core::compose::Composer;
use switchback_core::content::Content;
use switchback_core::line::Line;
use switchback_core::names::StageName;
use switchback_core::object::{Leaf, RepoPath};
use switchback_core::state::State;
use switchback_core::version::Version;

/// One disagreement, named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What was looked at: `ledger`, `stage QA`, `branch qa`, `area qa-web`.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

/// What was looked at, and what disagrees.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// How many entries the ledger has.
    pub entries: u64,
    /// How many stages were recomputed.
    pub stages: usize,
    /// How many areas were compared with their targets.
    pub areas: usize,
    /// Everything that disagrees.
    pub findings: Vec<Finding>,
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
pub fn verify(session: &Session) -> Result<Report, Failure> {
    let mut report = Report::default();
    chain(session, &mut report)?;
    let state = session.look()?;
    if session.look_back(Moment::Seq(state.seq)).is_ok_and(|folded| folded != *state) {
        report.add("ledger", "folding the entries anew gives another state than the stored snapshot".to_owned());
    }
    let progress = &session.options.progress;
    progress.begin("verify", (state.lines.len() + state.areas.len()) as u64);
    for (name, line) in &state.lines {
        stage(session, &state, (name, line), &mut report)?;
        progress.step(1);
    }
    for area in session.pipeline.areas() {
        if let Some(version) = state.area(&area.name).current() {
            report.areas += 1;
            let place = format!("area {}", area.name);
            for deviation in deviations(session, area, version)? {
                report.add(&place, format!("{} is {}", deviation.path, deviation.word()));
            }
        }
        progress.step(1);
    }
    progress.end();
    Ok(report)
}

impl Report {
    fn add(&mut self, place: &str, message: String) {
        self.findings.push(Finding { place: place.to_owned(), message });
    }
}

fn chain(session: &Session, report: &mut Report) -> Result<(), Failure> {
    for damage in session.ledger.damage()? {
        report.add("ledger", damage);
    }
    match verify_ledger(&session.ledger, session.pipeline.name())? {
        Ok(seq) => report.entries = seq.0,
        Err(broken) => report.add("ledger", broken.to_string()),
    }
    Ok(())
}

/// A stage's line, carried anew from its base; and its branch.
fn stage(session: &Session, state: &State, what: (&StageName, &Line), report: &mut Report) -> Result<(), Failure> {
    let (name, line) = what;
    report.stages += 1;
    let place = format!("stage {name}");
    let composer = Composer { state, content: &session.repo };
    let mut tree = line.base_tree;
    for item in &line.items {
        let merged = composer.carry(tree, item, None)?;
        if let Some(conflict) = merged.conflicts.first() {
            let key = state.key(item.change);
            report.add(&place, format!("{key} cannot be carried anew: it conflicts on {}", conflict.path));
        }
        tree = merged.tree;
    }
    if tree != line.tree {
        report.add(&place, format!("recomputing it gives tree {tree}, the ledger says {}", line.tree));
    }
    let Some(configured) = session.pipeline.stage(name) else { return Ok(()) };
    let place = format!("branch {}", configured.branch);
    match session.repo.reference(&format!("refs/heads/{}", configured.branch))? {
        Some(tip) if tip == line.head => {}
        Some(tip) => report.add(&place, format!("it is at {tip}, the ledger says {}", line.head)),
        None => report.add(&place, "it is gone".to_owned()),
    }
    let head = session.repo.commit_info(line.head)?;
    if head.tree != line.tree {
        report.add(&place, format!("its commit holds tree {}, the ledger says {}", head.tree, line.tree));
    }
    Ok(())
}

/// Every file of an area that is not as a version has it.
///
/// # Errors
/// A fault of the target or the repository.
pub fn deviations(session: &Session, area: &Area, version: &Version) -> Result<Vec<Deviation>, Failure> {
    let target = targets::open(area, session.folder(), &session.repo.places());
    let expected: BTreeMap<RepoPath, Leaf> = session.repo.leaves(version.tree)?.into_iter().collect();
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
