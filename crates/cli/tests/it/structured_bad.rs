//! Structured files that are not what their name says: the text result or a conflict with a sentence, and nothing else
//! (`SPEC X1`, `X2`).

use crate::world::World;

/// One file as three versions of it stand in base, on the stage, and in the change.
struct Case {
    path: &'static str,
    sides: [Vec<u8>; 3],
    /// What the conflict says; empty where the plain merge has the last word.
    says: &'static str,
}

fn case(path: &'static str, sides: [&str; 3], says: &'static str) -> Case {
    Case { path, sides: sides.map(|side| side.as_bytes().to_vec()), says }
}

fn utf16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn nested(depth: usize, inner: &str) -> String {
    format!("{}{inner}{}\n", "[".repeat(depth), "]".repeat(depth))
}

const BOMB: &str = "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;&b;&b;\">]>\n";

fn cases() -> Vec<Case> {
    let xml = |value: &str| format!("<?xml version=\"1.0\"?>\n<a>{value}</a>\n");
    let bomb = |value: &str| format!("{BOMB}<a>{value}&c;</a>\n");
    let latin = |byte: u8| [b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<a>", &[byte][..], b"</a>\n"].concat();
    vec![
        case("a/json.json", ["{\"a\": 1}\n", "{\"a\": 2}\n", "{\"a\": 3\n"], "theirs cannot be merged by element"),
        case("a/yaml.yaml", ["a: 1\n", "a: [2\n", "a: 3\n"], "ours cannot be merged by element"),
        case("a/toml.toml", ["a = 1\n", "a = 2\n", "a = = 3\n"], "theirs cannot be merged by element"),
        case("a/twice.json", ["{\"a\": 1}\n", "{\"a\": 2, \"a\": 2}\n", "{\"a\": 3}\n"], "ours"),
        case("a/xml.xml", ["", &xml("<b>2</a>"), &xml("3")], "ours cannot be merged by element"),
        case("a/bomb.xml", [&bomb("1"), &bomb("2"), &bomb("3")], "not expanded"),
        case("a/deep.json", [&nested(100_000, "1"), &nested(100_000, "2"), &nested(100_000, "3")], "nest"),
        case("a/deep.yaml", [&nested(100_000, "1"), &nested(100_000, "2"), &nested(100_000, "3")], "nest"),
        Case { path: "a/binary.json", sides: [1, 2, 3].map(|byte| vec![0, byte, 0, 0xff]), says: "no text" },
        Case { path: "a/latin.xml", sides: [0xe4, 0xf6, 0xfc].map(latin), says: "cannot be merged by element" },
        Case {
            path: "a/mixed.xml",
            sides: [xml("1").into_bytes(), xml("2").into_bytes(), utf16(&xml("3"))],
            says: "no text",
        },
        // Only one side edits: what it holds is taken, whatever it is.
        case("a/free.json", ["{\"a\": 1}\n", "{\"a\": 1}\n", "{\"a\": 3\n"], ""),
    ]
}

fn write(world: &World, case: &Case, side: usize) {
    let path = world.repo().join(case.path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, &case.sides[side]).expect("a file");
}

#[test]
fn what_cannot_be_read_is_a_conflict_that_says_why_and_never_more() {
    let world = World::three_stages();
    let cases = cases();
    world.git(&["checkout", "--quiet", "main"]);
    cases.iter().for_each(|case| write(&world, case, 0));
    world.commit("Begin");
    for (key, side) in [("US-1", 1), ("US-2", 2)] {
        world.git(&["checkout", "--quiet", "-B", &format!("feature/{key}"), "main"]);
        cases.iter().for_each(|case| write(&world, case, side));
        world.commit(key);
        world.git(&["checkout", "--quiet", "--detach"]);
    }
    for branch in ["dev", "sit"] {
        world.git(&["branch", "--force", branch, "main"]);
    }
    ["DEV", "SIT", "QA"].iter().for_each(|stage| drop(world.ok(&["stage", "adopt", stage])));
    world.ok(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
    world.ok(&["promote", "US-1", "--from", "DEV", "--to", "QA"]);
    world.ok(&["change", "record", "US-2", "--branch", "feature/US-2"]);
    let said = world.ok(&["rehearse", "US-2", "--to", "QA"]);
    let conflicts = said["stays"][0]["conflicts"].as_array().expect("conflicts");
    for case in &cases {
        let found = conflicts.iter().find(|conflict| conflict["path"] == case.path);
        match (case.says, found) {
            ("", None) => {}
            (says, Some(conflict)) => {
                let why = conflict["why"].as_str().unwrap_or_default();
                assert!(!says.is_empty() && why.contains(says), "{}: {why}", case.path);
            }
            (_, None) => panic!("{} is no conflict", case.path),
        }
    }
    assert_eq!(conflicts.len(), cases.len() - 1);
    let stays = world.git(&["show", "main:a/json.json"]);
    assert_eq!(stays.trim_end().as_bytes(), cases[0].sides[1].trim_ascii_end(), "what the stage holds stays");
    world.is_sound();
}
