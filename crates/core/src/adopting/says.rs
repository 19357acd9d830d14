//! What a commit's message claims. A claim says where to look first; what the commit did decides (`SPEC L8`).

use crate::words::names::{ChangeKey, RevisionNo};
use crate::words::object::CommitId;

/// What a commit's message claims.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Says {
    /// The change it is about.
    pub change: Option<ChangeKey>,
    /// What our own trailers say.
    pub ours: Option<Ours>,
    /// The commits it says it reverts, and those that they stand for.
    pub reverts: Vec<CommitId>,
    /// Where those had taken something out themselves: what they had reverted, or they where they are ours.
    pub brings_back: Vec<CommitId>,
    /// Whether it says that it undoes something, with or without saying which commits.
    pub undoes: bool,
}

/// What our own trailers say (`SPEC L2`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ours {
    /// What it did.
    pub action: Action,
    /// Of which revision.
    pub revision: Option<RevisionNo>,
}

/// What a commit of ours does to a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// `apply`, `update`, `import`.
    Puts,
    /// `remove`.
    TakesOut,
}

impl Says {
    /// Whether it is one of ours that puts something on the line.
    pub fn puts(&self) -> bool {
        self.ours.is_some_and(|ours| ours.action == Action::Puts)
    }

    /// Whether it is one of ours that takes something off the line.
    pub fn takes_out(&self) -> bool {
        self.ours.is_some_and(|ours| ours.action == Action::TakesOut)
    }

    /// The revision that our own trailers name.
    pub fn revision(&self) -> Option<RevisionNo> {
        self.ours?.revision
    }
}

/// The value of a trailer, where the message has it once. A message that was put together from several commits says
/// nothing about the whole.
fn trailer<'m>(message: &'m str, name: &str) -> Option<&'m str> {
    let value = |line: &'m str| line.strip_prefix(name)?.strip_prefix(": ").map(str::trim);
    let mut values = message.lines().filter_map(value);
    let first = values.next()?;
    values.all(|other| other == first).then_some(first)
}

/// The change that our own trailer names.
pub(super) fn change(message: &str) -> Option<&str> {
    trailer(message, "Change")
}

/// What our own trailers say; `None` where the commit is not one of ours.
pub(super) fn ours(message: &str) -> Option<Ours> {
    change(message)?;
    let action = match trailer(message, "Action")? {
        "apply" | "update" | "import" => Action::Puts,
        "remove" => Action::TakesOut,
        _ => return None,
    };
    let revision = trailer(message, "Revision").and_then(|number| number.parse().ok()).map(RevisionNo);
    Some(Ours { action, revision })
}

/// A merge names the branch it merged, and that of a promotion looks like a key.
pub(super) fn without_ready_branches(message: &str) -> String {
    let mut words = message.split("switchback/P-");
    let mut kept = words.next().unwrap_or_default().to_owned();
    for rest in words {
        kept.push_str("switchback/");
        kept.push_str(rest.trim_start_matches(|one: char| one.is_ascii_digit()));
    }
    kept
}

/// Whether a message says that it undoes something, and does not bring back what another undid.
pub(super) fn undoes(message: &str) -> bool {
    message.starts_with("Revert \"") && !message.starts_with("Revert \"Revert \"")
}

/// The commits that a message says it reverts, as git writes it: full or abbreviated ids.
pub fn reverted(message: &str) -> Vec<&str> {
    const SAID: &str = "This reverts commit ";
    let id = |line: &'_ str| line.find(SAID).map(|at| at + SAID.len());
    let cut = |line| id(line).map(|at| &line[at..]);
    let hex = |rest: &str| rest.find(|one: char| !one.is_ascii_hexdigit()).unwrap_or(rest.len());
    message.lines().filter_map(cut).map(|rest| &rest[..hex(rest)]).filter(|id| id.len() >= 7).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_trailers_are_read_where_they_say_one_thing() {
        let message = "Work\n\nChange: US-1\nRevision: 2\nAction: update\nOperation: P-7\n";
        assert_eq!(change(message), Some("US-1"));
        assert_eq!(ours(message), Some(Ours { action: Action::Puts, revision: Some(RevisionNo(2)) }));
        let squashed = format!("{message}\nMore\n\nChange: US-2\nRevision: 1\nAction: apply\n");
        assert_eq!((change(&squashed), ours(&squashed)), (None, None));
        assert_eq!(ours("Work\n\nChange: US-1\n"), None);
    }

    #[test]
    fn the_name_of_a_ready_branch_is_no_key() {
        let message = "Merge branch 'switchback/P-12' into sit";
        assert_eq!(without_ready_branches(message), "Merge branch 'switchback/' into sit");
        assert_eq!(without_ready_branches("P-12: work"), "P-12: work");
    }

    #[test]
    fn what_git_says_it_reverts_is_read() {
        let one = "Revert \"US-1: work\"\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.\n";
        assert_eq!(reverted(one), ["0123456789abcdef0123456789abcdef01234567"]);
        let merge = "Revert\n\nThis reverts commit 0123456789, reversing\nchanges made to 99.\n";
        assert_eq!(reverted(merge), ["0123456789"]);
        assert_eq!(reverted("This reverts commit nothing"), Vec::<&str>::new());
    }
}
