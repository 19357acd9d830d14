//! What can go wrong with an area, its hooks, its order and its files: an area has a whole version, or the one before.

use crate::folders::does;
use crate::own_commits::work;
use crate::world::{THREE_STAGES, World};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::symlink;

const SIT: &str = "target = { dir = \"../areas/sit-web\" }";
const DEPLOY: [&str; 5] = ["promote", "US-1", "--to", "SIT", "--deploy"];

/// The three stages, with more said about `sit-web`, and one change.
fn with(more: &str) -> World {
    started(&THREE_STAGES.replace(SIT, &format!("{SIT}\n{more}")))
}

fn started(configuration: &str) -> World {
    let world = World::with(configuration);
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/index.html", "<h1>Two</h1>\n")]);
    world
}

/// The only deployment of an answer.
fn deployment(answer: &Value) -> &Value {
    &answer["deployments"][0]
}

fn fails(world: &World, words: &[&str], code: &str) -> Value {
    let ran = world.run(&[words, &["--json"]].concat());
    let answer: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let made = deployment(&answer);
    assert_eq!((made["status"].as_str(), made["problem"]["code"].as_str()), (Some("failed"), Some(code)), "{answer}");
    // The move stands.
    assert!(!world.git(&["log", "--format=%s", "main..sit"]).is_empty());
    made["problem"].clone()
}

#[test]
fn an_area_that_cannot_be_written_or_must_not_be_is_named() {
    let inside = THREE_STAGES.replace("../areas/sit-web", "web/out");
    let world = started(&inside);
    let problem = fails(&world, &DEPLOY, "area-inside-repository");
    assert!(problem["message"].as_str().unwrap().contains("web/out"), "{problem}");
    assert!(!world.repo().join("web/out").exists());

    let below_a_file = THREE_STAGES.replace("../areas/sit-web", "../file/sit-web");
    let world = started(&below_a_file);
    fs::write(world.path("file"), "in the way").expect("a file");
    let problem = fails(&world, &DEPLOY, "area-unwritable");
    assert!(problem["message"].as_str().unwrap().contains("file/sit-web"), "{problem}");
    // Mended, the same job does it.
    fs::remove_file(world.path("file")).expect("the file goes");
    world.ok(&["jobs", "retry", "D-1"]);
    assert!(world.path("file/sit-web/web/a").exists());
    world.is_sound();
}

#[test]
fn nothing_is_written_through_a_link_that_leads_out() {
    let world = with("");
    world.ok(&["promote", "US-2", "--to", "SIT", "--deploy"]);
    let (outside, web) = (world.path("outside"), world.area("sit-web").join("web"));
    fs::create_dir(&outside).expect("a folder");
    for name in ["index.html", "style.css"] {
        fs::copy(web.join(name), outside.join(name)).expect("a copy");
    }
    fs::remove_dir_all(&web).expect("the folder goes");
    symlink(&outside, &web).expect("a link");
    fails(&world, &DEPLOY, "area-escapes");
    assert!(!outside.join("a").exists());
}

#[test]
fn a_hook_that_hangs_is_ended_and_the_area_is_as_before() {
    let world = with(
        "hooks.after = { run = \"test $SWITCHBACK_KIND = baseline || test ! -e ../hang || sleep 600\", timeout_s = 1 }",
    );
    world.ok(&["promote", "US-2", "--to", "SIT", "--deploy"]);
    let before = world.files("sit-web");
    fs::write(world.path("hang"), "").expect("a file");
    let problem = fails(&world, &DEPLOY, "hook-failed");
    assert!(problem["message"].as_str().unwrap().contains("took too long"), "{problem}");
    assert_eq!(world.files("sit-web"), before);
    world.is_sound();
    fs::remove_file(world.path("hang")).expect("it goes");
    world.ok(&["jobs", "retry", "D-2"]);
    assert!(world.files("sit-web").contains_key("web/a"));
}

#[test]
fn hooks_are_told_what_happens_in_order() {
    let told = "echo $0 $SWITCHBACK_AREA $SWITCHBACK_STAGE $SWITCHBACK_DEPLOYMENT $SWITCHBACK_CHANGES >> ../told";
    let hook = |name: &str, then: &str| {
        format!("hooks.{name} = {{ run = [\"sh\", \"-c\", \"{told}; {then}\", \"{name}\"], timeout_s = 20 }}\n")
    };
    let world = with(&[hook("before", "true"), hook("after", "test ! -e ../bad"), hook("on_failure", "true")].concat());
    world.ok(&["area", "populate", "sit-web"]);
    fs::remove_file(world.path("told")).expect("what was told so far");
    world.ok(&DEPLOY);
    fs::write(world.path("bad"), "").expect("a file");
    fails(&world, &["promote", "US-2", "--to", "SIT", "--deploy"], "hook-failed");
    let said = fs::read_to_string(world.path("told")).expect("what was told");
    let expected = [
        "before sit-web SIT D-2 US-1",
        "after sit-web SIT D-2 US-1",
        "before sit-web SIT D-3 US-2",
        "after sit-web SIT D-3 US-2",
        "on_failure sit-web SIT D-3 US-2",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_manual_task_holds_a_deployment_until_it_is_done() {
    let world = with("");
    world.ok(&["change", "task", "US-1", "--add", "rotate the key"]);
    let answer = world.run(&[&DEPLOY[..], &["--json"]].concat());
    assert!(answer.out.contains("queued") || answer.out.contains("task-open"), "{answer:?}");
    assert!(!world.files("sit-web").contains_key("web/a"));
    world.run(&["jobs", "run"]);
    assert!(!world.files("sit-web").contains_key("web/a"), "asking again does not help");
    world.ok(&["change", "task", "US-1", "--done", "1", "--area", "sit-web"]);
    world.ok(&["jobs", "run"]);
    assert!(world.files("sit-web").contains_key("web/a"));
    world.is_sound();
}

fn in_order(on_failure: &str) -> World {
    let more = "[[area]]\nname = \"sit-api\"\nstage = \"SIT\"\ndefault = true\nsequence = 2\n\
                target = { dir = \"../areas/sit-api\" }\nhooks.after = \"test ! -e ../bad\"\n\n\
                [[area]]\nname = \"sit-docs\"\nstage = \"SIT\"\ndefault = true\nsequence = 3\n\
                target = { dir = \"../areas/sit-docs\" }\n";
    let configured =
        THREE_STAGES.replace("branch = \"sit\"", &format!("branch = \"sit\"\non_failure = \"{on_failure}\""));
    let world = started(&format!("{configured}\n{more}"));
    world.ok(&["promote", "US-2", "--to", "SIT", "--deploy"]);
    fs::write(world.path("bad"), "").expect("a file");
    world.run(&DEPLOY);
    assert!(!world.files("sit-api").contains_key("web/a"), "it failed");
    assert!(!world.files("sit-docs").contains_key("web/a"), "it never began");
    world.is_sound();
    world
}

#[test]
fn a_failure_stops_later_areas_and_undoes_earlier_ones_where_asked() {
    let world = in_order("stop");
    assert!(world.files("sit-web").contains_key("web/a"), "what succeeded stands");
    let world = in_order("undo-all");
    assert!(!world.files("sit-web").contains_key("web/a"), "all or nothing");
    fs::remove_file(world.path("bad")).expect("it goes");
    world.ok(&["deploy", "US-1", "--stage", "SIT"]);
    for area in ["sit-web", "sit-api", "sit-docs"] {
        assert!(world.files(area).contains_key("web/a"), "{area}");
    }
    world.is_sound();
}

#[test]
fn cancelling_one_of_a_sequence_cancels_what_waits_for_it() {
    let world = in_order("stop");
    fs::remove_file(world.path("bad")).expect("it goes");
    world.ok(&["deploy", "US-1", "--stage", "SIT", "--no-wait"]);
    let jobs = || -> Vec<(u64, String, String)> {
        let listed = world.ok(&["jobs", "list"]);
        let told = |job: &Value| {
            let text = |name: &str| job[name].as_str().unwrap_or_default().to_owned();
            (job["id"].as_u64().unwrap_or_default(), text("area"), text("state"))
        };
        listed["jobs"].as_array().expect("jobs").iter().take(2).map(told).collect()
    };
    let [(docs, ..), (api, ..)] = &jobs()[..] else { panic!("sit-api and sit-docs lack it") };
    world.ok(&["jobs", "cancel", &api.to_string()]);
    assert!(jobs().iter().all(|(_, _, state)| state == "cancelled"), "{:?}", jobs());
    let refused = world.json(3, &["jobs", "retry", &docs.to_string()]);
    assert_eq!(refused["refused"]["code"], "not-retryable", "{refused}");
    world.ok(&["jobs", "retry", &api.to_string(), &docs.to_string()]);
    assert!(world.files("sit-docs").contains_key("web/a"));
    world.is_sound();
}

#[test]
fn an_edited_file_is_refused_overwritten_or_kept() {
    for (policy, after) in [("refuse", "edited\n"), ("overwrite", "<h1>Two</h1>\n"), ("keep", "edited\n")] {
        let world = with(&format!("on_drift = \"{policy}\""));
        world.ok(&DEPLOY);
        let page = world.area("sit-web").join("web/index.html");
        fs::write(&page, "edited\n").expect("somebody edits");
        let words = ["promote", "US-2", "--to", "SIT", "--deploy"];
        match policy {
            "refuse" => {
                let problem = fails(&world, &words, "area-drifted");
                assert!(problem["message"].as_str().unwrap().contains("web/index.html"), "{problem}");
            }
            _ => assert_eq!(deployment(&world.ok(&words))["status"], "succeeded", "{policy}"),
        }
        assert_eq!(fs::read_to_string(&page).expect("the page"), after, "{policy}");
        if policy == "overwrite" {
            let kept = world.git(&["show", "refs/switchback/overwritten/sit-web/D-2:web/index.html"]);
            assert_eq!(kept, "edited");
        }
        if policy == "keep" {
            assert_eq!(world.git(&["show", "refs/switchback/areas/sit-web:web/index.html"]), "edited");
        }
        // Whatever a version names is in the repository.
        world.git(&["fsck", "--full", "--no-dangling"]);
        let verified = world.run(&["area", "verify", "sit-web", "--json"]);
        assert_eq!(verified.exit == Some(0), policy != "refuse", "{policy}: {verified:?}");
        world.ok(&["area", "repair", "sit-web"]);
        let repaired = fs::read_to_string(&page).expect("the page");
        assert_ne!(repaired, "edited\n", "{policy}: repaired");
        world.is_sound();
    }
}

#[test]
fn a_deployment_that_was_stopped_half_way_is_named_and_not_told_as_somebodys_edit() {
    let world = with("");
    world.ok(&DEPLOY);
    let killed = world.run_until("dir.put.published", &["promote", "US-2", "--to", "SIT", "--deploy"]);
    assert_eq!(killed.signal, Some(9), "{killed:?}");
    let hint = "go on with `switchback jobs run D-2`, or call it off with `switchback jobs cancel D-2`";
    let said = world.json(3, &["verify"]);
    let found: Vec<_> =
        said["checks"].as_array().expect("checks").iter().filter(|check| check["ok"] == false).collect();
    assert_eq!(found.len(), 1, "{said}");
    let problem = &found[0]["problems"][0];
    assert_eq!(problem["message"], "D-2 is under way in it, or was stopped half way", "{said}");
    assert_eq!(problem["hint"], hint, "{said}");
    let area = &world.json(3, &["area", "verify", "sit-web"])["areas"][0];
    assert_eq!((&area["problem"]["code"], &area["problem"]["hint"]), (&"area-underway".into(), &hint.into()), "{area}");
    world.ok(&["jobs", "run", "D-2"]);
    world.is_sound();
    assert_eq!(world.files("sit-web")["web/index.html"], "<h1>Two</h1>\n");
}

/// An area that lacks the rename has the edit under the old name; there a rollback takes it back.
#[test]
fn a_rollback_finds_an_edit_where_the_area_has_the_file() {
    let world = World::three_stages();
    world.ok(&["area", "populate", "sit-web"]);
    let before = world.files("sit-web");
    does(&world, "US-1", "main", &["mv", "web/index.html", "web/start.html"]);
    let edited = format!("{}<p>more</p>\n", before["web/index.html"]);
    work(&world, "feature/US-2", "feature/US-1", "US-2: Edit", &[("web/start.html", &edited)]);
    for key in ["US-1", "US-2"] {
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "DEV"]);
    }
    world.ok(&["promote", "US-1", "US-2", "--to", "SIT", "--no-deploy"]);
    world.ok(&["deploy", "US-2", "--area", "sit-web"]);
    assert_eq!(world.files("sit-web")["web/index.html"], edited);
    world.ok(&["rollback", "sit-web@2"]);
    assert_eq!(world.files("sit-web"), before);
    world.is_sound();
}

/// Another filter holds from the next version on: what comes in or goes out because of it is no edit of anybody's.
#[test]
fn another_filter_brings_files_in_and_takes_them_out() {
    let globs = |globs: &str| THREE_STAGES.replace(SIT, &format!("{SIT}\ninclude = [{globs}]"));
    let (narrow, wide) = (globs("\"web/**\""), globs("\"web/**\", \"docs/**\""));
    let world = World::with(&narrow);
    world.change("US-0", &[("docs/a", "a\n"), ("web/a", "a\n")]);
    world.ok(&["promote", "US-0", "--to", "SIT", "--deploy"]);
    for (nth, (configuration, has_docs)) in [(&wide, true), (&narrow, false), (&wide, true)].into_iter().enumerate() {
        world.write("switchback.toml", configuration);
        let told = world.ok(&["configure"]);
        let warning = &told["warnings"][0];
        assert_eq!(warning["code"], "filter-changed", "{told}");
        assert!(warning["message"].to_string().contains("`switchback area repair sit-web`"), "{told}");
        if nth == 2 {
            let done = world.ok(&["area", "repair", "sit-web"]);
            assert!(done.get("warnings").is_none_or(|all| all.as_array().is_none_or(Vec::is_empty)), "{done}");
        } else {
            let key = format!("US-{}", nth + 1);
            world.change(&key, &[(&format!("web/{key}"), "b\n")]);
            world.ok(&["promote", &key, "--to", "SIT", "--deploy"]);
        }
        assert_eq!(world.files("sit-web").contains_key("docs/a"), has_docs, "{nth}");
        world.is_sound();
    }
}

/// What somebody had edited, and was left there when it should have gone, is taken over like the rest: so says the hint.
#[test]
fn what_was_left_there_is_adopted() {
    let world = with("on_drift = \"keep\"");
    world.ok(&["area", "populate", "sit-web"]);
    let page = world.area("sit-web").join("web/index.html");
    fs::write(&page, "mine\n").expect("somebody edits");
    does(&world, "US-3", "main", &["rm", "--quiet", "web/index.html"]);
    world.ok(&["change", "record", "US-3", "--branch", "feature/US-3", "--stage", "SIT"]);
    world.ok(&["deploy", "US-3", "--area", "sit-web"]);
    let problem = world.json(3, &["rollback", "sit-web@2"]);
    assert!(problem.to_string().contains("area adopt sit-web"), "{problem}");
    world.ok(&["area", "adopt", "sit-web"]);
    assert_eq!(world.git(&["show", "refs/switchback/areas/sit-web:web/index.html"]), "mine");
    world.ok(&["jobs", "retry", "D-3"]);
    assert_eq!(fs::read_to_string(&page).expect("a page"), world.git(&["show", "sit~:web/index.html"]) + "\n");
    world.is_sound();
}
