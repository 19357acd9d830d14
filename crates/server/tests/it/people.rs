//! Coming in, and what one may do about people then, over the routes of a server.

use crate::home::Home;
use crate::knocking::{DAY, ELSEWHERE, Knocks, OFFICE, PASSWORD, Server, cookie_of};
use serde_json::{Value, json};
use switchback_core::words::names::{Time, UserName};
use switchback_people::{invitation, person};

const NONE: Value = Value::Null;

fn nobody() -> Knocks {
    Knocks::default()
}

#[test]
fn signing_in_sets_a_cookie_that_no_script_and_no_other_site_reads() {
    let server = Server::of(&["ann"], &[]);
    let answered = server.tries("ANN", PASSWORD, OFFICE);
    let cookie = answered.cookie.clone().unwrap();
    for part in ["__Host-switchback=sbs_", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let told = answered.ok();
    let secret = cookie_of(&cookie).unwrap();
    assert!(!told.to_string().contains(&secret), "what the cookie carries is nowhere else");
    assert_eq!(
        (&told["person"], &told["administrator"], &told["by"]),
        (&json!("ann"), &json!(true), &json!("session"))
    );
    assert!(told["form"].as_str().unwrap().starts_with("sbf_"));
    let me = server.ask(&Knocks { cookie: Some(secret), ..nobody() }, "GET /session", &NONE).ok();
    assert_eq!(me, told, "a page that is loaded again learns the same");
    assert_eq!(server.ask(&nobody(), "GET /session", &NONE).code(), (401, "not-signed-in"));
}

#[test]
fn who_is_not_there_is_like_who_is_wrong() {
    let server = Server::of(&["ann"], &["bob"]);
    for (name, password) in [("ann", "wrong horse battery"), ("nobody", PASSWORD), ("", "")] {
        let answered = server.tries(name, password, OFFICE);
        assert_eq!((answered.code(), &answered.cookie), ((401, "sign-in-wrong"), &None));
    }
    server.ask(&server.signed_in("ann"), "POST /users/bob/disable", &NONE).ok();
    assert_eq!(server.tries("bob", PASSWORD, OFFICE).code(), (403, "person-disabled"));
    assert_eq!(server.tries("bob", "wrong horse battery", OFFICE).code(), (401, "sign-in-wrong"));
}

#[test]
fn too_many_attempts_lock_an_address_and_nobody_else() {
    let server = Server::of(&["ann"], &["bob"]);
    for _ in 0..5 {
        assert_eq!(server.tries("ann", "wrong horse battery", ELSEWHERE).code(), (401, "sign-in-wrong"));
    }
    let limited = server.tries("ann", PASSWORD, ELSEWHERE);
    assert_eq!(limited.code(), (429, "sign-in-limited"));
    assert_eq!(limited.body["details"]["until"], "1970-01-01T00:15:00Z");
    server.tries("bob", PASSWORD, ELSEWHERE).ok();
    server.tries("ann", PASSWORD, OFFICE).ok();
}

#[test]
fn a_cookie_alone_reads_and_changes_nothing() {
    let server = Server::of(&["ann"], &[]);
    let ann = server.signed_in("ann");
    let without = Knocks { form: None, ..ann.clone() };
    let foreign = Knocks { form: server.signed_in("ann").form, ..ann.clone() };
    let wish = json!({ "name": "bob" });
    for knocks in [&without, &foreign] {
        assert_eq!(server.ask(knocks, "POST /users", &wish).code(), (403, "form-not-ours"));
        assert_eq!(server.ask(knocks, "POST /session/end-all", &NONE).code(), (403, "form-not-ours"));
        server.ask(knocks, "GET /users", &NONE).ok();
    }
    server.ask(&ann, "POST /users", &wish).ok();
}

#[test]
fn what_another_sites_form_could_send_is_not_read() {
    let server = Server::of(&["ann"], &[]);
    let body = json!({ "name": "ann", "password": PASSWORD }).to_string().into_bytes();
    for media in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let answered = server.send(&nobody(), "POST /session", (media, body.clone()));
        assert_eq!((answered.code(), &answered.cookie), ((422, "invalid-request"), &None), "{media}");
    }
    server.send(&nobody(), "POST /session", ("application/json; charset=utf-8", body)).ok();
}

#[test]
fn whoever_is_out_comes_in_again_with_what_the_browser_still_holds() {
    let server = Server::of(&["ann"], &[]);
    let ann = server.signed_in("ann");
    let out = server.ask(&ann, "POST /session/end", &NONE);
    assert_eq!(out.cookie.as_deref().map(|text| text.contains("Max-Age=0")), Some(true));
    assert_eq!(out.ok(), json!({ "sessions": 1 }));
    assert_eq!(server.ask(&ann, "GET /session", &NONE).code(), (401, "session-over"));
    assert_eq!(server.ask(&ann, "POST /session/end", &NONE).ok(), json!({ "sessions": 0 }));
    let again = server.ask(&ann, "POST /session", &json!({ "name": "ann", "password": PASSWORD }));
    let newer = Knocks { cookie: again.cookie.as_deref().and_then(cookie_of), ..nobody() };
    server.ask(&newer, "GET /session", &NONE).ok();
    let newest = server.ask(&newer, "POST /session", &json!({ "name": "ann", "password": PASSWORD }));
    newest.ok();
    assert_eq!(server.ask(&newer, "GET /session", &NONE).code(), (401, "session-over"), "a browser has one session");
}

#[test]
fn signing_out_everywhere_leaves_tokens() {
    let server = Server::of(&["ann"], &["bob"]);
    let (here, there, bob) = (server.signed_in("ann"), server.signed_in("ann"), server.signed_in("bob"));
    let program = server.program_of("ann", &json!({}));
    assert_eq!(server.ask(&here, "POST /session/end-all", &NONE).ok()["sessions"], 3, "one made the token");
    for knocks in [&here, &there] {
        assert_eq!(server.ask(knocks, "GET /session", &NONE).code(), (401, "session-over"));
    }
    server.ask(&bob, "GET /session", &NONE).ok();
    server.ask(&program, "GET /session", &NONE).ok();
    assert_eq!(server.ask(&program, "POST /session/end-all", &NONE).code(), (403, "not-permitted"));
}

#[test]
fn sessions_end_by_themselves() {
    let server = Server::of(&["ann"], &[]);
    let ann = server.signed_in("ann");
    let server = server.at(DAY / 2);
    server.ask(&ann, "GET /session", &NONE).ok();
    let server = server.at(2 * DAY);
    assert_eq!(server.ask(&ann, "GET /session", &NONE).code(), (401, "session-over"));
}

#[test]
fn another_password_is_for_who_knows_the_old_one() {
    let server = Server::of(&["ann"], &[]);
    let (here, there) = (server.signed_in("ann"), server.signed_in("ann"));
    let to = |old: &str, new: &str| {
        server.ask(&here, "POST /session/password", &json!({ "old": old, "new": new })).code().1.to_owned()
    };
    assert_eq!(to("wrong horse battery", "another horse"), "sign-in-wrong");
    assert_eq!(to(PASSWORD, "short"), "password-weak");
    assert_eq!(to(PASSWORD, "another horse"), "");
    server.ask(&here, "GET /session", &NONE).ok();
    assert_eq!(server.ask(&there, "GET /session", &NONE).code(), (401, "session-over"));
    assert_eq!(server.tries("ann", PASSWORD, OFFICE).code(), (401, "sign-in-wrong"));
    server.tries("ann", "another horse", OFFICE).ok();
}

#[test]
fn an_invitation_lets_somebody_in_once() {
    let server = Server::of(&["ann"], &[]);
    let ann = server.signed_in("ann");
    let wish = json!({ "name": "bob", "display_name": "Bob Other", "email": "bob@example.org" });
    let invited = server.ask(&ann, "POST /users", &wish).ok();
    assert_eq!(invited["user"]["account"]["has_password"], false);
    assert_eq!(invited["expires"], "1970-01-02T00:00:00Z");
    let secret = &invited["secret"];
    let looked = server.ask(&nobody(), "POST /invitations/look", &json!({ "secret": secret })).ok();
    assert_eq!(looked, json!({ "purpose": "password", "person": "bob", "expires": "1970-01-02T00:00:00Z" }));
    let take = |body: Value| server.ask(&nobody(), "POST /invitations/take", &body);
    assert_eq!(take(json!({ "secret": secret, "password": "short" })).code(), (409, "password-weak"));
    let named = take(json!({ "secret": secret, "password": PASSWORD, "name": "eve" }));
    assert_eq!(named.code(), (422, "usage"));
    assert_eq!(take(json!({ "secret": secret, "password": PASSWORD })).ok(), json!({ "person": "bob" }));
    assert_eq!(take(json!({ "secret": secret, "password": PASSWORD })).code(), (409, "invitation-over"));
    let over = server.ask(&nobody(), "POST /invitations/look", &json!({ "secret": secret }));
    assert_eq!(over.code(), (409, "invitation-over"));
    server.tries("bob", PASSWORD, OFFICE).ok();
}

#[test]
fn the_first_administrator_names_themselves() {
    let server = Server::of(&[], &[]);
    let secret = invitation::first_administrator(&*server.reception.people, Time(0)).unwrap().unwrap();
    let looked = server.ask(&nobody(), "POST /invitations/look", &json!({ "secret": secret.reveal() })).ok();
    assert_eq!((&looked["purpose"], &looked["person"]), (&json!("first-administrator"), &NONE));
    let take = |name: Value| {
        let body = json!({ "secret": secret.reveal(), "password": PASSWORD, "name": name, "email": " " });
        server.ask(&nobody(), "POST /invitations/take", &body)
    };
    assert_eq!(take(NONE).code(), (409, "invalid-name"));
    assert_eq!(take(json!("ann")).ok(), json!({ "person": "ann" }));
    assert_eq!(take(json!("eve")).code(), (409, "invitation-over"));
    let me = server.ask(&server.signed_in("ann"), "GET /session", &NONE).ok();
    assert_eq!((&me["groups"], &me["email"]), (&json!(["administrators"]), &NONE));
}

#[test]
fn a_token_acts_for_its_person_until_it_is_over() {
    let server = Server::of(&["ann"], &["bob"]);
    let bob = server.signed_in("bob");
    let wish = json!({ "name": "CI", "privileges": ["deploy"], "stages": ["QA"], "days": 7 });
    let made = server.ask(&bob, "POST /tokens", &wish).ok();
    let (secret, id) = (made["secret"].as_str().unwrap().to_owned(), made["token"]["id"].as_str().unwrap().to_owned());
    let program = Knocks { token: Some(secret.clone()), ..nobody() };
    let me = server.ask(&program, "GET /session", &NONE).ok();
    assert_eq!((&me["person"], &me["by"], &me["token"]), (&json!("bob"), &json!("token"), &json!("CI")));
    assert_eq!(me["form"], NONE);
    let listed = server.ask(&bob, "GET /tokens", &NONE).ok();
    assert_eq!(
        (&listed["tokens"][0]["state"], &listed["tokens"][0]["used"]),
        (&json!("active"), &json!("1970-01-01T00:00:00Z"))
    );
    assert!(!listed.to_string().contains(&secret));
    assert_eq!(server.ask(&program, "POST /tokens", &wish).code(), (403, "not-permitted"), "a token makes none");
    let ann = server.signed_in("ann");
    server.ask(&ann, "POST /users/bob/disable", &NONE).ok();
    assert_eq!(server.ask(&program, "GET /session", &NONE).code(), (403, "person-disabled"));
    server.ask(&ann, "POST /users/bob/enable", &NONE).ok();
    server.ask(&program, "GET /session", &NONE).ok();
    let server = server.at(7 * DAY);
    assert_eq!(server.ask(&program, "GET /session", &NONE).code(), (401, "token-expired"));
    let server = server.at(DAY / 4);
    let bob = server.signed_in("bob");
    let revoked = server.ask(&bob, &format!("POST /tokens/{id}/revoke"), &NONE).ok();
    assert_eq!(revoked["state"], "revoked");
    assert_eq!(server.ask(&program, "GET /session", &NONE).code(), (401, "token-revoked"));
}

#[test]
fn whose_tokens_one_makes_sees_and_takes_back() {
    let server = Server::of(&["ann"], &["bob", "eve"]);
    let [ann, bob, eve] = ["ann", "bob", "eve"].map(|name| server.signed_in(name));
    let for_bob = json!({ "name": "CI", "user": "BOB" });
    assert_eq!(server.ask(&eve, "POST /tokens", &for_bob).code(), (403, "not-permitted"));
    let made = server.ask(&ann, "POST /tokens", &for_bob).ok();
    assert_eq!(made["token"]["user"], "bob");
    let revoke = format!("POST /tokens/{}/revoke", made["token"]["id"].as_str().unwrap());
    let count = |knocks: &Knocks, line: &str| server.ask(knocks, line, &NONE).ok()["tokens"].as_array().unwrap().len();
    assert_eq!(
        (count(&bob, "GET /tokens"), count(&bob, "GET /tokens?user=bob"), count(&eve, "GET /tokens")),
        (1, 1, 0)
    );
    assert_eq!(
        (count(&ann, "GET /tokens"), count(&ann, "GET /tokens?user=bob"), count(&ann, "GET /tokens?all=true")),
        (0, 1, 1)
    );
    for line in ["GET /tokens?user=bob", "GET /tokens?all=true"] {
        assert_eq!(server.ask(&eve, line, &NONE).code(), (403, "not-permitted"), "{line}");
    }
    let (foreign, none) = (server.ask(&eve, &revoke, &NONE), server.ask(&eve, "POST /tokens/0/revoke", &NONE));
    assert_eq!((foreign.code(), none.code()), ((404, "unknown-api-token"), (404, "unknown-api-token")));
    let [one, other] = [(); 2].map(|()| server.program_of("bob", &json!({})));
    assert_eq!(server.ask(&one, &revoke, &NONE).code(), (403, "not-permitted"), "a token takes no other one back");
    let all = server.ask(&bob, "GET /tokens", &NONE).ok()["tokens"].as_array().unwrap().clone();
    let own = all.iter().map(|token| &token["id"]).find(|id| **id != made["token"]["id"]).unwrap().as_str().unwrap();
    let gave_back = [one, other]
        .iter()
        .filter(|program| server.ask(program, &format!("POST /tokens/{own}/revoke"), &NONE).status == 200)
        .count();
    assert_eq!(gave_back, 1, "the one it is");
    server.ask(&ann, &revoke, &NONE).ok();
}

#[test]
fn wishes_for_tokens_that_cannot_be() {
    let home = Home::with(8);
    let server = Server::keeping(vec![home.path().to_owned()], (&["ann"], &[]));
    let ann = server.signed_in("ann");
    for (wish, expected) in [
        (json!({ "name": "CI", "privileges": ["deplyo"] }), (422, "usage")),
        (json!({ "name": "CI", "days": 0 }), (422, "usage")),
        (json!({ "name": "CI", "days": 367 }), (422, "usage")),
        (json!({ "name": " " }), (409, "invalid-name")),
        (json!({ "name": "CI", "user": "bob" }), (404, "unknown-user")),
        (json!({ "name": "CI", "pipelines": ["acne"] }), (404, "unknown-pipeline")),
        (json!({ "name": "CI", "plan": true }), (422, "invalid-request")),
    ] {
        let answered = server.ask(&ann, "POST /tokens", &wish);
        assert_eq!(answered.code(), expected, "{wish}");
        if wish["privileges"].is_array() {
            assert_eq!(answered.body["remedy"], json!({ "step": "did-you-mean", "name": "deploy" }));
        }
    }
    server.ask(&ann, "POST /tokens", &json!({ "name": "CI", "pipelines": ["acme"], "days": 366 })).ok();
}

#[test]
fn a_token_sees_the_pipelines_it_is_for() {
    let home = Home::with(8);
    let server = Server::keeping(vec![home.path().to_owned()], (&["ann"], &[]));
    let named = |knocks: &Knocks| server.ask(knocks, "GET /pipelines", &NONE).ok();
    let acme = json!({ "pipelines": [{ "name": "acme" }] });
    assert_eq!(named(&server.signed_in("ann")), acme);
    assert_eq!(named(&server.program_of("ann", &json!({ "pipelines": ["acme"] }))), acme);
    let mut elsewhere = json!({ "name": "CI", "user": "ann" });
    elsewhere["pipelines"] = json!(["other"]);
    let console = crate::who_may::console(&server, "POST /tokens", &elsewhere);
    let program = Knocks { token: console["secret"].as_str().map(str::to_owned), ..nobody() };
    assert_eq!(named(&program), json!({ "pipelines": [] }));
}

#[test]
fn who_runs_the_server_cannot_leave_it_alone() {
    let server = Server::of(&["ann"], &["bob"]);
    let ann = server.signed_in("ann");
    assert_eq!(server.ask(&ann, "POST /users/Ann/disable", &NONE).code(), (409, "own-account"));
    let out = server.ask(&ann, "POST /groups/administrators/remove", &json!({ "user": "ann" }));
    assert_eq!(out.code(), (409, "last-administrator"));
    assert_eq!(out.body["subject"], json!({ "kind": "user", "name": "ann" }));
    let group = server.ask(&ann, "POST /groups/administrators/add", &json!({ "user": "bob" })).ok();
    assert_eq!(group["members"][1], json!({ "user": "bob", "said_here": true, "claimed": false }));
    server.ask(&ann, "POST /groups/administrators/remove", &json!({ "user": "ann" })).ok();
    assert_eq!(server.ask(&ann, "POST /users/bob/disable", &NONE).code(), (403, "not-permitted"), "at once");
}

#[test]
fn everybody_reads_names_and_the_rest_is_for_few() {
    let server = Server::of(&["ann"], &["bob"]);
    let (ann, bob) = (server.signed_in("ann"), server.signed_in("bob"));
    server.ask(&ann, "POST /groups/testers/add", &json!({ "user": "bob" })).ok();
    let seen = server.ask(&bob, "GET /users", &NONE).ok();
    assert_eq!(seen["users"][0], json!({ "name": "ann", "display_name": "ann Other" }));
    assert_eq!(seen["users"][1]["account"]["email"], "bob@x", "his own");
    assert_eq!(server.ask(&bob, "GET /users/ann", &NONE).ok()["account"], NONE);
    let whole = server.ask(&ann, "GET /users/BOB", &NONE).ok();
    assert_eq!(whole["account"]["groups"], json!(["testers"]));
    assert!(!whole.to_string().contains("argon2"), "{whole}");
    let edited = server.ask(&bob, "PATCH /users/bob", &json!({ "display_name": "Bob", "email": "" })).ok();
    assert_eq!((&edited["display_name"], &edited["account"]["email"]), (&json!("Bob"), &NONE));
    let reset = server.ask(&ann, "POST /users/bob/reset", &NONE).ok();
    assert!(reset["secret"].as_str().unwrap().starts_with("sbi_"));
    assert!(person::find(&*server.reception.people, "bob").unwrap().name == UserName::new("bob"));
}
