//! What the tool says, beside what git and the disk say. The judge knows what people wrote, and nothing of the tool's
//! rules: a change is at a stage when the file of its own stands on the branch as its revision left it.

use super::company::{AREAS, Company, Disturbed, STAGES};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Files by path, each with its blob.
type Files = BTreeMap<String, String>;
/// Changes with their revisions.
type Held = BTreeMap<String, u64>;

/// Compares everything; ends the test where something is not told as it is.
pub fn judge(company: &mut Company) {
    let (standing, status) = (company.ask(&["where"]), company.ask(&["status"]));
    company.rewritten.clear();
    let mut at_stages = BTreeMap::new();
    for (stage, branch) in STAGES {
        let held = held_at(&standing, stage);
        if is_in_step(company, &status, (stage, branch)) {
            let files = tree(company, branch);
            holds_what_is_told(company, stage, (&held, &files));
            at_stages.insert(stage, held);
        }
    }
    areas(company, &status, &at_stages);
}

/// `verify` finds nothing where nothing was disturbed, and names what was.
pub fn verify(company: &Company) {
    let said = company.ask(&["verify"]);
    for check in said["checks"].as_array().into_iter().flatten().filter(|check| check["ok"] != true) {
        let name = check["name"].as_str().unwrap_or_default();
        let stage = STAGES.iter().find(|(stage, branch)| [*stage, *branch].contains(&name)).map(|(stage, _)| *stage);
        let known =
            company.disturbed.contains_key(name) || stage.is_some_and(|stage| company.rewritten.contains(stage));
        assert!(known, "{}", company.complaint(&format!("verify says {check}")));
    }
}

fn held_at(standing: &Value, stage: &str) -> Held {
    let changes = standing["changes"].as_array().into_iter().flatten();
    let here = changes.filter_map(|change| {
        let revision = change["stages"].get(stage)?["revision"].as_u64()?;
        Some((change["key"].as_str()?.to_owned(), revision))
    });
    here.collect()
}

/// Whether the branch stands where the tool left it. Where it does not, every reading command says so.
fn is_in_step(company: &mut Company, status: &Value, what: (&str, &str)) -> bool {
    let (stage, branch) = what;
    let head = company.world.git(&["rev-parse", branch]);
    let told = status["stages"].as_array().into_iter().flatten().find(|row| row["name"] == stage).cloned();
    let told = told.unwrap_or_default()["head"].as_str().unwrap_or_default().to_owned();
    if head == told {
        return true;
    }
    let code = match company.world.run_git(&["merge-base", "--is-ancestor", &told, &head]) {
        true => "commits-not-taken-in",
        false => "branch-rewritten",
    };
    if code == "branch-rewritten" {
        company.rewritten.insert(stage.to_owned());
    }
    let warnings = status["warnings"].as_array().cloned().unwrap_or_default();
    let says = |warning: &Value| warning["message"].as_str().is_some_and(|message| message.contains(branch));
    let warned = warnings.iter().any(|warning| warning["code"] == code && says(warning));
    assert!(
        warned,
        "{}",
        company.complaint(&format!("{branch} stands at {head}, not {told}: {code} is not in {warnings:?}"))
    );
    false
}

fn tree(company: &Company, of: &str) -> Files {
    let listed = company.world.git(&["ls-tree", "-r", of]);
    let files = listed.lines().filter_map(|line| {
        let (about, path) = line.split_once('\t')?;
        Some((path.to_owned(), about.rsplit(' ').next()?.to_owned()))
    });
    files.collect()
}

/// Whether only this company's own people write it: nothing of it stood in the shop when it was opened.
fn is_tracked(path: &str) -> bool {
    path.starts_with("web/us-") || path.starts_with("web/push-") || path.starts_with("web/amended")
}

/// What a revision touches, with what it leaves there.
fn touched(company: &mut Company, key: &str, revision: u64) -> BTreeMap<String, Option<String>> {
    let name = format!("{key}@{revision}");
    if let Some(known) = company.revisions.get(&name) {
        return known.clone();
    }
    let shown = company.ask(&["change", "show", key]);
    for row in shown["change"]["revisions"].as_array().into_iter().flatten() {
        let (base, tip) = (row["base"].as_str().unwrap_or_default(), row["tip"].as_str().unwrap_or_default());
        let delta = company.world.git(&["diff", "--raw", "--no-renames", "--abbrev=40", base, tip]);
        let rows = delta.lines().filter_map(|line| {
            let (about, path) = line.split_once('\t')?;
            let blob = about.split(' ').nth(3)?.to_owned();
            Some((path.to_owned(), Some(blob).filter(|blob| !blob.trim_matches('0').is_empty())))
        });
        let rows = rows.filter(|(path, _)| is_tracked(path)).collect();
        company.revisions.insert(format!("{key}@{}", row["number"]), rows);
    }
    company.revisions.get(&name).cloned().unwrap_or_default()
}

/// Every file that changes brought stands as they left it, and there is none that nobody brought.
fn holds_what_is_told(company: &mut Company, place: &str, what: (&Held, &Files)) {
    let (held, files) = what;
    let mut holders: BTreeMap<String, Vec<(String, Option<String>)>> = BTreeMap::new();
    for (key, revision) in held {
        for (path, blob) in touched(company, key, *revision) {
            holders.entry(path).or_default().push((format!("{key}@{revision}"), blob));
        }
    }
    let mut paths: BTreeSet<&String> = files.keys().filter(|path| is_tracked(path)).collect();
    paths.extend(holders.keys());
    let mut wrong = String::new();
    for path in paths {
        let found = files.get(path);
        match holders.get(path).map(Vec::as_slice) {
            None => {
                let _ = writeln!(wrong, "{place} has {path}, and holds no change that brings it");
            }
            Some([(change, blob)]) if blob.as_ref() != found => {
                let _ = writeln!(wrong, "{place} holds {change}, and {path} is {found:?}, not {blob:?}");
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", company.complaint(&wrong));
}

fn areas(company: &mut Company, status: &Value, at_stages: &BTreeMap<&str, Held>) {
    let verified = company.ask(&["area", "verify"]);
    let pending = company.ask(&["pending"]);
    for (area, stage) in AREAS {
        let about = named(&status["stages"], "name", stage)["areas"].clone();
        let version = named(&about, "name", area)["version"].as_u64();
        if version.is_none() {
            continue;
        }
        let found = on_disk(company, area);
        let kept = tree(company, &format!("refs/switchback/areas/{area}"));
        let said = named(&verified["areas"], "area", area);
        let whole = found == kept && company.disturbed.get(area) != Some(&Disturbed::Lost);
        assert!(
            (said["clean"] == true) == whole,
            "{}",
            company.complaint(&{
                let of = |files: &Files| files.keys().cloned().collect::<Vec<_>>().join(" ");
                format!("{area}@{version:?}: on the disk {}; in the version {}; told {said}", of(&found), of(&kept))
            })
        );
        let shown = company.ask(&["area", "show", area]);
        let held = shown["held"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|row| Some((row["change"].as_str()?.to_owned(), row["revision"].as_u64()?)));
        let held: Held = held.collect();
        if whole {
            holds_what_is_told(company, area, (&held, &found));
        }
        if let Some(at_stage) = at_stages.get(stage) {
            is_pending(company, &named(&pending["areas"], "area", area), (at_stage, &held));
        }
    }
}

/// What the stage holds and the area does not is pending, and what the area holds and the stage does not; nothing else is.
fn is_pending(company: &Company, told: &Value, what: (&Held, &Held)) {
    let (at_stage, held) = what;
    let of_people = |key: &String| key.starts_with("US-");
    let told: BTreeSet<String> = told["changes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|row| row["change"].as_str().map(str::to_owned))
        .filter(of_people)
        .collect();
    let keys: BTreeSet<&String> = at_stage.keys().chain(held.keys()).collect();
    let differing = keys.into_iter().filter(|key| held.get(*key) != at_stage.get(*key));
    let differing: BTreeSet<String> = differing.filter(|key| of_people(key)).cloned().collect();
    assert!(
        told == differing,
        "{}",
        company.complaint(&format!("{told:?} are told as pending, and {differing:?} are"))
    );
}

fn named(rows: &Value, by: &str, name: &str) -> Value {
    rows.as_array().into_iter().flatten().find(|row| row[by] == name).cloned().unwrap_or_default()
}

/// What lies in an area, each file with the blob it would be.
fn on_disk(company: &Company, area: &str) -> Files {
    let names: Vec<String> = company.world.files(area).into_keys().collect();
    let top = company.world.area(area);
    let mut git = Command::new("git");
    git.args(["hash-object", "--no-filters", "--stdin-paths"]).current_dir(&top);
    if names.is_empty() {
        return Files::new();
    }
    let mut git = git.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("git runs");
    git.stdin.take().expect("a pipe").write_all(names.join("\n").as_bytes()).expect("names are written");
    let said = git.wait_with_output().expect("git ends").stdout;
    let blobs = String::from_utf8_lossy(&said).lines().map(str::to_owned).collect::<Vec<_>>();
    names.into_iter().zip(blobs).collect()
}
