//! Ledgers that tell what cannot be, or what only a newer program understands: named, not guessed at.

use crate::world::{World, written};
use serde_json::Value;

/// Appends an entry as a program would, with its place in the chain of hashes (`crates/ledger/src/chain.rs`); `body` is
/// Python.
fn append(world: &World, kind: &str, body: &str) {
    world.tamper(&format!(
        r#"
pipeline, seq, at, prev = c.execute("SELECT pipeline, seq, at, hash FROM entry ORDER BY seq DESC LIMIT 1").fetchone()
body, actor, kind, seq = {body}, "root", "{kind}", seq + 1
digest = hashlib.sha256()
for field in ["switchback/entry/1", pipeline, struct.pack(">Q", seq), struct.pack(">q", at), actor, kind, body, prev]:
    field = field.encode() if isinstance(field, str) else field
    digest.update(struct.pack(">Q", len(field)) + field)
c.execute("INSERT INTO entry (pipeline, seq, at, actor, kind, body, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          (pipeline, seq, at, actor, kind, body, prev, digest.hexdigest()))
"#
    ));
}

fn with_change() -> World {
    let world = World::three_stages();
    world.change("US-1", &[("web/index.html", "<h1>Shop!</h1>\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    world
}

#[test]
fn an_entry_of_a_newer_program_is_left_to_it_by_every_command() {
    let world = with_change();
    append(&world, "brand-new", r#"json.dumps({"format": 99, "events": [{"brand-new": {}}], "more": [1]})"#);
    let before = world.traces();
    for line in [
        "status",
        "where",
        "why US-1 SIT",
        "depends US-1",
        "pending",
        "behind DEV",
        "ahead DEV",
        "change list",
        "change show US-1",
        "promotion list",
        "promotion show P-1",
        "conflicts P-1",
        "conflicts --ahead",
        "rehearse US-1 --to QA",
        "resolution list",
        "history",
        "area list",
        "area show sit-web",
        "area verify",
        "jobs list",
        "jobs show 1",
        "log",
        "log -n 1",
        "diff DEV SIT",
        "verify",
        "grants",
        "verify --repair",
        "promote US-1 --to QA",
        "demote US-1 --to DEV",
        "rollback D-1",
        "change edit US-1 --owner ada",
        "change record US-1 --branch feature/US-1",
        "jobs run",
        "jobs cancel D-1",
        "run-due",
        "init",
        "grant ada deploy",
        "stage adopt SIT",
        "deploy US-1 --area sit-web",
        "area repair sit-web",
        "status --as-of #99",
    ] {
        let ran = world.run(&[&line.split(' ').collect::<Vec<_>>()[..], &["--json"]].concat());
        let said: Value = serde_json::from_str(&ran.out).unwrap_or_default();
        if line == "init" {
            assert_eq!(said["refused"]["code"], "already-initialized", "{ran:?}");
            continue;
        }
        assert_eq!((ran.exit, &said["fault"]["code"]), (Some(1), &"ledger-newer".into()), "{line}: {ran:?}");
        let hint = said["fault"]["hint"].as_str().unwrap_or_default();
        assert!(!ran.out.contains("corrupt") && !hint.contains("copy") && !hint.contains("backup"), "{line}: {ran:?}");
    }
    // Who means to work says so before looking.
    let workers = world.repo().join(".git/switchback/workers");
    let found: Vec<_> =
        written(&before, &world.traces()).into_iter().filter(|path| !path.starts_with(&workers)).collect();
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(world.ok(&["status", "--as-of", "#2"])["stages"][0]["name"], "DEV", "what it understands can be shown");
}

#[test]
fn an_entry_that_cannot_be_is_named_by_verify() {
    let world = with_change();
    let seq = world.entries() + 1;
    append(&world, "init", r#"c.execute("SELECT body FROM entry WHERE seq = 1").fetchone()[0]"#);
    let said = world.json(3, &["verify"]);
    let checks = said["checks"].as_array().expect("checks");
    let chain = checks.iter().find(|one| one["what"] == "chain").expect("the chain");
    assert_eq!(chain["ok"], true, "{said}");
    let state = checks.iter().find(|one| one["what"] == "state").expect("the state");
    let message = state["problems"][0]["message"].as_str().expect("a finding");
    assert!(message.contains(&format!("entry {seq} ")) && message.contains("a second time"), "{said}");
    assert!(state["problems"][0]["hint"].as_str().is_some_and(|hint| hint.contains("copy")), "{said}");
    for line in ["status", "promote US-1 --to QA", "verify --repair"] {
        let said = world.json(1, &line.split(' ').collect::<Vec<_>>());
        assert_eq!(said["fault"]["code"], "ledger-impossible", "{said}");
    }
}

#[test]
fn an_entry_that_cannot_be_read_is_named_by_verify() {
    let world = with_change();
    let seq = world.entries() + 1;
    append(&world, "odd", r#""no entry at all""#);
    let said = world.json(3, &["verify"]).to_string();
    assert!(said.contains(&format!("entry {seq} of the ledger cannot be read")), "{said}");
    assert_eq!(world.json(1, &["status"])["fault"]["code"], "ledger-corrupt");
}

#[test]
fn where_nothing_is_told_twice_nothing_is_mended() {
    let world = with_change();
    let entries = world.entries();
    for words in [&["verify", "--repair"][..], &["verify", "--repair", "--dry-run"]] {
        let ran = world.run(words);
        assert!(ran.exit == Some(0) && ran.out.contains("there is nothing to mend"), "{ran:?}");
    }
    let said = world.ok(&["verify", "--repair"]);
    assert_eq!((&said["kind"], &said["says"]), (&"mend".into(), &"there is nothing to mend".into()));
    assert_eq!(world.entries(), entries);
    assert_eq!(
        world.json(4, &["verify", "--repair", "--plan", "0123456789abcdef"])["refused"]["code"],
        "plan-outdated"
    );
}

/// One line for each finding, what to do once, and no more than a person reads.
#[test]
fn many_findings_are_counted_and_cut() {
    let world = with_change();
    for number in 0..30 {
        world.write(&format!("../areas/sit-web/web/{number}"), "edited\n");
    }
    std::fs::remove_dir_all(world.area("sit-web").join("web")).expect("the files go");
    let files: Vec<(String, String)> = (0..30).map(|number| (format!("web/{number}"), "x\n".to_owned())).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    world.change("US-2", &files);
    let ran = world.run(&["verify"]);
    assert_eq!(ran.exit, Some(3), "{ran:?}");
    let about = |text: &str| ran.out.lines().filter(|line| line.contains(text)).count();
    assert_eq!((about("hint:"), about(" is missing")), (1, 2), "{}", ran.out);
    world.ok(&["area", "repair", "sit-web"]);
    world.ok(&["promote", "US-2", "--to", "SIT", "--deploy"]);
    std::fs::remove_dir_all(world.area("sit-web").join("web")).expect("the files go");
    let ran = world.run(&["verify"]);
    let about = |text: &str| ran.out.lines().filter(|line| line.contains(text)).count();
    assert_eq!((about("hint:"), about(" is missing")), (1, 20), "{}", ran.out);
    assert!(
        ran.out.contains("area sit-web disagrees: 32 findings") && ran.out.contains("… and 12 more"),
        "{}",
        ran.out
    );
    let all = world.json(3, &["verify"]);
    let area = all["checks"].as_array().expect("checks").iter().find(|one| one["what"] == "area").cloned();
    assert_eq!(area.expect("the area")["problems"].as_array().map(Vec::len), Some(32));
}

/// What keeps one thing from being compared is found about that thing, and the others are compared all the same.
#[test]
fn what_cannot_be_looked_at_is_a_finding() {
    let world = with_change();
    world.ok(&["promote", "US-1", "--to", "QA", "--deploy"]);
    std::fs::remove_dir_all(world.area("sit-web")).expect("the area goes");
    std::fs::write(world.area("sit-web"), "no folder").expect("something else is there");
    std::fs::write(world.area("qa-web").join("web/index.html"), "edited").expect("somebody edits");
    let said = world.json(3, &["verify"]);
    let areas: Vec<_> = said["checks"].as_array().expect("checks").iter().filter(|one| one["what"] == "area").collect();
    assert!(areas.len() == 2 && areas.iter().all(|area| area["ok"] == false), "{said}");
}
