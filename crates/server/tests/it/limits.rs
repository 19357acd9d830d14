//! What strangers may set a server to do, and how much of it at once.

use crate::knocking::{Knocks, OFFICE, PASSWORD, Server};
use serde_json::{Value, json};
use std::sync::Arc;
use std::thread;

/// Hashing is work and memory on purpose: so that nobody takes all of both, two are at it at once, and who comes then waits.
/// Nobody else does.
#[test]
fn two_passwords_are_looked_at_at_once_and_nobody_else_waits_for_that() {
    let server = Server::of(&["root"], &["ann", "bob"]);
    let (root, ann) = (server.signed_in("root"), server.signed_in("ann"));
    let invited = server.ask(&root, "POST /users/bob/reset", &Value::Null).ok();
    let another = json!({ "old": PASSWORD, "new": "another horse" });
    let taken = json!({ "secret": invited["secret"], "password": "a third battery" });
    let strangers = Knocks::default();
    for (knocks, line, body) in [
        (&strangers, "POST /session", json!({ "name": "ann", "password": PASSWORD })),
        (&ann, "POST /session/password", another),
        (&strangers, "POST /invitations/take", taken),
    ] {
        let held = Arc::clone(&server.reception.hashes).try_acquire_many_owned(2).unwrap();
        assert_eq!(server.reception.hashes.available_permits(), 0, "two at once");
        thread::scope(|scope| {
            let waits = scope.spawn(|| server.ask(knocks, line, &body));
            for _ in 0..20 {
                server.ask(&root, "GET /users", &Value::Null).ok();
            }
            assert!(!waits.is_finished(), "{line}");
            drop(held);
            waits.join().unwrap().ok();
        });
    }
}

/// The answer is that of a call which nothing proves, whether or not there is such a remote; what is too long is not read.
#[test]
fn a_git_host_that_says_too_much_is_not_listened_to() {
    let server = Server::of(&["root"], &[]);
    let says =
        |size: usize| server.send(&Knocks::default(), "POST /webhooks/shop", ("application/json", vec![b' '; size]));
    assert_eq!(says(25 << 20).code(), (401, "call-unproven"));
    let no = says((25 << 20) + 1);
    assert_eq!(no.code(), (422, "usage"));
    assert!(no.body["detail"].as_str().unwrap().contains("larger than 25 MiB"), "{}", no.body);
    assert_eq!(server.tries("root", PASSWORD, OFFICE).status, 200, "and others are answered");
}
