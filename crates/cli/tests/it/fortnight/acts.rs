//! What people do with the tool.

use super::beside;
use super::company::{AREAS, Company, Disturbed, EDGES, STAGES};
use serde_json::Value;
use switchback_machine::failpoint::POINTS;

/// Something that people do, with how often they do it beside others.
type Act = (u32, fn(&mut Company));

/// One act, by chance.
pub fn any(company: &mut Company) {
    let acts: &[Act] = &[
        (16, begin_a_change),
        (6, revise_a_change),
        (24, promote),
        (10, carry_back),
        (10, demote),
        (6, deploy),
        (5, roll_back),
        (4, settle),
        (4, mend),
        (3, look_ahead),
        (6, be_killed),
        (6, beside::push),
        (4, beside::revert),
        (3, beside::merge),
        (2, beside::rewrite),
        (3, beside::edit_an_area),
        (2, beside::lose_an_area),
        (2, beside::collect_garbage),
        (1, beside::begin_in_a_clone),
    ];
    let whole: u32 = acts.iter().map(|(weight, _)| weight).sum();
    let mut at = company.rng.u32(..whole);
    for (weight, act) in acts {
        match at.checked_sub(*weight) {
            Some(rest) => at = rest,
            None => {
                company.killed = false;
                act(company);
                break;
            }
        }
    }
}

/// The keys that a stage holds, by what the tool says.
pub fn held(company: &Company, stage: &str) -> Vec<String> {
    let standing = company.ask(&["where"]);
    let changes = standing["changes"].as_array().cloned().unwrap_or_default();
    let here = changes.iter().filter(|change| change["stages"].get(stage).is_some());
    here.filter_map(|change| Some(change["key"].as_str()?.to_owned())).collect()
}

fn some_held(company: &mut Company, stage: &str) -> Option<String> {
    let keys = held(company, stage);
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    company.one(&keys).map(str::to_owned)
}

fn begin_a_change(company: &mut Company) {
    company.changes += 1;
    let number = company.changes;
    let earlier = format!("origin/feature/US-{}", 1 + company.rng.usize(..number));
    let from = match company.rng.u32(..10) {
        0 if number > 2 && company.beside(&["rev-parse", "--verify", &earlier]) => earlier,
        1 => "origin/int".to_owned(),
        2 => "origin/hotfix".to_owned(),
        _ => "origin/main".to_owned(),
    };
    company.note(&format!("US-{number} is begun from {from}"));
    if beside::work_on(company, number, &from) {
        record(company, number);
    }
}

fn revise_a_change(company: &mut Company) {
    if company.changes == 0 {
        return;
    }
    let number = 1 + company.rng.usize(..company.changes);
    let from = format!("origin/feature/US-{number}");
    let merged = company.chance(25).then_some("origin/dev1");
    company.note(&format!("US-{number} is revised, merging {merged:?}"));
    if beside::work_again(company, number, (&from, merged)) {
        record(company, number);
    }
}

fn record(company: &mut Company, number: usize) {
    let stage = company.one(&["DEV1", "DEV1", "DEV2", "HOTFIX"]).unwrap_or("DEV1");
    let (key, branch) = (format!("US-{number}"), format!("feature/US-{number}"));
    company.run(&["change", "record", &key, "--branch", &branch, "--stage", stage]);
}

fn an_edge(company: &mut Company) -> (&'static str, &'static str) {
    EDGES[company.rng.usize(..EDGES.len())]
}

/// Runs it; every third time as a plan that was looked at before.
fn move_them(company: &mut Company, words: &[&str]) {
    if !company.chance(35) {
        company.run(words);
        return;
    }
    let (_, shown) = company.run(&[words, &["--dry-run"]].concat());
    let plan = &shown["plan"];
    let Some(hash) = plan["hash"].as_str() else { return };
    let (_, answer) = company.run(&[words, &["--plan", hash]].concat());
    let outdated = answer["refused"]["code"] == "plan-outdated";
    assert!(!outdated, "{}", company.complaint(&format!("nothing happened between {plan} and {answer}")));
    if answer["refused"].is_null() {
        is_as_shown(company, plan, &answer);
    }
}

/// What happened is what the plan said: the trees of the stages, and of the versions that were made.
fn is_as_shown(company: &Company, plan: &Value, answer: &Value) {
    for stage in plan["stages"].as_array().into_iter().flatten() {
        let branch = STAGES.iter().find(|(name, _)| stage["stage"] == *name).map(|(_, branch)| *branch);
        let tree = company.world.tree(branch.unwrap_or("main"));
        assert!(
            stage["tree"] == tree.as_str(),
            "{}",
            company.complaint(&format!("{stage} was shown, and {tree} came of it"))
        );
    }
    let mut made: Vec<&Value> = answer["deployments"].as_array().into_iter().flatten().collect();
    made.extend(
        answer["results"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|result| result["rollbacks"].as_array().into_iter().flatten()),
    );
    for shown in plan["areas"].as_array().into_iter().flatten() {
        let Some(made) = made.iter().find(|made| made["deployment"] == shown["deployment"]) else { continue };
        let failed = made["status"] != "succeeded";
        let told = !shown["problem"].is_null();
        let same = failed || told || made["version"] == shown["version"];
        assert!(same, "{}", company.complaint(&format!("{shown} was shown, and {made} came of it")));
    }
}

fn promote(company: &mut Company) {
    let (from, to) = an_edge(company);
    let one = some_held(company, from);
    let mut words = vec!["promote"];
    match &one {
        Some(key) if company.chance(60) => words.push(key),
        _ => words.push("--all"),
    }
    words.extend(["--from", from, "--to", to]);
    if company.chance(70) {
        words.push("--deploy");
    }
    if company.chance(60) {
        words.push("--with-dependencies");
    }
    move_them(company, &words);
}

fn carry_back(company: &mut Company) {
    let (to, from) = an_edge(company);
    match company.chance(20) {
        true => {
            company.run(&["back-promote", "--mass", "--from", from]);
        }
        false => {
            let words = ["back-promote", "--all", "--from", from, "--to", to];
            let words =
                if company.chance(50) { [&words[..], &["--with-dependencies"]].concat() } else { words.to_vec() };
            move_them(company, &words);
        }
    }
}

fn demote(company: &mut Company) {
    let (to, from) = an_edge(company);
    let Some(key) = some_held(company, from) else { return };
    let mut words = vec!["demote", &key, "--from", from, "--to", to];
    if company.chance(60) {
        words.push("--with-dependents");
    }
    move_them(company, &words);
}

fn deploy(company: &mut Company) {
    let (area, stage) = AREAS[company.rng.usize(..AREAS.len())];
    match company.chance(50) {
        true => move_them(company, &["deploy", "--all", "--area", area]),
        false => move_them(company, &["deploy", "--all", "--stage", stage]),
    }
}

fn roll_back(company: &mut Company) {
    let listed = company.ask(&["history", "--rollbackable"]);
    let Some(row) = listed["entries"].as_array().and_then(|rows| rows.first()).cloned() else { return };
    let deployment = row["deployment"].as_str().expect("a deployment").to_owned();
    let area = row["area"].as_str().expect("an area").to_owned();
    let (ran, answer) = company.run(&["rollback", &deployment]);
    let fine = ran.exit == Some(0) || company.disturbed.contains_key(&area);
    assert!(fine, "{}", company.complaint(&format!("{row} is listed as possible, and {answer}")));
}

/// Somebody settles what conflicts, or gives it up.
fn settle(company: &mut Company) {
    let listed = company.ask(&["promotion", "list"]);
    let all = listed["promotions"].as_array().cloned().unwrap_or_default();
    for promotion in all.iter().filter(|promotion| promotion["status"] == "conflicted") {
        let id = promotion["id"].as_str().expect("an id");
        if company.chance(30) {
            company.run(&["promotion", "cancel", id]);
            continue;
        }
        for conflict in promotion["conflicts"].as_array().into_iter().flatten() {
            let path = conflict["path"].as_str().expect("a path");
            company.run(&["resolve", id, path, "--theirs"]);
        }
    }
}

/// Somebody tidies up: branches that were rewritten, areas that were disturbed, jobs that were left.
fn mend(company: &mut Company) {
    for stage in std::mem::take(&mut company.rewritten) {
        let (ran, answer) = company.run(&["stage", "adopt", &stage]);
        assert!(ran.exit == Some(0), "{}", company.complaint(&format!("{stage} cannot be adopted: {answer}")));
    }
    company.run(&["jobs", "run"]);
    for (area, _) in std::mem::take(&mut company.disturbed) {
        let (ran, answer) = company.run(&["area", "repair", &area]);
        assert!(ran.exit == Some(0), "{}", company.complaint(&format!("{area} cannot be repaired: {answer}")));
    }
}

/// Previews change nothing.
fn look_ahead(company: &mut Company) {
    let (from, to) = an_edge(company);
    let before = company.world.refs();
    company.run(&["promote", "--all", "--from", from, "--to", to, "--deploy", "--dry-run"]);
    company.run(&["back-promote", "--mass", "--from", to, "--dry-run"]);
    if let Some(key) = some_held(company, to) {
        company.run(&["demote", &key, "--from", to, "--to", from, "--dry-run"]);
        company.ask(&["why", &key, to]);
    }
    for reading in [vec!["status"], vec!["pending"], vec!["ahead", from], vec!["behind", from], vec!["log"]] {
        company.ask(&reading);
    }
    assert!(before == company.world.refs(), "{}", company.complaint("a preview moved refs"));
}

/// The plug is pulled in the middle of a move; whoever comes next finishes it.
fn be_killed(company: &mut Company) {
    let (from, to) = an_edge(company);
    let point = POINTS[company.rng.usize(..POINTS.len())];
    let point = format!("{point}:{}", 1 + company.rng.usize(..2));
    let key = some_held(company, to);
    match key {
        Some(key) if company.chance(40) => {
            company.run_until(&point, &["demote", &key, "--from", to, "--to", from, "--with-dependents"]);
        }
        _ => company.run_until(&point, &["promote", "--all", "--from", from, "--to", to, "--deploy"]),
    }
    if company.killed {
        // Leases of the dead run out.
        company.next_step(0);
        company.run(&["jobs", "run"]);
    }
}

/// What an area looks like to somebody who disturbs it.
pub fn disturb(company: &mut Company, area: &str, how: Disturbed) {
    company.note(&format!("{area}: {how:?}"));
    let known = company.disturbed.remove(area);
    let now = match (known, how) {
        (Some(Disturbed::Lost), _) => Disturbed::Lost,
        (Some(Disturbed::Edited(mut before)), Disturbed::Edited(now)) => {
            before.extend(now);
            Disturbed::Edited(before)
        }
        (_, how) => how,
    };
    company.disturbed.insert(area.to_owned(), now);
}
