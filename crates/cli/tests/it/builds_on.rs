//! Who builds on whom, and what can be done about it: `why`, `depends`, `--rewrite-dependents`, `--with-dependencies`.

use crate::world::World;
use serde_json::json;

const PAGE: &str = "<h1>Shop</h1>\n\n<p>one</p>\n<p>two</p>\n<p>three</p>\n";

/// A change whose branch begins where another's ends.
fn stacked(world: &World, key: &str, on: &str, text: &str) {
    world.git(&["checkout", "--quiet", "-B", &format!("feature/{key}"), &format!("feature/{on}")]);
    world.write("web/index.html", text);
    world.commit(&format!("{key} goes on"));
    world.git(&["checkout", "--quiet", "--detach"]);
    world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "DEV"]);
}

/// US-1 writes a line, US-2 one beside it, US-3 another beside that; US-4 is elsewhere.
fn three_in_a_row() -> World {
    let world = World::three_stages();
    let (first, second) = (PAGE.replace("two", "TWO"), PAGE.replace("two</p>\n", "TWO</p>\n<p>more</p>\n"));
    world.change("US-1", &[("web/index.html", &first)]);
    stacked(&world, "US-2", "US-1", &second);
    stacked(&world, "US-3", "US-2", &second.replace("more</p>\n", "more</p>\n<p>most</p>\n"));
    world.change("US-4", &[("web/style.css", "h1 { color: blue }\n")]);
    world
}

fn climb(world: &World, keys: &[&str]) {
    world.ok(&[&["promote"], keys, &["--from", "DEV", "--to", "SIT", "--deploy"]].concat());
    world.ok(&[&["promote"], keys, &["--from", "SIT", "--to", "QA", "--deploy"]].concat());
}

const ALL: [&str; 4] = ["US-1", "US-2", "US-3", "US-4"];

fn page(world: &World, area: &str) -> String {
    world.files(area)["web/index.html"].clone()
}

#[test]
fn what_builds_on_it_is_rewritten_on_every_stage_and_area() {
    let world = three_in_a_row();
    climb(&world, &ALL);
    let refused = world.refused(&["demote", "US-1", "--to", "DEV"]);
    assert_eq!(refused["details"]["dependents"], json!(["US-2", "US-3"]));
    assert!(refused["hint"].as_str().unwrap_or_default().contains("--rewrite-dependents"), "{refused}");
    let words = ["demote", "US-1", "--to", "DEV", "--rewrite-dependents"];
    let plan = world.ok(&[&words[..], &["--dry-run"]].concat())["plan"].clone();
    let rewritten = json!([{"change": "US-2", "from": 1, "to": 2}, {"change": "US-3", "from": 1, "to": 2}]);
    assert_eq!(plan["rewritten"], rewritten);
    let actions: Vec<_> = plan["stages"][0]["commits"].as_array().into_iter().flatten().cloned().collect();
    let said: Vec<_> = actions.iter().map(|one| format!("{} {}", one["action"], one["change"])).collect();
    assert_eq!(
        said.join(", ").replace('"', ""),
        "remove US-3, remove US-2, remove US-1, apply US-2, apply US-3",
        "one commit each"
    );
    let hash = plan["hash"].as_str().unwrap_or_default().to_owned();
    let done = world.ok(&[&words[..], &["--plan", &hash]].concat());
    assert_eq!(done["rewritten"], rewritten);
    assert_eq!(done["results"].as_array().map(Vec::len), Some(1), "only what was named left: {done}");
    for rollback in done["results"][0]["rollbacks"].as_array().into_iter().flatten() {
        assert_eq!((&rollback["kind"], &rollback["status"]), (&json!("rewrite"), &json!("succeeded")), "{rollback}");
    }
    let without = PAGE.replace("two</p>\n", "two</p>\n<p>more</p>\n<p>most</p>\n");
    for (branch, area) in [("main", "qa-web"), ("sit", "sit-web")] {
        assert_eq!(world.git(&["show", &format!("{branch}:web/index.html")]), without.trim());
        assert_eq!(page(&world, area), without);
        assert_eq!(world.tree(branch), world.git(&["rev-parse", &format!("refs/switchback/areas/{area}^{{tree}}")]));
    }
    // The revision is one like others: kept by a ref, stacked on what is left, and attested by nobody.
    let tip = world.git(&["log", "-1", "--format=%B", "refs/switchback/changes/US-3/2"]);
    assert!(tip.contains("Action: rewrite") && tip.contains("Operation: M-1"), "{tip}");
    let standing = world.ok(&["where", "US-2"]);
    assert_eq!(standing["changes"][0]["stages"]["DEV"]["state"], "outdated");
    assert_eq!(standing["changes"][0]["stages"]["QA"]["revision"], 2);
    world.is_sound();
    let text = world.run(&["demote", "US-4", "--to", "DEV", "--rewrite-dependents"]);
    assert!(!text.out.contains("rewritten"), "nothing builds on it: {text:?}");
}

#[test]
fn a_person_reads_what_was_rewritten_and_what_could_not_be() {
    let world = three_in_a_row();
    climb(&world, &["US-1", "US-2"]);
    let plan = world.run(&["demote", "US-1", "--to", "DEV", "--rewrite-dependents", "--dry-run"]);
    assert!(plan.out.contains("~ US-2 stays, rewritten: revision 1 → 2"), "{plan:?}");
    let world = World::three_stages();
    world.change("US-1", &[("web/index.html", &PAGE.replace("two", "TWO"))]);
    stacked(&world, "US-2", "US-1", &PAGE.replace("two", "2"));
    climb(&world, &["US-1", "US-2"]);
    let before = world.refs();
    let refused = world.refused(&["demote", "US-1", "--to", "DEV", "--rewrite-dependents"]);
    assert_eq!(refused["code"], "has-dependents");
    assert_eq!(refused["details"]["not_rewritable"][0]["change"], "US-2");
    assert_eq!(world.refs(), before);
    let both = ["demote", "US-1", "--to", "DEV", "--rewrite-dependents", "--with-dependents"];
    assert_eq!(world.run(&both).exit, Some(2));
}

#[test]
fn two_changes_are_told_apart_down_to_the_lines() {
    let world = three_in_a_row();
    let told = world.ok(&["why", "US-2", "US-1"]);
    assert_eq!((&told["state"], &told["other"], told.get("stage")), (&json!("builds-on"), &json!("US-1"), None));
    let up = &told["builds"][0];
    assert_eq!((&up["declared"], &up["without"][0]["goes"]), (&json!(true), &json!(false)));
    assert_eq!(up["without"][0]["files"], json!(["web/index.html"]));
    let meeting = &up["meets"][0];
    assert_eq!(meeting["how"], "adjoins");
    assert_eq!(meeting["wrote"], json!({"first": 4, "text": ["<p>TWO</p>"]}));
    assert_eq!(meeting["added"], json!({"first": 5, "text": ["<p>more</p>"]}));
    assert_eq!(told["builds"][1]["without"][0]["goes"], true, "US-1 goes without US-2");
    assert_eq!(world.ok(&["why", "US-1", "US-2"])["state"], "built-on-by");
    assert_eq!(world.ok(&["why", "US-4", "US-2"])["state"], "apart");
    let text = world.run(&["why", "US-2", "US-1"]).out;
    for line in ["US-2 builds on US-1", "US-1 wrote", "    4 <p>TWO</p>", "    5 <p>more</p>"] {
        assert!(text.contains(line), "no `{line}` in {text}");
    }
    assert_eq!(world.ok(&["why", "US-2", "DEV"])["stage"], "DEV", "a stage is a stage");
    assert_eq!(world.refused(&["why", "US-2", "NOWHERE"])["code"], "unknown-stage");
}

#[test]
fn the_graph_is_drawn() {
    let world = three_in_a_row();
    let graph = world.ok(&["depends"]);
    assert_eq!((&graph["stage"], &graph["alone"]), (&json!("DEV"), &json!(1)));
    assert_eq!(graph["changes"], json!(["US-1", "US-2", "US-3"]));
    let edge = |change: &str, on: &str| json!({"change": change, "on": on, "declared": true, "content": true, "files": ["web/index.html"]});
    assert_eq!(graph["edges"], json!([edge("US-2", "US-1"), edge("US-3", "US-2")]));
    let text = world.run(&["depends"]).out;
    assert!(text.contains("US-1\n  └─ US-2") && text.contains("     └─ US-3"), "{text}");
    let one = world.run(&["depends", "US-2"]).out;
    assert!(one.contains("builds on\n    └─ US-1") && one.contains("carries\n    └─ US-3"), "{one}");
    let dot = world.run(&["depends", "--dot"]).out;
    assert!(dot.starts_with("digraph depends {") && dot.contains("\"US-3\" -> \"US-2\" [style = solid"), "{dot}");
    assert_eq!(world.ok(&["depends", "US-4"])["edges"], json!([]));
    assert_eq!(world.refused(&["depends", "US-4", "--stage", "QA"])["code"], "not-at-stage");
}

#[test]
fn what_is_needed_is_named_and_comes_along() {
    let world = World::three_stages();
    let (first, second) = (PAGE.replace("two", "TWO"), PAGE.replace("two</p>\n", "TWO</p>\n<p>more</p>\n"));
    // What commits on the stage's own branch build on is seen by what they do.
    for (key, text) in [("US-1", &first), ("US-2", &second)] {
        world.git(&["checkout", "--quiet", "dev"]);
        world.write("web/index.html", text);
        world.commit(&format!("{key}: go on"));
        world.git(&["checkout", "--quiet", "--detach"]);
    }
    let refused = world.refused(&["promote", "US-2", "--to", "SIT"]);
    assert_eq!(refused["code"], "depends-on", "{refused}");
    assert!(refused["message"].as_str().unwrap_or_default().contains("US-1"), "{refused}");
    let done = world.ok(&["promote", "US-2", "--to", "SIT", "--with-dependencies"]);
    let moved: Vec<_> = done["results"].as_array().into_iter().flatten().map(|one| one["change"].clone()).collect();
    assert_eq!(moved, ["US-1", "US-2"]);
    assert_eq!(world.tree("sit"), world.tree("dev"));
    world.is_sound();
}

#[test]
fn a_line_that_another_brought_is_edited_after_a_merge_or_a_rebase_and_recorded() {
    let page = |title: &str, last: &str| format!("<h1>{title}</h1>\n\n<p>one</p>\n<p>two</p>\n<p>{last}</p>\n");
    for how in [&["merge", "--quiet", "--no-edit", "dev"][..], &["rebase", "dev"], &["rebase", "feature/US-2"]] {
        let world = World::three_stages();
        world.change("US-1", &[("web/index.html", &page("Tea shop", "three"))]);
        world.change("US-2", &[("web/index.html", &page("Shop", "drei"))]);
        world.git(&["checkout", "--quiet", "feature/US-1"]);
        world.git(how);
        assert_eq!(world.read("web/index.html"), page("Tea shop", "drei"), "{how:?}");
        world.write("web/index.html", &page("Tea shop", "trois"));
        world.commit("US-1 says it in French");
        world.git(&["checkout", "--quiet", "--detach", "main"]);
        world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
        assert_eq!(world.git(&["show", "dev:web/index.html"]).trim_end(), page("Tea shop", "trois").trim_end());
        world.ok(&["promote", "US-1", "US-2", "--to", "SIT"]);
        assert_eq!(world.tree("sit"), world.tree("dev"), "{how:?}");
        world.ok(&["demote", "US-1", "--from", "SIT", "--to", "DEV"]);
        assert_eq!(world.git(&["show", "sit:web/index.html"]).trim_end(), page("Shop", "drei").trim_end());
        world.is_sound();
    }
}
