//! A server as a program meets it: over the network, with a token.

use crate::process;
use crate::world::{THREE_STAGES, World};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use ureq::Agent;
use ureq::http::{Request, Response};

/// Somebody with a token.
pub struct Caller {
    server: String,
    token: String,
}

/// An answer: its status, its headers, and its JSON.
pub struct Answer {
    pub status: u16,
    head: Response<()>,
    pub body: Value,
}

impl Caller {
    pub fn of(world: &World, who: &str) -> Self {
        let (server, token) = world.server(who);
        Self { server, token }
    }

    /// Somebody with a token at a server that was begun.
    pub fn at(server: &str, token: &str) -> Self {
        Self { server: server.to_owned(), token: token.to_owned() }
    }

    fn request(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let (method, path) = line.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.server));
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = agent().run(request.body(body.to_owned()).unwrap()).unwrap();
        let (head, mut body) = answer.into_parts();
        let body = serde_json::from_slice(&body.read_to_vec().unwrap()).unwrap_or(Value::Null);
        Answer { status: head.status.as_u16(), head: Response::from_parts(head, ()), body }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.request(&format!("GET {path}"), &[], "")
    }

    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        self.request(&format!("POST {path}"), headers, &body.to_string())
    }
}

impl Answer {
    fn is(self, status: u16, code: &str) -> Self {
        let media = self.head.headers().get("content-type").unwrap();
        assert_eq!((self.status, &self.body["code"]), (status, &json!(code)), "{}", self.body);
        assert_eq!(media, "application/problem+json");
        assert_eq!(self.body["status"], json!(status));
        self
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.headers().get(name)?.to_str().ok()
    }
}

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).max_redirects(0).build().new_agent()
}

pub const ACME: &str = "/api/v1/pipelines/acme";

fn promote(changes: &[&str]) -> Value {
    json!({"changes": {"keys": changes}, "to": "SIT"})
}

fn two_changes() -> World {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/b", "b\n")]);
    world
}

#[test]
fn whoever_shows_nothing_sees_nothing() {
    let world = two_changes();
    let nobody = Caller { token: String::new(), ..Caller::of(&world, "root") };
    assert_eq!(nobody.get("/healthz").body, json!({"status": "alive"}));
    assert_eq!(nobody.get("/readyz").body, json!({"status": "ready"}));
    assert_eq!(nobody.get("/api/v1/openapi.json").body["openapi"], "3.1.0");
    for path in [format!("{ACME}/status"), "/api/v1/pipelines/-/log".to_owned(), "/events".to_owned()] {
        let no = nobody.get(&path).is(401, "not-signed-in");
        assert_eq!(no.header("www-authenticate"), Some("Bearer realm=\"switchback\""));
    }
    nobody.post(&format!("{ACME}/promotions"), &[], &promote(&["US-1"])).is(401, "not-signed-in");
    let stranger = Caller { token: "sbt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(), ..nobody };
    stranger.get(&format!("{ACME}/status")).is(401, "token-unknown");
    // A name in a header is nobody's word.
    let named = stranger.request(&format!("GET {ACME}/status"), &[("switchback-user", "root")], "");
    named.is(401, "token-unknown");
    let bob = Caller::of(&world, "bob");
    bob.request(&format!("GET {ACME}/status"), &[("switchback-user", "root")], "").is(422, "usage");
}

#[test]
fn an_address_that_is_none_says_where_the_others_are() {
    let world = two_changes();
    let root = Caller::of(&world, "root");
    root.get("/api/v1/nothing").is(404, "unknown-address");
    root.request(&format!("PUT {ACME}/status"), &[], "").is(405, "unknown-method");
    let no = root.get("/api/v1/pipelines/acne/status").is(404, "unknown-pipeline");
    assert_eq!(no.body["remedy"], json!({"step": "did-you-mean-pipeline", "name": "acme"}));
    let no = root.get(&format!("{ACME}/stages/QAA/behind")).is(404, "unknown-stage");
    assert_eq!(no.body["subject"], json!({"kind": "name", "name": "QAA"}));
    root.get(&format!("{ACME}/stages/QA/behind?form=x")).is(422, "invalid-request");
    root.post(&format!("{ACME}/demotions"), &[], &json!({"change": ["US-1"]})).is(422, "invalid-request");
    root.request(&format!("POST {ACME}/demotions"), &[], "{").is(422, "invalid-request");
    for header in ["x-content-type-options", "content-security-policy", "cache-control"] {
        assert!(root.get(&format!("{ACME}/status")).header(header).is_some(), "{header}");
    }
}

#[test]
fn rights_are_those_of_whoever_comes() {
    let world = two_changes();
    world.ok(&["grant", "bob", "promote-next", "--stage", "SIT"]);
    let (bob, ann) = (Caller::of(&world, "bob"), Caller::of(&world, "ann"));
    let no = ann.post(&format!("{ACME}/promotions"), &[], &promote(&["US-1"])).is(403, "not-permitted");
    assert_eq!(no.body["details"]["privilege"], "promote-next");
    let done = bob.post(&format!("{ACME}/promotions"), &[("switchback-reason", "it%27s time")], &promote(&["US-1"]));
    assert_eq!((done.status, &done.body["status"]), (200, &json!("completed")), "{}", done.body);
    let log = ann.get(&format!("{ACME}/log?limit=1")).body;
    let entry = &log["entries"][0];
    assert_eq!(
        (&entry["actor"], &entry["through"], &entry["reason"]),
        (&json!("bob"), &json!("tests"), &json!("it's time"))
    );
    let shown = world.command_in(&world.repo(), &["log", "-n", "1"]).output().unwrap();
    assert!(String::from_utf8_lossy(&shown.stdout).contains("bob (token tests)"), "{shown:?}");
}

#[test]
fn a_plan_is_carried_out_by_its_hash_or_not_at_all() {
    let world = two_changes();
    let root = Caller::of(&world, "root");
    let (plans, promotions) = (format!("{ACME}/plans/promotions"), format!("{ACME}/promotions"));
    let plan = root.post(&plans, &[], &promote(&["US-1"])).body;
    let hash = plan["plan"]["hash"].as_str().unwrap().to_owned();
    assert_eq!(plan["plan"]["operation"], "P-1");
    assert_eq!(root.get(&promotions).body["promotions"], json!([]));
    root.post(&promotions, &[], &promote(&["US-2"]));
    let no = root.post(&promotions, &[("if-plan-match", &hash)], &promote(&["US-1"])).is(409, "plan-outdated");
    let now = no.body["plan"]["hash"].as_str().unwrap();
    assert_eq!((no.body["plan"]["operation"].as_str(), no.body["details"]["plan"].as_str()), (Some("P-2"), Some(now)));
    let done = root.post(&promotions, &[("if-plan-match", now)], &promote(&["US-1"]));
    assert_eq!(done.body["operation"], "P-2", "{}", done.body);
}

#[test]
fn what_comes_twice_under_a_key_is_done_once() {
    let world = two_changes();
    let (root, bob) = (Caller::of(&world, "root"), Caller::of(&world, "bob"));
    let (path, key) = (format!("{ACME}/promotions"), [("idempotency-key", "k-1")]);
    let done = root.post(&path, &key, &promote(&["US-1"]));
    assert_eq!((done.status, done.header("idempotency-replayed")), (200, None));
    let again = root.post(&path, &key, &promote(&["US-1"]));
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")));
    assert_eq!((&again.body, again.header("content-type")), (&done.body, done.header("content-type")));
    root.post(&path, &key, &promote(&["US-2"])).is(409, "key-reused");
    root.post(&format!("{ACME}/plans/promotions"), &key, &promote(&["US-1"])).is(409, "key-reused");
    // Another person's key is another key; and so is what was refused, which stays so.
    let theirs = [("idempotency-key", "k-2")];
    let no = bob.post(&path, &key, &promote(&["US-1"]));
    assert_eq!(no.body["code"], "already-there", "{}", no.body);
    let no = root.post(&path, &theirs, &promote(&["US-1"]));
    let again = root.post(&path, &theirs, &promote(&["US-1"]));
    assert_eq!((no.body, again.header("idempotency-replayed")), (again.body.clone(), Some("true")));
    root.post(&path, &[("idempotency-key", "")], &promote(&["US-2"])).is(422, "invalid-request");
    assert_eq!(root.get(&path).body["promotions"].as_array().unwrap().len(), 1);
}

#[test]
fn whoever_hangs_up_and_asks_again_hears_what_came_of_it() {
    let world = process::holding("before");
    let root = Caller::of(&world, "root");
    let (path, key) = (format!("{ACME}/promotions"), [("idempotency-key", "k-1")]);
    let wish = json!({"changes": {"keys": ["US-1"]}, "to": "SIT", "options": {"deploy": "defaults"}});
    let text = wish.to_string();
    let address = root.server.trim_start_matches("http://");
    let mut call = std::net::TcpStream::connect(address).unwrap();
    write!(
        call,
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nIdempotency-Key: k-1\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{text}",
        root.token,
        text.len()
    )
    .unwrap();
    process::in_hook(&world, "sit-web");
    drop(call);
    root.post(&path, &key, &wish).is(409, "key-running");
    process::let_go(&world);
    process::wait_for("the answer", || root.post(&path, &key, &wish).status == 200);
    let again = root.post(&path, &key, &wish);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(
        (&again.body["status"], &again.body["deployments"][0]["status"]),
        (&json!("completed"), &json!("succeeded"))
    );
}

#[test]
fn what_happens_is_heard_and_nothing_is_missed() {
    let world = two_changes();
    let root = Caller::of(&world, "root");
    let heard = |after: &str, count: usize| -> Vec<(String, String, Value)> {
        let request = Request::get(format!("{}/events?pipeline=acme", root.server))
            .header("authorization", format!("Bearer {}", root.token))
            .header("last-event-id", after);
        let answer = agent().run(request.body(()).unwrap()).unwrap();
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        let mut lines = BufReader::new(answer.into_body().into_reader()).lines().map(Result::unwrap);
        let mut events = Vec::new();
        while events.len() < count {
            let mut event = (String::new(), String::new(), Value::Null);
            for line in lines.by_ref().take_while(|line| !line.is_empty()) {
                match line.split_once(": ").unwrap_or_default() {
                    ("id", id) => event.0 = id.to_owned(),
                    ("event", kind) => event.1 = kind.to_owned(),
                    ("data", data) => event.2 = serde_json::from_str(data).unwrap(),
                    _ => {}
                }
            }
            if event.1 == "entry" {
                events.push(event);
            }
        }
        events
    };
    let all = heard("acme=0", 3);
    let kinds: Vec<_> = all.iter().map(|(id, _, data)| (id.as_str(), data["kind"].as_str().unwrap())).collect();
    assert_eq!(kinds, [("acme=1", "init"), ("acme=2", "record"), ("acme=3", "record")]);
    // Somebody who listens hears what another process does.
    std::thread::scope(|scope| {
        let listener = scope.spawn(|| heard("acme=3", 1));
        std::thread::sleep(Duration::from_millis(400));
        let done = world.command_in(&world.repo(), &["promote", "US-1", "--to", "SIT"]).output().unwrap();
        assert!(done.status.success());
        let (id, _, data) = listener.join().unwrap().remove(0);
        assert_eq!((id.as_str(), &data["operation"], &data["pipeline"]), ("acme=4", &json!("P-1"), &json!("acme")));
    });
}

/// A server begun as a person begins one, and what it said.
pub fn begun(world: &World, data: &Path) -> (Child, Value) {
    let mut serve = world.command_in(&world.repo(), &["serve", "--json", "--listen", "127.0.0.1:0", "--data"]);
    let mut server = serve.arg(data).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (server, serde_json::from_str(&line).unwrap())
}

#[test]
fn jobs_run_by_themselves_and_the_server_ends_in_order() {
    let world = World::with(THREE_STAGES);
    world.change("US-1", &[("web/a", "a\n")]);
    let data = world.path("data");
    let (server, said) = begun(&world, &data);
    assert!(said["first_administrator"].as_str().unwrap().contains("/welcome#sbi_"), "{said}");
    let done =
        world.command_in(&world.repo(), &["promote", "US-1", "--to", "SIT", "--deploy", "--no-wait"]).output().unwrap();
    assert!(done.status.success());
    process::wait_for("the file", || world.area("sit-web").join("web/a").exists());
    // Somebody who listens keeps nobody from ending.
    let token = format!("Bearer {}", crate::served::token_of(&data, "root"));
    let events = Request::get(format!("{}/events", said["address"].as_str().unwrap())).header("authorization", token);
    let listening = agent().run(events.body(()).unwrap()).unwrap();
    assert_eq!(listening.status(), 200);
    process::signal(&server, "TERM");
    let ended = process::ran(server);
    assert_eq!(ended.exit, Some(0), "{ended:?}");
    let heard = listening.into_body().read_to_vec();
    assert!(heard.is_ok(), "the stream was not ended but cut off: {heard:?}");
    let mode = Command::new("stat").args(["-c", "%a"]).arg(data.join("people.sqlite")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&mode.stdout).trim(), "600");
    let unreachable = world
        .command_in(&world.repo(), &["status"])
        .env("SWITCHBACK_SERVER", said["address"].as_str().unwrap())
        .output()
        .unwrap();
    assert_eq!(unreachable.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unreachable.stderr).contains("[server-unreachable]"), "{unreachable:?}");
}

#[test]
fn what_is_no_server_is_said() {
    let world = World::three_stages();
    let said = |server: &str, token: &str| {
        let mut command = world.command_in(&world.repo(), &["status"]);
        command.env("SWITCHBACK_SERVER", server).env("SWITCHBACK_TOKEN", token);
        let ran = command.output().unwrap();
        (ran.status.code(), String::from_utf8_lossy(&ran.stderr).into_owned())
    };
    for server in ["shop", "ftp://shop.example.org", "https://ann:secret@shop.example.org", "http://x?y=1"] {
        let (exit, text) = said(server, "sbt_x");
        assert_eq!(exit, Some(2), "{server}: {text}");
    }
    let (exit, text) = said("http://127.0.0.1:1", "sbt_\n");
    assert_eq!((exit, text.contains("SWITCHBACK_TOKEN")), (Some(2), true), "{text}");
    let ran = world.command_in(&world.repo(), &["--server", "http://127.0.0.1:1", "--as", "ann", "status"]).output();
    assert_eq!(ran.unwrap().status.code(), Some(2));
}
