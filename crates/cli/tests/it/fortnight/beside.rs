//! What people do beside the tool: they push, revert, merge and rewrite, edit and lose areas, and collect garbage.

use super::acts::disturb;
use super::company::{AREAS, Company, Disturbed, STAGES};
use std::collections::BTreeSet;
use std::fs;

/// The file of a change's own.
pub fn own_file(number: usize) -> String {
    format!("web/us-{number}.txt")
}

fn a_branch(company: &mut Company) -> (&'static str, &'static str) {
    STAGES[company.rng.usize(..STAGES.len())]
}

fn fetch(company: &Company) {
    company.ask_beside(&["fetch", "--quiet", "--prune", "origin"]);
    company.beside(&["merge", "--abort"]);
    company.beside(&["revert", "--abort"]);
    company.ask_beside(&["reset", "--quiet", "--hard"]);
    company.ask_beside(&["clean", "-qfd"]);
}

fn write(company: &Company, path: &str, text: &str) {
    let place = company.clone().join(path);
    fs::create_dir_all(place.parent().expect("a folder")).expect("a folder is made");
    fs::write(place, text).expect("a file is written");
}

fn commit(company: &Company, message: &str) -> bool {
    company.ask_beside(&["add", "--all"]);
    company.beside(&["commit", "--quiet", "--message", message])
}

/// The file of its own gets a line, and its line of the menu another dish.
fn edit(company: &mut Company, number: usize) {
    let (path, token) = (own_file(number), company.token());
    let before = fs::read_to_string(company.clone().join(&path)).unwrap_or_default();
    write(company, &path, &format!("{before}US-{number} {token}\n"));
    let menu = fs::read_to_string(company.clone().join("web/menu.txt")).unwrap_or_default();
    let mut lines: Vec<String> = menu.lines().map(str::to_owned).collect();
    if let Some(line) = lines.get_mut(number * 3) {
        *line = format!("dish of US-{number} {token}");
        write(company, "web/menu.txt", &(lines.join("\n") + "\n"));
    }
}

/// A branch for a change, begun somewhere; whether there is one now.
pub fn work_on(company: &mut Company, number: usize, from: &str) -> bool {
    fetch(company);
    let branch = format!("feature/US-{number}");
    company.ask_beside(&["checkout", "--quiet", "-B", &branch, from]);
    edit(company, number);
    commit(company, &format!("US-{number}: begin"))
        && company.beside(&["push", "--quiet", "--force", "origin", &format!("HEAD:refs/heads/{branch}")])
}

/// One more commit on it, after merging something or not.
pub fn work_again(company: &mut Company, number: usize, how: (&str, Option<&str>)) -> bool {
    let (from, merged) = how;
    fetch(company);
    if !company.beside(&["checkout", "--quiet", "-B", &format!("feature/US-{number}"), from]) {
        return false;
    }
    if let Some(merged) = merged
        && !company.beside(&["merge", "--quiet", "--no-edit", merged])
    {
        company.beside(&["merge", "--abort"]);
    }
    edit(company, number);
    commit(company, &format!("US-{number}: go on"))
        && company.beside(&["push", "--quiet", "--force", "origin", &format!("HEAD:refs/heads/feature/US-{number}")])
}

/// Checks a stage's branch out; its head.
fn stand_on(company: &Company, branch: &str) {
    fetch(company);
    company.ask_beside(&["checkout", "--quiet", "-B", "work", &format!("origin/{branch}")]);
}

fn publish(company: &Company, branch: &str) {
    company.ask_beside(&["push", "--quiet", "--force", "origin", &format!("HEAD:refs/heads/{branch}")]);
}

/// Commits that nobody told the tool of: of no change, of a known one with something else in it, or picked.
pub fn push(company: &mut Company) {
    let (stage, branch) = a_branch(company);
    stand_on(company, branch);
    let number = 1 + company.rng.usize(..company.changes.max(1));
    let feature = format!("origin/feature/US-{number}");
    match company.rng.u32(..4) {
        0 if company.clone().join(own_file(number)).exists() => {
            edit(company, number);
            commit(company, &format!("US-{number}: tweak"));
            company.note(&format!("somebody tweaks US-{number} on {stage}"));
        }
        1 if company.beside(&["cherry-pick", &feature]) => {
            company.note(&format!("somebody picks US-{number} onto {stage}"));
        }
        _ => {
            company.beside(&["cherry-pick", "--abort"]);
            let token = company.token();
            write(company, &format!("web/push-{}.txt", token.replace(' ', "-")), &token);
            commit(company, "Mend something quickly");
            company.note(&format!("somebody pushes {token} to {stage}"));
        }
    }
    publish(company, branch);
}

/// One of the last commits is reverted with plain git.
pub fn revert(company: &mut Company) {
    let (stage, branch) = a_branch(company);
    stand_on(company, branch);
    let since = format!("{}..HEAD", company.opening);
    let list = company.ask_beside(&["log", "--first-parent", "--no-merges", "--format=%H", "-12", &since]);
    let commits: Vec<&str> = list.lines().collect();
    let Some(commit) = company.one(&commits) else { return };
    let subject = company.ask_beside(&["log", "-1", "--format=%s", commit]);
    match company.beside(&["revert", "--no-edit", commit]) {
        true => {
            company.note(&format!("somebody reverts `{subject}` on {stage}"));
            publish(company, branch);
        }
        false => {
            company.beside(&["revert", "--abort"]);
        }
    }
}

/// One stage's branch is merged into its neighbour's.
pub fn merge(company: &mut Company) {
    let pairs = [("INT", "int", "uat"), ("UAT", "uat", "int"), ("DEV1", "dev1", "int"), ("PROD", "main", "hotfix")];
    let (_, into, other) = pairs[company.rng.usize(..pairs.len())];
    stand_on(company, into);
    if company.beside(&["merge", "--quiet", "--no-edit", &format!("origin/{other}")]) {
        company.note(&format!("somebody merges {other} into {into}"));
        publish(company, into);
    }
}

/// A branch is set back by its last commit, or that is amended.
pub fn rewrite(company: &mut Company) {
    let (stage, branch) = a_branch(company);
    stand_on(company, branch);
    if company.ask_beside(&["rev-parse", "HEAD"]) == company.opening {
        return;
    }
    let done = match company.chance(50) {
        true => company.beside(&["reset", "--quiet", "--hard", "HEAD~1"]),
        false => {
            let token = company.token();
            write(company, "web/amended.txt", &token);
            company.ask_beside(&["add", "--all"]);
            company.beside(&["commit", "--quiet", "--amend", "--no-edit"])
        }
    };
    if done {
        company.note(&format!("somebody rewrites {stage}"));
        publish(company, branch);
    }
}

/// Somebody edits, or deletes, a file that the tool put there.
pub fn edit_an_area(company: &mut Company) {
    let (area, _) = AREAS[company.rng.usize(..AREAS.len())];
    let files: Vec<String> = company.world.files(area).into_keys().collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let Some(file) = company.one(&files).map(str::to_owned) else { return };
    let (place, token) = (company.world.area(area).join(&file), company.token());
    match company.chance(25) {
        true => fs::remove_file(place).expect("a file is removed"),
        false => fs::write(place, token).expect("a file is edited"),
    }
    disturb(company, area, Disturbed::Edited(BTreeSet::from([file])));
}

/// The folder is gone, or what the tool keeps in it.
pub fn lose_an_area(company: &mut Company) {
    let (area, _) = AREAS[company.rng.usize(..AREAS.len())];
    let place = company.world.area(area);
    let kept = place.join(".switchback");
    if !kept.exists() {
        return;
    }
    let gone = if company.chance(50) { place } else { kept };
    fs::remove_dir_all(gone).expect("a folder is removed");
    disturb(company, area, Disturbed::Lost);
}

pub fn collect_garbage(company: &mut Company) {
    company.note("garbage is collected");
    company.world.git(&["reflog", "expire", "--expire=now", "--all"]);
    company.world.git(&["gc", "--quiet", "--prune=now"]);
}

/// A colleague who does not know where the pipeline runs.
pub fn begin_in_a_clone(company: &mut Company) {
    fetch(company);
    company.ask_beside(&["checkout", "--quiet", "-B", "main", "origin/main"]);
    for (_, branch) in STAGES.iter().filter(|(_, branch)| *branch != "main") {
        company.ask_beside(&["branch", "--force", branch, &format!("origin/{branch}")]);
    }
    fs::copy(company.world.repo().join("switchback.toml"), company.clone().join("switchback.toml")).expect("a copy");
    let clone = company.clone();
    let (ran, answer) = company.run_in(&clone, &["init"]);
    let begun = company.ask_beside(&["log", "--all", "--format=%(trailers:key=Operation)"]).contains("Operation:");
    let refused = answer["refused"]["code"] == "pipeline-begun-elsewhere";
    assert!(refused == begun, "{}", company.complaint(&format!("a second pipeline begins: {ran:?}")));
    let _ = fs::remove_file(company.clone().join("switchback.toml"));
    let _ = fs::remove_dir_all(company.clone().join(".git/switchback"));
}
