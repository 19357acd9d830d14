//! Promotions that people merge themselves, through pull requests (`SPEC W4`).

use crate::world::{THREE_STAGES, World};
use serde_json::{Value, json};

const PROMOTE: [&str; 6] = ["promote", "US-1", "US-2", "--to", "SIT", "--deploy"];
const READY: &str = "switchback/P-1";
const FILE: &str = "web/index.html";

/// What people do with a ready branch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    FastForward,
    Merge,
    Squash,
    Rebase,
}

const WAYS: [Way; 4] = [Way::FastForward, Way::Merge, Way::Squash, Way::Rebase];

fn page(first: &str, last: &str) -> String {
    format!("{first}\n\n<p>one</p>\n<p>two</p>\n{last}\n")
}

/// SIT takes pull requests; `US-1` and `US-2` edit one file at DEV.
fn world() -> World {
    let world = World::with(&THREE_STAGES.replace("branch = \"sit\"", "branch = \"sit\"\nmove = \"pull-request\""));
    world.change("US-1", &[(FILE, &page("A", "<p>three</p>"))]);
    world.change("US-2", &[(FILE, &page("<h1>Shop</h1>", "Z")), ("web/two", "two\n")]);
    world
}

/// Somebody merges the ready branch with git alone.
fn merge(world: &World, way: Way) {
    world.git(&["checkout", "--quiet", "sit"]);
    match way {
        Way::FastForward => world.git(&["merge", "--quiet", "--ff-only", READY]),
        Way::Merge => world.git(&["merge", "--quiet", "--no-ff", "--no-edit", READY]),
        Way::Squash => {
            world.git(&["merge", "--quiet", "--squash", READY]);
            world.git(&["commit", "--quiet", "--message", "Bring the new page (#12)"])
        }
        Way::Rebase => {
            world.git(&["checkout", "--quiet", "--detach", READY]);
            world.git(&["rebase", "--quiet", "--force-rebase", "sit"]);
            let tip = world.git(&["rev-parse", "HEAD"]);
            world.git(&["checkout", "--quiet", "sit"]);
            world.git(&["merge", "--quiet", "--ff-only", &tip])
        }
    };
    world.git(&["checkout", "--quiet", "--detach"]);
}

/// Somebody commits on a branch by hand.
fn by_hand(world: &World, branch: &str, files: &[(&str, &str)], message: &str) {
    world.git(&["checkout", "--quiet", branch]);
    for (path, text) in files {
        world.write(path, text);
    }
    world.commit(message);
    world.git(&["checkout", "--quiet", "--detach"]);
}

fn shown(world: &World) -> Value {
    world.ok(&["promotion", "show", "P-1"])["promotion"].clone()
}

fn held(world: &World, key: &str) -> Value {
    world.ok(&["where", key])["changes"][0]["stages"]["SIT"].clone()
}

fn is_ready(world: &World) -> bool {
    world.refs().contains(&format!("refs/heads/{READY}"))
}

#[test]
fn a_promotion_makes_a_branch_ready_and_moves_none() {
    let world = world();
    let (sit, before) = (world.git(&["rev-parse", "sit"]), world.refs());
    let plan = world.ok(&[&PROMOTE[..], &["--dry-run"]].concat());
    let says = plan["plan"]["says"].as_str().expect("a sentence");
    assert!(says.ends_with("once branch switchback/P-1 is merged into sit"), "{says}");
    assert_eq!(world.refs(), before);
    let said = world.ok(&PROMOTE);
    assert_eq!((&said["operation"], &said["status"]), (&json!("P-1"), &json!("merging")), "{said}");
    assert_eq!(world.git(&["rev-parse", "sit"]), sit);
    assert!(is_ready(&world), "{}", world.refs());
    assert_eq!(world.git(&["show", &format!("{READY}:{FILE}")]), page("A", "Z").trim_end());
    assert_eq!(shown(&world)["ready_branch"], READY);
    assert_eq!(held(&world, "US-1"), Value::Null);
    world.is_sound();
}

#[test]
fn however_it_is_merged_the_promotion_is_complete_and_what_follows_is_deployed() {
    for way in WAYS {
        let world = world();
        world.ok(&PROMOTE);
        merge(&world, way);
        world.ok(&["fetch"]);
        world.ok(&["jobs", "run"]);
        let shown = shown(&world);
        assert_eq!(shown["status"], "completed", "{way:?}: {shown}");
        assert!(shown["changes"].as_array().expect("changes").iter().all(|one| one["status"] == "moved"), "{shown}");
        for key in ["US-1", "US-2"] {
            assert_eq!(held(&world, key)["revision"], 1, "{way:?}: {key}");
            let revisions = world.ok(&["change", "show", key])["change"]["revisions"].clone();
            assert_eq!(revisions.as_array().map(Vec::len), Some(1), "{way:?}: {revisions}");
        }
        assert_eq!(world.ok(&["change", "list"])["changes"].as_array().map(Vec::len), Some(2), "{way:?}");
        assert_eq!(world.files("sit-web")[FILE], page("A", "Z"), "{way:?}");
        assert!(!is_ready(&world) && !world.refs().contains("switchback/ready"), "{way:?}: {}", world.refs());
        world.is_sound();
        // It is as if Switchback had moved it: each can be taken out again.
        world.ok(&["demote", "US-1", "--from", "SIT", "--to", "DEV"]);
        assert_eq!(world.git(&["show", &format!("sit:{FILE}")]), page("<h1>Shop</h1>", "Z").trim_end(), "{way:?}");
        world.is_sound();
    }
}

#[test]
fn others_may_have_moved_the_branch_on_meanwhile() {
    for way in [Way::Merge, Way::Squash, Way::Rebase] {
        let world = world();
        world.ok(&PROMOTE);
        by_hand(&world, "sit", &[("web/hand", "by hand\n")], "By hand");
        world.ok(&["fetch"]);
        let warned = world.ok(&["status"]);
        assert!(warned["warnings"].to_string().contains("ready on branch switchback/P-1"), "{warned}");
        merge(&world, way);
        world.ok(&["fetch"]);
        world.ok(&["jobs", "run"]);
        assert_eq!(shown(&world)["status"], "completed", "{way:?}: {}", shown(&world));
        assert_eq!(held(&world, "US-2")["revision"], 1, "{way:?}");
        assert_eq!(world.git(&["show", "sit:web/hand"]), "by hand", "{way:?}");
        world.is_sound();
    }
}

#[test]
fn what_is_edited_in_the_pull_request_comes_along_and_is_told() {
    let world = world();
    world.ok(&PROMOTE);
    by_hand(&world, READY, &[("web/mended", "mended\n")], "Mend in passing");
    let told = world.ok(&["promotion", "show", "P-1"]);
    assert!(told["warnings"].to_string().contains("somebody edited it after P-1 made it"), "{told}");
    let taken = world.refused(&["promotion", "run", "P-1"]);
    assert_eq!(taken["code"], "ready-branch-taken", "{taken}");
    merge(&world, Way::Merge);
    world.ok(&["fetch"]);
    assert_eq!(shown(&world)["status"], "deploying");
    let changes = world.ok(&["change", "list"])["changes"].to_string();
    assert!(changes.contains("commit-"), "{changes}");
    assert!(!is_ready(&world), "{}", world.refs());
    world.is_sound();
}

#[test]
fn a_branch_that_is_gone_or_somebody_elses_is_said_and_nothing_is_lost() {
    let world = world();
    world.git(&["branch", READY, "main"]);
    let refused = world.refused(&PROMOTE);
    assert_eq!(refused["code"], "ready-branch-taken", "{refused}");
    assert!(refused["message"].as_str().is_some_and(|told| told.contains(READY)), "{refused}");
    world.git(&["branch", "--delete", "--force", READY]);
    world.ok(&PROMOTE);
    world.git(&["branch", "--delete", "--force", READY]);
    let told = world.ok(&["status"]);
    assert!(told["warnings"].to_string().contains("branch switchback/P-1 is gone"), "{told}");
    world.ok(&["fetch"]);
    assert!(!is_ready(&world), "what somebody took away is not made again unasked");
    assert_eq!(world.ok(&["promotion", "run", "P-1"])["status"], "merging");
    assert!(is_ready(&world), "{}", world.refs());
    world.is_sound();
}

#[test]
fn one_that_waits_is_called_off_and_takes_its_branch_along() {
    let world = world();
    world.ok(&PROMOTE);
    let refused = world.refused(&["promotion", "edit", "P-1", "--remove", "US-2"]);
    assert_eq!(refused["code"], "in-flight", "{refused}");
    world.ok(&["promotion", "cancel", "P-1"]);
    assert_eq!(shown(&world)["status"], "cancelled");
    assert!(!is_ready(&world) && !world.refs().contains("under-way"), "{}", world.refs());
    assert_eq!(world.ok(&["promotion", "run", "P-1"])["status"], "merging");
    by_hand(&world, READY, &[("web/mended", "mended\n")], "Mend in passing");
    let said = world.ok(&["promotion", "cancel", "P-1"]);
    assert!(said["warnings"].to_string().contains("somebody edited it"), "{said}");
    assert!(is_ready(&world), "what somebody wrote is not taken away");
    world.is_sound();
}

#[test]
fn what_is_merged_in_part_waits_for_the_rest() {
    let world = world();
    world.ok(&PROMOTE);
    let first = world.git(&["rev-list", "--reverse", &format!("sit..{READY}")]);
    let first = first.lines().next().expect("a commit");
    world.git(&["checkout", "--quiet", "sit"]);
    world.git(&["merge", "--quiet", "--ff-only", first]);
    world.git(&["checkout", "--quiet", "--detach"]);
    let said = world.ok(&["fetch"]);
    assert!(said["warnings"].to_string().contains("P-1 was merged in part"), "{said}");
    let statuses: Vec<Value> = shown(&world)["changes"].as_array().expect("changes").to_vec();
    assert_eq!((&statuses[0]["status"], &statuses[1]["status"]), (&json!("moved"), &json!("chosen")));
    merge(&world, Way::Squash);
    world.ok(&["fetch"]);
    world.ok(&["jobs", "run"]);
    assert_eq!(shown(&world)["status"], "completed");
    world.is_sound();
}

#[test]
fn the_text_of_a_pull_request_says_what_comes() {
    let world = world();
    world.ok(&["change", "edit", "US-1", "--title", "A <b>new</b> | page @all"]);
    world.ok(&["change", "attest", "US-1", "tested"]);
    world.ok(&PROMOTE);
    let told = world.ok(&["promotion", "pr-body", "P-1"]);
    assert_eq!((&told["head"], &told["base"]), (&json!(READY), &json!("sit")), "{told}");
    assert_eq!(told["title"], "Promote US-1, US-2 to SIT (P-1)");
    let body = told["body"].as_str().expect("a text");
    for wanted in [
        "**P-1** takes 2 changes from **DEV** to **SIT**",
        "| US-1 | 1 | A &lt;b&gt;new&lt;/b&gt; \\| page \\@all |",
        "tested by",
        "- `web/index.html`",
        "- `web/two`",
        "deployed to `sit-web`",
    ] {
        assert!(body.contains(wanted), "{wanted}: {body}");
    }
    let ran = world.run(&["promotion", "pr-body", "P-1"]);
    assert_eq!(ran.out.trim_end(), body.trim_end());
}

#[test]
fn one_promotion_may_ask_for_it_by_itself() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    let said = world.ok(&["promote", "US-1", "--to", "SIT", "--pull-request"]);
    assert_eq!(said["status"], "merging", "{said}");
    let refused = world.refused(&["promote", "US-1", "--from", "DEV", "--to", "QA", "--pull-request"]);
    assert_eq!(refused["code"], "no-pull-request", "{refused}");
    merge(&world, Way::FastForward);
    world.ok(&["fetch"]);
    assert_eq!(shown(&world)["status"], "completed");
}
