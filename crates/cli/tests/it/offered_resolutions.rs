//! Resolutions about other files are offered with who and when, and taken by one command; what a person gives is checked
//! (`SPEC X4`, `X5`).

use crate::world::World;

/// US-1 is on SIT and QA; US-4 on DEV conflicts with it on two files that hold the same.
fn two_alike() -> World {
    let world = World::bare_of_pipeline();
    let both =
        |version: &str| [("a/VERSION".to_owned(), version.to_owned()), ("b/VERSION".to_owned(), version.to_owned())];
    for (path, text) in both("1.0\n") {
        world.write(&path, &text);
    }
    world.git(&["add", "-A"]);
    world.git(&["commit", "-q", "--amend", "--no-edit"]);
    for branch in ["dev", "sit", "main"] {
        world.git(&["branch", "-f", branch]);
    }
    world.configure(crate::world::THREE_STAGES);
    world.ok(&["init"]);
    for (key, stage, version) in [("US-1", "SIT", "1.1\n"), ("US-4", "DEV", "2.0\n")] {
        let files = both(version);
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        world.branch(key, &files);
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", stage]);
    }
    world.ok(&["promote", "US-1", "--to", "QA"]);
    world.json(3, &["promote", "US-4", "--to", "SIT"]);
    world
}

#[test]
fn what_was_decided_about_another_file_is_offered_and_taken_with_one_command() {
    let world = two_alike();
    world.json(3, &["resolve", "P-2", "a/VERSION", "--ours"]);
    let open = world.ok(&["conflicts", "P-2"]);
    assert_eq!((&open["promotion"], open["conflicts"].as_array().map(Vec::len)), (&"P-2".into(), Some(1)), "{open}");
    let open = open["conflicts"].as_array().and_then(|all| all.iter().find(|one| one["path"] == "b/VERSION"));
    let open = open.expect("the other file");
    let offer = &open["offers"][0];
    assert_eq!(
        (&offer["path"], &offer["by"], &offer["content"]),
        (&"a/VERSION".into(), &"root".into(), &"1.1\n".into())
    );
    let text = world.run(&["conflicts", "P-2"]).out;
    let command = text.lines().find(|line| line.contains("--reuse")).expect("a command");
    let command = command.trim().strip_prefix("take it with `switchback ").expect("how to take it");
    let words: Vec<_> = command.trim_end_matches('`').split(' ').collect();
    assert_eq!(words[..4], ["resolve", "P-2", "b/VERSION", "--reuse"], "{text}");
    assert_eq!(world.ok(&words)["status"], "completed");
    assert_eq!(world.git(&["show", "sit:b/VERSION"]).trim_end(), "1.1");
    // Both are remembered now, each for its own file.
    let reused = world.ok(&["promote", "US-4", "--to", "QA"]);
    let told = reused["auto_resolved"].as_array().expect("what was settled");
    assert_eq!((told.len(), &told[0]["by"], &told[1]["path"]), (2, &"root".into(), &"b/VERSION".into()), "{reused}");
    assert!(told[0]["at"].is_string());
    world.is_sound();
}

#[test]
fn markers_are_refused_unless_they_are_meant() {
    let world = two_alike();
    let file = world.path("marked");
    std::fs::write(&file, "<<<<<<< ours\n1.1\n||||||| base\n1.0\n=======\n2.0\n>>>>>>> theirs\n").expect("a file");
    let file = file.to_str().expect("text");
    let refused = world.refused(&["resolve", "P-2", "a/VERSION", "--file", file]);
    assert_eq!((&refused["code"], &refused["details"]["line"]), (&"markers-left".into(), &1.into()));
    world.json(3, &["resolve", "P-2", "a/VERSION", "--file", file, "--anyway"]);
    world.git(&["config", "core.editor", "true"]);
    assert_eq!(world.refused(&["resolve", "P-2", "b/VERSION", "--editor"])["code"], "markers-left");
    assert_eq!(world.ok(&["resolve", "P-2", "b/VERSION", "--editor", "--anyway"])["status"], "completed");
    // What a person took all the same is not put elsewhere without asking.
    world.ok(&["demote", "US-4", "--to", "DEV"]);
    assert_eq!(world.json(3, &["promote", "US-4", "--to", "SIT"])["status"], "conflicted");
    let open = world.ok(&["conflicts", "P-3"]);
    assert!(open["conflicts"][0]["why"].as_str().is_some_and(|why| why.contains("conflict markers")), "{open}");
}

#[test]
fn what_a_person_would_choose_is_proposed_with_the_reason_and_taken_with_one_command() {
    let world = two_alike();
    let open = world.ok(&["conflicts", "P-2"]);
    let open = &open["conflicts"][0]["proposal"];
    assert_eq!((&open["by"][0], &open["content"]), (&"later".into(), &"2.0\n".into()), "{open}");
    assert!(open["why"][0].as_str().is_some_and(|why| why.contains("`2.0` is later than `1.1`")), "{open}");
    let text = world.run(&["conflicts", "P-2"]).out;
    assert!(text.contains("take it with `switchback resolve P-2 a/VERSION --proposed`"), "{text}");
    let still = world.run(&["resolve", "P-2", "a/VERSION", "--proposed"]);
    assert_eq!(still.exit, Some(3), "{still:?}");
    // What is left lists these ways first.
    assert!(still.out.contains("`switchback resolve P-2 PATH --proposed|--reuse ID|--ours|--theirs|"), "{still:?}");
    assert_eq!(world.ok(&["resolve", "P-2", "b/VERSION", "--proposed"])["status"], "completed");
    assert_eq!(world.git(&["show", "sit:a/VERSION"]).trim_end(), "2.0");
    world.is_sound();
}

#[test]
fn a_proposal_is_taken_by_itself_where_the_configuration_says_so() {
    let world = two_alike();
    let types = "[[file_type]]\nname = \"Version\"\npaths = [\"a/VERSION\"]\nproposals = [\"later\"]\n";
    world.configure(&format!("{}{types}", crate::world::THREE_STAGES));
    let told = world.json(3, &["promotion", "run", "P-2"]);
    assert_eq!(told["conflicts"].as_array().map(Vec::len), Some(1), "{told}");
    let told = world.ok(&["resolve", "P-2", "b/VERSION", "--ours"]);
    let one = &told["auto_resolved"][0];
    assert_eq!(
        (&one["path"], &one["strategy"], &one["file_type"]),
        (&"a/VERSION".into(), &"later".into(), &"Version".into())
    );
    world.configure(&format!("{}{}", crate::world::THREE_STAGES, types.replace("VERSION\"]", "x\"]")));
    world.write("switchback.toml", &format!("{}{}", crate::world::THREE_STAGES, types.replace("later", "latest")));
    assert_eq!(world.run(&["configure"]).exit, Some(2));
}
