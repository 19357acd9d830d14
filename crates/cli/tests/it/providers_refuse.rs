//! Who is not let in by a provider, as a browser, a command line that waits, and the console meet that.

use crate::identity_provider::IdentityProvider;
use crate::process;
use crate::providers::{Scene, at_own, browse, now, sent};
use crate::world::{Ran, World};
use std::io::Read as _;

/// Who is refused in the browser is refused at the command line, which waits for nobody any more.
#[test]
fn a_command_line_that_waits_hears_why_nobody_came_in() {
    let provider = IdentityProvider::new();
    provider.says().now = now();
    let scene = Scene::new(&provider.issuer, ("passwords = false", ""));
    let back = |scene: &Scene, said: &str| format!("{}/api/v1/sign-in/oidc/company/callback?{said}", scene.address);
    // The provider says no.
    let (child, mut said, address) = scene.begins(&[]);
    let (location, cookie) = sent(&browse(&address, ""));
    let (_, state) = provider.grants(&location);
    let (handed, _) = sent(&browse(&back(&scene, &format!("error=access_denied&state={state}")), &cookie));
    let port = handed.trim_start_matches("http://").split('/').next().unwrap().to_owned();
    // Another page's word about it ends nothing.
    let forged = handed.replacen("to=", "to=0", 1);
    assert_ne!(forged, handed);
    assert_eq!(browse(&forged, "").status(), 404);
    assert_eq!(browse(&format!("http://{port}/?to=1&problem=2"), "").status(), 404);
    let shown = browse(&handed, "");
    assert!(shown.status() == 200 && shown.body().contains("You are not signed in"), "{shown:?}");
    assert!(shown.body().contains("access_denied"), "{shown:?}");
    let ran = process::ran(child);
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(
        (ran.exit, rest.contains("[provider-denied]"), rest.contains("access_denied")),
        (Some(3), true, true),
        "{ran:?} {rest}"
    );
    // Nobody here is who the provider knows.
    let (child, mut said, address) = scene.begins(&[]);
    browse(&sent(&at_own(&provider, &address, &scene)).0, "");
    let ran = process::ran(child);
    rest.clear();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!((ran.exit, rest.contains("[identity-unknown]")), (Some(3), true), "{ran:?} {rest}");
}

/// An answer that another provider sent is none (RFC 9207).
#[test]
fn an_answer_of_another_provider_lets_nobody_in() {
    let provider = IdentityProvider::new();
    provider.says().now = now();
    let scene = Scene::new(&provider.issuer, ("", "new_people = true"));
    let sign_in = format!("{}/api/v1/sign-in/oidc/company", scene.address);
    let comes_back = |more: &str| {
        let (location, cookie) = sent(&browse(&sign_in, ""));
        let (code, state) = provider.grants(&location);
        browse(&format!("{sign_in}/callback?code={code}&state={state}{more}"), &cookie)
    };
    let no = comes_back("&iss=https%3A%2F%2Felsewhere.example");
    assert_eq!((no.status().as_u16(), no.body().contains("[identity-unproved]")), (401, true), "{no:?}");
    assert!(no.body().contains("was sent by another provider"), "{no:?}");
    assert_eq!(comes_back(&format!("&iss={}", provider.issuer.replace(':', "%3A").replace('/', "%2F"))).status(), 303);
    assert_eq!(comes_back("").status(), 303, "it does not say that it always says so");
    provider.says().says_who = true;
    let other = Scene::new(&provider.issuer, ("", "new_people = true"));
    let (location, cookie) = sent(&browse(&format!("{}/api/v1/sign-in/oidc/company", other.address), ""));
    let (code, state) = provider.grants(&location);
    let back = format!("{}/api/v1/sign-in/oidc/company/callback?code={code}&state={state}", other.address);
    let no = browse(&back, &cookie);
    assert!(no.status() == 401 && no.body().contains("lacks which provider sent it"), "{no:?}");
}

/// Where passwords are for those alone who run the server, nobody else is given what they choose one with; and the console
/// reads the file that the server is started with.
#[test]
fn the_console_knows_what_the_server_is_told() {
    let world = World::three_stages();
    let data = world.path("data");
    std::fs::create_dir_all(&data).unwrap();
    let file = world.path("elsewhere.toml");
    let oidc = "[[oidc]]\nname = \"company\"\nissuer = \"https://login.example.org\"\nclient_id = \"switchback\"\n";
    std::fs::write(&file, format!("public_url = \"https://shop.example.org\"\npasswords = false\n{oidc}")).unwrap();
    let (data, file) = (data.to_str().unwrap(), file.to_str().unwrap());
    let user = |words: &[&str]| {
        let words = [&["user", "--data", data][..], words].concat();
        Ran::of(world.command_in(&world.repo(), &words).output().unwrap())
    };
    let link = ["link", "ann", "--provider", "company", "--subject", "248"];
    let added = user(&["add", "ann"]);
    assert!(added.exit == Some(0) && added.out.contains("sbi_"), "passwords are on: {added:?}");
    let no = user(&link);
    assert_eq!((no.exit, no.err.contains("[unknown-provider]")), (Some(3), true), "{no:?}");
    let told = |words: &[&str]| user(&[&["--config", file][..], words].concat());
    let linked = told(&link);
    assert!(linked.exit == Some(0) && linked.out.contains("248 at https://login.example.org"), "{linked:?}");
    let added = told(&["add", "bob"]);
    assert_eq!(
        (added.exit, added.out.contains("sbi_"), added.out.contains("by a provider")),
        (Some(0), false, true),
        "{added:?}"
    );
    let json = told(&["--json", "add", "cy"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert!(json["secret"].is_null() && json["expires"].is_null(), "{json}");
    let no = told(&["reset", "bob"]);
    assert_eq!((no.exit, no.err.contains("[passwords-off]")), (Some(3), true), "{no:?}");
    assert!(told(&["add", "root", "--administrator"]).out.contains("sbi_"));
    let no = user(&["--config", "/nowhere.toml", "list"]);
    assert_eq!((no.exit, no.err.contains("/nowhere.toml")), (Some(2), true), "{no:?}");
}
