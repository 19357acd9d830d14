//! What is settled is the whole entry: where a file goes, in which mode, and what it holds (`SPEC X4`, `L3`, `L5`).

use crate::newer_revisions;
use crate::world::World;
use std::collections::BTreeMap;

/// A file of twenty lines with one of them edited.
fn lines(edited: &str) -> String {
    let line = |number: u32| if number == 5 { format!("{edited}\n") } else { format!("line {number}\n") };
    (1..=20).map(line).collect()
}

/// What a person does in the work tree, in shell.
#[derive(Clone, Copy)]
pub struct Made {
    pub begun: &'static str,
    pub ours: &'static str,
    pub theirs: &'static str,
}

/// A pipeline that begins with files of a person's making.
pub fn begun(script: &str, configuration: &str) -> World {
    let world = World::bare_of_pipeline();
    world.git(&["rm", "-rq", "web", "README"]);
    for (name, edited) in [("base", "line 5"), ("ours", "ours"), ("theirs", "theirs"), ("both", "both")] {
        std::fs::write(world.path(name), lines(edited)).expect("a file");
    }
    shell(&world, script);
    world.git(&["add", "-A"]);
    world.git(&["commit", "-qm", "Begin again"]);
    for branch in ["begun", "dev", "sit", "main"] {
        world.git(&["branch", "-f", branch]);
    }
    world.configure(configuration);
    world.ok(&["init"]);
    world
}

/// `US-9` is on QA and `US-1` on DEV, and they disagree; by the names of the paths that QA then holds.
pub fn meeting(made: Made, configuration: &str) -> World {
    let world = begun(
        made.begun,
        &format!(
            "[pipeline]\nname = \"p\"\n[[stage]]\nname = \"DEV\"\nbranch = \"dev\"\nnext = [\"QA\"]\n[[stage]]\nname = \
             \"QA\"\nbranch = \"main\"\n{configuration}"
        ),
    );
    for (key, stage, made) in [("US-9", "QA", made.ours), ("US-1", "DEV", made.theirs)] {
        world.git(&["switch", "-qc", &format!("feature/{key}"), "sit"]);
        shell(&world, made);
        world.git(&["add", "-A", "--", ":!switchback.toml"]);
        world.git(&["commit", "-qm", &format!("{key}: work")]);
        world.git(&["switch", "-q", "--detach", "sit"]);
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", stage]);
    }
    world
}

pub fn shell(world: &World, script: &str) {
    let ran = std::process::Command::new("bash").args(["-ec", script]).current_dir(world.repo()).status();
    assert!(ran.expect("bash runs").success(), "{script}");
}

/// Every file on QA, to the byte.
pub fn tree(world: &World) -> String {
    world.git(&["ls-tree", "-r", "main"])
}

/// Path, mode and the edited line of every file on QA.
pub fn held(world: &World) -> BTreeMap<String, (String, String)> {
    let listed = tree(world);
    let entry = |line: &str| {
        let (meta, path) = line.split_once('\t').expect("a tab");
        let text = world.git(&["cat-file", "-p", &format!("main:{path}")]);
        let content = text.lines().nth(4).unwrap_or("").to_owned();
        (path.to_owned(), (meta[..6].to_owned(), content))
    };
    listed.lines().map(entry).collect()
}

fn entry(path: &str, mode: &str, content: &str) -> BTreeMap<String, (String, String)> {
    BTreeMap::from([(path.to_owned(), (mode.to_owned(), content.to_owned()))])
}

fn of((path, content): (&str, &str)) -> (String, (String, String)) {
    (path.to_owned(), ("100644".to_owned(), content.to_owned()))
}

const BEGUN: &str = "cp ../base a";
const OURS: &str = "cp ../ours a";
const THEIRS: &str = "cp ../theirs a";

/// Settles the one conflict, looks, takes the change out, and brings it back.
pub fn settles(made: Made, how: &[&str], wanted: &BTreeMap<String, (String, String)>) -> World {
    let world = meeting(made, "");
    let before = held(&world);
    let stopped = world.json(3, &["promote", "US-1", "--to", "QA"]);
    let path = stopped["conflicts"][0]["path"].as_str().expect("a conflict").to_owned();
    let file = world.path("both");
    let file = file.to_str().expect("text");
    let how: Vec<_> = how.iter().map(|word| if *word == "F" { file } else { *word }).collect();
    world.ok(&[&["resolve", "P-1", &path], &how[..]].concat());
    let told = format!("{} | {} settled with {how:?}", made.ours, made.theirs);
    assert_eq!(held(&world), *wanted, "{told}");
    world.ok(&["demote", "US-1", "--to", "DEV"]);
    assert_eq!(held(&world), before, "{told}, and taken out");
    let gone = |left: &serde_json::Value| !wanted.contains_key(left.as_str().expect("a path"));
    let conflict = &stopped["conflicts"][0];
    let left = conflict["paths"]["left"].as_array().filter(|_| conflict["kind"] != "rename");
    if left.is_some_and(|left| left.iter().any(gone)) {
        // What would give way may hold something else by now.
        let again = world.json(3, &["promote", "US-1", "--to", "QA"]);
        let (id, why) = (again["operation"].as_str().expect("an operation"), &again["conflicts"][0]["why"]);
        assert!(why.to_string().contains("may hold something else by now"), "{told}: {again}");
        world.ok(&[&["resolve", id, &path], &how[..]].concat());
    } else if conflict["kind"] == "rename" && conflict["paths"]["theirs"] == path && how[0] == "--file" {
        let again = world.json(3, &["promote", "US-1", "--to", "QA"]);
        let (id, why) = (again["operation"].as_str().expect("an operation"), &again["conflicts"][0]["why"]);
        assert!(why.to_string().contains("what the moved file holds by now"), "{told}: {again}");
        world.ok(&[&["resolve", id, &path], &how[..]].concat());
    } else {
        let again = world.ok(&["promote", "US-1", "--to", "QA"]);
        assert_eq!(again["auto_resolved"][0]["strategy"], "reused", "{told}: {again}");
    }
    assert_eq!(held(&world), *wanted, "{told}, and brought again");
    world.is_sound();
    world
}

/// Where one side alone moved the file, or changed its mode, that stands whichever content is taken.
#[test]
fn a_move_and_a_mode_of_one_side_stand_whichever_content_is_taken() {
    let move_it = "mkdir d; git mv a d/b;";
    let cases = [
        ("", "d/b", "100644", OURS.to_owned(), format!("{move_it} cp ../theirs d/b")),
        ("", "d/b", "100644", format!("{move_it} cp ../ours d/b"), THEIRS.to_owned()),
        ("", "d/b", "100644", format!("{move_it} cp ../ours d/b"), format!("{move_it} cp ../theirs d/b")),
        ("", "a", "100755", OURS.to_owned(), format!("{THEIRS}; chmod 755 a")),
        ("", "a", "100755", format!("{OURS}; chmod 755 a"), THEIRS.to_owned()),
        ("; chmod 755 a", "a", "100644", OURS.to_owned(), format!("{THEIRS}; chmod 644 a")),
        ("; chmod 755 a", "a", "100644", format!("{OURS}; chmod 644 a"), THEIRS.to_owned()),
        ("", "d/b", "100755", format!("{OURS}; chmod 755 a"), format!("{move_it} cp ../theirs d/b")),
    ];
    for (nth, (begun, path, mode, ours, theirs)) in cases.into_iter().enumerate() {
        let begun: &str = Box::leak(format!("{BEGUN}{begun}").into_boxed_str());
        let made = Made { begun, ours: Box::leak(ours.into_boxed_str()), theirs: Box::leak(theirs.into_boxed_str()) };
        let ways: [(&[&str], _); 4] =
            [(&["--file", "F"], "both"), (&["--theirs"], "theirs"), (&["--ours"], "ours"), (&["--base"], "line 5")];
        // Every way for a move, and one after the other for the rest: each takes a while.
        for (how, content) in
            ways.into_iter().enumerate().filter(|(way, _)| nth == 0 || way % 4 == nth % 4).map(|(_, way)| way)
        {
            settles(made, how, &entry(path, mode, content));
        }
    }
}

/// Where both moved it, the side that is taken decides.
#[test]
fn of_two_moves_the_side_that_is_taken_decides() {
    let made = Made { begun: BEGUN, ours: "git mv a b; cp ../ours b", theirs: "git mv a c; cp ../theirs c" };
    settles(made, &["--ours"], &entry("b", "100644", "ours"));
    settles(made, &["--theirs"], &entry("c", "100644", "theirs"));
    settles(made, &["--base"], &entry("a", "100644", "line 5"));
    settles(made, &["--file", "F"], &entry("b", "100644", "both"));
    // Where only the places compete, what both made of the content is taken to either.
    let edit = "sed -i s/^line.18$/eighteen/ b";
    let made = Made { begun: BEGUN, ours: Box::leak(format!("git mv a b; {edit}").into_boxed_str()), ..made };
    settles(made, &["--theirs"], &entry("c", "100644", "theirs"));
    let world = meeting(made, "");
    world.json(3, &["promote", "US-1", "--to", "QA"]);
    world.ok(&["resolve", "P-1", "b", "--theirs"]);
    assert!(world.git(&["show", "main:c"]).contains("eighteen"), "the edit of the destination is kept");
}

/// A file that the change moved onto another stays where it was unless it is taken, whoever touched it there.
#[test]
fn what_moved_onto_another_file_is_nowhere_lost() {
    let (ours, theirs) = ("cp ../ours b", "git mv a b");
    let both = |edited: &str| BTreeMap::from([("a", "line 5"), ("b", edited)].map(of));
    let edits = [(ours, theirs, "line 5"), (ours, "git mv a b; cp ../theirs b", "theirs")];
    // It may come from a folder that is otherwise as it was.
    let begun = "mkdir z; cp ../base z/a; cp ../both z/p";
    let in_folder = BTreeMap::from([("b", "ours"), ("z/a", "line 5"), ("z/p", "both")].map(of));
    settles(Made { begun, ours, theirs: "git mv z/a b" }, &["--ours"], &in_folder);
    for (nth, (ours, theirs, moved)) in edits.into_iter().enumerate() {
        let made = Made { begun: BEGUN, ours, theirs };
        settles(made, &["--theirs"], &entry("b", "100644", moved));
        settles(made, &["--ours"], &both("ours"));
        if nth == 0 {
            settles(made, &["--file", "F"], &entry("b", "100644", "both"));
            settles(made, &["--base"], &entry("a", "100644", "line 5"));
        }
    }
}

/// A change that takes away or moves a file which another moved and made another's likeness: what was settled is known by the
/// name that the line has it under, and comes back when the change leaves.
#[test]
fn what_was_settled_under_another_name_comes_back() {
    let ours = "git mv -f a z/p; git mv z v; sed -i s/^line.5$/more/ v/p";
    for (theirs, c) in [("git rm -q a", "both"), ("git mv -f a c", "line 5")] {
        let wanted = BTreeMap::from([("c", c), ("v/q", "ours")].map(of));
        settles(Made { begun: newer_revisions::BEGUN, ours, theirs }, &["--theirs"], &wanted);
    }
}

/// A file that comes where another was that is in dispute, and one that finds a file where it needs a folder while its own
/// folder is otherwise the change's alone.
#[test]
fn what_goes_where_another_left_or_stands_is_nowhere_lost() {
    let begun = newer_revisions::BEGUN;
    let made = Made { begun, ours: "git mv z/q z/n", theirs: "mkdir w; git mv z/q w/q; git mv a z/n" };
    let wanted = [("c", "both"), ("w/q", "ours"), ("z/n", "line 5"), ("z/p", "theirs")];
    settles(made, &["--theirs"], &BTreeMap::from(wanted.map(of)));
    let made = Made { begun, ours: "cp ../base v", theirs: "git mv c z/n; mkdir v; git mv z/q v/x" };
    let both = [("a", "line 5"), ("z/n", "both"), ("z/p", "theirs")].map(of);
    let taken = both.iter().cloned().chain([of(("v/x", "ours"))]).collect();
    settles(made, &["--theirs"], &taken);
    let left = both.into_iter().chain([of(("v", "line 5")), of(("z/q", "ours"))]).collect();
    settles(made, &["--ours"], &left);
}

/// Where a person put a file that moved into a folder which moved as well, it stays, whatever else is asked about.
#[test]
fn of_two_answers_neither_is_forgotten() {
    let begun = "cp ../base a; mkdir z; cp ../theirs z/p; cp ../ours z/q; echo q >> z/q";
    for (way, at) in [("--ours", "v/n"), ("--theirs", "z/n")] {
        let world = meeting(Made { begun, ours: "git mv z v", theirs: "git mv a z/n; git mv -f z/p z/q" }, "");
        world.json(3, &["promote", "US-1", "--to", "QA"]);
        world.json(3, &["resolve", "P-1", "a", way]);
        world.ok(&["resolve", "P-1", "v/p", "--ours"]);
        let wanted = [(at, "line 5"), ("v/p", "theirs"), ("v/q", "theirs")];
        assert_eq!(held(&world), BTreeMap::from(wanted.map(of)), "{way}");
        world.is_sound();
    }
}

/// What is remembered of two files that met knows nothing of what somebody edits since in the one that moved.
#[test]
fn an_edit_made_since_of_what_moved_is_not_lost_to_what_is_remembered() {
    for how in [&["--theirs"][..], &["--file", "F"]] {
        let made = Made { begun: BEGUN, ours: "cp ../ours b", theirs: "git mv a b" };
        let world = settles(made, how, &entry("b", "100644", if how.len() > 1 { "both" } else { "line 5" }));
        world.ok(&["demote", "US-1", "--to", "DEV"]);
        world.git(&["switch", "-qc", "feature/US-5", "sit"]);
        shell(&world, "sed -i s/^line.18$/eighteen/ a; git commit -qam US-5");
        world.git(&["switch", "-q", "--detach", "sit"]);
        world.ok(&["change", "record", "US-5", "--branch", "feature/US-5", "--stage", "QA"]);
        let again = world.json(3, &["promote", "US-1", "--to", "QA"]);
        let (id, conflict) = (again["operation"].as_str().expect("an operation"), &again["conflicts"][0]);
        assert!(conflict["why"].to_string().contains("what the moved file holds by now"), "{again}");
        world.ok(&["resolve", id, "b", "--theirs"]);
        assert!(world.git(&["show", "main:b"]).contains("eighteen"), "{how:?}");
        world.is_sound();
    }
}

/// A newer revision of `US-1`.
pub fn again(world: &World, from: &str, script: &str) {
    world.git(&["switch", "-qC", "feature/US-1", from]);
    shell(world, script);
    world.git(&["add", "-A", "--", ":!switchback.toml"]);
    world.git(&["commit", "-qm", "US-1: again"]);
    world.git(&["switch", "-q", "--detach", "sit"]);
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
}

/// Where a file was settled to stay, a newer revision finds it there: whether it goes is asked again, and an edit that it makes
/// there needs nobody.
#[test]
fn a_newer_revision_finds_what_moved_nowhere_where_it_stayed() {
    let made = Made { begun: BEGUN, ours: "cp ../ours b", theirs: "git mv a b; cp ../theirs b" };
    for (first, stands) in [("--ours", Some(("b", "ours"))), ("--base", None)] {
        let stays: BTreeMap<_, _> = stands.into_iter().chain([("a", "line 5")]).map(of).collect();
        let ways = [
            ("--theirs", entry("b", "100644", "theirs")),
            ("--ours", stays),
            ("--base", entry("a", "100644", "line 5")),
        ];
        for (second, wanted) in ways {
            let (world, told) = (meeting(made, ""), format!("{first} then {second}"));
            let before = held(&world);
            world.json(3, &["promote", "US-1", "--to", "QA"]);
            world.ok(&["resolve", "P-1", "b", first]);
            again(&world, "feature/US-1", "sed -i s/^line.18$/eighteen/ b");
            let stopped = world.json(3, &["promote", "US-1", "--to", "QA"]);
            let conflict = &stopped["conflicts"][0];
            assert_eq!((&conflict["kind"], &conflict["path"]), (&"rename".into(), &"b".into()), "{told}: {stopped}");
            assert_eq!(conflict["paths"]["left"], serde_json::json!(["a"]), "{told}: {stopped}");
            assert_eq!(conflict["other_side"], "US-9", "{told}: {stopped}");
            world.ok(&["resolve", "P-2", "b", second]);
            assert_eq!(held(&world), wanted, "{told}");
            world.is_sound();
            world.ok(&["demote", "US-1", "--from", "QA", "--to", "DEV"]);
            assert_eq!(held(&world), before, "{told}, and taken out");
        }
        let world = meeting(made, "");
        world.json(3, &["promote", "US-1", "--to", "QA"]);
        world.ok(&["resolve", "P-1", "b", first]);
        again(&world, "sit", "cp ../both a");
        world.ok(&["promote", "US-1", "--to", "QA"]);
        assert_eq!(held(&world).get("a"), entry("a", "100644", "both").get("a"), "{first}, edited in place");
        world.is_sound();
    }
}

/// Two that moved one file alike, of whom one moves another there by now: what is asked about is answered for all of it.
#[test]
fn a_move_that_another_made_as_well_is_taken_back_whole_or_not_at_all() {
    let move_it = "mkdir y; git mv z/p y/q";
    let begun = "cp ../base a; cp ../both c; echo c >> c; mkdir z; cp ../theirs z/p; cp ../ours z/q";
    let made = Made { begun, ours: move_it, theirs: move_it };
    let lines = [("a", "line 5"), ("z/q", "ours")];
    for (how, more) in
        [("--ours", [("c", "both"), ("y/q", "theirs")]), ("--theirs", [("y/q", "theirs"), ("z/p", "theirs")])]
    {
        let world = meeting(made, "");
        world.ok(&["promote", "US-1", "--to", "QA"]);
        again(&world, "sit", "mkdir y; git mv c y/q");
        let stopped = world.json(3, &["promote", "US-1", "--to", "QA"]);
        let path = stopped["conflicts"][0]["path"].as_str().expect("a conflict");
        world.ok(&["resolve", "P-2", path, how]);
        if how == "--ours" {
            assert_eq!(held(&world), lines.into_iter().chain(more).map(of).collect(), "{how}: {stopped}");
        }
        world.is_sound();
        world.ok(&["demote", "US-1", "--from", "QA", "--to", "DEV"]);
        assert_eq!(
            held(&world),
            lines.into_iter().chain([("c", "both"), ("y/q", "theirs")]).map(of).collect(),
            "{how}"
        );
        world.is_sound();
    }
}

/// A newer revision moves a file by another name than its destination has it: where it went there is not where it is below.
#[test]
fn where_a_newer_revision_moves_a_file_hangs_on_who_stands_there() {
    let begun = "cp ../base a; cp ../both c; echo c >> c; mkdir z; cp ../theirs z/p; cp ../ours z/q";
    let made = Made { begun, ours: "git mv a b; git mv c a", theirs: "git mv z/p z/n" };
    let world = meeting(made, "");
    world.ok(&["promote", "US-1", "--to", "QA"]);
    again(&world, "sit", "git mv a z/n");
    world.ok(&["promote", "US-1", "--to", "QA"]);
    let wanted = [("b", "line 5"), ("z/n", "both"), ("z/p", "theirs"), ("z/q", "ours")];
    assert_eq!(held(&world), wanted.into_iter().map(of).collect());
    world.is_sound();
}

/// A folder that one side renamed and the other added to: the file is nowhere lost.
#[test]
fn a_file_in_a_folder_that_moved_stays_or_goes_along() {
    let begun = "mkdir old; for one in 1 2 3; do cp ../base old/$one; echo $one >> old/$one; done";
    let (renamed, added) = ("git mv old new", "cp ../both old/x");
    for (ours, theirs, own, other) in [(added, renamed, "old", "new"), (renamed, added, "new", "old")] {
        for (how, folder) in [("--ours", own), ("--theirs", other)] {
            let made = Made { begun, ours, theirs };
            let world = meeting(made, "");
            let before = held(&world);
            let told = world.json(3, &["promote", "US-1", "--to", "QA"]);
            assert_eq!(
                told["conflicts"][0]["paths"][if how == "--ours" { "ours" } else { "theirs" }],
                format!("{folder}/x")
            );
            world.ok(&["resolve", "P-1", "old/x", how]);
            let stands: Vec<_> = held(&world).into_keys().filter(|path| path.ends_with("/x")).collect();
            assert_eq!(stands, [format!("{folder}/x")], "{ours} | {theirs} {how}");
            world.ok(&["demote", "US-1", "--to", "DEV"]);
            assert_eq!(held(&world), before, "{ours} | {theirs} {how}, and taken out");
            world.ok(&["promote", "US-1", "--to", "QA"]);
            let stands: Vec<_> = held(&world).into_keys().filter(|path| path.ends_with("/x")).collect();
            assert_eq!(stands, [format!("{folder}/x")], "{ours} | {theirs} {how}, brought again");
            world.is_sound();
        }
    }
}

/// A strategy settles the whole entry too.
#[test]
fn what_a_strategy_settles_goes_where_the_move_went() {
    let made =
        Made { begun: BEGUN, ours: "cp ../ours a; chmod 755 a", theirs: "mkdir d; git mv a d/b; cp ../theirs d/b" };
    for (strategy, content) in [("union", "ours"), ("source", "theirs"), ("destination", "ours")] {
        let types = format!("[[file_type]]\nname = \"Any\"\npaths = [\"**\"]\nstrategy = \"{strategy}\"\n");
        let world = meeting(made, &types);
        let before = held(&world);
        world.ok(&["promote", "US-1", "--to", "QA"]);
        assert_eq!(held(&world), entry("d/b", "100755", content), "{strategy}");
        world.ok(&["demote", "US-1", "--to", "DEV"]);
        assert_eq!(held(&world), before, "{strategy}, and taken out");
        world.ok(&["promote", "US-1", "--to", "QA"]);
        world.ok(&["demote", "US-9", "--from", "QA", "--to", "DEV"]);
        assert_eq!(held(&world), entry("d/b", "100644", "theirs"), "{strategy}, without the other");
    }
}
