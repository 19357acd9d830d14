//! One configuration is in force, whatever is checked out (`SPEC K1` to `K3`).

use crate::world::{LATER, Ran, THREE_STAGES, World, written};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The pipeline with something more in a stage or an area of it.
fn with(after: &str, more: &str) -> String {
    THREE_STAGES.replacen(after, &format!("{after}\n{more}"), 1)
}

const FREEZE: &str = "freeze = [{ from = \"2026-01-01\", to = \"2026-12-31\", reason = \"audit\" }]";

fn frozen() -> String {
    with("branch = \"sit\"", FREEZE)
}

/// Runs in another folder than the repository's.
fn at(world: &World, folder: &Path, words: &[&str]) -> Value {
    let program = world.command(words);
    let words: Vec<_> = program.get_args().skip(2).collect();
    let mut command = Command::new(program.get_program());
    command.arg("-C").arg(folder).args(words).arg("--json");
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let ran = Ran::of(command.output().expect("the program runs"));
    assert_eq!(ran.exit, Some(0), "{}: {ran:?}", folder.display());
    serde_json::from_str(&ran.out).expect("an answer")
}

fn codes(answer: &Value) -> Vec<&str> {
    let warnings = answer["warnings"].as_array().map(Vec::as_slice).unwrap_or_default();
    warnings.iter().filter_map(|warning| warning["code"].as_str()).collect()
}

fn has_no_file(world: &World) {
    fs::remove_file(world.repo().join("switchback.toml")).expect("the file goes");
}

/// From a branch cut before the freeze, the stage is as frozen as from anywhere.
#[test]
fn what_is_checked_out_lifts_no_freeze() {
    let world = World::with(&frozen());
    world.change("US-1", &[("web/a", "a\n")]);
    world.write("switchback.toml", THREE_STAGES);
    let refused = world.json(3, &["promote", "US-1", "--to", "SIT"]);
    assert_eq!(refused["refused"]["code"], "stage-frozen", "{refused}");
    // It is said along with the "no", which it explains.
    assert_eq!(codes(&refused), ["configuration-differs"], "{refused}");
    has_no_file(&world);
    let refused = world.json(3, &["promote", "US-1", "--to", "SIT"]);
    assert_eq!(refused["refused"]["code"], "stage-frozen", "{refused}");
    assert_eq!(codes(&refused), [""; 0]);
    world.configure(THREE_STAGES);
    let done = world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    assert_eq!(codes(&done), [""; 0]);
    world.is_sound();
}

/// A file that differs is said once with every command, in both forms, and nothing else changes.
#[test]
fn a_file_that_differs_is_told_by_every_command() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.write("switchback.toml", &frozen());
    let lines =
        ["status", "where", "log", "pending", "verify", "grants", "jobs list", "promote US-1 --to SIT --dry-run"];
    for line in lines {
        let words: Vec<_> = line.split(' ').collect();
        let answer = world.ok(&words);
        let told = answer.get("plan").unwrap_or(&answer);
        assert_eq!(codes(told), ["configuration-differs"], "{line}: {answer}");
        let ran = world.run(&words);
        assert_eq!(ran.err.matches("[configuration-differs]").count(), 1, "{line}: {ran:?}");
        assert!(ran.err.contains("`switchback configure`"), "{line}: {ran:?}");
    }
    // Lines that only end otherwise are the same lines.
    world.write("switchback.toml", &THREE_STAGES.replace('\n', "\r\n"));
    assert_eq!(codes(&world.ok(&["status"])), [""; 0]);
}

/// On a branch that has no file everything works, and no command sends people in a circle.
#[test]
fn a_branch_without_the_file_is_served() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    has_no_file(&world);
    fs::create_dir_all(world.repo().join("deep/down")).expect("a folder");
    for folder in ["", "deep", "deep/down", ".git"] {
        assert_eq!(at(&world, &world.repo().join(folder), &["status"])["pipeline"], "acme", "{folder}");
    }
    let before = world.traces();
    for words in [&["init"][..], &["init", "--stage", "DEV=dev", "--stage", "QA=main"]] {
        assert_eq!(world.refused(words)["code"], "already-initialized");
    }
    assert_eq!(written(&before, &world.traces()), BTreeSet::new());
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    assert_eq!(world.files("sit-web")["web/a"], "a\n");
    world.is_sound();
    let missing = world.json(2, &["configure"]);
    assert_eq!(missing["usage"]["code"], "configuration", "{missing}");
    let elsewhere = world.path("elsewhere.toml");
    fs::write(&elsewhere, frozen()).expect("a file");
    world.ok(&["configure", "--file", elsewhere.to_str().expect("a path")]);
    assert_eq!(world.ok(&["status"])["stages"][1]["frozen"]["reason"], "audit");
}

/// What would run because of a file runs nowhere before somebody who may has put it in force.
#[test]
fn nothing_runs_that_was_not_put_in_force() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    let ran = world.path("ran");
    let hook = format!("hooks.before = \"touch {}\"", ran.display());
    let hooked = with("target = { dir = \"../areas/sit-web\" }", &hook);
    world.write("switchback.toml", &hooked);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    assert!(!ran.exists());
    world.ok(&["grant", "ann", "promote-any"]);
    assert_eq!(world.refused(&["configure", "--as", "ann"])["code"], "not-permitted");
    let before = world.traces();
    let plan = world.ok(&["configure", "--dry-run"])["plan"].clone();
    assert_eq!(written(&before, &world.traces()), BTreeSet::new());
    let program = &plan["programs"][0];
    assert_eq!(
        (&program["area"], &program["occasion"], &program["new"]),
        (&"sit-web".into(), &"before".into(), &true.into())
    );
    assert_eq!(program["run"][2], format!("touch {}", ran.display()));
    assert_eq!((&plan["changes"][0]["name"], &plan["changes"][0]["key"]), (&"sit-web".into(), &"hooks.before".into()));
    world.json(4, &["configure", "--plan", "0123456789abcdef"]);
    let hash = plan["hash"].as_str().expect("a hash");
    let entries = world.entries();
    let done = world.ok(&["configure", "--plan", hash]);
    assert_eq!(done["programs"][0]["new"], true, "{done}");
    assert_eq!(world.entries(), entries + 1);
    world.ok(&["configure"]);
    assert_eq!(world.entries(), entries + 1);
    assert!(!ran.exists());
    world.change("US-2", &[("web/b", "b\n")]);
    world.ok(&["promote", "US-2", "--to", "SIT", "--deploy"]);
    assert!(ran.exists());
}

/// Relative directories start from the main work tree, from whichever work tree somebody works.
#[test]
fn a_linked_work_tree_deploys_to_the_same_places() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    let linked = world.path("other/place/linked");
    world.git(&["worktree", "add", "--quiet", "--detach", linked.to_str().expect("a path")]);
    world.change("US-2", &[("web/b", "b\n")]);
    at(&world, &linked, &["promote", "US-2", "--to", "SIT", "--deploy"]);
    assert_eq!(world.files("sit-web")["web/b"], "b\n");
    assert!(!world.path("other/place/areas").exists() && !world.path("other/areas").exists());
    world.is_sound();
}

/// The git directory lies elsewhere: the same pipeline, the same places.
#[test]
fn a_git_directory_elsewhere_is_found() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    fs::create_dir(world.path("far")).expect("a folder");
    world.git(&["init", "--quiet", "--separate-git-dir", world.path("far/away.git").to_str().expect("a path")]);
    assert!(world.repo().join(".git").is_file());
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    assert_eq!(world.files("sit-web")["web/a"], "a\n");
    assert!(!world.path("far/areas").exists());
    world.write("switchback.toml", &frozen());
    world.ok(&["configure"]);
    assert_eq!(world.ok(&["status"])["stages"][1]["frozen"]["reason"], "audit");
    let linked = world.path("linked");
    world.git(&["worktree", "add", "--quiet", "--detach", linked.to_str().expect("a path")]);
    world.git(&["config", "core.worktree", world.repo().to_str().expect("a path")]);
    assert_eq!(at(&world, &linked, &["status"])["pipeline"], "acme");
}

/// A bare repository keeps its file in the git directory; relative directories start there.
#[test]
fn a_bare_repository_works_without_a_file_too() {
    let world = World::bare_of_pipeline();
    let bare = world.path("bare.git");
    let path = bare.to_str().expect("a path");
    world.git(&["clone", "--quiet", "--bare", world.repo().to_str().expect("a path"), path]);
    let file = bare.join("switchback.toml");
    fs::write(&file, THREE_STAGES).expect("a file");
    at(&world, &bare, &["init"]);
    fs::remove_file(&file).expect("the file goes");
    assert_eq!(at(&world, &bare, &["status"])["pipeline"], "acme");
}

/// Which pipeline: the one named, the only one, the one whose file is at hand, else those there are are told.
#[test]
fn of_several_pipelines_the_one_at_hand_is_meant() {
    let world = World::three_stages();
    world.write("switchback.web.toml", &THREE_STAGES.replace("acme", "web").replace("../areas/", "../web/"));
    world.ok(&["init", "--pipeline", "web"]);
    let name = |words: &[&str]| world.ok(&[words, &["status"]].concat())["pipeline"].clone();
    assert_eq!(name(&[]), "acme");
    assert_eq!(name(&["--pipeline", "web"]), "web");
    has_no_file(&world);
    assert_eq!((name(&[]), name(&["--pipeline", "acme"])), ("web".into(), "acme".into()));
    fs::remove_file(world.repo().join("switchback.web.toml")).expect("the file goes");
    let said = world.json(2, &["status"])["usage"].to_string();
    assert!(said.contains("acme, web") && said.contains("--pipeline"), "{said}");
    let said = world.json(2, &["--pipeline", "wep", "status"])["usage"].to_string();
    assert!(said.contains("web"), "{said}");
}

/// A file that names another pipeline is not the configuration of this one.
#[test]
fn a_pipeline_keeps_its_name() {
    let world = World::three_stages();
    world.write("switchback.toml", &THREE_STAGES.replace("acme", "shop"));
    assert_eq!(codes(&world.ok(&["status"])), ["configuration-differs"]);
    let said = world.json(2, &["configure"])["usage"]["message"].to_string();
    assert!(said.contains(":2:8:") && said.contains("shop") && said.contains("acme"), "{said}");
}

/// What holds something does not just vanish; what is empty may.
#[test]
fn what_holds_something_does_not_vanish() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    let cut = |from: &str, to: &str| {
        let (start, end) = (THREE_STAGES.find(from).expect("a start"), THREE_STAGES.find(to).expect("an end"));
        format!("{}{}", &THREE_STAGES[..start], &THREE_STAGES[end..])
    };
    let without_area = cut("[[area]]\nname = \"sit-web\"", "[[area]]\nname = \"qa-web\"");
    let renamed_stage = THREE_STAGES.replace("\"SIT\"", "\"INT\"");
    for (text, said) in [(&without_area, "area `sit-web`"), (&renamed_stage, "stage `SIT`")] {
        world.write("switchback.toml", text);
        let entries = world.entries();
        let usage = world.json(2, &["configure"])["usage"].clone();
        assert_eq!(usage["code"], "configuration", "{usage}");
        let told = usage.to_string();
        assert!(told.contains(said) && told.contains("was = "), "{told}");
        assert_eq!(world.entries(), entries);
    }
    // Nothing was ever deployed there.
    world.configure(&THREE_STAGES[..THREE_STAGES.find("[[area]]\nname = \"qa-web\"").expect("the last area")]);
    world.is_sound();
}

/// A view of a past moment is made with what was in force then.
#[test]
fn a_past_moment_is_seen_with_what_was_in_force_then() {
    let mut world = World::three_stages();
    let before = world.ok(&["status"]);
    let position = world.entries();
    world.set_clock(LATER);
    world.configure(&THREE_STAGES[..THREE_STAGES.find("[[area]]\nname = \"qa-web\"").expect("the last area")]);
    let then = world.ok(&["status", "--as-of", &format!("#{position}")]);
    assert_eq!(then["stages"][2]["areas"][0]["name"], before["stages"][2]["areas"][0]["name"]);
    assert_eq!(world.ok(&["status"])["stages"][2]["areas"], serde_json::json!([]));
}

/// `verify` recomputes the hash of the text, beside the chain, which a forger would have mended.
#[test]
fn a_text_that_is_not_what_its_hash_says_is_found() {
    let world = World::three_stages();
    world.is_sound();
    world.tamper(
        "c.execute('drop trigger entry_is_never_changed')\n\
         body = c.execute('select body from entry where seq = 1').fetchone()[0]\n\
         c.execute('update entry set body = ? where seq = 1', (body.replace('../areas/qa-web', '../areas/forged'),))\n\
         c.execute('delete from snapshot')",
    );
    let said = world.run(&["verify", "--json"]).out;
    assert!(said.contains("configuration") && said.contains("hash"), "{said}");
}

/// A ledger of an older program keeps none: the file at hand counts, and it is said, until one is put in force.
#[test]
fn an_older_ledger_goes_on_with_the_file_at_hand() {
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/old/format-2.tar.gz");
    let world = World::unpacked(&archive, LATER);
    let status = world.ok(&["status"]);
    // The two are about a deployment and a rollback of then.
    let about_it =
        |status| codes(status).into_iter().filter(|code| code.starts_with("configuration")).collect::<Vec<_>>();
    assert_eq!(about_it(&status), ["configuration-not-kept"], "{status}");
    world.ok(&["configure"]);
    assert_eq!(about_it(&world.ok(&["status"])), [""; 0]);
    has_no_file(&world);
    assert_eq!(world.ok(&["status"])["stages"], status["stages"]);
}

/// A house that stays open notices what others put in force: here a worker that waits for a hook.
#[test]
fn a_running_command_goes_on_with_what_others_put_in_force() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/b", "b\n")]);
    let (go, waits) = (world.path("go"), world.path("waits"));
    let hook =
        format!("hooks.after = \"touch {}; while [ ! -e {} ]; do sleep 0.05; done\"", waits.display(), go.display());
    let sit = "target = { dir = \"../areas/sit-web\" }";
    world.configure(&with(sit, &hook));
    let mut promoting = world.command(&["promote", "US-1", "--to", "SIT", "--deploy", "--json"]);
    let child = promoting.stdout(std::process::Stdio::null()).spawn().expect("it runs");
    while !waits.exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let second = with(sit, &format!("{hook}\nexclude = [\"web/b\"]"));
    world.configure(&second);
    fs::write(&go, "").expect("it may go on");
    assert!(child.wait_with_output().expect("it ends").status.success());
    world.ok(&["promote", "US-2", "--to", "SIT", "--deploy"]);
    assert!(!world.files("sit-web").contains_key("web/b"));
}

/// A repository of somebody else is opened only where git would open it.
#[test]
fn a_repository_of_somebody_else_is_not_opened() {
    let world = World::three_stages();
    let path = world.path("repo");
    let owned = Command::new("chown").arg("-R").arg("1234:1234").arg(&path).status();
    if !owned.is_ok_and(|status| status.success()) {
        // Only root gives files away; git's own tests pass over this likewise.
        return;
    }
    let before = world.traces();
    for words in [&["status"][..], &["verify"], &["configure"], &["promote", "US-1", "--to", "SIT", "--dry-run"]] {
        let fault = world.json(1, words)["fault"].clone();
        assert_eq!(fault["code"], "repository-not-trusted", "{fault}");
        assert!(fault["hint"].as_str().is_some_and(|hint| hint.contains("safe.directory")), "{fault}");
    }
    assert_eq!(written(&before, &world.traces()), BTreeSet::new());
    let config = world.path("gitconfig");
    fs::write(&config, format!("[safe]\ndirectory = {}\n", path.display())).expect("a configuration of git");
    let mut command = world.command(&["status", "--json"]);
    let ran = Ran::of(command.env("GIT_CONFIG_GLOBAL", &config).output().expect("it runs"));
    assert_eq!(ran.exit, Some(0), "{ran:?}");
}
