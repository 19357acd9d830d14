//! What somebody looked at of people: edited as they saw it or not at all, and told page by page (`SPEC W2`).

use crate::knocking::{Knocks, Server};
use serde_json::{Value, json};

#[test]
fn what_is_known_of_people_is_edited_as_somebody_saw_it() {
    let server = Server::of(&["ann"], &["bob", "eve"]);
    let ann = server.signed_in("ann");
    let named = |name: &str| json!({ "display_name": name });
    let member = |user: &str| json!({ "user": user });
    let all = [
        ("/users/bob", "PATCH /users/bob", named("B"), named("C")),
        ("/users/bob", "POST /users/bob/disable", Value::Null, Value::Null),
        ("/users/bob", "POST /users/bob/enable", Value::Null, Value::Null),
        ("/groups", "POST /groups/testers/add", member("bob"), member("eve")),
        ("/groups", "POST /groups/testers/remove", member("bob"), member("eve")),
    ];
    for (read, line, first, second) in all {
        let look = || server.ask(&ann, &format!("GET {read}"), &Value::Null);
        let held = Knocks { seen: look().tag, ..ann.clone() };
        server.ask(&held, line, &first).ok();
        let no = server.ask(&held, line, &second);
        assert_eq!(no.code(), (412, "record-changed"), "{line}");
        let now = look();
        assert_eq!((no.body["details"]["etag"].as_str(), &no.body["details"]["now"]), (now.tag.as_deref(), &now.body));
        let again = server.ask(&Knocks { seen: now.tag, ..ann.clone() }, line, &second);
        assert_ne!(again.code().0, 412, "{line}");
    }
    // What another may not read of somebody tells nobody either: each is held to what they see themselves.
    let bob = server.signed_in("bob");
    let of_bob = server.ask(&bob, "GET /users/eve", &Value::Null);
    let held = Knocks { seen: of_bob.tag, ..bob.clone() };
    let no = server.ask(&held, "PATCH /users/eve", &named("E"));
    assert_eq!(no.code(), (403, "not-permitted"));
    let wrong = Knocks { seen: Some("\"x\"".to_owned()), ..bob };
    let no = server.ask(&wrong, "PATCH /users/eve", &named("E"));
    assert_eq!(no.body["details"]["now"]["account"], Value::Null, "{}", no.body);
    let wrong = Knocks { seen: wrong.seen, ..ann };
    assert_eq!(server.ask(&wrong, "POST /tokens", &json!({ "name": "x" })).code(), (422, "invalid-request"));
}

#[test]
fn lists_of_people_are_told_page_by_page() {
    let server = Server::of(&["ann"], &["bob", "Cyd", "eve"]);
    let ann = server.signed_in("ann");
    for (at, name) in ["a", "b", "c"].iter().enumerate() {
        server.ask(&ann, &format!("POST /groups/{name}/add"), &json!({ "user": "bob" })).ok();
        server.ask(&ann, "POST /tokens", &json!({ "name": name, "days": at + 1 })).ok();
    }
    for (list, items, least) in [("users", "users", 4), ("groups", "groups", 4), ("tokens?user=ann", "tokens", 3)] {
        let whole = server.ask(&ann, &format!("GET /{list}"), &Value::Null);
        assert_eq!((&whole.body["next"], whole.link.as_deref()), (&Value::Null, None));
        let by = if list.contains('?') { '&' } else { '?' };
        let (mut told, mut at) = (Vec::new(), Some(format!("/{list}{by}limit=1")));
        while let Some(path) = at {
            let page = server.ask(&ann, &format!("GET {path}"), &Value::Null);
            told.extend(page.body[items].as_array().unwrap().clone());
            let link = page.link.map(|link| link.split('>').next().unwrap().trim_start_matches('<').to_owned());
            at = link.map(|link| link.trim_start_matches("/api/v1").to_owned());
        }
        assert!(told.len() >= least, "{list}");
        assert_eq!(json!(told), whole.body[items], "{list}");
        let no = server.ask(&ann, &format!("GET /{list}{by}cursor=x"), &Value::Null);
        assert_eq!(no.code(), (422, "cursor-unknown"));
    }
}
