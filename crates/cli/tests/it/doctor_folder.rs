//! `doctor --data`: a server's own folder, looked at whether a server runs or not; and those whom a server has to do with.

use crate::remote_world::{Far, SECRET};
use crate::somebody::made;
use crate::traces::{Traces, trace};
use crate::world::Ran;
use serde_json::Value;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use switchback_core::ports::people::groups::{ADMINISTRATORS, Groups as _};
use switchback_core::words::names::UserName;
use switchback_ledger::SqlitePeople;

/// What the program says of the folder of a server that does not run.
fn looked(far: &Far, exit: i32, more: &[&str]) -> Value {
    let data = far.world.path("data");
    let words = [&["doctor", "--data", data.to_str().expect("a name"), "--json"][..], more].concat();
    let mut command = far.world.command_in(&far.world.path("."), &words);
    let ran = Ran::of(command.env("SHOP_TOKEN", SECRET).output().expect("it runs"));
    assert_eq!(ran.exit, Some(exit), "{ran:?}");
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

/// A server's folder of which nothing is wrong, and a backup of it.
fn sound() -> Far {
    let far = Far::begun();
    let people = SqlitePeople::open(&far.world.path("data/people.sqlite")).expect("its people");
    made(&people, "ada");
    people.add_member(ADMINISTRATORS, &UserName::new("ada")).expect("an administrator");
    backup(&far);
    far
}

fn backup(far: &Far) {
    let (data, to) = (far.world.path("data"), far.world.path("backup"));
    let words = ["backup", "--to", to.to_str().expect("a name"), "--data", data.to_str().expect("a name")];
    let ran = Ran::of(far.world.command_in(&far.world.path("."), &words).output().expect("it runs"));
    assert_eq!(ran.exit, Some(0), "{ran:?}");
}

/// Whatever is not good: the check, how it stands, and the sentence.
fn wrong(said: &Value) -> Vec<(String, String, String)> {
    let all = said["checks"].as_array().expect("checks").iter().filter(|check| check["state"] != "good");
    all.map(|check| {
        let of = |name: &str| check[name].as_str().expect("a text").to_owned();
        assert!(!of("hint").is_empty(), "no next step: {check}");
        (of("check"), of("state"), of("message"))
    })
    .collect()
}

/// It finds just this.
fn finds(far: &Far, (check, state, message): (&str, &str, &str)) {
    let said = looked(far, 3, &[]);
    let found = wrong(&said);
    assert_eq!(found.len(), 1, "{said}");
    assert_eq!((found[0].0.as_str(), found[0].1.as_str()), (check, state), "{said}");
    assert!(found[0].2.contains(message), "{said}");
}

fn message(said: &Value, name: &str) -> String {
    let mut all = said["checks"].as_array().expect("checks").iter();
    let found = all.find(|check| check["check"] == name).unwrap_or_else(|| panic!("no {name}: {said}"));
    found["message"].as_str().expect("a text").to_owned()
}

/// Every file of the folder but what SQLite makes for whoever reads.
fn kept(far: &Far) -> Traces {
    let mut found = Traces::new();
    trace(&far.world.path("data"), &mut found);
    found.retain(|path, _| !path.extension().is_some_and(|end| end == "sqlite-shm" || end == "sqlite-wal"));
    found
}

fn give(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("its owner may");
}

#[test]
fn a_folder_of_which_nothing_is_wrong_is_said_to_be_so_and_left_as_it_is() {
    let far = sound();
    let before = kept(&far);
    let said = looked(&far, 0, &[]);
    assert_eq!(wrong(&said), [], "{said}");
    assert_eq!(message(&said, "server"), "no server runs on this folder");
    assert!(message(&said, "backup").starts_with("the last one is of 2026-03-02T10:00:00Z"), "{said}");
    // Every check of each pipeline below it, under its name.
    let of_acme = said["checks"].as_array().expect("checks").iter().filter(|check| check["pipeline"] == "acme").count();
    assert_eq!(of_acme, 18, "{said}");
    assert_eq!(crate::traces::written(&before, &kept(&far)).len(), 0);
    let no = looked(&far, 3, &["--pipeline", "acne"]);
    assert_eq!(no["refused"]["code"], "unknown-pipeline", "{no}");
    let data = far.world.path("data");
    let words = ["doctor", "--data", data.to_str().expect("a name")];
    let shown = Ran::of(far.world.command_in(&far.world.path("."), &words).output().expect("it runs"));
    assert!(shown.out.ends_with("✓ nothing is wrong with the server's folder\n"), "{shown:?}");
}

#[test]
fn while_a_server_runs_it_is_said_and_it_is_read_all_the_same() {
    let far = sound();
    let serving = far.serving(&[]);
    let said = looked(&far, 0, &[]);
    let address = serving.address.strip_prefix("http://").expect("an address");
    let told = message(&said, "server");
    assert!(told.contains(&format!("at {address}")) && told.contains("without a lock"), "{told}");
    far.ask(&serving, 0, &["promote", "US-1", "--to", "SIT"]);
    drop(serving);
    assert_eq!(message(&looked(&far, 0, &[]), "server"), "no server runs on this folder", "it was killed");
}

#[test]
fn what_is_wrong_with_the_folder_is_found() {
    let mut far = sound();
    let data = far.world.path("data");
    give(&data.join("people.sqlite"), 0o644);
    finds(&far, ("data", "warning", "people.sqlite holds a secret, and others"));
    give(&data.join("people.sqlite"), 0o600);
    // What SQLite makes beside it has the rights that it had.
    for beside in ["people.sqlite-wal", "people.sqlite-shm"] {
        let _ = fs::remove_file(data.join(beside));
    }

    fs::write(data.join("server.toml"), "public = 1\n").expect("a file");
    finds(&far, ("settings", "fault", "public"));
    fs::write(data.join("hush"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").expect("a file");
    let hook = "[[webhook]]\nurl = \"https://hooks.example.org/x\"\nsecret = { file = \"hush\" }\n";
    fs::write(data.join("server.toml"), hook).expect("a file");
    give(&data.join("hush"), 0o640);
    finds(&far, ("data-secrets", "warning", "hush holds a secret"));
    fs::remove_file(data.join("server.toml")).expect("it was there");

    fs::create_dir_all(data.join("repositories/other.coming")).expect("a folder");
    finds(&far, ("copies", "warning", "did not come whole"));
    fs::remove_dir_all(data.join("repositories/other.coming")).expect("it was there");

    far.world.set_clock("2026-03-12T10:00:00Z");
    finds(&far, ("backup", "warning", "the last backup is of 2026-03-02"));
    fs::remove_file(data.join("last-backup")).expect("it was there");
    finds(&far, ("backup", "warning", "no backup of this folder was made"));
    backup_again(&far);

    let people = SqlitePeople::open(&data.join("people.sqlite")).expect("its people");
    for member in people.groups().expect("groups").remove(ADMINISTRATORS).expect("administrators") {
        people.remove_member(ADMINISTRATORS, &member.person).expect("nobody administers it");
    }
    finds(&far, ("people", "warning", "nobody administers the server"));
}

fn backup_again(far: &Far) {
    fs::remove_dir_all(far.world.path("backup")).expect("it was there");
    backup(far);
}

#[test]
fn a_folder_that_is_no_servers_is_said_to_be_none() {
    let far = Far::new();
    let data = far.world.path("data");
    let words = ["doctor", "--json", "--data", data.to_str().expect("a name")];
    fs::create_dir_all(&data).expect("a folder");
    let ran = Ran::of(far.world.command_in(&far.world.path("."), &words).output().expect("it runs"));
    let said: Value = serde_json::from_str(&ran.out).expect("an object");
    assert!(ran.exit == Some(3) && message(&said, "data").contains("is no server's folder"), "{said}");
}

#[test]
fn an_operation_that_its_process_did_not_finish_is_found_and_left_to_the_next() {
    let far = sound();
    let killed = far.run_until("corridor.committed:1", &["promote", "US-1", "--to", "SIT"]);
    assert_eq!(killed.signal, Some(9), "{killed:?}");
    let said = looked(&far, 3, &[]);
    let found = wrong(&said);
    let notes: Vec<_> = found.iter().filter(|one| one.0 == "notes").collect();
    assert!(notes.len() == 1 && notes[0].2.starts_with("1 process that is gone was about to finish"), "{said}");
    assert!(found.iter().any(|one| one.0 == "unpushed" && one.2.contains("branch sit")), "{said}");
    assert_eq!(wrong(&looked(&far, 3, &[])), found, "it was only looked at");
    far.here(&["verify"]);
    assert_eq!(wrong(&looked(&far, 0, &[])), []);
}

#[test]
fn those_elsewhere_are_asked_where_somebody_says_so() {
    let far = sound();
    let data = far.world.path("data");
    // Nobody answers there: the port was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    fs::write(data.join("hush"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").expect("a file");
    give(&data.join("hush"), 0o600);
    let settings = format!(
        "public_url = \"http://127.0.0.1:1\"\n[mail]\nfrom = \"a@example.org\"\nserver = \"smtp://{free}\"\n\
         [[webhook]]\nname = \"chat\"\nurl = \"http://{free}/T0/s3cret-place\"\nsecret = {{ file = \"hush\" }}\n\
         [network]\nallow = [\"127.0.0.1\"]\n[telemetry]\nendpoint = \"http://{free}\"\n\
         [[oidc]]\nname = \"company\"\nissuer = \"http://{free}\"\nclient_id = \"x\"\n"
    );
    fs::write(data.join("server.toml"), settings).expect("a file");
    assert_eq!(wrong(&looked(&far, 0, &[])), [], "nobody is asked");
    let said = looked(&far, 3, &["--online"]);
    let found: Vec<String> = wrong(&said).into_iter().map(|one| one.0).collect();
    assert_eq!(found, ["online-mail", "online-webhooks", "online-providers", "online-collector"], "{said}");
    assert!(message(&said, "online-webhooks").starts_with("the host of the webhook chat does not answer"), "{said}");
    assert!(!said.to_string().contains("s3cret-place"), "{said}");
    assert!(message(&said, "online-remote").contains("lets this program in to push"), "{said}");
    // A server asks those that it was told of.
    let serving = far.serving(&[]);
    let said = far.ask(&serving, 3, &["doctor", "--online"]);
    assert!(message(&said, "online-mail").starts_with("the mail server does not answer"), "{said}");
    let said = far.ask(&serving, 0, &["doctor"]);
    assert!(!said.to_string().contains("online-"), "{said}");
}
