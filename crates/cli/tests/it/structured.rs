//! Structured files: what settles by itself on its way through the pipeline, and how it is told (`SPEC X2`, `X3`).

use crate::world::World;

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
