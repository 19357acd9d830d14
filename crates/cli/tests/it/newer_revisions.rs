//! A newer revision ends where it would have ended had the older one never been there (`SPEC L3`, `L4`), whatever was answered
//! about that.

use crate::settled_entries::{Made, again, begun, meeting, shell, tree};
use crate::world::World;

/// What there is at first: two files, and two in a folder.
pub const BEGUN: &str =
    "cp ../base a; cp ../both c; echo c >> c; mkdir z; cp ../theirs z/p; cp ../ours z/q; echo q >> z/q";

/// What another change does, the older revision, and the newer one.
const CASES: [[&str; 3]; 9] = [
    // The newer one moves another file to where the older one put something.
    ["sed -i s/^line.18$/more/ z/q", "git mv a v", "git mv z/q v"],
    ["chmod +x z/q", "git mv a v", "git mv z/q v"],
    ["git rm -q z/q", "git mv a v", "git mv z/q v"],
    ["git mv a b; git mv c a", "git mv z/p z/n", "git mv a z/n"],
    ["git mv z/q z/n", "mkdir w; git mv z/q w/q", "git mv a z/n"],
    // It puts a folder where the older one put a file.
    ["cp ../ours v; echo own >> v", "cp ../both v; echo mine >> v", "git mv z v"],
    ["git mv z/q v", "git mv a v", "git mv z v"],
    // It leaves what the older one moved.
    ["cp ../ours v; echo own >> v", "git mv a v", "sed -i s/^line.18$/more/ a"],
    ["mkdir v; cp ../ours v/x", "git mv z/q v", "sed -i s/^line.18$/more/ z/q"],
];

/// The same, with which of both comes first, and how whatever is asked about the change is answered.
const IN_ORDER: [([&str; 3], First, &str); 16] = [
    // Nobody need be asked about what the newer one leaves alone.
    (["git mv a v", "git mv a z/n", "git mv a b; git mv c a"], First::Change, "--theirs"),
    (["git mv z y", "git rm -q z/q", "sed -i s/^line.2$/more/ c"], First::Other, "--ours"),
    (["sed -i s/^line.9$/more/ c", "git mv -f c z/p", "git mv -f a z/q"], First::Change, "--theirs"),
    // What it takes away was edited, or what it edits was taken away.
    (["chmod +x z/p", "git rm -q z/q", "git rm -q a z/p"], First::Other, "--ours"),
    (["chmod +x c", "git mv -f a c", "git rm -q c"], First::Change, "--theirs"),
    (["sed -i s/^line.9$/more/ a", "cp ../both v; git mv -f c z/p", "git rm -q a"], First::Other, "--ours"),
    (
        ["git mv -f c z/q; git rm -q a", "git mv z w; sed -i s/^line.2$/more/ c", "sed -i s/^line.18$/more/ c"],
        First::Other,
        "--theirs",
    ),
    // Its folder moved.
    (["git mv -f z/p a; git mv z v", "git rm -q z/p", "chmod +x z/q"], First::Change, "--ours"),
    (["git mv z v", "git mv a z/n", "echo own > z/n"], First::Other, "--ours"),
    (["git mv z y", "git mv z/p z/n", "git mv c z/n"], First::Change, "--ours"),
    (["git mv z v", "git mv a v", "git mv a z/n; git mv -f z/p z/q"], First::Other, "--ours"),
    (["git mv z v", "git mv -f z/p z/q", "git mv z b; sed -i s/^line.2$/more/ b/p"], First::Other, "--ours"),
    (["git mv z b", "git rm -q c", "git mv -f z/p a; git mv z y"], First::Other, "--ours"),
    (["cp ../both b; git mv -f z/q c", "git mv -f a z/q", "git mv z b"], First::Other, "--theirs"),
    (["git mv z v", "mkdir w; git mv z/q w/q", "git mv z/q v"], First::Change, "--theirs"),
    // What it edits under another name hangs together with that.
    (
        ["git mv a b; git mv c a", "git mv a t; git mv c a; git mv t c", "sed -i s/^line.2$/more/ z/q"],
        First::Change,
        "--ours",
    ),
];

/// Which comes first.
#[derive(Clone, Copy, PartialEq, Debug)]
enum First {
    Change,
    Other,
}

/// Brings the change to `QA`, and answers whatever is asked alike.
fn brought(world: &World, way: &str) {
    brings(world, "US-1", way);
}

/// The same for any change, with the paths that were asked about.
pub fn brings(world: &World, key: &str, way: &str) -> Vec<String> {
    let (mut told, mut asked) = (world.run(&["promote", key, "--to", "QA", "--json"]), Vec::new());
    for _ in 0..9 {
        let answer: serde_json::Value = serde_json::from_str(&told.out).expect("an answer");
        let Some(open) = answer["conflicts"].as_array().and_then(|all| all.first()) else {
            assert_eq!(told.exit, Some(0), "{answer}");
            return asked;
        };
        let (id, path) = (answer["operation"].as_str().expect("an operation"), open["path"].as_str().expect("a path"));
        told = world.run(&["resolve", id, path, way, "--json"]);
        asked.push(path.to_owned());
    }
    panic!("it asks for ever: {told:?}");
}

#[test]
fn a_newer_revision_ends_where_it_would_have_ended_alone() {
    for [ours, older, newer] in CASES {
        for way in ["--ours", "--theirs"] {
            let fresh = meeting(Made { begun: BEGUN, ours, theirs: newer }, "");
            brought(&fresh, way);
            let world = meeting(Made { begun: BEGUN, ours, theirs: older }, "");
            let before = tree(&world);
            brought(&world, way);
            again(&world, "sit", newer);
            brought(&world, way);
            assert_eq!(tree(&world), tree(&fresh), "{ours} | {older} | {newer}, {way}");
            world.is_sound();
            world.ok(&["demote", "US-1", "--from", "QA", "--to", "DEV"]);
            assert_eq!(tree(&world), before, "{ours} | {older} | {newer}, {way}, and taken out");
        }
    }
}

/// A stage that two others lead to, one for each of both.
pub const TWO_LANES: &str = "[pipeline]\nname = \"p\"\n[[stage]]\nname = \"DEV\"\nbranch = \"dev\"\nnext = [\"QA\"]\n\
                         [[stage]]\nname = \"OTHER\"\nbranch = \"sit\"\nnext = [\"QA\"]\n\
                         [[stage]]\nname = \"QA\"\nbranch = \"main\"\n";

/// What one of both does, brought to `QA`.
pub fn does(world: &World, (key, stage, script): (&str, &str, &str), way: &str) -> Vec<String> {
    world.git(&["switch", "-qC", &format!("feature/{key}"), "begun"]);
    shell(world, script);
    world.git(&["add", "-A", "--", ":!switchback.toml"]);
    world.git(&["commit", "-qm", key]);
    world.git(&["switch", "-q", "--detach", "begun"]);
    world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", stage]);
    brings(world, key, way)
}

fn ends_as_alone(([ours, older, newer], first, way): ([&str; 3], First, &str)) {
    let told = format!("{ours} | {older} | {newer}, {first:?} first, {way}");
    let [fresh, world] = [begun(BEGUN, TWO_LANES), begun(BEGUN, TWO_LANES)];
    let (other, [older, newer]) = (("US-9", "OTHER", ours), [older, newer].map(|script| ("US-1", "DEV", script)));
    does(&fresh, other, way);
    let before = tree(&fresh);
    does(&fresh, newer, way);
    if first == First::Other {
        does(&world, other, way);
        does(&world, older, way);
    } else {
        does(&world, older, way);
        does(&world, other, if way == "--ours" { "--theirs" } else { "--ours" });
    }
    let mut asked = does(&world, newer, way);
    assert_eq!(tree(&world), tree(&fresh), "{told}");
    world.is_sound();
    let count = asked.len();
    asked.sort();
    asked.dedup();
    assert_eq!(asked.len(), count, "asked about twice: {told}");
    world.ok(&["demote", "US-1", "--from", "QA", "--to", "DEV"]);
    assert_eq!(tree(&world), before, "{told}, and taken out");
    world.is_sound();
}

#[test]
fn so_it_does_whoever_came_first() {
    IN_ORDER.into_iter().step_by(2).for_each(ends_as_alone);
}

#[test]
fn so_it_does_whoever_was_asked() {
    IN_ORDER.into_iter().skip(1).step_by(2).for_each(ends_as_alone);
}
