//! From the outbox to a mail server and to receivers of webhooks, with every clock in hand (`SPEC H4`).

use crate::receiver::{KEY, Receiver};
use crate::sink::Sink;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use switchback_core::notices::kept;
use switchback_core::ports::ledger::Ledger as _;
use switchback_core::ports::outbox::{Delivery, DeliveryState, Outbox as _};
use switchback_core::ports::people::persons::{About, Person, PersonState, Persons as _};
use switchback_core::ports::people::subscriptions::{Subscription, Subscriptions as _};
use switchback_core::records::notice::{Notice, NoticeKind, Subject};
use switchback_core::words::names::{Time, UserName};
use switchback_ledger::{SqliteLedger, SqlitePeople};
use switchback_server::notices::addressing::address;
use switchback_server::notices::sending::send_one;
use switchback_server::notices::ways::Ways;
use switchback_server::settings::Settings;
use tempfile::TempDir;

const PIPELINE: &str = "shop";
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

struct World {
    folder: TempDir,
    people: Arc<SqlitePeople>,
    ledger: SqliteLedger,
    ways: Ways,
}

impl World {
    /// A server with a configuration; `ann` and `ben` have addresses, `cem` has none.
    fn with(config: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let people = Arc::new(SqlitePeople::open(&folder.path().join("people.sqlite")).unwrap());
        for (name, email) in [("ann", Some("ann@example.org")), ("ben", Some("ben@example.org")), ("cem", None)] {
            let about = About { email: email.map(str::to_owned), ..About::default() };
            let (name, created) = (UserName::new(name), Time(0));
            let person = Person { name, about, state: PersonState::Active, password: None, created };
            people.add_person(&person).unwrap();
        }
        fs::write(folder.path().join("key"), format!("{KEY}\n")).unwrap();
        let file = folder.path().join("server.toml");
        fs::write(&file, config).unwrap();
        let settings = Settings::read(&file).unwrap_or_else(|defect| panic!("{defect}"));
        let ways = Ways::new(Arc::clone(&people) as _, settings);
        let ledger = SqliteLedger::open(&folder.path().join("ledger.sqlite"), PIPELINE).unwrap();
        Self { folder, people, ledger, ways }
    }

    fn subscribe(&self, person: &str, kinds: &[&str]) {
        let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        let subscription = Subscription { person: UserName::new(person), pipeline: PIPELINE.to_owned(), kinds };
        assert!(self.people.subscribe(&subscription).unwrap());
    }

    fn say(&self, kind: NoticeKind, owners: &[&str]) {
        let (says, by) = (format!("there is a {}", kind.as_str()), Some(UserName::new("ann")));
        let owners = owners.iter().map(UserName::new).collect();
        let notice = Notice { kind, says, by, subject: Subject::default(), owners };
        self.ledger.say(Time(0), &[kept(kind.as_str().to_owned(), &notice)]).unwrap();
    }

    /// Sends all that may be sent at a moment.
    fn round(&self, now: i64) {
        address(&self.ledger, PIPELINE, &self.ways, Time(now)).unwrap();
        while send_one(&self.ledger, PIPELINE, &self.ways, Time(now)).unwrap().is_some() {}
    }

    fn deliveries(&self, state: DeliveryState) -> Vec<Delivery> {
        self.ledger.deliveries(Some(state), None, 99).unwrap()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn mail(server: &str) -> String {
    format!("public_url = \"https://sb.example\"\n[mail]\nfrom = \"sb@example.org\"\nserver = \"{server}\"\n")
}

fn hook(url: &str, more: &str) -> String {
    format!("[network]\nallow = [\"127.0.0.0/8\"]\n[[webhook]]\nurl = \"{url}\"\nsecret = {{ file = \"key\" }}\n{more}")
}

/// An address where nobody listens, until somebody does.
fn nobody() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[test]
fn subscribers_and_owners_get_mail_once() {
    let sink = Sink::open();
    let world = World::with(&mail(&sink.url()));
    world.subscribe("ann", &["conflict"]);
    world.subscribe("ben", &[]);
    world.say(NoticeKind::Conflict, &[]);
    world.say(NoticeKind::Arrived, &["ann", "ben", "stranger"]);
    world.round(1);
    let mut to: Vec<_> = sink.taken().into_iter().map(|mail| mail.to).collect();
    to.sort();
    assert_eq!(to, ["ann@example.org", "ann@example.org", "ben@example.org", "ben@example.org"]);
    assert!(sink.taken().iter().any(|mail| mail.text.contains("[shop] there is a conflict")), "{:?}", sink.taken());
    world.round(2);
    assert_eq!((sink.taken().len(), world.deliveries(DeliveryState::Sent).len()), (4, 4), "once");
}

#[test]
fn webhooks_are_signed_and_only_told_what_they_want() {
    let receiver = Receiver::open();
    let world = World::with(&hook(&receiver.url("/ok"), "kinds = [\"conflict\"]\npipelines = [\"shop\"]"));
    world.say(NoticeKind::Conflict, &[]);
    world.say(NoticeKind::Promotion, &[]);
    world.round(1);
    let [came] = &receiver.came()[..] else { panic!("{:?}", receiver.came()) };
    assert!(came.is_signed(), "{came:?}");
    let said: serde_json::Value = serde_json::from_str(&came.body).unwrap();
    assert_eq!((said["type"].as_str(), said["data"]["pipeline"].as_str()), (Some("conflict"), Some("shop")));
}

#[test]
fn a_mail_server_that_is_down_is_tried_until_it_is_up() {
    let place = nobody();
    let world = World::with(&mail(&format!("smtp://{place}")));
    world.say(NoticeKind::DeploymentComplete, &["ann"]);
    world.round(1);
    let [queued] = &world.deliveries(DeliveryState::Queued)[..] else { panic!("it was given up") };
    assert_eq!((queued.attempts, queued.run_at), (1, Time(1 + MINUTE)));
    assert!(!queued.error.is_empty());
    let sink = Sink::at(&place, None);
    world.round(MINUTE);
    assert!(sink.taken().is_empty(), "not before its time");
    world.round(1 + MINUTE);
    assert_eq!(sink.taken().len(), 1);
    assert_eq!(world.deliveries(DeliveryState::Sent)[0].error, "");
}

#[test]
fn what_nobody_takes_is_given_up_and_sent_again_when_asked() {
    let receiver = Receiver::open();
    let world = World::with(&hook(&receiver.url("/503"), ""));
    world.say(NoticeKind::Conflict, &[]);
    let mut now = 1;
    while world.deliveries(DeliveryState::Dead).is_empty() {
        world.round(now);
        now = world.deliveries(DeliveryState::Queued).first().map_or(now, |one| one.run_at.0);
        assert!(now < 4 * DAY, "it is tried for ever");
    }
    assert!(now > 2 * DAY, "it was given up after {now}");
    let tries = receiver.came().len();
    let [dead] = &world.deliveries(DeliveryState::Dead)[..] else { panic!() };
    assert!(dead.error.contains("given up after") && dead.error.contains("503"), "{}", dead.error);
    let ids: std::collections::BTreeSet<_> =
        receiver.came().iter().map(|one| one.headers["webhook-id"].clone()).collect();
    assert_eq!(ids.len(), 1, "a receiver knows it again");
    assert!(world.ledger.send_again(dead.id, Time(now)).unwrap());
    world.round(now);
    assert_eq!(receiver.came().len(), tries + 1);
    assert_eq!(world.deliveries(DeliveryState::Queued)[0].attempts, 1);
}

#[test]
fn what_will_never_be_taken_is_given_up_at_once() {
    let (sink, receiver) = (Sink::open(), Receiver::open());
    let world = World::with(&format!("{}{}", mail(&sink.url()), hook(&receiver.url("/410"), "name = \"ci\"")));
    let about = About { email: Some("gone@example.org".to_owned()), ..About::default() };
    world.people.describe_person(&UserName::new("ben"), &about).unwrap();
    world.say(NoticeKind::Arrived, &["ben", "cem"]);
    world.round(1);
    let dead = world.deliveries(DeliveryState::Dead);
    let why =
        |to: &str| dead.iter().find(|one| one.recipient.to == to).map(|one| one.error.as_str()).unwrap_or_default();
    assert!(why("ben").contains("550") && !why("ben").contains("gone@example.org"), "{dead:?}");
    assert_eq!(why("cem"), "this person has no address of mail");
    assert!(why("ci").contains("410"), "{dead:?}");
}

#[test]
fn mail_without_a_mail_server_is_no_silence() {
    let world = World::with("");
    world.subscribe("ann", &[]);
    world.say(NoticeKind::DeploymentComplete, &["ann"]);
    world.say(NoticeKind::Promotion, &[]);
    world.round(1);
    let [dead] = &world.deliveries(DeliveryState::Dead)[..] else {
        panic!("{:?}", world.deliveries(DeliveryState::Queued))
    };
    assert_eq!((dead.recipient.to.as_str(), dead.error.as_str()), ("ann", "no mail server is set up"));
}

#[test]
fn two_servers_at_once_send_everything_once() {
    let receiver = Receiver::open();
    let config = hook(&receiver.url("/ok"), "");
    let world = World::with(&config);
    for kind in NoticeKind::ALL {
        world.say(kind, &[]);
    }
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let ledger = SqliteLedger::open(&world.file("ledger.sqlite"), PIPELINE).unwrap();
                address(&ledger, PIPELINE, &world.ways, Time(1)).unwrap();
                while send_one(&ledger, PIPELINE, &world.ways, Time(1)).unwrap().is_some() {}
            });
        }
    });
    world.round(1);
    assert_eq!(receiver.came().len(), NoticeKind::ALL.len());
}

#[test]
fn no_secret_and_no_address_is_in_the_ledger() {
    let (place, receiver) = (nobody(), Receiver::open());
    let mut config = mail(&format!("smtp://me@{place}"));
    config.push_str("password = { file = \"password\" }\n");
    config.push_str(&hook(&receiver.url("/503/T0/hidden"), "name = \"ci\""));
    // Names of files start from the configuration's folder.
    let world = World::with("");
    fs::write(world.file("password"), "hunter2").unwrap();
    fs::write(world.file("server.toml"), &config).unwrap();
    let settings = Settings::read(&world.file("server.toml")).unwrap_or_else(|defect| panic!("{defect}"));
    let world = World { ways: Ways::new(Arc::clone(&world.people) as _, settings), ..world };
    world.subscribe("ann", &[]);
    world.say(NoticeKind::Conflict, &[]);
    world.round(1);
    assert_eq!(world.ledger.deliveries(None, None, 9).unwrap().len(), 2);
    let mut bytes = fs::read(world.file("ledger.sqlite")).unwrap();
    bytes.extend(fs::read(world.file("ledger.sqlite-wal")).unwrap_or_default());
    let text = String::from_utf8_lossy(&bytes);
    for hidden in ["hunter2", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "ann@example.org", "T0/hidden"] {
        assert!(!text.contains(hidden), "{hidden} stands in the ledger");
    }
    assert_eq!(world.ledger.head().unwrap().0.0, 0, "nothing of it is in the record");
}
