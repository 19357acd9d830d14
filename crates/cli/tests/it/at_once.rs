//! Many who ask the same at the same moment are answered by few looks. Nobody hears what was so before they asked, nor what
//! only somebody else may hear.

use crate::process;
use crate::served::token_of;
use crate::serving::{ACME, Caller, begun};
use crate::world::World;
use serde_json::json;
use std::path::PathBuf;
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use switchback_core::ports::people::groups::{ADMINISTRATORS, Groups as _};
use switchback_core::ports::people::persons::{PersonState, Persons as _};
use switchback_core::ports::people::tokens::{ApiTokens as _, Reach};
use switchback_core::words::names::{Time, UserName};
use switchback_ledger::SqlitePeople;
use switchback_people::token::{self, Wish};

/// How many ask at once.
const CROWD: usize = 8;

/// How often each asks before and after something is changed.
const OFTEN: usize = 10;

struct Served {
    world: World,
    server: Child,
    address: String,
    data: PathBuf,
}

impl Served {
    fn begin() -> Self {
        let world = World::three_stages();
        world.change("US-1", &[("web/a", "a\n")]);
        world.change("US-2", &[("web/b", "b\n")]);
        let data = world.path("data");
        let (server, said) = begun(&world, &data);
        let address = said["address"].as_str().unwrap().to_owned();
        Self { world, server, address, data }
    }

    fn people(&self) -> SqlitePeople {
        SqlitePeople::open(&self.data.join("people.sqlite")).unwrap()
    }

    fn caller(&self, who: &str) -> Caller {
        Caller::at(&self.address, &token_of(&self.data, who))
    }

    /// A token of somebody who is there.
    fn token(&self, who: &str, reach: Reach) -> String {
        let wish = Wish {
            person: UserName::new(who),
            name: "narrow".to_owned(),
            privileges: Vec::new(),
            pipelines: reach.pipelines,
            stages: Vec::new(),
            plan_only: reach.plan_only,
            expires: Time(i64::MAX),
        };
        token::make(&self.people(), wish, Time(0)).unwrap().secret.reveal().to_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A crowd asks again and again until `change` is made and each has asked often since; `must_be` is told of each answer
/// whether it was asked for after the change.
fn crowd<A>(ask: impl Fn() -> A + Sync, change: impl FnOnce(), must_be: impl Fn(A, bool) + Sync) {
    let (is_made, asked) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..CROWD {
            scope.spawn(|| {
                let mut since = 0;
                while since < OFTEN {
                    let after = is_made.load(Ordering::SeqCst);
                    let answer = ask();
                    asked.fetch_add(1, Ordering::SeqCst);
                    must_be(answer, after);
                    since += usize::from(after);
                }
            });
        }
        process::wait_for("the crowd", || asked.load(Ordering::SeqCst) > (CROWD * OFTEN) as u64);
        change();
        is_made.store(true, Ordering::SeqCst);
    });
}

#[test]
fn what_another_process_wrote_is_in_every_answer_that_is_asked_for_later() {
    let served = Served::begin();
    let root = served.caller("root");
    let seq = || root.get(&format!("{ACME}/status")).body["seq"].as_u64().unwrap();
    let before = seq();
    let promote = || {
        let words = ["promote", "US-1", "--to", "SIT"];
        let done = served.world.command_in(&served.world.repo(), &words).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    crowd(seq, promote, |seq, after| assert!(seq > before || !after, "{seq} after {before}"));
}

#[test]
fn who_is_shut_out_is_so_for_every_request_that_is_made_later() {
    let served = Served::begin();
    let (people, bob) = (served.people(), served.caller("bob"));
    let status = || bob.get(&format!("{ACME}/status")).status;
    let shut_out = |status: u16, after: bool| assert!(status != 200 || !after, "{status}");
    crowd(status, || assert!(people.set_state(&UserName::new("bob"), PersonState::Disabled).unwrap()), shut_out);
    people.set_state(&UserName::new("bob"), PersonState::Active).unwrap();
    assert_eq!(status(), 200);
    let token = people.tokens_of(&UserName::new("bob")).unwrap().remove(0);
    crowd(status, || assert!(people.revoke_token(&token.id, Time(1)).unwrap()), shut_out);
}

#[test]
fn those_of_other_rights_who_ask_the_same_hear_what_they_may() {
    let served = Served::begin();
    let root = served.caller("root");
    let elsewhere = Reach { pipelines: vec!["other".to_owned()], ..Reach::default() };
    let narrow = Caller::at(&served.address, &served.token("root", elsewhere));
    let path = format!("{ACME}/stages/SIT/ahead");
    let turn = AtomicU64::new(0);
    let ask = || {
        let is_narrow = turn.fetch_add(1, Ordering::SeqCst).is_multiple_of(2);
        let answer = if is_narrow { narrow.get(&path) } else { root.get(&path) };
        (is_narrow, answer.status, answer.body)
    };
    crowd(
        ask,
        || {},
        |(is_narrow, status, body), _| match is_narrow {
            true => assert_eq!((status, &body["code"]), (403, &json!("not-permitted")), "{body}"),
            false => assert_eq!(status, 200, "{body}"),
        },
    );
}

#[test]
fn a_group_that_is_joined_or_left_counts_from_the_next_request_on() {
    let served = Served::begin();
    let (people, bob) = (served.people(), served.caller("bob"));
    let runs_it = || bob.get("/api/v1/session").body.to_string().contains("\"administrators\"");
    assert!(!runs_it());
    let join = || assert!(people.add_member(ADMINISTRATORS, &UserName::new("bob")).unwrap());
    crowd(runs_it, join, |runs_it, after| assert!(runs_it || !after));
    let leave = || assert!(people.remove_member(ADMINISTRATORS, &UserName::new("bob")).unwrap());
    crowd(runs_it, leave, |runs_it, after| assert!(!runs_it || !after));
}

#[test]
fn what_is_granted_in_a_pipeline_counts_from_the_next_request_on() {
    let served = Served::begin();
    let bob = served.caller("bob");
    let grants = || bob.get(&format!("{ACME}/grants")).body["grants"].as_array().unwrap().len();
    let before = grants();
    let grant = || {
        let words = ["grant", "bob", "promote-next", "--stage", "SIT"];
        let done = served.world.command_in(&served.world.repo(), &words).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    crowd(grants, grant, |count, after| assert!(count > before || !after, "{count}"));
    let moved = bob.post(&format!("{ACME}/promotions"), &[], &json!({"changes": {"keys": ["US-1"]}, "to": "SIT"}));
    assert_eq!(moved.status, 200, "{}", moved.body);
}
