//! Signing in by the word of a provider of identities (`SPEC W3`).

mod linked;

use crate::identity_provider::{CLIENT, IdentityProvider, Key, NOW, SECRET, Signs, query};
use crate::knocking::{Answered, Knocks, OFFICE, PASSWORD, Server, cookie_of};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use switchback_core::ports::people::groups::ADMINISTRATORS;

const NONE: Value = Value::Null;
const MILLIS: i64 = NOW * 1000;
const LEAVE: &str = "/api/v1/sign-in/oidc/company";
const BACK: &str = "/api/v1/sign-in/oidc/company/callback";

/// A server that lets people in by a provider, and the browser of whoever tries.
struct Scene {
    server: Server,
    provider: IdentityProvider,
}

/// What a browser holds.
#[derive(Clone, Default)]
struct Browser {
    leaving: Option<String>,
    session: Option<String>,
}

impl Browser {
    fn cookies(&self) -> String {
        let pairs = [("__Host-switchback-leaving", &self.leaving), ("__Host-switchback", &self.session)];
        let held = pairs.iter().filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}={value}")));
        held.collect::<Vec<_>>().join("; ")
    }

    fn take(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()) {
            assert!(cookie.contains("; Path=/; Secure; HttpOnly; SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            let value = (!value.is_empty()).then(|| value.to_owned());
            match name {
                "__Host-switchback-leaving" => self.leaving = value,
                "__Host-switchback" => self.session = value,
                other => panic!("{other}"),
            }
        }
    }
}

/// What came of coming back.
struct Arrived {
    status: u16,
    code: String,
    location: String,
    text: String,
}

impl Scene {
    /// `more` is said about the provider; there are `ann` who runs the server, and `bob`.
    fn new(more: &str) -> Self {
        Self::with("", more)
    }

    fn with(first: &str, more: &str) -> Self {
        let provider = IdentityProvider::new();
        let server = Server::of(&["root"], &["bob"]);
        std::fs::write(server.data().join("secret"), SECRET).unwrap();
        let text = format!(
            "public_url = \"https://switchback.example\"\n{first}\n[[oidc]]\nname = \"company\"\nissuer = \"{}\"\n\
             client_id = \"{CLIENT}\"\nclient_secret = {{ file = \"secret\" }}\nscopes = [\"profile\", \"groups\"]\n{more}\n",
            provider.issuer
        );
        Self { server: server.told(&text, MILLIS), provider }
    }

    fn leaves(&self, browser: &mut Browser, query: &str) -> String {
        let (status, headers, text) = self.server.browse(&format!("{LEAVE}{query}"), &[("cookie", &browser.cookies())]);
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        browser.take(&headers);
        headers["location"].to_str().unwrap().to_owned()
    }

    fn comes_back(&self, browser: &mut Browser, (code, state): (&str, &str)) -> Arrived {
        let issuer = self.provider.issuer.replace(':', "%3A").replace('/', "%2F");
        let address = format!("{BACK}?code={code}&state={state}&iss={issuer}&more=x");
        let (status, headers, text) = self.server.browse(&address, &[("cookie", &browser.cookies())]);
        browser.take(&headers);
        let problem: Value = serde_json::from_str(&text).unwrap_or_default();
        Arrived {
            status: status.as_u16(),
            code: problem["code"].as_str().unwrap_or_default().to_owned(),
            location: headers.get("location").map_or("", |value| value.to_str().unwrap()).to_owned(),
            text,
        }
    }

    /// Somebody signs in, from beginning to end.
    fn signs_in(&self, browser: &mut Browser) -> Arrived {
        let (code, state) = self.provider.grants(&self.leaves(browser, ""));
        self.comes_back(browser, (&code, &state))
    }

    fn session(&self, browser: &Browser) -> Answered {
        self.server.ask(&Knocks { cookie: browser.session.clone(), ..Knocks::default() }, "GET /session", &NONE)
    }

    fn says(&self, claim: &str, value: Value) {
        self.provider.says().claims.insert(claim.to_owned(), value);
    }

    /// The groups that the provider's person is in, after signing in again.
    fn groups(&self) -> Vec<String> {
        let mut browser = Browser::default();
        let arrived = self.signs_in(&mut browser);
        assert_eq!(arrived.status, 303, "{}", arrived.text);
        let told = self.session(&browser).ok();
        told["groups"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    }
}

const OPEN: &str = "new_people = true";

#[test]
fn somebody_comes_in_by_a_providers_word() {
    let scene = Scene::new(OPEN);
    let mut browser = Browser::default();
    let address = scene.leaves(&mut browser, "?return=/shop/where?a=b");
    let asked = query(address.split_once('?').unwrap().1);
    assert_eq!(asked["redirect_uri"], format!("https://switchback.example{BACK}"));
    assert_eq!(asked["scope"], "openid profile groups");
    assert!(
        asked["nonce"].len() >= 20 && asked["code_challenge"].len() == 43 && asked["state"].len() == 47,
        "{asked:?}"
    );
    let (code, state) = scene.provider.grants(&address);
    let arrived = scene.comes_back(&mut browser, (&code, &state));
    assert_eq!((arrived.status, arrived.location.as_str()), (303, "/shop/where?a=b"), "{}", arrived.text);
    assert_eq!(browser.leaving, None, "it is forgotten");
    let told = scene.session(&browser).ok();
    let of = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        (of("person"), of("display_name"), of("email")),
        ("ann".into(), "Ann Other".into(), "ann@example.org".into())
    );
    assert_eq!(
        (&told["groups"], &told["by"], &told["administrator"]),
        (&json!(["testers"]), &json!("session"), &json!(false))
    );
    let root = scene.server.signed_in("root");
    let ann = scene.server.ask(&root, "GET /users/ann", &NONE).ok();
    assert_eq!(ann["account"]["identity"], json!({ "issuer": scene.provider.issuer, "subject": "248" }));
    assert_eq!(ann["account"]["has_password"], false);
    // The session that the browser had ends, and whoever signs out is told where they sign out there.
    let earlier = browser.clone();
    scene.signs_in(&mut browser);
    assert_eq!(scene.session(&earlier).code(), (401, "session-over"));
    let knocks = Knocks { cookie: browser.session.clone(), ..Knocks::default() };
    let out = scene.server.ask(&knocks, "POST /session/end", &NONE).ok();
    let there = out["provider"].as_str().unwrap();
    assert!(there.starts_with(&format!("{}/end?", scene.provider.issuer)), "{there}");
    assert_eq!(query(there.split_once('?').unwrap().1)["post_logout_redirect_uri"], "https://switchback.example/");
    assert_eq!(scene.session(&browser).code(), (401, "session-over"));
}

#[test]
fn what_does_not_hold_lets_nobody_in() {
    let far = NOW + 3600;
    let cases: [(&str, Value, Signs, (u16, &str)); 14] = [
        ("nonce", json!("another"), Signs::Properly, (401, "identity-unproved")),
        ("nonce", NONE, Signs::Properly, (401, "identity-unproved")),
        ("aud", json!("another"), Signs::Properly, (401, "identity-unproved")),
        ("aud", json!([CLIENT, "another"]), Signs::Properly, (401, "identity-unproved")),
        ("azp", json!("another"), Signs::Properly, (401, "identity-unproved")),
        ("iss", json!("https://another.example"), Signs::Properly, (401, "identity-unproved")),
        ("exp", json!(NOW - 120), Signs::Properly, (401, "provider-clock")),
        ("iat", json!(far), Signs::Properly, (401, "provider-clock")),
        ("sub", NONE, Signs::Properly, (503, "provider-away")),
        ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"), Signs::Properly, (401, "identity-unproved")),
        ("name", json!("Ann"), Signs::Not, (401, "identity-unproved")),
        ("name", json!("Ann"), Signs::WithThePublicKey, (401, "identity-unproved")),
        ("name", json!("Ann"), Signs::WithTheSecret, (401, "identity-unproved")),
        ("name", json!("Ann"), Signs::WithAnother, (401, "identity-unproved")),
    ];
    let scene = Scene::new(OPEN);
    for (claim, value, signs, (status, code)) in cases {
        let mut browser = Browser::default();
        scene.provider.says().claims.clear();
        scene.provider.says().signs = signs;
        scene.says(claim, value.clone());
        let arrived = scene.signs_in(&mut browser);
        let what = format!("{claim} {value} {signs:?}: {}", arrived.text);
        assert_eq!((arrived.status, arrived.code.as_str()), (status, code), "{what}");
        assert_eq!(browser.session, None, "{what}");
        assert_eq!(scene.server.reception.people.persons().unwrap().len(), 2, "{what}");
    }
    // What is said of several, and of us by name, holds; so does a clock that is half a minute off.
    for (claim, value) in [("aud", json!([CLIENT, "another"])), ("exp", json!(NOW - 30)), ("iat", json!(NOW + 30))] {
        scene.provider.says().claims.clear();
        scene.provider.says().signs = Signs::Properly;
        scene.says("azp", json!(CLIENT));
        scene.says(claim, value);
        let arrived = scene.signs_in(&mut Browser::default());
        assert_eq!(arrived.status, 303, "{claim}: {}", arrived.text);
    }
}

#[test]
fn keys_that_are_new_are_asked_for_once() {
    let scene = Scene::new(OPEN);
    assert_eq!(scene.signs_in(&mut Browser::default()).status, 303);
    assert_eq!(scene.signs_in(&mut Browser::default()).status, 303);
    assert_eq!(scene.provider.times("/keys"), 1, "they are kept");
    scene.provider.says().keys = vec![Key::new("second")];
    assert_eq!(scene.signs_in(&mut Browser::default()).status, 303);
    assert_eq!(scene.provider.times("/keys"), 2);
    // One that is new under an old name is one that is new.
    scene.provider.says().keys = vec![Key::new("second")];
    assert_eq!(scene.signs_in(&mut Browser::default()).status, 303);
    assert_eq!(scene.provider.times("/keys"), 3);
    scene.provider.says().signs = Signs::WithAnother;
    assert_eq!(scene.signs_in(&mut Browser::default()).code, "identity-unproved");
    assert_eq!(scene.provider.times("/keys"), 4, "once");
}

#[test]
fn a_sign_in_comes_back_once_to_the_browser_that_it_was_begun_in() {
    let scene = Scene::new(OPEN);
    let mut browser = Browser::default();
    let (code, _) = scene.provider.grants(&scene.leaves(&mut browser, ""));
    let not_begun = |browser: &mut Browser, scene: &Scene, (code, state): (&str, &str)| {
        let arrived = scene.comes_back(browser, (code, state));
        assert_eq!((arrived.status, arrived.code.as_str()), (401, "sign-in-not-begun"), "{}", arrived.text);
        assert_eq!(browser.session, None);
    };
    not_begun(&mut browser, &scene, (&code, "sbx_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    not_begun(&mut browser, &scene, (&code, ""));
    assert_eq!(scene.provider.times("/token"), 0, "nobody is asked for it");
    // Somebody else's browser, with what was meant for this one: a page that has somebody sign in as its maker.
    let (code, state) = scene.provider.grants(&scene.leaves(&mut browser, ""));
    not_begun(&mut Browser::default(), &scene, (&code, &state));
    not_begun(&mut browser.clone(), &scene, (&code, &state));
    let mut other = Browser::default();
    scene.leaves(&mut other, "");
    let (code, state) = scene.provider.grants(&scene.leaves(&mut browser, ""));
    not_begun(&mut other, &scene, (&code, &state));
    // Twice.
    let (code, state) = scene.provider.grants(&scene.leaves(&mut browser, ""));
    let mut again = browser.clone();
    assert_eq!(scene.comes_back(&mut browser, (&code, &state)).status, 303);
    not_begun(&mut again, &scene, (&code, &state));
    // Two windows at once.
    let mut browser = Browser::default();
    let first = scene.provider.grants(&scene.leaves(&mut browser, ""));
    let second = scene.provider.grants(&scene.leaves(&mut browser, ""));
    assert_eq!(scene.comes_back(&mut browser.clone(), (&first.0, &first.1)).status, 303);
    assert_eq!(scene.comes_back(&mut browser, (&second.0, &second.1)).status, 303);
}

#[test]
fn a_provider_that_says_no_or_nothing_is_told_as_that() {
    let scene = Scene::new(OPEN);
    for (said, told) in [("access_denied", "access_denied"), ("%3Cb%3E", "no known reason")] {
        let mut browser = Browser::default();
        let (_, state) = scene.provider.grants(&scene.leaves(&mut browser, ""));
        let address = format!("{BACK}?error={said}&error_description=x&state={state}");
        let cookies = browser.cookies();
        let (status, headers, text) =
            scene.server.browse(&address, &[("cookie", &cookies), ("accept", "text/html,*/*")]);
        assert_eq!(status, 403, "{text}");
        assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
        assert!(headers["x-content-type-options"] == "nosniff" && headers["cache-control"] == "no-store");
        assert!(
            text.contains(&format!("does not let you in here: {told}.")) && text.contains("[provider-denied]"),
            "{text}"
        );
    }
    // A code that it does not take is its no as well.
    let mut browser = Browser::default();
    let (_, state) = scene.provider.grants(&scene.leaves(&mut browser, ""));
    let arrived = scene.comes_back(&mut browser, ("wrong", &state));
    assert_eq!((arrived.status, arrived.code.as_str()), (403, "provider-denied"), "{}", arrived.text);
    let mut browser = Browser::default();
    let (code, state) = scene.provider.grants(&scene.leaves(&mut browser, ""));
    scene.provider.says().ails = true;
    let arrived = scene.comes_back(&mut browser, (&code, &state));
    assert_eq!((arrived.status, arrived.code.as_str()), (503, "provider-away"), "{}", arrived.text);
    assert!(!arrived.text.contains(&code), "{}", arrived.text);
    let scene = Scene::new("groups_claim = \"roles\"");
    scene.provider.says().ails = true;
    let (status, _, text) = scene.server.browse(LEAVE, &[]);
    assert_eq!((status.as_u16(), text.contains("provider-away")), (503, true), "{text}");
    let (status, _, text) = scene.server.browse("/api/v1/sign-in/oidc/nobody", &[]);
    assert_eq!((status.as_u16(), text.contains("unknown-provider")), (404, true), "{text}");
    for odd in ["?return=//evil.example", "?return=https://evil.example", "?form=x", "?handover=x", "?port=1"] {
        let (status, _, text) = scene.server.browse(&format!("{LEAVE}{odd}"), &[]);
        assert_eq!((status.as_u16(), text.contains("invalid-request")), (422, true), "{odd}: {text}");
    }
}

#[test]
fn who_leaves_again_and_again_waits() {
    let scene = Scene::new(OPEN);
    for _ in 0..30 {
        scene.leaves(&mut Browser::default(), "");
    }
    let (status, _, text) = scene.server.browse(LEAVE, &[]);
    assert_eq!((status.as_u16(), text.contains("sign-in-limited")), (429, true), "{text}");
    let scene = Scene { server: scene.server.at(MILLIS + 16 * 60_000), ..scene };
    assert_eq!(scene.server.browse(LEAVE, &[]).0, StatusCode::SEE_OTHER);
}

#[test]
fn groups_are_those_that_the_provider_says_beside_those_said_here() {
    let scene = Scene::new(OPEN);
    assert_eq!(scene.groups(), ["testers"]);
    scene.server.ask(&scene.server.signed_in("root"), "POST /groups/owners/add", &json!({ "user": "ann" })).ok();
    scene.says("groups", json!(["release", ADMINISTRATORS, "@odd", 7]));
    assert_eq!(scene.groups(), ["owners", "release"], "nobody runs a server because a group there is called so");
    scene.says("groups", json!("alone"));
    assert_eq!(scene.groups(), ["alone", "owners"]);
    scene.says("groups", NONE);
    scene.provider.says().beside = json!({ "sub": "248", "groups": ["beside"] }).as_object().unwrap().clone();
    assert_eq!(scene.groups(), ["beside", "owners"], "what is not in the word stands beside it");
    scene.provider.says().beside.insert("sub".to_owned(), json!("249"));
    assert_eq!(scene.signs_in(&mut Browser::default()).code, "identity-unproved", "of somebody else");
    scene.provider.says().beside = json!({ "sub": "248" }).as_object().unwrap().clone();
    assert_eq!(scene.groups(), ["owners"], "what it does not say any more ends");

    let scene = Scene::new("new_people = true\ngroups_claim = \"roles\"\ngroups = { \"cn=ops\" = \"administrators\" }");
    scene.says("roles", json!(["cn=ops", "testers"]));
    assert_eq!(scene.groups(), [ADMINISTRATORS], "what is named, and nothing else");
    scene.says("roles", json!([]));
    assert_eq!(scene.groups(), Vec::<String>::new());
}

#[test]
fn who_is_in_none_of_the_groups_stays_out() {
    let scene = Scene::new("new_people = true\nonly_groups = [\"staff\"]");
    let arrived = scene.signs_in(&mut Browser::default());
    assert_eq!((arrived.status, arrived.code.as_str()), (403, "identity-not-admitted"), "{}", arrived.text);
    assert!(scene.server.reception.people.person("ann").unwrap().is_none());
    scene.says("groups", json!(["staff"]));
    let mut browser = Browser::default();
    assert_eq!(scene.signs_in(&mut browser).status, 303);
    // Who was in one, and is not any more, is out of what it gave them.
    scene.says("groups", json!(["others"]));
    assert_eq!(scene.signs_in(&mut Browser::default()).code, "identity-not-admitted");
    assert_eq!(scene.session(&browser).code(), (401, "session-over"));
    let ann = scene.server.reception.people.person("ann").unwrap().unwrap();
    assert_eq!(scene.server.reception.people.groups_of(&ann.name).unwrap(), BTreeSet::new());
}

#[test]
fn nobody_is_taken_for_somebody_by_a_name_or_an_address() {
    let scene = Scene::new(OPEN);
    for (claim, value) in [("preferred_username", json!("BOB")), ("email", json!("bob@x"))] {
        scene.says(claim, value);
    }
    let arrived = scene.signs_in(&mut Browser::default());
    assert_eq!((arrived.status, arrived.code.as_str()), (409, "identity-unnamed"), "{}", arrived.text);
    assert!(arrived.text.contains("\"subject\":\"248\""), "{}", arrived.text);
    for odd in [json!("@ann"), json!("a\u{202e}"), NONE] {
        scene.provider.says().beside = json!({ "sub": "248" }).as_object().unwrap().clone();
        scene.says("preferred_username", odd.clone());
        assert_eq!(scene.signs_in(&mut Browser::default()).code, "identity-unnamed", "{odd}");
    }
    // What cannot be here beside the name is left out, and an address that nobody proved.
    for (claim, value) in
        [("preferred_username", json!("ann")), ("name", json!("<b>")), ("email_verified", json!(false))]
    {
        scene.says(claim, value);
    }
    let mut browser = Browser::default();
    assert_eq!(scene.signs_in(&mut browser).status, 303);
    let told = scene.session(&browser).ok();
    assert_eq!((&told["display_name"], &told["email"]), (&json!("ann"), &NONE));
    // With another name there, they are the same person here.
    scene.says("preferred_username", json!("ann.newname"));
    let mut browser = Browser::default();
    assert_eq!(scene.signs_in(&mut browser).status, 303);
    assert_eq!(scene.session(&browser).ok()["person"], "ann");
}
