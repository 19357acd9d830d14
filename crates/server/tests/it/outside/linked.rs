//! Who people are at a provider, what passwords are still for, and what a command line gets of it.

use super::*;
use switchback_core::words::names::{Time, UserName};
use switchback_people::person::reset;
use switchback_people::sign_in::Whom;

#[test]
fn an_administrator_says_who_somebody_is_and_takes_it_back() {
    let scene = Scene::new("");
    let arrived = scene.signs_in(&mut Browser::default());
    assert_eq!((arrived.status, arrived.code.as_str()), (403, "identity-unknown"), "{}", arrived.text);
    assert!(arrived.text.contains("\"subject\":\"248\""), "{}", arrived.text);
    let root = scene.server.signed_in("root");
    let attach = |user: &str, provider: &str| {
        let body = json!({ "provider": provider, "subject": "248" });
        scene.server.ask(&root, &format!("POST /users/{user}/identity"), &body)
    };
    assert_eq!(attach("nobody", "company").code(), (404, "unknown-user"));
    assert_eq!(attach("bob", "another").code(), (404, "unknown-provider"));
    assert_eq!(attach("bob", "company").ok()["account"]["identity"]["subject"], "248");
    assert_eq!(attach("root", "company").code(), (409, "identity-taken"));
    let mut browser = Browser::default();
    assert_eq!(scene.signs_in(&mut browser).status, 303);
    assert_eq!(scene.session(&browser).ok()["person"], "bob");
    assert_eq!(scene.session(&browser).ok()["groups"], json!(["testers"]));
    let detach = |user: &str| scene.server.ask(&root, &format!("POST /users/{user}/identity/end"), &NONE);
    assert_eq!(detach("bob").ok()["account"]["groups"], json!([]));
    assert_eq!(scene.session(&browser).code(), (401, "session-over"));
    assert_eq!(detach("bob").code(), (409, "identity-unlinked"));
    assert_eq!(scene.signs_in(&mut Browser::default()).code, "identity-unknown");
    // Who is disabled stays out, by this way too.
    attach("bob", "company").ok();
    scene.server.ask(&root, "POST /users/bob/disable", &NONE).ok();
    let arrived = scene.signs_in(&mut Browser::default());
    assert_eq!((arrived.status, arrived.code.as_str()), (403, "person-disabled"), "{}", arrived.text);
}

#[test]
fn somebody_who_is_in_links_who_they_are() {
    let scene = Scene::new("");
    let link = |knocks: &Knocks| {
        let answered = scene.server.ask(knocks, "POST /session/identity", &json!({ "provider": "company" }));
        let leaving = answered.cookie.as_deref().and_then(|text| text.strip_prefix("__Host-switchback-leaving="));
        let leaving = leaving.and_then(|text| text.split(';').next()).map(str::to_owned);
        let browser = Browser { leaving, session: knocks.cookie.clone() };
        let address = answered.ok()["address"].as_str().unwrap().to_owned();
        (browser, scene.provider.grants(&address))
    };
    let bob = scene.server.signed_in("bob");
    // Whoever signed out meanwhile, or somebody else who signed in, links nobody.
    let (mut browser, (code, state)) = link(&bob);
    browser.session = scene.server.signed_in("root").cookie;
    assert_eq!(scene.comes_back(&mut browser, (&code, &state)).code, "sign-in-not-begun");
    let (mut browser, (code, state)) = link(&bob);
    browser.session = None;
    assert_eq!(scene.comes_back(&mut browser, (&code, &state)).code, "sign-in-not-begun");
    let (mut browser, (code, state)) = link(&bob);
    let arrived = scene.comes_back(&mut browser, (&code, &state));
    assert_eq!((arrived.status, arrived.location.as_str()), (303, "/"), "{}", arrived.text);
    assert_eq!(browser.session, bob.cookie, "they stay in as they were");
    let mut browser = Browser::default();
    assert_eq!(scene.signs_in(&mut browser).status, 303);
    assert_eq!(scene.session(&browser).ok()["person"], "bob");
    let (mut browser, (code, state)) = link(&scene.server.signed_in("root"));
    assert_eq!(scene.comes_back(&mut browser, (&code, &state)).code, "identity-taken");
    let program = scene.server.program_of("bob", &json!({}));
    let no = scene.server.ask(&program, "POST /session/identity", &json!({ "provider": "company" }));
    assert_eq!(no.code(), (403, "not-permitted"));
    let odd = json!({ "provider": "company", "return": "//evil.example" });
    assert_eq!(scene.server.ask(&bob, "POST /session/identity", &odd).code(), (422, "invalid-request"));
}

#[test]
fn without_passwords_those_who_run_the_server_keep_theirs() {
    let scene = Scene::with("passwords = false", OPEN);
    assert_eq!(scene.server.tries("bob", PASSWORD, OFFICE).code(), (403, "passwords-off"));
    assert_eq!(scene.server.tries("bob", "wrong horse battery", OFFICE).code(), (401, "sign-in-wrong"));
    let root = scene.server.signed_in("root");
    let ways = scene.server.ask(&Knocks::default(), "GET /sign-in", &NONE).ok();
    assert_eq!(ways, json!({ "passwords": false, "providers": [{ "name": "company", "address": LEAVE }] }));
    assert_eq!(scene.server.ask(&root, "POST /users/bob/reset", &NONE).code(), (403, "passwords-off"));
    // One that was given while passwords were on is of no use either.
    let people = &*scene.server.reception.people;
    let earlier = reset(people, &UserName::new("bob"), Whom::Everybody, Time(NOW * 1000)).unwrap();
    let take = json!({ "secret": earlier.reveal(), "password": "another horse battery" });
    assert_eq!(scene.server.ask(&Knocks::default(), "POST /invitations/take", &take).code(), (403, "passwords-off"));
    let reset = scene.server.ask(&root, "POST /users/root/reset", &NONE).ok();
    let take = json!({ "secret": reset["secret"], "password": "another horse battery" });
    scene.server.ask(&Knocks::default(), "POST /invitations/take", &take).ok();
    assert!(scene.server.tries("root", "another horse battery", OFFICE).status.is_success());
    assert_eq!(scene.signs_in(&mut Browser::default()).status, 303);
}

#[test]
fn a_command_line_is_handed_what_it_alone_can_use() {
    let scene = Scene::new(OPEN);
    let verifier = "a verifier that nobody guesses";
    let challenge: String = {
        use sha2::{Digest as _, Sha256};
        Sha256::digest(verifier).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let handed = |query: &str| {
        let mut browser = Browser::default();
        let (code, state) = scene.provider.grants(&scene.leaves(&mut browser, query));
        let arrived = scene.comes_back(&mut browser, (&code, &state));
        assert_eq!((browser.session, browser.leaving), (None, None), "the browser itself is not in");
        arrived
    };
    let uses = |code: &str, verifier: &str| {
        let body = json!({ "code": code, "verifier": verifier });
        scene.server.ask(&Knocks::default(), "POST /session/handover", &body)
    };
    let arrived = handed(&format!("?handover={challenge}&port=5123"));
    let code = arrived.location.strip_prefix("http://127.0.0.1:5123/?code=").unwrap();
    let answered = uses(code, verifier);
    let cookie = answered.cookie.as_deref().and_then(cookie_of);
    assert_eq!(answered.ok()["person"], "ann");
    assert_eq!(scene.session(&Browser { session: cookie, leaving: None }).ok()["person"], "ann");
    assert_eq!(uses(code, verifier).code(), (401, "handover-over"), "once");
    let arrived = handed(&format!("?handover={challenge}"));
    assert_eq!(arrived.status, 200);
    let code = arrived.text.lines().find_map(|line| line.trim().strip_prefix("sbh_")).unwrap();
    let code = format!("sbh_{code}");
    assert_eq!(uses(&code, "another").code(), (401, "handover-over"));
    assert_eq!(uses(&code, verifier).code(), (401, "handover-over"), "whoever guesses wrong has used it");
    assert_eq!(uses("nonsense", verifier).code(), (401, "handover-over"));
    let arrived = handed(&format!("?handover={challenge}&port=5123"));
    let code = arrived.location.rsplit('=').next().unwrap();
    let root = scene.server.signed_in("root");
    scene.server.ask(&root, "POST /users/ann/disable", &NONE).ok();
    assert_ne!(uses(code, verifier).status, StatusCode::OK);
}
