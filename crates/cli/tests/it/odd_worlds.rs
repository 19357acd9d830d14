//! Repositories and clocks that are not as they should be: each is named as what it is, and hides nothing.

use crate::world::{THREE_STAGES, World};

#[test]
fn a_clock_that_ran_ahead_once_hides_nothing() {
    let mut world = World::three_stages();
    world.branch("US-1", &[("web/one", "1\n")]);
    world.branch("US-2", &[("web/two", "2\n")]);
    let record = |world: &World, key: &str| {
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "DEV"]);
    };
    world.set_clock("2026-03-02T18:00:00Z");
    record(&world, "US-1");
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy", "--no-wait"]);
    world.set_clock("2026-03-02T10:10:00Z");
    record(&world, "US-2");
    let at = world.ok(&["diff", "DEV@2026-03-02T11:00:00Z", "DEV"]);
    assert_eq!(at["files"].as_array().map(Vec::len), Some(0), "{at}");
    world.refused(&["status", "--as-of", "2026-03-01T00:00:00Z"]);
    world.ok(&["jobs", "run"]);
    assert_eq!(world.files("sit-web")["web/one"], "1\n", "the job whose time lies ahead runs");
    world.is_sound();
}

#[test]
fn a_reftable_is_named_and_leaves_nothing_behind() {
    let world = World::bare_of_pipeline();
    world.configure(THREE_STAGES);
    let _ = std::fs::remove_dir_all(world.repo().join(".git/logs"));
    if !world.run_git(&["refs", "migrate", "--ref-format=reftable"]) {
        eprintln!("skipped: this git knows no reftable");
        return;
    }
    for words in [&["init"][..], &["status"], &["verify"]] {
        let said = world.json(1, words);
        assert_eq!(said["fault"]["code"], "repository-unreadable", "{said}");
        assert!(said["fault"]["message"].as_str().is_some_and(|text| text.contains("reftable")), "{said}");
    }
    assert!(!world.repo().join(".git/switchback").exists());
}

#[test]
fn a_deployment_that_was_stopped_half_way_is_no_newer_ledgers() {
    let world = World::three_stages();
    world.change("US-1", &[("web/one", "1\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    world.change("US-2", &[("web/two", "2\n")]);
    world.run_until("area.put", &["promote", "US-2", "--to", "SIT", "--deploy"]);
    let areas = world.ok(&["area", "list"]);
    assert!(areas["areas"].as_array().is_some_and(|all| all.iter().all(|area| area["problem"].is_null())), "{areas}");
    let verified = world.run(&["verify"]);
    assert!(
        verified.out.contains("D-2 is under way") && !verified.out.contains("ahead of the ledger"),
        "{}",
        verified.out
    );
    world.ok(&["jobs", "run"]);
    world.is_sound();
}

/// A commit on top of a branch, whose tree has a file below so many folders.
fn deep_commit(world: &World, branch: &str, depth: usize) -> String {
    let script = format!(
        "commit refs/heads/deep\ncommitter Ann <ann@example.com> 1700000000 +0000\ndata 5\ndeep\n\nfrom \
         refs/heads/{branch}^0\nM 100644 inline {}f\ndata 2\n1\n\n",
        "d/".repeat(depth)
    );
    world.write("script", &script);
    let ran = std::process::Command::new("sh")
        .args(["-c", "git fast-import --quiet --force < script && rm script"])
        .current_dir(world.repo())
        .status();
    assert!(ran.is_ok_and(|status| status.success()));
    world.git(&["rev-parse", "deep"])
}

#[test]
fn folders_thousands_deep_are_named_and_stop_one_stage_alone() {
    let world = World::three_stages();
    world.change("US-1", &[("web/one", "1\n")]);
    deep_commit(&world, "main", 1500);
    let said = world.json(1, &["change", "record", "US-2", "--branch", "deep"]);
    assert_eq!(said["fault"]["code"], "too-deep", "{said}");
    assert!(said["fault"]["message"].as_str().is_some_and(|text| text.starts_with("US-2 brings")), "{said}");

    let before = world.git(&["rev-parse", "dev"]);
    let deep = deep_commit(&world, "dev", 1500);
    world.git(&["update-ref", "refs/heads/dev", &deep]);
    for words in [&["status"][..], &["where"], &["behind", "DEV"], &["log"], &["verify"], &["change", "list"]] {
        world.ok(words);
    }
    let said = world.json(1, &["promote", "US-1", "--to", "SIT"]);
    assert_eq!(said["fault"]["code"], "too-deep", "{said}");
    assert!(said["fault"]["hint"].as_str().is_some_and(|text| text.contains(&format!("git branch -f dev {before}"))));
    let told = world.ok(&["change", "exclude", "US-1", "--reason", "not now"]);
    assert_eq!(told["warnings"][0]["code"], "too-deep", "{told}");
    world.ok(&["change", "include", "US-1"]);
    world.git(&["branch", "-f", "dev", &before]);
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    world.is_sound();
}

#[test]
fn a_work_tree_that_the_configuration_denies_is_named_and_nothing_is_put_elsewhere() {
    let wrongs =
        [("core.bare", "true", "core.bare false"), ("core.worktree", "/nowhere/at/all", "--unset core.worktree")];
    for (key, value, mends) in wrongs {
        let world = World::three_stages();
        world.change("US-1", &[("web/one", "1\n")]);
        world.git(&["config", key, value]);
        for words in [&["status"][..], &["promote", "US-1", "--to", "SIT", "--deploy"]] {
            let said = world.json(1, words);
            assert_eq!(said["fault"]["code"], "work-tree-unknown", "{said}");
            assert!(said["fault"]["message"].as_str().is_some_and(|text| text.contains(key)), "{said}");
            assert!(said["fault"]["hint"].as_str().is_some_and(|text| text.contains(mends)), "{said}");
        }
        let (before, after) = if key == "core.bare" { ("true", "false") } else { (value, "") };
        let file = world.repo().join(".git/config");
        let text = std::fs::read_to_string(&file).expect("its configuration");
        let name = key.trim_start_matches("core.");
        let mended = match after {
            "" => text.replace(&format!("\t{name} = {before}\n"), ""),
            after => text.replace(&format!("\t{name} = {before}\n"), &format!("\t{name} = {after}\n")),
        };
        std::fs::write(&file, mended).expect("mended");
        world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
        assert_eq!(world.files("sit-web")["web/one"], "1\n");
        world.is_sound();
    }
}

#[test]
fn without_the_git_program_a_work_tree_stays_behind_and_the_rest_is_done() {
    let world = World::three_stages();
    world.change("US-1", &[("web/one", "1\n")]);
    let tree = world.path("tree").display().to_string();
    world.git(&["worktree", "add", "-q", &tree, "sit"]);
    let mut command = world.command(&["--json", "promote", "US-1", "--to", "SIT", "--deploy"]);
    let output = command.env("PATH", "/nowhere").output().expect("it ran");
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("an answer");
    assert_eq!(said["warnings"][0]["code"], "work-tree-left-alone", "{said}");
    assert!(said["warnings"][0]["message"].as_str().is_some_and(|text| text.contains("cannot be run")), "{said}");
    assert_eq!(world.files("sit-web")["web/one"], "1\n");
    world.is_sound();
}
