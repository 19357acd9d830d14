//! Whose repository it is: what somebody else put there is only opened where git would open it (`safe.directory`).

use gix::sec::Trust;
use std::path::Path;
use switchback_core::words::fault::Fault;

/// Refuses a repository that belongs to somebody else, unless this person's own git configuration names it as safe.
pub(super) fn check(git_dir: &Path, trust: Trust) -> Result<(), Fault> {
    if trust == Trust::Full {
        return Ok(());
    }
    // What is safe is told by the person's configuration, which nothing else here reads.
    let options = gix::open::Options::default().permissions(gix::open::Permissions::all()).open_path_as_is(true);
    match gix::open_opts(git_dir, options.with(trust).bail_if_untrusted(true)) {
        Ok(_) => Ok(()),
        Err(_) => Err(foreign(git_dir)),
    }
}

fn foreign(git_dir: &Path) -> Fault {
    let place = std::path::absolute(git_dir).unwrap_or_else(|_| git_dir.to_owned());
    let place = if place.ends_with(".git") { place.parent().unwrap_or(&place) } else { &place };
    let message = format!("the repository at {} belongs to somebody else", place.display());
    let hint = format!("if you trust it, run `git config --global --add safe.directory {}`", place.display());
    Fault::new("repository-not-trusted", message, hint)
}
