//! `switchback demo`, as a process: it makes its pipeline, plays its walk, leaves everything in step, and serves it.

use crate::process;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

fn switchback(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchback"));
    command.args(words).env("NO_COLOR", "1");
    command
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {}{}", out(output), err(output)))
}

fn demo(folder: &Path, more: &[&str]) -> Output {
    switchback(&["demo", "--walk"]).arg(folder).args(more).output().unwrap()
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_walk_ends_as_it_says_and_everything_agrees() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("new/one");
    let told = demo(&folder, &["--json"]);
    assert_eq!(told.status.code(), Some(0), "{}", err(&told));
    let told = json(&told);
    let steps: Vec<(&str, u64)> = told["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["command"].as_str().unwrap(), step["exit"].as_u64().unwrap()))
        .collect();
    let refused: Vec<_> = steps.iter().filter(|(_, exit)| *exit != 0).collect();
    assert_eq!(refused, [&("switchback demote SHOP-102 --to INT", 3), &("switchback demote SHOP-103 --to Dev1", 3)]);
    let verbs = ["init", "change", "promote", "deploy", "back-promote", "demote", "rollback", "where", "history"];
    for verb in verbs {
        assert!(steps.iter().any(|(line, _)| line.split(' ').nth(1) == Some(verb)), "{verb} is not in the walk");
    }
    assert_eq!(steps.last(), Some(&("switchback verify", 0)));

    let repository = told["repository"].as_str().unwrap();
    let verified = json(&switchback(&["-C", repository, "verify", "--json"]).output().unwrap());
    assert_eq!(verified["ok"], true, "{verified}");
    let places = json(&switchback(&["-C", repository, "where", "SHOP-103", "--json"]).output().unwrap());
    let stages: Vec<&String> = places["changes"][0]["stages"].as_object().unwrap().keys().collect();
    assert_eq!(stages, ["Dev1"], "the demoted change is where it began, and nowhere else");
    let areas = Path::new(told["areas"].as_str().unwrap());
    for (area, file, has) in [
        ("int-web", "checkout.html", ("name=\"day\"", "value=\"card\"")),
        ("uat-web", "checkout.html", ("name=\"day\"", "value=\"card\"")),
        ("uat-lab", "checkout.html", ("value=\"invoice\"", "value=\"card\"")),
        ("prod-web", "js/prices.js", ("Math.round", "Math.floor")),
    ] {
        let text = text(&areas.join(area).join(file));
        assert!(text.contains(has.0) && !text.contains(has.1), "{area}: {text}");
    }
}

#[test]
fn every_command_stands_above_what_it_shows_and_more_can_be_tried() {
    let home = TempDir::new().unwrap();
    let told = demo(home.path(), &[]);
    assert_eq!((told.status.code(), err(&told)), (Some(0), String::new()));
    let text = out(&told);
    assert!(!text.contains('\x1b'), "colours without a terminal");
    let place = home.path().canonicalize().unwrap().join("repo");
    assert!(text.starts_with(&format!("A small web shop is in {},\n", place.display())), "{text}");
    let refused = "$ switchback demote SHOP-102 --to INT\nrefused [has-dependents]: SHOP-104 builds on SHOP-102";
    assert!(text.contains(refused), "{text}");
    assert!(text.contains("$ switchback verify\n✓ chain agrees\n"), "{text}");

    let last: Vec<&str> = text.lines().rev().filter_map(|line| line.strip_prefix("$ switchback ")).take(3).collect();
    let ends = last.iter().rev().map(|line| {
        let tried = switchback(&["-C", place.to_str().unwrap()]).args(line.split(' ')).output().unwrap();
        (*line, tried.status.code().unwrap())
    });
    let expected = [
        ("promote SHOP-108 --from Dev1", 3),
        ("demote SHOP-102 --to Dev1 --with-dependents --dry-run", 0),
        ("history --rollbackable", 0),
    ];
    assert_eq!(ends.collect::<Vec<_>>(), expected, "the conflict waits for a person");
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let home = TempDir::new().unwrap();
    std::fs::write(home.path().join("mine.txt"), "mine").unwrap();
    let told = demo(home.path(), &[]);
    assert_eq!(told.status.code(), Some(2));
    assert!(err(&told).starts_with("error [folder-not-empty]: "), "{}", err(&told));
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1);
}

#[test]
fn without_git_nothing_is_left_behind() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("demo");
    let told = switchback(&["demo"]).arg(&folder).env("PATH", home.path()).output().unwrap();
    assert_eq!(told.status.code(), Some(1));
    assert!(err(&told).starts_with("fault [git-unavailable]: the `git` program cannot be run"), "{}", err(&told));
    assert!(!folder.exists());
}

#[test]
fn somebody_elses_git_configuration_changes_nothing() {
    let home = TempDir::new().unwrap();
    let strange = "[init]\n\tdefaultBranch = trunk\n[commit]\n\tgpgSign = true\n[core]\n\tautocrlf = true\n";
    std::fs::write(home.path().join(".gitconfig"), strange).unwrap();
    let tips: Vec<String> = ["one", "two"]
        .iter()
        .map(|name| {
            let folder = home.path().join(name);
            let mut command = switchback(&["demo", "--walk", "--json"]);
            command.arg(&folder);
            if *name == "two" {
                command.env("HOME", home.path()).env("GIT_DIR", home.path().join("elsewhere"));
            }
            let told = command.output().unwrap();
            assert_eq!(told.status.code(), Some(0), "{}", err(&told));
            text(&folder.join("repo/.git/refs/heads/feature/SHOP-104"))
        })
        .collect();
    assert_eq!(tips[0], tips[1], "commits are the same wherever they are made");
}

/// What is asked of an address, as text: the status and the body.
fn asked(address: &str, path: &str) -> (u16, String) {
    let mut answer = ureq::get(format!("{address}{path}")).call().unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

#[test]
fn after_the_walk_the_shop_is_served_and_its_link_lets_one_in() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("shop");
    let mut command = switchback(&["demo", "--json"]);
    command.arg(&folder).env("LOGNAME", "ada").stdout(Stdio::piped());
    let mut server = command.spawn().unwrap();
    let mut told = String::new();
    let mut said = BufReader::new(server.stdout.take().unwrap());
    said.read_line(&mut told).unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    let address = told["address"].as_str().unwrap();
    assert!(address.starts_with("http://127.0.0.1:"), "{address}");
    let (status, front) = asked(address, "/");
    assert_eq!((status, front.contains("/api/v1/openapi.json")), (200, true), "{front}");
    assert_eq!(asked(address, "/readyz"), (200, "{\"status\":\"ready\"}".to_owned()));

    // The link lets one in as whoever made the shop, and so with every right in it.
    let link = told["first_administrator"].as_str().unwrap();
    let login = |link: &str| {
        let mut login = switchback(&["login", address, "--invited", "--json"]);
        login.env("HOME", home.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        login.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut login = login.spawn().unwrap();
        writeln!(login.stdin.take().unwrap(), "{link}\na long enough horse").unwrap();
        login.wait_with_output().unwrap()
    };
    let signed_in = login(link);
    let signed_in = json(&signed_in);
    assert_eq!(signed_in["person"], "ada", "{signed_in}");
    let done = switchback(&["--server", address, "grant", "ben", "deploy", "--json"])
        .env("SWITCHBACK_TOKEN", signed_in["secret"].as_str().unwrap())
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(0), "{}{}", out(&done), err(&done));
    let again = json(&login(link));
    assert_eq!(again["refused"]["code"], "invitation-over", "{again}");

    assert!(folder.join("server/people.sqlite").exists(), "what it keeps is in the demo's own folder");
    process::signal(&server, "INT");
    assert_eq!(process::ran(server).exit, Some(0));
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    let verified =
        json(&switchback(&["-C", folder.join("repo").to_str().unwrap(), "verify", "--json"]).output().unwrap());
    assert_eq!(verified["ok"], json!(true), "{verified}");
}

#[test]
fn a_port_is_for_a_server() {
    let home = TempDir::new().unwrap();
    let told = demo(&home.path().join("shop"), &["--port", "8471"]);
    assert_eq!(told.status.code(), Some(2), "{}", err(&told));
    assert!(!home.path().join("shop").exists());
}

#[test]
fn a_port_that_is_taken_is_told_before_the_walk() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("shop");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let told = switchback(&["demo", "--json", "--port", &port]).arg(&folder).output().unwrap();
    assert_eq!((told.status.code(), &json(&told)["fault"]["code"]), (Some(1), &json!("address-unusable")));
    assert!(!folder.exists(), "nothing was made");
}
