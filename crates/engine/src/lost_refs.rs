//! Refs below `refs/switchback/`: they keep what the ledger names from git's housekeeping. A mirror's fetch that prunes,
//! or a person, may take them away; as long as the objects are there, they come back (`SPEC H1`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::kept_refs::{aside, overwritten_ref, wanted_ref};
use crate::renamed_refs::follow;
use std::collections::{BTreeMap, HashSet};
use switchback_core::content::{CommitDraft, Signature};
use switchback_core::ledger::entry::Event;
use switchback_core::ports::repository::RefMove;
use switchback_core::records::version::VersionFact;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{AreaName, Seq, Time, UserName};
use switchback_core::words::object::{CommitId, Leaf, Mode, Oid, RepoPath, TreeId};
use switchback_core::words::warning::Warning;

/// The warning about a ref that stays away.
const LOST: &str = "ref-lost";

/// What a ref keeps.
enum Keeps {
    /// A commit the ledger names.
    Commit(CommitId),
    /// A tree or files the ledger names, in a commit that it does not.
    Content { tree: TreeId, files: Vec<(RepoPath, Option<Leaf>)>, by: UserName, at: Time, message: String },
}

/// A ref that is not as the ledger wants it.
pub struct Lost {
    name: String,
    stands: Option<CommitId>,
    keeps: Keeps,
}

impl Lost {
    /// What is wrong with it, for a person.
    pub fn told(&self) -> String {
        match (self.stands, &self.keeps) {
            (Some(stands), Keeps::Commit(commit)) => format!("{} is at {stands}, the ledger says {commit}", self.name),
            _ => format!("{} is gone", self.name),
        }
    }
}

/// Every ref that is not as the ledger wants it.
///
/// # Errors
/// A fault of the ledger or the repository.
pub fn lost(desk: &Desk<'_>) -> Result<Vec<Lost>, EngineFailure> {
    let entries = desk.entries(Seq(0), usize::MAX)?;
    let events: Vec<Event> = entries.into_iter().flat_map(|entry| entry.body.events).collect();
    let (wanted, resolutions) = desk.wanted(&events);
    let mut lost = Vec::new();
    for (name, commit) in wanted {
        let stands = desk.repo.reference(&name).unwrap_or(None);
        let other = aside(&RefMove { name: name.clone(), from: None, to: None });
        let is_aside = || other.is_some_and(|other| desk.repo.reference(&other.name) == Ok(Some(commit)));
        if stands != Some(commit) && !is_aside() {
            lost.push(Lost { name, stands, keeps: Keeps::Commit(commit) });
        }
    }
    if let Some(head) = resolutions
        && desk.repo.reference(crate::remembered::REF).is_ok_and(|stands| stands.is_none())
    {
        lost.push(Lost { name: crate::remembered::REF.to_owned(), stands: None, keeps: Keeps::Commit(head) });
    }
    let mut beside = BTreeMap::new();
    for event in &events {
        match event {
            Event::VersionMade { area, version } => beside.extend(beside_the_version(area, version)),
            renamed => follow(&mut beside, renamed),
        }
    }
    for (name, keeps) in beside {
        if desk.repo.reference(&name).is_ok_and(|stands| stands.is_none()) {
            lost.push(Lost { name, stands: None, keeps });
        }
    }
    Ok(lost)
}

/// What a version needs beside its own commit.
fn beside_the_version(area: &AreaName, version: &VersionFact) -> Vec<(String, Keeps)> {
    let (by, at) = (&version.by, version.at);
    let content = |(tree, files), message| Keeps::Content { tree, files, by: by.clone(), at, message };
    let mut found = Vec::new();
    if version.wanted != version.tree {
        let message = format!("{area}@{} before its filter\n", version.number);
        found.push((wanted_ref(area, version.number), content((version.wanted, Vec::new()), message)));
    }
    let files: Vec<_> = version.overwritten.iter().filter(|change| change.before.is_some()).collect();
    if !files.is_empty() {
        let files = files.into_iter().map(|change| (change.path.clone(), change.before)).collect();
        let message = format!("Edited on {area} and overwritten\n");
        found.push((overwritten_ref(area, version.deployment), content((TreeId::EMPTY, files), message)));
    }
    found
}

/// Brings back what the objects that are left allow; a warning for each of the others.
pub fn bring_back(desk: &Desk<'_>, lost: Vec<Lost>) -> Vec<Warning> {
    let mut seen = HashSet::new();
    let mut warnings = Vec::new();
    for one in lost {
        let name = one.name.clone();
        if let Err(failure) = bring_one(desk, one, &mut seen) {
            let why = match failure {
                EngineFailure::Fault(fault) => fault.message,
                EngineFailure::Refused(refusal) => refusal.message,
                EngineFailure::Defect(defect) => defect.message,
            };
            let message = format!("{name} cannot be brought back: {why}");
            let advice =
                "fetch it from a clone that has it, with `git fetch REMOTE '+refs/switchback/*:refs/switchback/*'`";
            warnings.push(Warning::of(LOST, message).mended_by(advice));
        }
    }
    desk.repo.let_go();
    warnings
}

fn bring_one(desk: &Desk<'_>, lost: Lost, seen: &mut HashSet<Oid>) -> Result<(), EngineFailure> {
    let to = match lost.keeps {
        Keeps::Commit(commit) => commit,
        Keeps::Content { tree, files, by, at, message } => {
            files_are_there(desk, files.iter().filter_map(|(_, leaf)| *leaf), seen)?;
            let tree = desk.repo.edit(tree, &files)?;
            let author = Signature { name: by.to_string(), email: format!("{by}@localhost"), time: at };
            let (parents, committer) = (Vec::new(), author.clone());
            let made = desk.repo.commit(&CommitDraft { tree, parents, author, committer, message })?;
            desk.repo.store()?;
            made
        }
    };
    is_whole(desk, to, seen)?;
    let moved = desk.move_kept(&[RefMove { name: lost.name, from: lost.stands, to: Some(to) }])?;
    match moved {
        true => Ok(()),
        false => Err(Fault::new("refs-unmoved", "somebody else moved it meanwhile", "try again").into()),
    }
}

/// A ref to what is not there in full would be a damage to git: commits, their trees and files are looked at.
fn is_whole(desk: &Desk<'_>, tip: CommitId, seen: &mut HashSet<Oid>) -> Result<(), Fault> {
    let mut ahead = vec![tip];
    while let Some(commit) = ahead.pop() {
        if !seen.insert(commit.0) {
            continue;
        }
        let info = desk.repo.commit_info(commit)?;
        if seen.insert(info.tree.0) {
            files_are_there(desk, desk.repo.leaves(info.tree)?.into_iter().map(|(_, leaf)| leaf), seen)?;
        }
        ahead.extend(info.parents);
    }
    Ok(())
}

fn files_are_there(desk: &Desk<'_>, leaves: impl Iterator<Item = Leaf>, seen: &mut HashSet<Oid>) -> Result<(), Fault> {
    for leaf in leaves.filter(|leaf| leaf.mode != Mode::Submodule) {
        if seen.insert(leaf.id.0) {
            desk.repo.read(leaf.id)?;
        }
    }
    Ok(())
}
