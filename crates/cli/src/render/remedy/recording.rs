//! The next steps about what a revision is made of.

use crate::render::page::short;

pub(super) fn record_commits(change: &str, commits: &[String]) -> String {
    let commits: Vec<_> = commits.iter().map(|id| short(id)).collect();
    format!("switchback change record {change} --commits {}", commits.join(","))
}

pub(super) fn record_apart(others: &[String], commits: &[String], command: &str) -> String {
    let first = format!("record {} first, then this again", others.join(" and "));
    match commits {
        [] => first,
        _ => format!("{first}; or name its own commits with `{command}`"),
    }
}
