//! The people of a server, at its own folder on this machine: what is typed, and what is read.

use crate::process::{ran, signal};
use crate::served::token_of;
use crate::serving::{ACME, Caller, begun};
use crate::world::{Ran, THREE_STAGES, World};
use serde_json::{Value, json};
use switchback_core::ports::people::persons::Persons as _;
use switchback_ledger::SqlitePeople;
use switchback_people::person::describe;

/// A world, and the folder of a server beside its repository.
struct Desk {
    world: World,
    data: String,
}

impl Desk {
    fn new() -> Self {
        let world = World::bare_of_pipeline();
        let data = world.path("server").display().to_string();
        Self { world, data }
    }

    fn run(&self, line: &str) -> Ran {
        let words: Vec<&str> = line.split_whitespace().chain(["--data", &self.data]).collect();
        self.world.run(&words)
    }

    fn ok(&self, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!((ran.exit, ran.err.as_str()), (Some(0), ""), "{line}: {ran:?}");
        ran.out
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.ok(&format!("{line} --json"))).expect("one object")
    }

    /// The code of a refusal, and what to do about it.
    fn refused(&self, line: &str) -> (String, String) {
        let ran = self.run(&format!("{line} --json"));
        assert_eq!(ran.exit, Some(3), "{line}: {ran:?}");
        let said: Value = serde_json::from_str(&ran.out).expect("one object");
        let text = |name: &str| said["refused"][name].as_str().expect("a text").to_owned();
        (text("code"), text("hint"))
    }
}

/// The line that is a secret of a kind, and nothing else.
fn secret<'a>(text: &'a str, prefix: &str) -> &'a str {
    let mut alone = text.lines().filter(|line| line.starts_with(prefix) && line.len() == 47);
    let found = alone.next().unwrap_or_else(|| panic!("no secret in {text}"));
    assert_eq!(text.matches(found).count(), 1, "it is told once");
    assert!(alone.next().is_none());
    found
}

#[test]
fn people_are_added_shown_changed_sent_away_and_let_in() {
    let desk = Desk::new();
    assert_eq!(desk.ok("user list"), "Nobody yet: `switchback user add` adds somebody.\n");
    let added = desk.ok("user add ann --email ann@example.org --administrator");
    secret(&added, "sbi_");
    assert!(added.starts_with("✓ Added ann, who runs this server.\n"), "{added}");
    assert!(added.contains("`switchback login`") && added.contains("server's page"), "{added}");
    assert!(added.ends_with("ann chooses a password with it, once, until 2026-03-03 10:00 UTC.\n"), "{added}");
    let bob = desk.json("user add bob --display-name Bob");
    assert_eq!((&bob["user"]["display_name"], &bob["expires"]), (&json!("Bob"), &json!("2026-03-03T10:00:00Z")));
    assert!(bob["secret"].as_str().is_some_and(|secret| secret.starts_with("sbi_")));
    let listed = desk.ok("user list");
    let expected = "   Name  Display name  E-mail           State                       Groups\n\
                    …  ann   ann           ann@example.org  active, without a password  administrators\n\
                    …  bob   Bob                            active, without a password\n";
    assert_eq!(listed, expected);
    assert!(desk.ok("user edit bob --email bob@example.org").contains("bob@example.org"));
    assert_eq!(desk.ok("user disable bob"), "✓ bob (Bob) does not come in any more, by no way.\n");
    assert_eq!(desk.json("user show BOB")["account"]["state"], "disabled");
    assert_eq!(desk.refused("user reset bob").0, "user-disabled");
    assert_eq!(desk.ok("user enable bob"), "✓ bob (Bob) may come in again.\n");
    let reset = desk.ok("user reset bob");
    secret(&reset, "sbi_");
    assert!(reset.starts_with("✓ bob (Bob) may choose another password.\n"), "{reset}");
    assert_eq!(desk.refused("user disable ann").0, "last-administrator");
    assert_eq!(desk.refused("user add ANN").0, "name-taken");
    assert_eq!(desk.refused("user add eve --email eve").0, "invalid-email");
    let (code, hint) = desk.refused("user show bobb");
    assert_eq!((code.as_str(), hint.as_str()), ("unknown-user", "did you mean `bob`?"));
}

#[test]
fn groups_are_of_those_who_are_put_into_them() {
    let desk = Desk::new();
    assert_eq!(desk.ok("group list"), "No groups yet: `switchback group add GROUP USER` makes one.\n");
    desk.ok("user add ann --administrator");
    desk.ok("user add bob");
    assert_eq!(desk.ok("group add testers bob"), "testers: bob\n");
    assert_eq!(desk.ok("group add testers ann"), "testers: ann, bob\n");
    assert_eq!(desk.ok("group list"), "Group           Members\nadministrators  ann\ntesters         ann, bob\n");
    desk.ok("group remove testers ann");
    assert_eq!(desk.ok("group remove testers bob"), "testers: nobody is in it any more\n");
    let members = &desk.json("group list")["groups"];
    assert_eq!(
        members,
        &json!([{"name": "administrators", "members": [{"user": "ann", "said_here": true, "claimed": false}]}])
    );
    assert_eq!(desk.refused("group remove testers bob").0, "unknown-member");
    assert_eq!(desk.refused("group remove administrators ann").0, "last-administrator");
    let (code, hint) = desk.refused("group add @testers ann");
    assert!(code == "invalid-name" && hint.starts_with("write `testers`"), "{hint}");
}

#[test]
fn a_token_is_made_listed_and_taken_back() {
    let desk = Desk::new();
    desk.ok("user add ann");
    assert_eq!(desk.ok("token list"), "No tokens.\n");
    let made = desk.ok("token create ci --for ann --privilege deploy --privilege record --stage QA --of shop --days 7");
    let secret = secret(&made, "sbt_").to_owned();
    assert!(made.contains("acts for ann until 2026-03-09 10:00 UTC.\n"), "{made}");
    assert!(made.contains("It reaches deploy, record; on QA; of shop.\n"), "{made}");
    let other = desk.json("token create dashboard --for ann --plan-only");
    assert!(other["secret"].as_str().is_some_and(|secret| secret.starts_with("sbt_")));
    assert_eq!(
        (&other["token"]["plan_only"], &other["token"]["expires"]),
        (&json!(true), &json!("2026-05-31T10:00:00Z"))
    );
    let listed = desk.ok("token list --for ann");
    assert!(listed.contains("only plans") && !listed.contains(&secret), "{listed}");
    let id = other["token"]["id"].as_str().expect("an id");
    assert!(desk.ok(&format!("token revoke {id}")).contains("(dashboard) of ann was taken back.\n"));
    let states: Vec<_> = desk.json("token list")["tokens"].as_array().expect("tokens").clone();
    let mut states: Vec<_> = states.iter().map(|token| token["state"].as_str().expect("a state").to_owned()).collect();
    states.sort();
    assert_eq!(states, ["active", "revoked"]);
    assert_eq!(desk.refused("token revoke 0").0, "unknown-api-token");
    assert_eq!(desk.refused("token create ci --for eve").0, "unknown-user");
    for (line, said) in [
        ("token create ci", "say for whom the token shall act"),
        ("token create ci --for ann --days 400", "a token lasts 1 to 366 days, and not 400"),
        ("user add bob --dry-run", "`--dry-run` is for what happens to a pipeline"),
    ] {
        let ran = desk.run(line);
        assert!(ran.exit == Some(2) && ran.err.contains(said), "{line}: {ran:?}");
    }
    assert!(!desk.ok("user list").contains("bob"), "nothing was done");
}

/// Where no folder is named, it is the one that `serve` takes as well.
#[test]
fn the_folder_is_named_or_beside_the_ledger() {
    let desk = Desk::new();
    assert_eq!(desk.world.run(&["user", "add", "ann"]).exit, Some(0));
    assert!(desk.world.repo().join(".git/switchback/server/people.sqlite").exists());
    assert_eq!(desk.json("user list")["users"], json!([]), "another server");
    let mut named = desk.world.command_in(&desk.world.repo(), &["user", "list"]);
    let ran = Ran::of(named.env("SWITCHBACK_DATA", &desk.data).output().expect("it runs"));
    assert!(ran.out.starts_with("Nobody yet"), "{ran:?}");
    let outside = desk.world.command_in(&desk.world.path(""), &["user", "list", "--json"]).output().expect("it runs");
    assert!(String::from_utf8_lossy(&outside.stdout).contains("no-repository"), "{outside:?}");
}

/// Asked over the network it is the same, for who comes with a token of an administrator.
#[test]
fn a_server_is_asked_as_its_folder_is() {
    let world = World::three_stages();
    let (server, token) = world.server("ann");
    let ask = |words: &[&str]| {
        let mut command = world.command_in(&world.repo(), words);
        command
            .env("SWITCHBACK_SERVER", &server)
            .env("SWITCHBACK_TOKEN", &token)
            .env("SWITCHBACK_DATA", "/nonexistent");
        Ran::of(command.output().expect("it runs"))
    };
    let listed = ask(&["user", "list"]);
    assert_eq!((listed.exit, listed.out.lines().count()), (Some(0), 2), "{listed:?}");
    assert!(ask(&["group", "list"]).out.starts_with("No groups yet"));
    let refused = ask(&["user", "add", "bob"]);
    assert!(refused.exit == Some(3) && refused.err.contains("not-permitted"), "{refused:?}");
    let refused = ask(&["token", "create", "ci"]);
    assert!(refused.exit == Some(3) && refused.err.contains("not-permitted"), "a token makes none: {refused:?}");
    assert_eq!(ask(&["token", "list"]).out.lines().count(), 2);
}

/// Whoever gives a name up is still who had it; and an approval is its owner's own also where nobody asked for other eyes
/// yet when it was given (`SPEC S5`).
#[test]
fn nobody_approves_their_own_change_under_a_new_name() {
    let asked = THREE_STAGES.replace("name = \"acme\"\n", "name = \"acme\"\nfour_eyes = true\n");
    let gate = |text: &str| text.replace("name = \"SIT\"\n", "name = \"SIT\"\npromote.require = [\"approved\"]\n");
    assert_ne!(gate(&asked), asked);
    let world = World::with(&gate(THREE_STAGES));
    for (key, owner) in
        [("US-1", "Ann Bell"), ("US-2", "ann@bell.example"), ("US-3", "A. Bell <ann@bell.example>"), ("US-4", "bob")]
    {
        world.branch(key, &[(&format!("web/{key}"), "a\n")]);
        world.ok(&["change", "record", key, "--branch", &format!("feature/{key}"), "--stage", "DEV", "--owner", owner]);
    }
    let data = world.path("data");
    let (server, said) = begun(&world, &data);
    let people = SqlitePeople::open(&data.join("people.sqlite")).unwrap();
    let ann = Caller::at(said["address"].as_str().unwrap(), &token_of(&data, "ann"));
    let approves = |key: &str| {
        let asked = json!({ "changes": [key], "kinds": ["approved"], "revision": null });
        ann.post(&format!("{ACME}/attestations"), &[], &asked)
    };
    describe(&people, "ann", Some("Ann Bell"), Some("ann@bell.example")).unwrap();
    assert_eq!(approves("US-1").status, 200, "nobody asks for other eyes yet");
    describe(&people, "ann", Some("Zed"), Some("zed@elsewhere.example")).unwrap();
    assert_eq!(people.person("ann").unwrap().unwrap().about.display_name, "Zed");
    world.configure(&gate(&asked));
    for key in ["US-2", "US-3"] {
        approves(key).is(409, "four-eyes");
    }
    assert_eq!(approves("US-4").status, 200);
    let no = world.refused(&["promote", "US-1", "--to", "SIT"]);
    assert_eq!(no["code"], "needs-approved", "{no}");
    assert!(no["message"].as_str().unwrap().contains("approved only by ann"), "{no}");
    world.ok(&["promote", "US-4", "--to", "SIT"]);
    signal(&server, "TERM");
    assert_eq!(ran(server).exit, Some(0));
}
