//! Who asks the same again is told what they were told, and never what is not so any more.

use crate::process;
use crate::served::token_of;
use crate::serving::{ACME, Caller, begun};
use crate::world::{THREE_STAGES, World};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::fs;
use std::process::Child;
use switchback_core::ports::people::tokens::ApiTokens as _;
use switchback_core::words::names::{Time, UserName};
use switchback_ledger::SqlitePeople;
use switchback_people::{person, token};

/// A server of its own, and somebody who asks it.
struct Asking {
    world: World,
    server: Child,
    root: Caller,
}

impl Asking {
    fn begin() -> Self {
        let world = World::with(THREE_STAGES);
        let at_home = |words: &[&str]| {
            let ran = world.command_in(&world.repo(), words).output().unwrap();
            assert!(ran.status.success(), "{words:?}: {ran:?}");
        };
        world.branch("US-1", &[("web/a", "a\n")]);
        world.branch("US-2", &[("web/b", "b\n")]);
        at_home(&["change", "record", "US-1", "--branch", "feature/US-1", "--stage", "DEV"]);
        at_home(&["promote", "US-1", "--to", "SIT", "--deploy"]);
        let (server, said) = begun(&world, &world.path("data"));
        let root = Caller::at(said["address"].as_str().unwrap(), &token_of(&world.path("data"), "root"));
        Self { world, server, root }
    }

    fn people(&self) -> SqlitePeople {
        SqlitePeople::open(&self.world.path("data/people.sqlite")).unwrap()
    }

    fn status(&self) -> Value {
        let answer = self.root.get(&format!("{ACME}/status"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        let beside = json!(answer.header("switchback-warnings"));
        let mut body = answer.body;
        body["beside"] = beside;
        body
    }

    /// How many answers were told again until now.
    fn told_again(&self) -> u64 {
        let text = self.root.text("/metrics");
        let line = text.lines().find_map(|line| line.strip_prefix("switchback_told_again_total "));
        line.unwrap_or_else(|| panic!("{text}")).parse().unwrap()
    }

    /// What somebody is told, and would be told again.
    fn kept(&self) -> Value {
        let said = RefCell::new(Value::Null);
        process::wait_for("the same answer", || {
            said.replace(self.status());
            let before = self.told_again();
            let again = self.status();
            let is_again = self.told_again() > before;
            assert!(!is_again || again == *said.borrow(), "{again}");
            is_again
        });
        said.take()
    }

    /// What is said at once after something was done; it was told something else before.
    fn after(&self, what: &str, done: impl FnOnce()) -> Value {
        let before = self.kept();
        done();
        let now = self.status();
        assert_ne!(now, before, "{what}");
        now
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn whatever_somebody_does_is_seen_by_who_asks_next() {
    let asking = Asking::begin();
    let world = &asking.world;
    let at_home = |words: &[&str]| {
        let ran = world.command_in(&world.repo(), words).output().unwrap();
        assert!(ran.status.success(), "{words:?}: {ran:?}");
    };
    let said = asking.after("another process records", || {
        at_home(&["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"])
    });
    assert_eq!(said["stages"][0]["changes"], 2, "{said}");
    let body = json!({"changes": {"keys": ["US-2"]}, "to": "SIT"});
    let said = asking.after("somebody promotes here", || {
        assert_eq!(asking.root.post(&format!("{ACME}/promotions"), &[], &body).status, 200);
    });
    assert_eq!(said["stages"][1]["changes"], 2, "{said}");
    asking.kept();
    world.git(&["branch", "some/where/deep", "main"]);
    let said = asking.after("somebody commits to a stage's branch", || {
        let commit = world.git(&["commit-tree", "-p", "main", "-m", "Beside", "main^{tree}"]);
        world.git(&["update-ref", "refs/heads/main", commit.trim()]);
    });
    assert_ne!(said["stages"][2]["standing"], json!("in-step"), "{said}");
    let said = asking.after("somebody edits the configuration", || {
        let text = format!("{}\n# more\n", world.read("switchback.toml"));
        fs::write(world.repo().join("switchback.toml"), text).unwrap();
    });
    assert!(said["beside"].to_string().contains("configuration"), "{said}");
    let (place, elsewhere) = (world.area("sit-web"), world.path("elsewhere"));
    let said = asking.after("a place goes away", || fs::rename(&place, &elsewhere).unwrap());
    assert_eq!(said["stages"][1]["areas"][0]["problem"]["code"], "area-lost", "{said}");
    fs::rename(&elsewhere, &place).unwrap();
    assert_eq!(asking.status()["stages"][1]["areas"][0]["problem"], Value::Null);
    let said = asking.after("what says whose a place is goes away", || {
        fs::rename(place.join(".switchback"), world.path("home")).unwrap();
    });
    assert_ne!(said["stages"][1]["areas"][0]["problem"], Value::Null, "{said}");
}

#[test]
fn who_is_shut_out_is_so_at_once_and_nobody_is_told_what_another_was() {
    let asking = Asking::begin();
    let address = format!("{ACME}/status");
    let shows = |secret: &str| Caller::at(&asking.root.server, secret);
    asking.kept();
    shows("").get(&address).is(401, "not-signed-in");
    shows("sbt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").get(&address).is(401, "token-unknown");
    // Whoever has the answer, and who wants it of another pipeline, asks something else.
    let tag = asking.root.get(&address).header("etag").unwrap().to_owned();
    asking.kept();
    assert_eq!(asking.root.request(&format!("GET {address}"), &[("if-none-match", &tag)], "").status, 304);
    assert_eq!(asking.root.request(&format!("GET {address}"), &[("if-none-match", &tag)], "").status, 304);
    asking.root.get("/api/v1/pipelines/acne/status").is(404, "unknown-pipeline");
    let people = asking.people();
    let bob = shows(&token_of(&asking.world.path("data"), "bob"));
    for _ in 0..3 {
        assert_eq!(bob.get(&address).status, 200);
    }
    person::disable(&people, "bob", None).unwrap();
    assert_eq!(bob.get(&address).status, 403);
    asking.kept();
    let tokens = people.tokens_of(&UserName::new("root")).unwrap();
    assert!(token::revoke(&people, &tokens[0].id, Time(0)).unwrap());
    assert_eq!(asking.root.get(&address).status, 401);
}
