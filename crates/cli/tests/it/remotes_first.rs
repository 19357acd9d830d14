//! Before a server has a copy of a remote: how far it is, and in which of several repositories a pipeline begins.

use crate::https_host::{HttpsHost, Manner};
use crate::process;
use crate::remote_world::Far;
use crate::serving::Caller;
use crate::world::{Ran, World};
use serde_json::{Value, json};
use std::fs;

#[test]
fn while_a_remote_is_fetched_for_the_first_time_everybody_hears_how_far_it_is() {
    let far = Far::new();
    let mut random = fastrand::Rng::with_seed(7);
    far.world.git(&["checkout", "--quiet", "--detach", "main"]);
    // The half that is not held is several of git's packets, of which each is read whole and is 64 KiB at most.
    for number in 0..300 {
        let text: String = (0..4_000).map(|_| random.alphanumeric()).collect();
        far.world.write(&format!("large/{number}"), &text);
    }
    far.world.commit("Much");
    far.world.git(&["push", "--quiet", "origin", "HEAD:main"]);
    let hold = far.world.path("hold");
    fs::write(&hold, "").expect("a file");
    let host = HttpsHost::begin(far.world.path("ca.pem"), Manner::Holds(far.world.path("."), hold.clone()));
    let (remote, ca) = (format!("shop={}", host.address("origin.git")), format!("shop={}", host.ca.display()));
    let words = ["--remote", &remote, "--remote-credential", "shop=env:SHOP_TOKEN", "--remote-ca", &ca];
    let serving = far.begun_by(&words, "1");
    let nobody = Caller::at(&serving.address, "");
    let ready = || nobody.get("/readyz").body;
    process::wait_for("some of it", || ready()["fetching"][0].as_u64().is_some_and(|percent| percent > 0));
    let percent = ready()["fetching"][0].as_u64().expect("a part");
    assert!(percent < 100, "{percent}");
    assert_eq!(ready()["status"], "ready", "whatever else it keeps is served");
    let said = far.ask(&serving, 1, &["status"]);
    assert_eq!(said["fault"]["code"], "remote-unreachable", "{said}");
    // It goes on until half of it is there.
    assert!((percent..100).contains(&how_far(&said["fault"]["message"])), "{said}");
    assert!(far.log().contains("it is being fetched for the first time: "), "{}", far.log());
    let said = far.ask(&serving, 3, &["--pipeline", "acme", "status"]);
    assert!((percent..100).contains(&how_far(&said["refused"]["message"])), "{said}");
    fs::remove_file(&hold).expect("it was there");
    process::wait_for("the copy", || far.copy().exists());
    process::wait_for("the end", || ready() == json!({"status": "ready"}));
    far.ask(&serving, 0, &["init"]);
}

/// How many of a hundred parts a sentence says there are.
fn how_far(message: &Value) -> u64 {
    let parts = message.as_str().expect("a text").split_once("the remote shop is being fetched for the first time: ");
    let percent = parts.and_then(|(_, rest)| rest.split_once(" % of its objects are here")).map(|(percent, _)| percent);
    percent.and_then(|percent| percent.parse().ok()).unwrap_or_else(|| panic!("{message}"))
}

#[test]
fn of_several_repositories_the_one_is_meant_that_is_named() {
    let far = Far::new();
    let other = World::bare_of_pipeline();
    let web = other.path("web");
    fs::rename(other.repo(), &web).expect("another name");
    let named = far.named();
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    let serving = far.served_by(&[&named[..], &["--repository", web.to_str().expect("a name")]].concat(), "1");
    let said = far.ask(&serving, 3, &["init"]);
    assert_eq!(said["refused"]["code"], "unknown-repository", "{said}");
    assert_eq!(said["refused"]["hint"], "name one of: web, shop", "{said}");
    let said = far.ask(&serving, 3, &["init", "--repository", "shopp"]);
    assert!(said["refused"]["message"].as_str().expect("a text").contains("`shopp`"), "{said}");
    let said = far.ask(&serving, 3, &["status"]);
    assert!(said["refused"]["message"].as_str().expect("a text").contains("no pipeline has begun in any"), "{said}");
    let begun = far.ask(&serving, 0, &["init", "--repository", "shop"]);
    assert_eq!(begun["pipeline"], "acme", "{begun}");
    let stages = ["--stage", "TEST=dev", "--stage", "LIVE=main", "--next", "TEST=LIVE"];
    let words = [&["init", "--pipeline", "web", "--repository", "web"][..], &stages].concat();
    assert_eq!(far.ask(&serving, 0, &words)["pipeline"], "web");
    let asked = |pipeline: &str| far.ask(&serving, 0, &["--pipeline", pipeline, "status"])["stages"].clone();
    let names =
        |stages: &Value| stages.as_array().expect("stages").iter().map(|one| one["name"].clone()).collect::<Vec<_>>();
    assert_eq!((names(&asked("web")), names(&asked("acme")).len()), (vec![json!("TEST"), json!("LIVE")], 3));
    // At home there is the one at hand.
    let words = ["init", "--repository", "web", "--json"];
    let ran = Ran::of(far.world.command_in(&far.world.repo(), &words).output().expect("it runs"));
    assert_eq!(ran.exit, Some(2), "{ran:?}");
}
