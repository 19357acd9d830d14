//! What a server does because somebody pushed: git hosts call it, and branches are recorded by themselves (`SPEC W4`).

use crate::process;
use crate::remote_world::{Far, Serving, warned};
use crate::serving::Caller;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use std::fs;

const WORD: &str = "what-was-agreed-upon";

/// A pipeline on a remote, whose branches are recorded when they are pushed.
fn recording() -> Far {
    let far = Far::begun();
    let text = fs::read_to_string(far.copy().join("switchback.toml")).unwrap();
    far.world.git(&["checkout", "--quiet", "--detach", "main"]);
    far.world.write("switchback.toml", &format!("{text}\n[changes]\nrecord = \"push\"\n"));
    far.world.git(&["commit", "--quiet", "--all", "--message", "Record what is pushed"]);
    far.world.git(&["push", "--quiet", "origin", "HEAD:main"]);
    far.here(&["fetch"]);
    far.here(&["configure"]);
    far
}

fn change(far: &Far, serving: &Serving, key: &str) -> Value {
    let all = far.ask(serving, 0, &["change", "list"]);
    let found = all["changes"].as_array().unwrap().iter().find(|change| change["key"] == key).cloned();
    found.unwrap_or_default()
}

#[test]
fn a_branch_that_is_pushed_is_recorded_by_itself() {
    let far = recording();
    let serving = far.serving(&[]);
    far.change("US-2");
    process::wait_for("the change", || change(&far, &serving, "US-2")["key"] == "US-2");
    // It belongs to whoever wrote it, and was recorded with the rights of whoever put that in force.
    let author = far.world.git(&["log", "-1", "--format=%an", "feature/US-2"]);
    assert_eq!(change(&far, &serving, "US-2")["owner"], json!(author));
    // What is pushed to it later is its next revision, and what stands there is not recorded again.
    far.world.git(&["checkout", "--quiet", "feature/US-2"]);
    far.world.write("web/US-2", "newer\n");
    far.world.git(&["commit", "--quiet", "--all", "--message", "US-2 again"]);
    far.world.git(&["push", "--quiet", "origin", "feature/US-2"]);
    process::wait_for("the revision", || {
        far.ask(&serving, 0, &["change", "show", "US-2"])["change"]["revisions"].as_array().map(Vec::len) == Some(2)
    });
    let entries = far.ask(&serving, 0, &["log"])["entries"].as_array().unwrap().len();
    let fetched = far.ask(&serving, 0, &["fetch"]);
    assert_eq!((&fetched["taken_in"], &fetched["recorded"]), (&json!(0), &Value::Null), "{fetched}");
    assert_eq!(far.ask(&serving, 0, &["log"])["entries"].as_array().unwrap().len(), entries);
    far.ask(&serving, 0, &["change", "record", "US-2", "--branch", "feature/US-2", "--stage", "DEV"]);
    far.ask(&serving, 0, &["promote", "US-2", "--to", "SIT"]);
    far.ask(&serving, 0, &["verify"]);
}

#[test]
fn what_is_no_work_on_a_change_is_not_recorded() {
    let far = recording();
    for (branch, from) in
        [("release/US-7", "feature/US-1"), ("feature/no-key", "feature/US-1"), ("feature/US-8", "main")]
    {
        far.world.git(&["push", "--quiet", "origin", &format!("{from}:refs/heads/{branch}")]);
    }
    far.change("US-2");
    let fetched = far.here(&["fetch"]);
    assert_eq!((&fetched["recorded"], warned(&fetched)), (&json!(["US-2"]), vec![]), "{fetched}");
    far.here(&["verify"]);
}

#[test]
fn what_is_stacked_is_recorded_with_what_it_is_stacked_on() {
    let far = recording();
    // By their names the upper one comes first.
    far.world.git(&["checkout", "--quiet", "-b", "feature/US-9-below", "main"]);
    far.world.write("web/below", "below\n");
    far.world.commit("US-9 below");
    far.world.git(&["checkout", "--quiet", "-b", "feature/US-3-above"]);
    far.world.write("web/above", "above\n");
    far.world.commit("US-3 above");
    far.world.git(&["push", "--quiet", "origin", "feature/US-9-below", "feature/US-3-above"]);
    let fetched = far.here(&["fetch"]);
    assert_eq!((&fetched["recorded"], warned(&fetched)), (&json!(["US-9", "US-3"]), vec![]), "{fetched}");
    let shown = far.here(&["change", "show", "US-3"]);
    assert!(shown.to_string().contains("\"depends_on\":[\"US-9\"]"), "{shown}");
}

#[test]
fn what_cannot_be_recorded_is_said_and_keeps_nothing_else_from_it() {
    let far = recording();
    let serving = far.serving(&[]);
    far.world.git(&["checkout", "--quiet", "--orphan", "feature/US-2"]);
    far.world.commit("US-2 from nowhere");
    far.world.git(&["push", "--quiet", "origin", "feature/US-2"]);
    far.change("US-3");
    process::wait_for("the warning", || warned(&far.ask(&serving, 0, &["status"])) == ["not-recorded"]);
    let status = far.ask(&serving, 0, &["status"]);
    let message = status["warnings"][0]["message"].as_str().unwrap();
    assert!(message.contains("feature/US-2 (") && message.contains("shares no history"), "{message}");
    process::wait_for("the other change", || change(&far, &serving, "US-3")["key"] == "US-3");
    // Mended, it is recorded and nothing more is said.
    far.world.git(&["checkout", "--quiet", "--force", "-B", "feature/US-2", "main"]);
    far.world.write("web/US-2", "new\n");
    far.world.commit("US-2 from the base");
    far.world.git(&["push", "--quiet", "--force", "origin", "feature/US-2"]);
    process::wait_for("the change", || change(&far, &serving, "US-2")["key"] == "US-2");
    process::wait_for("silence", || warned(&far.ask(&serving, 0, &["status"])).is_empty());
}

/// Calls as a git host; the status of the answer.
fn call(serving: &Serving, remote: &str, header: (&str, &str), body: &str) -> u16 {
    let stranger = Caller::at(&serving.address, "");
    stranger.request(&format!("POST /api/v1/webhooks/{remote}"), &[header], body).status
}

/// The signature that most hosts make.
fn signature(body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(WORD.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let digits: Vec<String> = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={}", digits.concat())
}

#[test]
fn a_git_host_that_calls_has_the_remote_looked_at() {
    let far = recording();
    fs::write(far.world.path("data/word"), format!("{WORD}\n")).unwrap();
    let settings = "[[remote]]\nname = \"shop\"\nwebhook = { file = \"word\" }\n";
    fs::write(far.world.path("data/server.toml"), settings).unwrap();
    // Nobody looks by themselves for an hour.
    let serving = far.served_by(&far.named(), "3600");
    process::wait_for("the first look", || warned(&far.ask(&serving, 0, &["status"])).is_empty());
    far.change("US-2");
    let word = ("x-gitlab-token", WORD);
    for (remote, header) in [("shop", ("accept", "*/*")), ("shop", ("x-gitlab-token", "another")), ("elsewhere", word)]
    {
        assert_eq!(call(&serving, remote, header, "{}"), 401, "{remote} {header:?}");
    }
    assert_eq!(change(&far, &serving, "US-2"), Value::Null);
    assert_eq!(call(&serving, "shop", word, "{}"), 200);
    process::wait_for("the change", || change(&far, &serving, "US-2")["key"] == "US-2");
    far.change("US-3");
    let body = "{\"ref\":\"refs/heads/feature/US-3\"}";
    let signed = ("x-hub-signature-256", &*signature(body));
    assert_eq!(call(&serving, "shop", signed, &format!("{body} ")), 401, "another body");
    assert_eq!(call(&serving, "shop", signed, body), 200);
    process::wait_for("the change", || change(&far, &serving, "US-3")["key"] == "US-3");
    assert!(!far.log().contains(WORD));
}

#[test]
fn a_server_finds_its_remotes_in_its_own_file() {
    let far = Far::new();
    fs::create_dir_all(far.world.path("data")).unwrap();
    let settings = format!(
        "[[remote]]\nname = \"shop\"\nurl = \"{}\"\ncredential = {{ env = \"SHOP_TOKEN\" }}\n",
        far.origin().display()
    );
    fs::write(far.world.path("data/server.toml"), settings).unwrap();
    let serving = far.served_by::<&str>(&[], "1");
    far.ask(&serving, 0, &["init"]);
    assert_eq!(far.ask(&serving, 0, &["status"])["remote"]["address"], json!(far.origin()));
}
