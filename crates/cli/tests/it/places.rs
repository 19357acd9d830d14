//! Whose place an area deploys to (`SPEC A15`), and that the ledger says what really stands there (`SPEC A14`).

use crate::world::{THREE_STAGES, World};
use serde_json::Value;
use std::fs;

const DEPLOY_ONE: [&str; 5] = ["promote", "US-1", "--to", "SIT", "--deploy"];
const DEPLOY_TWO: [&str; 5] = ["promote", "US-2", "--to", "SIT", "--deploy"];

/// The three stages and two changes, the first deployed to `sit-web`.
fn deployed() -> World {
    let world = begun();
    world.ok(&DEPLOY_ONE);
    world
}

fn begun() -> World {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/index.html", "<h1>Two</h1>\n")]);
    world
}

/// A deployment that fails; its problem.
fn fails(world: &World, words: &[&str], code: &str) -> Value {
    let made = world.json(3, words)["deployments"][0].clone();
    assert_eq!((&made["status"], &made["problem"]["code"]), (&"failed".into(), &code.into()), "{made}");
    made["problem"].clone()
}

/// Where an area stands, as `status` has it: its problem's code, or nothing.
fn standing(world: &World, name: &str) -> Option<String> {
    let said = world.ok(&["status"]);
    let stages = said["stages"].as_array().expect("stages").iter();
    let mut areas = stages.flat_map(|stage| stage["areas"].as_array().expect("areas").clone());
    let area = areas.find(|area| area["name"] == name).expect("the area");
    area["problem"]["code"].as_str().map(str::to_owned)
}

/// The ledger's tree of an area is what stands there, and everything it names is in the repository.
fn is_proven(world: &World, area: &str) {
    let verified = world.ok(&["area", "verify", area])["areas"][0].clone();
    assert_eq!(verified["tree"], verified["found"], "{verified}");
    let kept = world.git(&["rev-parse", &format!("refs/switchback/areas/{area}^{{tree}}")]);
    assert_eq!(verified["tree"], kept.as_str(), "{verified}");
    let files: Vec<String> = world.files(area).into_keys().filter(|path| !path.starts_with(".switchback")).collect();
    let listed = world.git(&["ls-tree", "-r", "--name-only", &kept]);
    assert_eq!(files, listed.lines().collect::<Vec<_>>());
    world.git(&["fsck", "--full", "--no-dangling"]);
    world.is_sound();
}

/// As a person pastes the command that a hint names in backquotes.
fn pastes(world: &World, problem: &Value, command: &str) -> Value {
    let hint = problem["hint"].as_str().expect("a hint");
    assert!(hint.contains(&format!("`switchback {command}`")), "{hint}");
    world.ok(&command.split(' ').collect::<Vec<_>>())
}

#[test]
fn a_lost_folder_gets_no_fragment_and_is_filled_from_its_version() {
    let world = deployed();
    fs::remove_dir_all(world.area("sit-web")).expect("the machine is set up anew");
    assert_eq!(standing(&world, "sit-web").as_deref(), Some("area-lost"));
    assert_eq!(world.ok(&["pending", "sit-web"])["areas"][0]["problem"]["code"], "area-lost");
    assert_eq!(world.ok(&["area", "show", "sit-web"])["area"]["problem"]["code"], "area-lost");
    let verified = world.json(3, &["area", "verify", "sit-web"])["areas"][0].clone();
    assert_eq!((&verified["clean"], &verified["problem"]["code"]), (&false.into(), &"area-lost".into()));
    assert!(world.run(&["verify"]).out.contains("does not carry sit-web's identity"));
    let problem = fails(&world, &DEPLOY_TWO, "area-lost");
    assert!(!world.area("sit-web").exists(), "nothing is made where the place is not known");
    // What is known to fail is said in the preview.
    assert!(world.run(&["deploy", "--all", "--area", "sit-web", "--dry-run"]).out.contains("area-lost"));
    let nothing = fails(&world, &["area", "adopt", "sit-web"], "area-lost");
    assert!(!nothing["hint"].as_str().expect("a hint").contains("adopt"), "{nothing}");
    pastes(&world, &problem, "area repair sit-web");
    assert_eq!(standing(&world, "sit-web"), None);
    world.ok(&["jobs", "retry", "D-2"]);
    assert_eq!(world.files("sit-web")["web/index.html"], "<h1>Two</h1>\n");
    is_proven(&world, "sit-web");
}

#[test]
fn a_refreshed_sandbox_is_adopted_as_it_stands() {
    let world = deployed();
    fs::remove_dir_all(world.area("sit-web").join(".switchback")).expect("it goes");
    fs::write(world.area("sit-web").join("web/index.html"), "<h1>Sandbox</h1>\n").expect("a file");
    fs::remove_file(world.area("sit-web").join("web/style.css")).expect("it goes");
    let problem = fails(&world, &DEPLOY_TWO, "area-lost");
    let preview = world.ok(&["area", "adopt", "sit-web", "--dry-run"]);
    let foreseen = preview["plan"]["areas"][0]["tree"].clone();
    let made = pastes(&world, &problem, "area adopt sit-web");
    assert_eq!(made["deployments"][0]["status"], "succeeded", "{made}");
    let version = world.ok(&["area", "show", "sit-web"])["versions"][0].clone();
    assert_eq!((&version["kind"], &version["tree"]), (&"adopt".into(), &foreseen), "{version}: {preview}");
    assert_eq!(world.files("sit-web")["web/index.html"], "<h1>Sandbox</h1>\n");
    is_proven(&world, "sit-web");
    // From here on it is the area's own: the next change of the file is carried onto it, and reinstating keeps it.
    world.ok(&["area", "repair", "sit-web"]);
    assert_eq!(world.files("sit-web")["web/index.html"], "<h1>Sandbox</h1>\n");
    world.ok(&["jobs", "retry", "D-2"]);
    is_proven(&world, "sit-web");
}

#[test]
fn an_area_that_was_full_before_is_adopted_or_taken_as_it_stands() {
    let world = begun();
    let web = world.area("sit-web").join("web");
    fs::create_dir_all(&web).expect("a folder");
    fs::write(web.join("index.html"), "<h1>Older</h1>\n").expect("a file");
    let problem = fails(&world, &DEPLOY_ONE, "area-blocked");
    pastes(&world, &problem, "area adopt sit-web");
    is_proven(&world, "sit-web");
    world.ok(&["jobs", "retry", "D-1"]);
    assert_eq!(world.files("sit-web")["web/index.html"], "<h1>Older</h1>\n");
    is_proven(&world, "sit-web");

    // All of it, or some of it, as the stage's base has it already.
    for some in [&["web/index.html", "web/style.css", "README"][..], &["web/index.html"]] {
        let world = begun();
        for file in some {
            let place = world.area("sit-web").join(file);
            fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
            let bytes = world.git(&["show", &format!("main:{file}")]) + "\n";
            fs::write(place, bytes).expect("a file");
        }
        world.ok(&DEPLOY_ONE);
        is_proven(&world, "sit-web");
        let tree = world.git(&["rev-parse", "sit^{tree}"]);
        assert_eq!(world.git(&["rev-parse", "refs/switchback/areas/sit-web^{tree}"]), tree, "{some:?}");
        fs::write(world.area("sit-web").join("web/index.html"), "edited\n").expect("somebody edits");
        world.json(3, &["area", "verify", "sit-web"]);
    }
}

#[test]
fn a_hotfix_made_by_hand_first_is_part_of_the_version_that_brings_it() {
    let world = deployed();
    fs::write(world.area("sit-web").join("web/index.html"), "<h1>Two</h1>\n").expect("a hotfix");
    world.ok(&DEPLOY_TWO);
    is_proven(&world, "sit-web");
    world.ok(&["demote", "US-2", "--to", "DEV"]);
    assert!(world.files("sit-web")["web/index.html"].starts_with("<h1>Shop</h1>"));
    is_proven(&world, "sit-web");
    // And a file that was taken away by hand before the change that deletes it.
    world.git(&["checkout", "--quiet", "-B", "feature/US-3", "main"]);
    world.git(&["rm", "--quiet", "web/style.css"]);
    world.commit("US-3 drops the style");
    world.git(&["checkout", "--quiet", "--detach", "main"]);
    world.ok(&["change", "record", "US-3", "--branch", "feature/US-3", "--stage", "DEV"]);
    fs::remove_file(world.area("sit-web").join("web/style.css")).expect("it goes");
    world.ok(&["promote", "US-3", "--to", "SIT", "--deploy"]);
    is_proven(&world, "sit-web");
    world.ok(&["demote", "US-3", "--to", "DEV"]);
    assert!(world.files("sit-web").contains_key("web/style.css"));
    is_proven(&world, "sit-web");
}

#[test]
fn a_place_that_was_moved_is_followed_when_somebody_says_so() {
    let world = deployed();
    fs::rename(world.area("sit-web"), world.area("new-web")).expect("it is moved");
    assert_eq!(standing(&world, "sit-web").as_deref(), Some("area-lost"));
    world.configure(&THREE_STAGES.replace("../areas/sit-web", "../areas/new-web"));
    assert_eq!(standing(&world, "sit-web").as_deref(), Some("area-moved"));
    let problem = fails(&world, &DEPLOY_TWO, "area-moved");
    pastes(&world, &problem, "area move sit-web");
    assert_eq!(standing(&world, "sit-web"), None);
    fails(&world, &["area", "move", "sit-web"], "nothing-to-move");
    world.ok(&["jobs", "retry", "D-2"]);
    assert!(!world.area("sit-web").exists());
    assert_eq!(world.files("new-web")["web/index.html"], "<h1>Two</h1>\n");
    world.is_sound();

    // The configuration names another place, and nobody moved anything.
    world.configure(&THREE_STAGES.replace("../areas/sit-web", "../areas/third"));
    world.change("US-3", &[("web/c", "c\n")]);
    let problem = fails(&world, &["promote", "US-3", "--to", "SIT", "--deploy"], "area-moved");
    assert!(problem["message"].as_str().expect("a message").contains("../areas/new-web"), "{problem}");
    assert!(!world.area("third").exists());
    pastes(&world, &problem, "area repair sit-web");
    assert_eq!(world.files("third")["web/index.html"], "<h1>Two</h1>\n");
    world.is_sound();
}

#[test]
fn a_whole_project_may_be_moved_or_copied_with_its_areas() {
    let world = deployed();
    let twin = world.twin();
    twin.ok(&DEPLOY_TWO);
    is_proven(&twin, "sit-web");
    world.ok(&DEPLOY_TWO);
    is_proven(&world, "sit-web");
}

#[test]
fn one_folder_is_the_place_of_one_area() {
    let one = deployed();
    let shared = one.area("sit-web");
    let configured = THREE_STAGES.replace("name = \"acme\"", "name = \"other\"");
    let two = World::with(&configured.replace("../areas/sit-web", shared.to_str().expect("a path")));
    two.change("US-8", &[("web/8", "8\n")]);
    let before = one.files("sit-web");
    let words = ["promote", "US-8", "--to", "SIT", "--deploy"];
    let problem = fails(&two, &words, "area-moved");
    assert!(problem["message"].as_str().expect("a message").contains("area sit-web of pipeline acme"), "{problem}");
    for verb in ["populate", "adopt"] {
        fails(&two, &["area", verb, "sit-web"], "area-moved");
    }
    assert_eq!(one.files("sit-web"), before);
    // The same by name, and known to another ledger.
    let three = World::with(&THREE_STAGES.replace("../areas/sit-web", shared.to_str().expect("a path")));
    three.change("US-8", &[("web/8", "8\n")]);
    fails(&three, &words, "area-moved");
    assert_eq!(one.files("sit-web"), before);
    one.ok(&DEPLOY_TWO);
    one.is_sound();
}

#[test]
fn an_area_ahead_of_the_ledger_is_told_from_one_in_step() {
    let world = deployed();
    let older = fs::read(world.ledger()).expect("the ledger");
    let sit = world.git(&["rev-parse", "sit"]);
    let copy = || {
        world.git(&["update-ref", "refs/heads/sit", &sit]);
        for end in ["sqlite-wal", "sqlite-shm"] {
            let _ = fs::remove_file(world.ledger().with_extension(end));
        }
        fs::write(world.ledger(), &older).expect("an older copy is put back");
    };
    world.ok(&DEPLOY_TWO);
    copy();
    assert_eq!(standing(&world, "sit-web").as_deref(), Some("area-ahead"));
    world.change("US-3", &[("web/c", "c\n")]);
    // It would be version 3 again, and another one.
    let problem = fails(&world, &["promote", "US-3", "--to", "SIT", "--deploy"], "area-ahead");
    assert!(problem["message"].as_str().expect("a message").contains("ahead of the ledger"), "{problem}");
    assert!(!world.files("sit-web").contains_key("web/c"));
    pastes(&world, &problem, "area adopt sit-web");
    assert_eq!(world.files("sit-web")["web/index.html"], "<h1>Two</h1>\n");
    world.ok(&["jobs", "retry", "D-2"]);
    assert!(world.files("sit-web").contains_key("web/c"));
    is_proven(&world, "sit-web");
}

#[test]
fn an_older_copy_of_a_folder_is_noticed() {
    let world = deployed();
    let older = world.twin();
    world.ok(&DEPLOY_TWO);
    fs::remove_dir_all(world.area("sit-web")).expect("it goes");
    fs::rename(older.area("sit-web"), world.area("sit-web")).expect("an older copy is put back");
    assert_eq!(standing(&world, "sit-web").as_deref(), Some("area-lost"));
    world.change("US-3", &[("web/c", "c\n")]);
    let problem = fails(&world, &["promote", "US-3", "--to", "SIT", "--deploy"], "area-lost");
    pastes(&world, &problem, "area repair sit-web");
    assert_eq!(world.files("sit-web")["web/index.html"], "<h1>Two</h1>\n");
    world.is_sound();
}

#[test]
fn a_list_of_managed_files_that_is_damaged_or_lost_is_rebuilt() {
    type Damage = fn(&mut Vec<u8>);
    let kinds: [(&str, Damage); 4] = [
        ("a bit flipped", |bytes| bytes[60] ^= 4),
        ("cut short", |bytes| bytes.truncate(bytes.len() - 10)),
        ("empty", Vec::clear),
        ("garbage", |bytes| bytes.fill(7)),
    ];
    for (name, damage) in kinds {
        let world = deployed();
        let list = world.area("sit-web").join(".switchback/managed");
        let mut bytes = fs::read(&list).expect("the list");
        damage(&mut bytes);
        fs::write(&list, bytes).expect("it is damaged");
        let said = world.json(3, &["verify"]);
        let bad = said["checks"].as_array().expect("checks").iter().filter(|check| check["ok"] == false).count();
        assert_eq!(bad, 1, "{name}: {said}");
        world.ok(&["area", "repair", "sit-web"]);
        is_proven(&world, "sit-web");
        world.ok(&DEPLOY_TWO);
        is_proven(&world, "sit-web");
    }
    let world = deployed();
    fs::remove_file(world.area("sit-web").join(".switchback/managed")).expect("it goes");
    world.ok(&["area", "repair", "sit-web"]);
    world.ok(&DEPLOY_TWO);
    is_proven(&world, "sit-web");
}

#[test]
fn a_foreign_file_in_the_way_is_named_and_moved_or_taken_over() {
    for taken_over in [false, true] {
        let world = begun();
        world.ok(&["area", "populate", "sit-web"]);
        let foreign = world.area("sit-web").join("web/a");
        fs::write(&foreign, "theirs\n").expect("a file");
        let problem = fails(&world, &DEPLOY_ONE, "area-blocked");
        assert_eq!(fs::read_to_string(&foreign).expect("it"), "theirs\n");
        match taken_over {
            true => drop(pastes(&world, &problem, "area adopt sit-web")),
            false => fs::rename(&foreign, world.path("theirs")).expect("it is moved away"),
        }
        is_proven(&world, "sit-web");
        world.ok(&["jobs", "retry", "D-2"]);
        assert_eq!(world.files("sit-web")["web/a"], "a\n");
        is_proven(&world, "sit-web");
    }
}

#[test]
fn a_repair_previews_the_tree_it_makes() {
    let world = deployed();
    fs::write(world.area("sit-web").join("web/index.html"), "edited\n").expect("somebody edits");
    fs::remove_file(world.area("sit-web").join("web/style.css")).expect("it goes");
    let foreseen = world.ok(&["area", "repair", "sit-web", "--dry-run"])["plan"]["areas"][0].clone();
    world.ok(&["area", "repair", "sit-web"]);
    let version = world.ok(&["area", "show", "sit-web"])["versions"][0].clone();
    assert_eq!(version["tree"], foreseen["tree"], "{foreseen}");
}

#[test]
fn an_area_nobody_deployed_to_is_not_told_as_in_step() {
    let world = begun();
    let said = world.run(&["status"]).out;
    assert!(!said.contains("in step") && said.contains("never deployed"), "{said}");
    assert!(world.run(&["area", "verify"]).out.contains("was never deployed to"));
    assert!(world.run(&["pending", "sit-web"]).out.contains("never deployed"));
}

/// What stands in a tree for a submodule, as git has it.
fn submodule(world: &World, key: &str, base: &str, entries: &[&str]) {
    let index = world.path("index");
    let git = |words: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.arg("-C").arg(world.repo()).args(words).env("GIT_INDEX_FILE", &index);
        let output = command.output().expect("git runs");
        assert!(output.status.success(), "{words:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    git(&["read-tree", base]);
    git(&["rm", "--cached", "-r", "--quiet", "--ignore-unmatch", "sub"]);
    entries.iter().for_each(|entry| drop(git(&["update-index", "--add", "--cacheinfo", entry])));
    let tree = git(&["write-tree"]);
    let subject = format!("{key} and a submodule");
    let commit = world.git(&["commit-tree", &tree, "-p", base, "-m", &subject]);
    world.git(&["update-ref", &format!("refs/heads/feature/{key}"), &commit]);
    world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "DEV"]);
}

#[test]
fn a_submodule_comes_changes_and_goes() {
    let (one, two) = (format!("160000,{},sub", "1".repeat(40)), format!("160000,{},sub", "2".repeat(40)));
    let blob = |world: &World| world.git(&["rev-parse", "main:README"]);
    let (as_file, as_folder) = (|id: String| format!("100644,{id},sub"), |id: String| format!("100644,{id},sub/a"));
    for next in ["pointer", "file", "folder"] {
        let world = World::three_stages();
        submodule(&world, "US-1", "main", &[&one]);
        let entry = match next {
            "pointer" => two.clone(),
            "file" => as_file(blob(&world)),
            _ => as_folder(blob(&world)),
        };
        submodule(&world, "US-2", "feature/US-1", &[&entry]);
        let sub = world.area("sit-web").join("sub");
        let sound = |what: &str| {
            world.git(&["fsck", "--no-dangling"]);
            assert_eq!(world.run(&["verify"]).exit, Some(0), "{next}, {what}");
        };
        world.ok(&DEPLOY_ONE);
        assert!(sub.is_dir());
        sound("it came");
        world.ok(&DEPLOY_TWO);
        sound("it changed");
        world.ok(&["rollback", "sit-web@3"]);
        assert!(sub.is_dir());
        sound("it changed back");
        world.ok(&["deploy", "US-2", "--area", "sit-web"]);
        world.ok(&["demote", "US-2", "--to", "DEV"]);
        assert!(sub.is_dir());
        sound("the change went");
        world.ok(&["demote", "US-1", "--to", "DEV"]);
        assert!(!sub.exists());
        sound("it went");
    }
    // What somebody put into it is theirs, and stays.
    let world = World::three_stages();
    submodule(&world, "US-1", "main", &[&one]);
    world.ok(&DEPLOY_ONE);
    let theirs = world.area("sit-web").join("sub/file");
    fs::write(&theirs, "checked out\n").expect("a file");
    world.ok(&["demote", "US-1", "--to", "DEV"]);
    assert!(theirs.exists());
    world.is_sound();
}
