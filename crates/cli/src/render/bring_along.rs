//! How a work tree that was left alone is brought along without losing anything, in git's own commands (`SPEC L9`).

use crate::render::page::short;
use crate::render::shell::word;
use switchback_api::remedy::{Hindrance, LeftBehind};

/// In one sentence.
pub fn words(left: &LeftBehind) -> String {
    let command = command(left);
    match &left.hindrance {
        Hindrance::Edited => format!("do not commit there before it follows; bring it along with `{command}`"),
        Hindrance::InTheWay { file } => {
            format!("move {file} elsewhere, do not commit there before, and bring it along with `{command}`")
        }
        Hindrance::UnderWay { what } => {
            let forth = forth(left);
            format!("put HEAD back with `{command}`, end or abort the {what}, and bring it along with `{forth}`")
        }
        Hindrance::NoGit => format!("install git, or add it to the PATH, and bring it along with `{command}`"),
        Hindrance::Locked { .. } => {
            format!("when no git process works there any more, bring it along with `{command}`")
        }
    }
}

/// What is to be typed first.
pub fn command(left: &LeftBehind) -> String {
    let (git, back, forth) = (git(left), back(left), forth(left));
    match &left.hindrance {
        Hindrance::Edited => {
            // By its name: where git finds nothing to stash, the newest stash is somebody's own.
            let name = format!("left-{}", short(&left.shows));
            let push = format!("{git} stash push --include-untracked --message {name}");
            let pop = format!("{git} stash list --format=%gd --grep-reflog={name} | xargs -r {git} stash pop");
            format!("{back} && {push} && {forth} && {pop}")
        }
        Hindrance::InTheWay { .. } | Hindrance::NoGit => format!("{back} && {forth}"),
        Hindrance::UnderWay { .. } => back,
        Hindrance::Locked { lock } => format!("rm -f {} && {back} && {forth}", word(lock)),
    }
}

fn git(left: &LeftBehind) -> String {
    format!("git -C {}", word(&left.path))
}

/// HEAD goes back to what index and files belong to, so that git takes nothing but the edits for edits.
fn back(left: &LeftBehind) -> String {
    format!("{} update-ref --no-deref HEAD {}", git(left), left.shows)
}

fn forth(left: &LeftBehind) -> String {
    format!("{} checkout --no-overwrite-ignore {}", git(left), word(&left.branch))
}
