//! What people are told of (`SPEC H4`): by a server that runs, after one that was killed, and where there is none.

use crate::process::wait_for;
use crate::receiver::{KEY, Receiver};
use crate::sink::Sink;
use crate::world::World;
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use switchback_core::ports::people::persons::{About, Person, PersonState, Persons as _};
use switchback_core::words::names::{Time, UserName};
use switchback_ledger::SqlitePeople;
use tempfile::TempDir;

/// A folder of a server whose configuration has a mail server and a webhook; `root` has an address.
fn data(sink: &Sink, receiver: &Receiver) -> TempDir {
    let data = TempDir::new().unwrap();
    fs::write(data.path().join("key"), KEY).unwrap();
    let config = format!(
        "public_url = \"https://sb.example\"\n[mail]\nfrom = \"sb@example.org\"\nserver = \"{}\"\n\
         [network]\nallow = [\"127.0.0.1\"]\n[[webhook]]\nurl = \"{}\"\nsecret = {{ file = \"key\" }}\n",
        sink.url(),
        receiver.url("/ok")
    );
    fs::write(data.path().join("server.toml"), config).unwrap();
    let people = SqlitePeople::open(&data.path().join("people.sqlite")).unwrap();
    let about = About { email: Some("root@example.org".to_owned()), ..About::default() };
    let (name, created) = (UserName::new("root"), Time(0));
    people.add_person(&Person { name, about, state: PersonState::Active, password: None, created }).unwrap();
    data
}

struct Server(Child);

impl Server {
    /// Begins a server, and waits until it serves.
    fn begin(world: &World, data: &TempDir) -> Self {
        let words = ["serve", "--json", "--listen", "127.0.0.1:0", "--data"];
        let mut command = world.command_in(&world.repo(), &words);
        let mut process = command.arg(data.path()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("address"), "{line}");
        Self(process)
    }
}

impl Drop for Server {
    /// As a machine that loses its power.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn two_changes() -> World {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/b", "b\n")]);
    world
}

fn promote(world: &World, change: &str) -> Value {
    world.json(0, &["promote", change, "--to", "SIT", "--deploy", "--email-on-complete"])
}

fn codes(said: &Value) -> Vec<&str> {
    said["warnings"].as_array().into_iter().flatten().filter_map(|one| one["code"].as_str()).collect()
}

#[test]
fn a_server_tells_whom_it_concerns_and_goes_on_where_it_was_killed() {
    let (sink, receiver, world) = (Sink::open(), Receiver::open(), two_changes());
    let data = data(&sink, &receiver);
    let server = Server::begin(&world, &data);
    assert!(!codes(&promote(&world, "US-1")).contains(&"mail-not-set-up"));
    wait_for("the mail", || !sink.taken().is_empty());
    let mail = sink.taken().remove(0);
    assert_eq!(mail.to, "root@example.org");
    for wanted in ["the deployment of P-1 to SIT is complete: US-1", "https://sb.example/acme/promotions/P-1"] {
        assert!(mail.text.contains(wanted), "{wanted}: {}", mail.text);
    }
    let told = || receiver.came().iter().map(|came| kind(&came.body)).collect::<Vec<_>>();
    wait_for("the webhooks", || told().iter().any(|kind| kind == "deployment-complete"));
    assert!(["promotion", "deployment"].iter().all(|kind| told().iter().any(|one| one == kind)), "{:?}", told());
    assert!(receiver.came().iter().all(|came| came.is_signed()));
    // Whoever is killed before they noted that something was sent leaves it to the next, ten minutes later.
    let sent = || world.json(0, &["outbox", "list", "--state", "queued"]);
    wait_for("that it is noted", || sent()["deliveries"] == serde_json::json!([]));
    drop(server);
    let (mails, hooks) = (sink.taken().len(), receiver.came().len());
    promote(&world, "US-2");
    assert_eq!((sink.taken().len(), receiver.came().len()), (mails, hooks), "nobody sends");
    let _server = Server::begin(&world, &data);
    wait_for("what was kept", || sink.taken().len() > mails && receiver.came().len() > hooks);
    wait_for("the end", || sent()["deliveries"] == serde_json::json!([]));
    assert_eq!(world.json(0, &["outbox", "list", "--dead"])["deliveries"], serde_json::json!([]));
    let ids: Vec<_> = receiver.came().iter().map(|came| came.headers["webhook-id"].clone()).collect();
    let once: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(once.len(), ids.len(), "each once");
    let refused = world.json(3, &["outbox", "retry", "1"]);
    assert_eq!(refused["refused"]["code"], "not-given-up", "{refused}");
    assert_eq!(world.json(3, &["outbox", "retry", "999"])["refused"]["code"], "unknown-delivery");
}

fn kind(body: &str) -> String {
    let said: Value = serde_json::from_str(body).unwrap();
    said["type"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn where_nobody_sends_mail_asking_for_it_is_a_warning() {
    let world = two_changes();
    assert!(codes(&promote(&world, "US-1")).contains(&"mail-not-set-up"));
    let other = world.json(0, &["promote", "US-2", "--to", "SIT", "--deploy"]);
    assert!(!codes(&other).contains(&"mail-not-set-up"), "{other}");
    assert_eq!(world.json(0, &["outbox"])["deliveries"], serde_json::json!([]), "and nothing piles up");
    let log = world.json(0, &["log", "-n", "20"]);
    assert!(log.to_string().contains("P-1"), "{log}");
}

#[test]
fn subscriptions_at_the_servers_own_folder() {
    let (sink, receiver, world) = (Sink::open(), Receiver::open(), two_changes());
    let data = data(&sink, &receiver);
    let folder = data.path().to_str().unwrap();
    let run = |exit, words: &[&str]| world.json(exit, &[words, &["--data", folder]].concat());
    let made = run(0, &["subscription", "add", "acme", "--kind", "promotion", "--for", "root"]);
    assert_eq!(made["subscription"]["kinds"], serde_json::json!(["promotion"]), "{made}");
    assert_eq!(run(0, &["subscription", "list"])["subscriptions"][0]["user"], "root");
    let _server = Server::begin(&world, &data);
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    wait_for("the mail", || sink.taken().iter().any(|mail| mail.text.contains("P-1 promotes 1 change")));
    run(0, &["subscription", "remove", "acme", "--for", "root"]);
    assert_eq!(run(3, &["subscription", "remove", "acme", "--for", "root"])["refused"]["code"], "unknown-subscription");
}

#[test]
fn a_configuration_that_is_wrong_is_told_before_anything_is_served() {
    let world = two_changes();
    let data = TempDir::new().unwrap();
    fs::write(data.path().join("server.toml"), "[mail]\nform = \"x\"\n").unwrap();
    let ran = world.run(&["serve", "--listen", "127.0.0.1:0", "--data", data.path().to_str().unwrap()]);
    assert!(ran.exit != Some(0) && ran.err.contains("server.toml:2:1") && ran.err.contains("`form`"), "{ran:?}");
}
