//! Structured files: what settles by itself on its way through the pipeline, and how it is told (`SPEC X2`, `X3`).

use crate::own_commits::{record, work};
use crate::world::World;
use serde_json::{Value, json};

const FILE: &str = "force-app/main/default/profiles/Admin.profile-meta.xml";

/// A profile with some field permissions, one for each letter.
fn profile(fields: &str) -> String {
    let field = |letter: char| {
        format!(
            "    <fieldPermissions>\n        <editable>true</editable>\n        <field>Account.{letter}__c</field>\n        \
             <readable>true</readable>\n    </fieldPermissions>\n"
        )
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Profile xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n{}</Profile>\n",
        fields.chars().map(field).collect::<String>()
    )
}

/// A pipeline whose stages begin with a profile, and two changes that add to the same place of it.
fn two_sided() -> World {
    let world = World::three_stages();
    world.git(&["checkout", "--quiet", "main"]);
    world.write(FILE, &profile("AZ"));
    world.commit("A profile");
    for branch in ["dev", "sit", "qa"] {
        world.git(&["branch", "--force", branch, "main"]);
    }
    world.git(&["checkout", "--quiet", "--detach"]);
    for stage in ["DEV", "SIT", "QA"] {
        world.ok(&["stage", "adopt", stage]);
    }
    world.change("US-1", &[(FILE, &profile("ABZ"))]);
    world.change("US-2", &[(FILE, &profile("ACZ"))]);
    world
}

#[test]
fn two_edits_of_one_place_go_together_and_every_view_says_so() {
    let world = two_sided();
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    let plan = world.ok(&["promote", "US-2", "--to", "SIT", "--deploy", "--dry-run"]);
    let expected = serde_json::json!([{
        "change": "US-2", "path": FILE, "stage": "SIT", "strategy": "structural", "file_type": "Profile"
    }]);
    assert_eq!(plan["plan"]["auto_resolved"], expected);
    let done = world.ok(&["promote", "US-2", "--to", "SIT", "--deploy"]);
    assert_eq!((&done["status"], &done["auto_resolved"]), (&"completed".into(), &expected));
    assert_eq!(world.git(&["show", &format!("sit:{FILE}")]).trim_end(), profile("ABCZ").trim_end());
    let trailer = world.git(&["log", "-1", "--format=%(trailers:key=Auto-Resolved,valueonly)", "sit"]);
    assert_eq!(trailer.trim(), format!("{FILE} (Profile, structural)"));
    assert_eq!(world.ok(&["promotion", "show", "P-2"])["promotion"]["auto_resolved"], expected);
    assert_eq!(world.ok(&["history"])["entries"][0]["auto_resolved"], expected);
    for words in [&["promotion", "show", "P-2"][..], &["history"][..]] {
        let said = world.run(words).out;
        assert!(said.contains(&format!("settled {FILE} (Profile, structural): US-2, on SIT")), "{said}");
    }
    // What it becomes without the first is worked out anew, and told.
    let demoted = world.ok(&["demote", "US-1", "--from", "SIT", "--to", "DEV"]);
    assert_eq!(world.git(&["show", &format!("sit:{FILE}")]).trim_end(), profile("ACZ").trim_end(), "{demoted}");
    world.is_sound();
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    // DEV holds the same two changes, in the order they came there: so does SIT now.
    assert_eq!(world.git(&["show", &format!("sit:{FILE}")]).trim_end(), profile("ABCZ").trim_end());
    world.is_sound();
}

#[test]
fn what_only_an_area_merges_is_told_by_the_preview_the_answer_and_the_log() {
    // A file that holds a key twice, with one more line for each of some changes.
    let text = |with: &[usize]| {
        let more = |at: usize| if with.contains(&at) { format!("  \"x{at}\": 1,\n") } else { String::new() };
        let line = |at: usize| format!("{}  \"k{}\": 1,\n", more(at), at.min(3));
        format!("{{\n{}  \"n\": 1\n}}\n", (1..=4).map(line).collect::<String>())
    };
    let world = World::bare_of_pipeline();
    world.git(&["checkout", "--quiet", "main"]);
    world.write("a.json", &text(&[]));
    world.git(&["add", "--all"]);
    world.git(&["commit", "--quiet", "--amend", "--no-edit"]);
    world.begin_three_stages();
    for at in 1..=4 {
        world.change(&format!("US-{at}"), &[("a.json", &text(&[at]))]);
    }
    world.ok(&["promote", "US-1", "US-2", "US-3", "US-4", "--to", "SIT"]);
    world.ok(&["deploy", "US-1", "--area", "sit-web"]);
    let tells = |answer: &serde_json::Value| {
        let all = answer["warnings"].as_array().cloned().unwrap_or_default();
        let told = "in sit-web, a.json was not sound before either";
        let is_told = |one: &&serde_json::Value| one["message"].as_str().is_some_and(|text| text.starts_with(told));
        all.iter().filter(is_told).filter(|one| one["code"] == "unsound-file").count()
    };
    let words = ["deploy", "US-3", "--area", "sit-web"];
    let plan = world.ok(&[&words[..], &["--dry-run"]].concat());
    assert_eq!(tells(&plan["plan"]), 1, "{plan}");
    let done = world.ok(&words);
    assert_eq!(tells(&done), 1, "{done}");
    let log = world.ok(&["log"]);
    assert_eq!(log["entries"].as_array().into_iter().flatten().map(tells).sum::<usize>(), 1, "{log}");
    world.ok(&["deploy", "US-2", "--area", "sit-web"]);
    let demoted = world.ok(&["demote", "US-1", "--from", "SIT", "--to", "DEV"]);
    assert_eq!(tells(&demoted), 1, "{demoted}");
    assert_eq!(world.files("sit-web")["a.json"], text(&[2, 3]));
    world.is_sound();
}

#[test]
fn an_excluded_type_waits_for_a_person_who_is_told_why() {
    let world = two_sided();
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    let said = world.json(3, &["promote", "US-2", "--to", "SIT", "--exclude-from-auto-resolve", "Profile"]);
    assert_eq!(said["status"], "conflicted");
    assert_eq!(said["conflicts"][0]["why"], "Profile is excluded from automatic resolution");
    let shown = world.run(&["conflicts", "P-2"]).out;
    assert!(shown.contains("Profile is excluded from automatic resolution"), "{shown}");
}

#[test]
fn what_cannot_be_read_stays_a_conflict_with_the_reason() {
    let world = two_sided();
    world.branch("US-3", &[(FILE, &profile("ADZ").replace("</Profile>", "</Profil>"))]);
    let refused = world.refused(&["change", "record", "US-3", "--branch", "feature/US-3", "--stage", "DEV"]);
    assert_eq!(refused["code"], "depends-on");
    let why = refused["details"]["conflicts"][0]["why"].as_str().unwrap_or_default();
    assert!(why.contains("expected `</Profile>`, but `</Profil>` was found"), "{refused}");
}

#[test]
fn an_update_takes_no_value_back_that_another_change_sets_however_it_writes_it() {
    let text = |indent: &str, values: [u8; 4]| {
        let line = |(key, value): (&str, u8)| format!("{indent}\"{key}\": {value}");
        format!("{{\n{}\n}}\n", ["a", "b", "c", "d"].into_iter().zip(values).map(line).collect::<Vec<_>>().join(",\n"))
    };
    let world = World::bare_of_pipeline();
    world.git(&["checkout", "--quiet", "main"]);
    world.write("web/a.json", &text("  ", [1, 1, 1, 1]));
    world.commit("A file");
    let before = world.git(&["rev-parse", "main"]);
    world.write("web/a.json", &text("    ", [1, 1, 1, 1]));
    world.commit("Written otherwise");
    world.begin_three_stages();
    let change = |key: &str, from: &str, text: &str| {
        let branch = format!("feature/{key}");
        work(&world, &branch, from, &format!("{key}: work"), &[("web/a.json", text)]);
        world.ok(&["change", "record", key, "--branch", &branch, "--stage", "SIT"])
    };
    change("US-1", &before, &text("  ", [2, 1, 3, 1]));
    change("US-9", "main", &text("    ", [2, 1, 1, 1]));
    change("US-7", "main", &text("    ", [1, 1, 1, 5]));
    world.git(&["branch", "--force", "feature/US-1", &before]);
    let told = |answer: &Value| {
        let all = answer["auto_resolved"].as_array().into_iter().flatten();
        let told = all.filter(|one| one["strategy"] == "never-held");
        told.map(|one| (one["path"].clone(), one["revision"].clone())).collect::<Vec<_>>()
    };
    let stands = || -> Value { serde_json::from_str(&world.git(&["show", "sit:web/a.json"])).expect("JSON") };
    let recorded = change("US-1", &before, &text("  ", [1, 1, 3, 1]));
    assert_eq!(told(&recorded), [(json!("web/a.json"), json!(1))]);
    assert_eq!(stands(), json!({"a": 2, "b": 1, "c": 3, "d": 5}));
    let trailer = world.git(&["log", "-1", "--format=%(trailers:key=Auto-Resolved,valueonly)", "sit"]);
    assert_eq!(trailer.trim(), "web/a.json (as if revision 1 had never been here)");
    world.ok(&["demote", "US-7", "--from", "SIT", "--to", "DEV", "--withdraw"]);
    assert_eq!(stands(), json!({"a": 2, "b": 1, "c": 3, "d": 1}));
    world.ok(&["demote", "US-9", "--from", "SIT", "--to", "DEV", "--withdraw"]);
    assert_eq!(stands(), json!({"a": 1, "b": 1, "c": 3, "d": 1}));
    world.is_sound();
}

/// Two changes add the same at two places, which git merges without a word.
#[test]
fn what_lines_make_stand_twice_is_refused_and_what_git_made_of_it_is_told() {
    let element = |name: &str, value: &str| format!("  <e id=\"{name}\">{value}</e>\n");
    let text = |at: usize, value: &str| {
        let mut lines: Vec<String> = (0..12).map(|at| element(&format!("k{at}"), "0")).collect();
        if !value.is_empty() {
            lines.insert(at, element("shared", value));
        }
        format!("<root>\n{}</root>\n", lines.concat())
    };
    let world = World::three_stages();
    world.change("US-9", &[("web/a.xml", &text(0, ""))]);
    work(&world, "feature/US-1", "dev", "US-1: One", &[("web/a.xml", &text(2, "one"))]);
    work(&world, "feature/US-2", "dev", "US-2: Two", &[("web/a.xml", &text(9, "two"))]);
    record(&world, "US-1");
    let words = ["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"];
    let refused = world.refused(&words);
    assert_eq!(refused["code"], "depends-on");
    assert!(
        refused["message"].as_str().unwrap_or_default().ends_with("it holds `e shared` twice (line 12)"),
        "{refused}"
    );
    let hint = refused["hint"].as_str().unwrap_or_default();
    assert!(
        hint.contains("`git switch feature/US-2 && git merge --no-commit dev`, put right there what git"),
        "{hint}"
    );
    world.git(&["checkout", "--quiet", "feature/US-2"]);
    world.git(&["merge", "--quiet", "--no-edit", "dev"]);
    world.git(&["checkout", "--quiet", "--detach"]);
    let told = world.ok(&words);
    let warnings = told["warnings"].as_array().into_iter().flatten();
    let broken = warnings.filter(|one| one["code"] == "unsound-file").map(|one| one["message"].clone());
    assert_eq!(
        broken.collect::<Vec<_>>(),
        [json!("the branch of US-2 breaks web/a.xml: an item has the key of another (line 12)")],
        "{told}"
    );
}

/// What was composed afresh is known again when the line is read, though the file has another name by now.
#[test]
fn an_update_of_a_renamed_list_is_verified() {
    let text = |items: &[&str]| {
        let item = |id: &&str| {
            format!("  - id: {}\n    a: {}\n    b: 0\n", id.trim_end_matches('!'), u8::from(id.ends_with('!')))
        };
        format!("items:\n{}end: 1\n", items.iter().map(item).collect::<String>())
    };
    let world = World::bare_of_pipeline();
    world.git(&["checkout", "--quiet", "main"]);
    world.write("web/f.yaml", &text(&["i0", "i1", "i2", "i3", "i4", "i5"]));
    world.commit("A list");
    world.begin_three_stages();
    let change = |key: &str, from: &str, files: &[(&str, &str)]| {
        work(&world, &format!("feature/{key}"), from, &format!("{key}: work"), files);
        record(&world, key)
    };
    change("US-1", "main", &[("web/f.yaml", &text(&["i0", "i1", "i2", "i3", "i4"]))]);
    change("US-2", "dev", &[("web/f.yaml", &text(&["i0", "i1", "n", "i2", "i3", "i4"]))]);
    change("US-3", "dev", &[("web/f.yaml", &text(&["i0", "i1", "n", "shared", "i2", "i3", "i4"]))]);
    let whole = text(&["i0", "i1", "i2", "i3", "i4", "i5"]);
    change("US-4", "main", &[("web/f.yaml", ""), ("web/g.yaml", &whole)]);
    world.git(&["branch", "--force", "feature/US-2", "main"]);
    let again = text(&["i0", "i1", "n", "i2!", "i3", "i4"]);
    change("US-2", "main", &[("web/f.yaml", ""), ("web/g.yaml", &again)]);
    let stands = world.git(&["show", "dev:web/g.yaml"]);
    assert!(stands.contains("id: shared") && stands.contains("id: n") && stands.contains("a: 1"), "{stands}");
    world.is_sound();
}
