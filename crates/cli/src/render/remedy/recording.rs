//! The next steps about what a revision is made of.

use crate::render::page::short;
use switchback_api::Remedy;
use switchback_api::remedy::{Course, Missing, OnBranch, Settling, Unheld};

/// What is to be typed so that something can be recorded.
pub(super) fn to_record(remedy: &Remedy) -> String {
    match remedy {
        Remedy::RecordApart { change, commits, .. } => record_commits(change, commits),
        Remedy::SettleOnBranch(on) => on_branch(on),
        Remedy::BringFirst(missing) => bring_first(missing),
        Remedy::RecordFirst(Unheld { change, tip, stage }) => record(change, short(tip), stage),
        _ => String::new(),
    }
}

fn record_commits(change: &str, commits: &[String]) -> String {
    let commits: Vec<_> = commits.iter().map(|id| short(id)).collect();
    format!("switchback change record {change} --commits {}", commits.join(","))
}

pub(super) fn record_apart(others: &[String], commits: &[String], command: &str) -> String {
    let first = format!("record {} first, then this again", others.join(" and "));
    let by_name = format!("name its own commits with `{command}`");
    match (others, commits) {
        ([], _) => by_name,
        (_, []) => first,
        _ => format!("{first}; or {by_name}"),
    }
}

fn record(change: &str, branch: &str, stage: &str) -> String {
    format!("switchback change record {change} --branch {branch} --stage {stage}")
}

fn bring_first(Missing { changes, from, to, course }: &Missing) -> String {
    let verb = match course {
        Course::Up => "promote",
        Course::Down => "back-promote",
    };
    let from = from.as_ref().map(|from| format!(" --from {from}")).unwrap_or_default();
    format!("switchback {verb} {}{from} --to {to}", changes.join(" "))
}

/// What is typed on a change's own branch. It ends where a person has to settle what conflicts.
fn on_branch(on: &OnBranch) -> String {
    let uncommitted = if on.settling == Settling::Mend { "--no-commit " } else { "" };
    let merge = format!("git merge {uncommitted}{}", on.branch);
    match (&on.settling, &on.own) {
        (Settling::Onto { after }, own) => {
            let own = own.as_ref().map(|own| format!(" {own}")).unwrap_or_default();
            format!("git rebase --onto {} {}{own}", on.branch, short(after))
        }
        (Settling::Merge | Settling::Mend, None) => merge,
        (Settling::Merge | Settling::Mend, Some(own)) => format!("git switch {own} && {merge}"),
        (Settling::Anew, None) => format!("git switch -c feature/KEY && {merge}"),
        (Settling::Anew, Some(own)) => format!("git switch -c feature/KEY {own} && {merge}"),
    }
}

pub(super) fn settle_on_branch(on: &OnBranch) -> String {
    let (OnBranch { change, own, stage, branch, settling }, command) = (on, on_branch(on));
    let again = || format!("record it again with `{}`", record(change, own.as_deref().unwrap_or("BRANCH"), stage));
    match settling {
        Settling::Merge => format!("settle it on its branch with `{command}`, commit that, then {}", again()),
        Settling::Mend => format!(
            "settle it on its branch with `{command}`, put right there what git merges without a conflict, commit that, \
             then {}",
            again()
        ),
        Settling::Anew => format!(
            "record what is new as a change of its own: `{command}`, settle and commit what conflicts, then \
             `git reset --soft {branch} && git commit -m 'KEY: What is new'`, and `{}`",
            record("KEY", "feature/KEY", stage)
        ),
        Settling::Onto { .. } => {
            format!(
                "put its own commits onto that branch with `{command}`, settle there what conflicts, then {}",
                again()
            )
        }
    }
}
