//! What the repository rests on: the `git` program, objects that must be there, and what processes left that are gone.

use super::{Found, Looked, Subject};
use switchback_engine::lacking::missing;
use switchback_git::premises::{self, CutOff, NEEDED};

/// How many things of a kind are named.
const MOST: usize = 10;

/// The `git` program. Where the branches are on a remote nothing goes without it.
pub fn git(Subject { desk, .. }: &Subject<'_>) -> Looked {
    let worse = if desk.house.contact().is_some() { Found::fault } else { Found::warning };
    let step = format!("install git {NEEDED} or newer, where programs are looked for (`PATH`)");
    let message = match premises::installed() {
        Ok(Some(found)) if found >= NEEDED => return Ok(Vec::new()),
        Ok(Some(found)) => format!(
            "git {found} is installed, and {NEEDED} is needed: an older one reads configuration that must not count"
        ),
        Ok(None) => "the `git` that is installed does not say which version it is".to_owned(),
        Err(fault) => format!("{}: work trees cannot follow, and no remote can be asked", fault.message),
    };
    Ok(vec![worse(message, step)])
}

/// Objects that the ledger names, and why some may not be there.
pub fn objects(Subject { desk, state }: &Subject<'_>) -> Looked {
    let mut found: Vec<Found> = premises::cut_off(&desk.repo.git_dir()).iter().map(cut_off).collect();
    let missing = missing(desk, state)?;
    let step = "fetch it from a clone that has it, with all its refs, or bring back a backup";
    found.extend(missing.iter().take(MOST).map(|told| Found::fault(told, step)));
    if missing.len() > MOST {
        let more = missing.len() - MOST;
        found.push(Found::fault(format!("{more} more objects are missing in the repository"), step));
    }
    Ok(found)
}

fn cut_off(why: &CutOff) -> Found {
    match why {
        CutOff::Shallow => {
            let message = "history is cut off: the repository is a shallow clone";
            Found::warning(message, "fetch the rest: `git fetch --unshallow`")
        }
        CutOff::Partial => {
            let message = "the repository is a partial clone: objects may be missing that nobody fetches here";
            Found::warning(message, "fetch all of them: `git fetch --refetch --no-filter`")
        }
        CutOff::Borrowed(place) => {
            let message = format!("objects are borrowed from {}, which is not there", place.display());
            Found::fault(message, "put that repository back, or clone again without sharing objects")
        }
    }
}

/// What processes left that are gone: operations that nobody finished, and locks that nobody holds.
pub fn notes(Subject { desk, .. }: &Subject<'_>) -> Looked {
    let git_dir = desk.repo.git_dir();
    let mut found = Vec::new();
    let left = [(desk.unfinished(), "finish an operation after its entry"), (premises::unmoved(&git_dir), "move refs")];
    for (count, what) in left.into_iter().filter(|(count, _)| *count > 0) {
        let who = if count == 1 {
            "1 process that is gone was".to_owned()
        } else {
            format!("{count} processes that are gone were")
        };
        let step = "the next operation here finishes it, and so does a server that runs";
        found.push(Found::warning(format!("{who} about to {what}"), step));
    }
    for lock in premises::old_locks(&git_dir).iter().take(MOST) {
        let message =
            format!("{} stands for more than ten minutes: no git process holds a lock as long", lock.display());
        let step = format!("see that no git runs there, then remove it: `rm {}`", lock.display());
        found.push(Found::warning(message, step));
    }
    Ok(found)
}
