//! Work trees that show a stage's branch (`SPEC L9`): they follow, or are left alone with advice that loses nothing.

use crate::world::{Ran, World};
use std::path::{Path, PathBuf};
use std::process::Command;

/// US-1 edits and adds; `sit` is checked out in the repository's own work tree and, where it matters, in a linked one.
fn scene() -> World {
    let world = World::three_stages();
    world.change("US-1", &[("web/index.html", "<h1>Shop!</h1>\n"), ("web/new.html", "new\n")]);
    world.git(&["checkout", "--quiet", "sit"]);
    world
}

fn status(world: &World) -> String {
    world.git(&["status", "--porcelain", "--untracked-files=no"])
}

fn promote(world: &World) -> Ran {
    world.run(&["promote", "US-1", "--to", "SIT", "--no-deploy"])
}

/// The one warning about a work tree, and the commands of its hint.
fn advice(ran: &Ran) -> (String, Vec<String>) {
    let said: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let warnings = said["warnings"].as_array().expect("warnings").clone();
    let about: Vec<_> = warnings.iter().filter(|warning| warning["code"] == "work-tree-left-alone").collect();
    assert_eq!(about.len(), 1, "{said}");
    let message = about[0]["message"].as_str().expect("a message").to_owned();
    let commands = message.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    (message, commands)
}

fn promote_told(world: &World) -> (String, Vec<String>) {
    advice(&world.run(&["promote", "US-1", "--to", "SIT", "--no-deploy", "--json"]))
}

fn paste(world: &World, command: &str) {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).env("GIT_CONFIG_GLOBAL", "/dev/null");
    shell.env("GIT_AUTHOR_NAME", "A").env("GIT_AUTHOR_EMAIL", "a@b").env("GIT_COMMITTER_NAME", "A");
    let ran = Ran::of(shell.env("GIT_COMMITTER_EMAIL", "a@b").current_dir(world.repo()).output().expect("sh runs"));
    assert_eq!(ran.exit, Some(0), "{command}: {ran:?}");
}

fn shows_the_branch(world: &World, path: &Path) {
    let at = |words: &[&str]| {
        let output = Command::new("git").arg("-C").arg(path).args(words).output().expect("git runs");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    assert_eq!(at(&["symbolic-ref", "--short", "HEAD"]), "sit");
    assert_eq!(at(&["rev-parse", "HEAD"]), world.git(&["rev-parse", "sit"]));
}

#[test]
fn whoever_dies_before_the_work_tree_followed_the_next_start_brings_it_along() {
    for point in ["corridor.branch-moved", "corridor.moved", "corridor.kept", "corridor.committed"] {
        let world = scene();
        let linked = world.path("linked");
        world.git(&["checkout", "--quiet", "--detach"]);
        world.git(&["worktree", "add", "--quiet", &linked.to_string_lossy(), "sit"]);
        let died = world.run_until(point, &["promote", "US-1", "--to", "SIT", "--no-deploy"]);
        assert_eq!(died.signal, Some(9), "{point}: {died:?}");
        world.ok(&["status"]);
        assert_eq!(std::fs::read_to_string(linked.join("web/new.html")).unwrap_or_default(), "new\n", "{point}");
        shows_the_branch(&world, &linked);
        let dirty = Command::new("git").arg("-C").arg(&linked).args(["status", "--porcelain"]).output().expect("git");
        assert_eq!(String::from_utf8_lossy(&dirty.stdout).trim(), "", "{point}");
        world.is_sound();
    }
}

#[test]
fn a_work_tree_with_edits_follows_by_the_commands_that_are_given() {
    let world = scene();
    let old = world.git(&["rev-parse", "sit"]);
    world.write("README", "edited, not staged\n");
    world.write("web/style.css", "edited, staged\n");
    world.git(&["add", "web/style.css"]);
    world.write("notes.txt", "not known to git\n");
    let (message, commands) = promote_told(&world);
    assert!(message.contains(&old[..8]), "the old head is named: {message}");
    assert_eq!(commands.len(), 1, "{commands:?}");
    paste(&world, &commands[0]);
    shows_the_branch(&world, &world.repo());
    assert_eq!(world.read("web/new.html"), "new\n");
    assert_eq!(world.read("README"), "edited, not staged\n");
    assert_eq!(world.read("web/style.css"), "edited, staged\n");
    assert_eq!(world.read("notes.txt"), "not known to git\n");
    // What is committed now takes nothing of the promotion out.
    world.git(&["commit", "--quiet", "--all", "--message", "US-9: by hand"]);
    assert_eq!(world.git(&["diff", "--name-only", "HEAD~1"]), "README\nweb/style.css");
}

#[test]
fn a_file_git_does_not_keep_is_never_written_over() {
    for ignored in ["web/new.html\n", ""] {
        let world = scene();
        std::fs::write(world.repo().join(".git/info/exclude"), format!("switchback.toml\n{ignored}")).expect("a list");
        world.write("web/new.html", "mine, nowhere else\n");
        let (message, commands) = promote_told(&world);
        assert!(message.contains("web/new.html"), "{message}");
        assert_eq!(world.read("web/new.html"), "mine, nowhere else\n");
        std::fs::rename(world.repo().join("web/new.html"), world.path("aside")).expect("moved aside");
        paste(&world, &commands[0]);
        shows_the_branch(&world, &world.repo());
        assert_eq!((status(&world).as_str(), world.read("web/new.html").as_str()), ("", "new\n"));
    }
}

#[test]
fn a_folder_in_the_place_of_a_new_file_keeps_what_it_holds() {
    let world = scene();
    std::fs::write(world.repo().join(".git/info/exclude"), "switchback.toml\n*.tmp\n").expect("a list");
    world.write("web/new.html/mine.tmp", "mine\n");
    promote_told(&world);
    assert_eq!(world.read("web/new.html/mine.tmp"), "mine\n");
}

#[test]
fn a_merge_that_is_under_way_is_not_disturbed() {
    let world = scene();
    world.git(&["merge", "--quiet", "--no-commit", "--strategy=ours", "feature/US-1"]);
    assert_eq!(status(&world), "");
    let (message, commands) = promote_told(&world);
    assert!(message.contains("in the middle of a merge"), "{message}");
    paste(&world, &commands[0]);
    world.git(&["merge", "--abort"]);
    paste(&world, &commands[1]);
    shows_the_branch(&world, &world.repo());
    assert_eq!(world.read("web/new.html"), "new\n");
}

#[test]
fn a_lock_that_somebody_left_is_named() {
    let world = scene();
    let lock: PathBuf = world.repo().join(".git/index.lock");
    std::fs::write(&lock, "").expect("a lock");
    let (message, commands) = promote_told(&world);
    assert!(message.contains("index.lock"), "{message}");
    paste(&world, &commands[0]);
    shows_the_branch(&world, &world.repo());
    assert_eq!(status(&world), "");
}

#[test]
fn every_clean_work_tree_follows() {
    let world = scene();
    let linked = world.path("a folder, with 'marks'");
    world.git(&["worktree", "add", "--quiet", "--force", &linked.to_string_lossy(), "sit"]);
    assert_eq!(promote(&world).exit, Some(0));
    for path in [world.repo(), linked.clone()] {
        assert_eq!(std::fs::read_to_string(path.join("web/new.html")).unwrap_or_default(), "new\n");
        shows_the_branch(&world, &path);
    }
    // And one that may not, with a name a shell must not take apart.
    world.change("US-2", &[("web/more.html", "more\n")]);
    std::fs::write(linked.join("web/style.css"), "edited\n").expect("an edit");
    let (_, commands) = advice(&world.run(&["promote", "US-2", "--to", "SIT", "--no-deploy", "--json"]));
    paste(&world, &commands[0]);
    assert_eq!(std::fs::read_to_string(linked.join("web/more.html")).unwrap_or_default(), "more\n");
    assert_eq!(std::fs::read_to_string(linked.join("web/style.css")).unwrap_or_default(), "edited\n");
}
