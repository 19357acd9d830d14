//! Every route about people, and who may ask for it: a table, which a route that is new has to stand in.

use crate::knocking::{Knocks, Server};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use switchback_server::{openapi, router, serve};
use tower::ServiceExt as _;

/// Who may ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum For {
    /// Strangers too.
    Everybody,
    /// Who is in, and any program of theirs.
    WhoIsIn,
    /// Who is in, and a program that may all that they may.
    Whole,
    /// Who signed in themselves: a program is refused.
    InPerson,
    /// Who runs the server.
    Administrators,
}

/// Each with a request that would go well, or at least be looked at.
fn table() -> Vec<(&'static str, Value, For)> {
    use For::{Administrators, Everybody, InPerson, WhoIsIn, Whole};
    let none = Value::Null;
    vec![
        ("POST /session", json!({ "name": "nobody", "password": "x" }), Everybody),
        ("POST /session/end", none.clone(), Everybody),
        ("POST /invitations/look", json!({ "secret": "x" }), Everybody),
        ("POST /invitations/take", json!({ "secret": "x", "password": "x" }), Everybody),
        ("GET /sign-in", none.clone(), Everybody),
        ("POST /session/handover", json!({ "code": "x", "verifier": "x" }), Everybody),
        ("GET /session", none.clone(), WhoIsIn),
        ("GET /pipelines", none.clone(), WhoIsIn),
        ("GET /users", none.clone(), WhoIsIn),
        ("GET /users/{user}", none.clone(), WhoIsIn),
        ("GET /groups", none.clone(), WhoIsIn),
        ("GET /tokens", none.clone(), WhoIsIn),
        ("GET /subscriptions", none.clone(), WhoIsIn),
        ("POST /subscriptions", json!({ "pipeline": "shop" }), Whole),
        ("POST /subscriptions/remove", json!({ "pipeline": "shop" }), Whole),
        ("POST /session/end-all", none.clone(), InPerson),
        ("POST /session/password", json!({ "old": "x", "new": "another horse" }), InPerson),
        ("POST /session/identity", json!({ "provider": "x" }), InPerson),
        ("POST /tokens", json!({ "name": "CI" }), InPerson),
        ("POST /tokens/{token}/revoke", none.clone(), InPerson),
        ("POST /users", json!({ "name": "new" }), Administrators),
        ("PATCH /users/{user}", json!({ "display_name": "Eve" }), Administrators),
        ("POST /users/{user}/disable", none.clone(), Administrators),
        ("POST /users/{user}/enable", none.clone(), Administrators),
        ("POST /users/{user}/reset", none.clone(), Administrators),
        ("POST /users/{user}/identity", json!({ "provider": "x", "subject": "x" }), Administrators),
        ("POST /users/{user}/identity/end", none, Administrators),
        ("POST /groups/{group}/add", json!({ "user": "eve" }), Administrators),
        ("POST /groups/{group}/remove", json!({ "user": "eve" }), Administrators),
    ]
}

#[test]
fn every_route_is_in_the_table() {
    let document = openapi::document(&router::people_routes().described);
    let mut there = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            there.insert(format!("{} {}", method.to_uppercase(), path.trim_start_matches("/api/v1")));
        }
    }
    assert_eq!(there, table().into_iter().map(|(line, ..)| line.to_owned()).collect());
}

/// Whether a request came as far as the route's own rule.
fn is_let_through(code: (u16, &str)) -> bool {
    !["not-signed-in", "not-permitted", "person-disabled", "session-over", "form-not-ours"].contains(&code.1)
}

#[test]
fn each_is_asked_by_whom_it_is_for_and_nobody_else() {
    for (line, body, whom) in table() {
        let server = Server::of(&["ann", "root"], &["bob", "eve", "gone"]);
        let group = json!({ "user": "eve" });
        server.ask(&server.signed_in("ann"), "POST /groups/testers/add", &group).ok();
        let own = |knocks: &Knocks| {
            let made = server.ask(knocks, "POST /tokens", &json!({ "name": "own" })).ok();
            made["token"]["id"].as_str().unwrap().to_owned()
        };
        let (bob, ann, gone) = (server.signed_in("bob"), server.signed_in("ann"), server.signed_in("gone"));
        let tokens = [own(&bob), own(&ann)];
        let whole = server.program_of("bob", &json!({}));
        let asks = server.program_of("bob", &json!({ "plan_only": true }));
        let narrow = server.program_of("ann", &json!({ "privileges": ["administer"] }));
        let only_asks = server.program_of("ann", &json!({ "plan_only": true }));
        let of_gone = server.program_of("gone", &json!({}));
        server.ask(&ann, "POST /users/gone/disable", &Value::Null).ok();
        let open = [For::Everybody].contains(&whom);
        let reads = line.starts_with("GET") && whom == For::WhoIsIn;
        let expected = [
            ("a stranger", Knocks::default(), open),
            ("a session of who is disabled", gone, open),
            ("a token of who is disabled", of_gone, open),
            ("a token of a member that only asks", asks, open || reads),
            ("a token of an administrator that only asks", only_asks, open || reads),
            ("a token of an administrator that is narrowed", narrow, open || reads),
            ("a token of a member", whole, open || reads || whom == For::Whole),
            ("a member", bob, whom != For::Administrators),
            ("an administrator", ann, true),
        ];
        for (at, (who, knocks, through)) in expected.iter().enumerate() {
            let token = &tokens[usize::from(at == 8 || who.contains("administrator"))];
            let filled = line.replace("{user}", "eve").replace("{group}", "testers").replace("{token}", token);
            let answered = server.ask(knocks, &filled, &body);
            let code = answered.code();
            assert_eq!(is_let_through(code), *through, "{filled} by {who}: {code:?} {}", answered.body);
            assert!(*through || [401, 403].contains(&code.0), "{filled} by {who}: {code:?}");
        }
    }
}

/// What the console is answered.
pub fn console(server: &Server, line: &str, body: &Value) -> Value {
    let (method, path) = line.split_once(' ').unwrap();
    let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let request = request.header("content-type", "application/json").body(Body::from(body)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (_, body) = serve::console(server.data(), None).unwrap().oneshot(request).await.unwrap().into_parts();
        serde_json::from_slice(&to_bytes(body, usize::MAX).await.unwrap()).unwrap()
    })
}

/// Who sits at the machine is nobody's person, also where somebody has that name.
#[test]
fn the_console_lets_a_locked_out_administrator_in() {
    let server = Server::of(&["ann"], &["console"]);
    let none = Value::Null;
    let reset = console(&server, "POST /users/ann/reset", &none);
    assert!(reset["secret"].as_str().unwrap().starts_with("sbi_"), "{reset}");
    let me = console(&server, "GET /session", &none);
    assert_eq!((&me["by"], &me["administrator"]), (&json!("console"), &json!(true)));
    assert_eq!(console(&server, "POST /users/console/disable", &none)["account"]["state"], "disabled");
    assert_eq!(console(&server, "POST /users/ann/disable", &none)["code"], "last-administrator");
    assert_eq!(console(&server, "POST /tokens", &json!({ "name": "CI" }))["code"], "usage", "for whom?");
    assert_eq!(console(&server, "POST /session/password", &json!({ "old": "x", "new": "y" }))["code"], "not-signed-in");
    assert_eq!(console(&server, "GET /tokens", &none), json!({ "tokens": [] }));
}
