//! Refs: read, listed, and moved together or not at all.

use super::faults::failed;
use super::ids::{commit_from_git, commit_to_git};
use super::locks::{self, Announced};
use super::packed_refs;
use super::remote::outbox;
use gix::refs::transaction::{Change, LogChange, PreviousValue, RefEdit, RefLog};
use gix::refs::{FullName, Target};
use std::path::Path;
use std::time::Duration;
use switchback_core::ports::repository::RefMove;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::CommitId;

/// What stands in the reflog.
const REFLOG: &str = "switchback: move";

fn full_name(name: &str) -> Result<FullName, Fault> {
    FullName::try_from(name).map_err(|_| {
        Fault::new("ref-name-invalid", format!("`{name}` is no name for a ref"), "use a full name like `refs/heads/qa`")
    })
}

/// What a ref holds, peeled to a commit.
pub(super) fn read(git: &gix::Repository, name: &str) -> Result<Option<CommitId>, Fault> {
    let problem = |error: gix::Error| failed(git, &format!("reading {name}"), &error);
    let name = full_name(name)?;
    match git.try_find_reference(name.as_ref()).map_err(problem)? {
        None => Ok(None),
        Some(mut found) => {
            let problem = |error: gix::Error| failed(git, &format!("reading {}", name.as_bstr()), &error);
            let id = found.peel_to_commit().map_err(problem)?;
            Ok(Some(commit_from_git(&id.id)))
        }
    }
}

/// The ref that a symbolic one stands for.
pub(super) fn stands_for(git: &gix::Repository, name: &str) -> Result<Option<String>, Fault> {
    let problem = |error: gix::Error| failed(git, &format!("reading {name}"), &error);
    let name = full_name(name)?;
    let found = git.try_find_reference(name.as_ref()).map_err(problem)?;
    Ok(found.and_then(|found| match found.target() {
        gix::refs::TargetRef::Symbolic(other) => Some(other.as_bstr().to_string()),
        gix::refs::TargetRef::Object(_) => None,
    }))
}

/// The refs whose name begins with a prefix and that lead to a commit.
pub(super) fn list(git: &gix::Repository, prefix: &str) -> Result<Vec<(String, CommitId)>, Fault> {
    let problem = |error: gix::Error| failed(git, "listing refs", &error);
    let platform = git.references().map_err(problem)?;
    let mut found = Vec::new();
    for reference in platform.all().map_err(problem)? {
        let Ok(mut reference) = reference else { continue };
        let name = reference.name().as_bstr().to_string();
        if !name.starts_with(prefix) {
            continue;
        }
        if let Ok(commit) = reference.peel_to_commit() {
            found.push((name, commit_from_git(&commit.id)));
        }
    }
    found.sort();
    Ok(found)
}

fn target(commit: CommitId) -> Target {
    Target::Object(commit_to_git(commit))
}

fn edit(wanted: &RefMove) -> Result<Option<RefEdit>, Fault> {
    let expected = match wanted.from {
        Some(from) => PreviousValue::MustExistAndMatch(target(from)),
        None => PreviousValue::MustNotExist,
    };
    let change = match wanted.to {
        Some(to) => {
            let log = LogChange { mode: RefLog::AndReference, force_create_reflog: false, message: REFLOG.into() };
            Change::Update { log, expected, new: target(to) }
        }
        None if wanted.from.is_none() => return Ok(None),
        None => Change::Delete { expected, log: RefLog::AndReference },
    };
    Ok(Some(RefEdit::new(full_name(&wanted.name)?, change)))
}

/// Moves refs in one transaction; `false` when one did not hold what it should. `identity` is the name and the address
/// that reflogs get, asked for only when something moves.
pub(super) fn move_all(
    git: &gix::Repository,
    moves: &[RefMove],
    identity: impl FnOnce() -> Option<(String, String)>,
) -> Result<bool, Fault> {
    if !hold(git, moves)? {
        return Ok(false);
    }
    let mut edits = Vec::with_capacity(moves.len());
    for wanted in moves {
        edits.extend(edit(wanted)?);
    }
    if edits.is_empty() {
        return Ok(true);
    }
    let _noted = outbox::note(git.common_dir(), moves)?;
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let (name, email) = identity().unwrap_or_else(|| ("Switchback".into(), "switchback@localhost".into()));
    let time = format!("{seconds} +0000");
    let committer = gix::actor::SignatureRef { name: name.as_str().into(), email: email.as_str().into(), time: &time };
    let common_dir = git.common_dir();
    let move_now = || {
        let _announced = Announced::moves(common_dir, moves);
        git.edit_references_as(edits.clone(), Some(committer))
    };
    let moved = move_now().or_else(|_| {
        locks::break_dead(common_dir);
        move_now()
    });
    match moved {
        Ok(_) => {
            make_durable(common_dir, moves);
            packed_refs::made(common_dir, moves);
            Ok(true)
        }
        Err(_) if !hold(git, moves)? => Ok(false),
        Err(error) => Err(locked(common_dir, moves).unwrap_or_else(|| unmoved(git, &error))),
    }
}

/// Whether every ref holds what it should.
fn hold(git: &gix::Repository, moves: &[RefMove]) -> Result<bool, Fault> {
    for wanted in moves {
        let name = full_name(&wanted.name)?;
        let found = git.refs.try_find(name.as_ref()).map_err(|error| unmoved(git, &error))?;
        if found.map(|found| found.target) != wanted.from.map(target) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The lock that keeps refs from moving, where one stands: git lets it stand until a person removes it.
fn locked(common_dir: &Path, moves: &[RefMove]) -> Option<Fault> {
    let (lock, since) = locks::held(common_dir, moves)?;
    let (file, age) = (lock.display(), ago(since));
    Some(Fault::new(
        "refs-unmoved",
        format!("refs could not be moved: git's lock {file} is held since {age}"),
        format!("when no git process works there any more, remove it with `rm -f '{file}'`, and try again"),
    ))
}

fn ago(since: Duration) -> String {
    match since.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3600),
    }
}

fn unmoved(git: &gix::Repository, error: &gix::Error) -> Fault {
    let io = error.iter_errors().find_map(|error| error.downcast_ref::<std::io::Error>());
    match io.and_then(switchback_machine::disk::disk_fault) {
        Some(fault) => fault,
        None => Fault::new(
            "refs-unmoved",
            format!("the refs of {} could not be moved: {error:#}", git.common_dir().display()),
            "see that no other git process holds a lock, and try again",
        ),
    }
}

/// Sees to it that moved refs survive a loss of power, as git does. The ledger repairs a ref that did not, so
/// nothing here is an error.
fn make_durable(git_dir: &Path, moves: &[RefMove]) {
    for file in moves.iter().filter_map(|wanted| std::fs::File::open(git_dir.join(&wanted.name)).ok()) {
        let _ = file.sync_all();
    }
}
