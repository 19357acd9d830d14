//! What a server says about itself: its log, its figures, and what it takes up anew while it runs.

use crate::process::{self, wait_for};
use crate::receiver::KEY;
use crate::served::token_of;
use crate::serving::{ACME, Answer, Caller};
use crate::world::World;
use serde_json::{Value, json};
use std::cell::Cell;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use switchback_core::words::names::{Time, UserName};
use switchback_ledger::SqlitePeople;
use switchback_people::token::{self, Wish};

/// A server whose log is kept.
struct Observed {
    world: World,
    process: Child,
    said: Value,
    marks: Cell<usize>,
}

impl Observed {
    fn data(world: &World) -> PathBuf {
        let data = world.path("data");
        fs::create_dir_all(&data).unwrap();
        data
    }

    fn begin(world: World, words: &[&str], surroundings: &[(&str, &str)]) -> Self {
        let data = Self::data(&world);
        let words = [&["serve", "--json", "--listen", "127.0.0.1:0"], words].concat();
        let mut command = world.command_in(&world.repo(), &words);
        let log = fs::File::options().create(true).append(true).open(world.path("log")).unwrap();
        command.arg("--data").arg(data).envs(surroundings.iter().copied()).stdout(Stdio::piped()).stderr(log);
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Self { world, process, said, marks: Cell::new(0) }
    }

    fn caller(&self, token: &str) -> Caller {
        Caller::at(self.said["address"].as_str().unwrap(), token)
    }

    fn root(&self) -> Caller {
        self.caller(&token_of(&self.world.path("data"), "root"))
    }

    /// A token of root's, of any name.
    fn token(&self, name: &str, pipelines: &[&str]) -> String {
        let people = SqlitePeople::open(&self.world.path("data/people.sqlite")).unwrap();
        let wish = Wish {
            person: UserName::new("root"),
            name: name.to_owned(),
            privileges: Vec::new(),
            pipelines: pipelines.iter().map(|name| (*name).to_owned()).collect(),
            stages: Vec::new(),
            plan_only: false,
            expires: Time(i64::MAX),
        };
        token::make(&people, wish, Time(0)).unwrap().secret.reveal().to_owned()
    }

    /// What is written by now. Lines are written by and by: see [`lines`](Self::lines).
    fn log(&self) -> String {
        fs::read_to_string(self.world.path("log")).unwrap()
    }

    /// Waits until everything is written that was said before.
    fn catch_up(&self) {
        let mark = format!("mark-{}", self.marks.replace(self.marks.get() + 1));
        self.caller("").request("GET /mark", &[("x-request-id", &mark)], "");
        wait_for("the mark", || self.log().contains(&mark));
    }

    /// The lines of a kind, where they are JSON.
    fn lines(&self, message: &str) -> Vec<Value> {
        self.catch_up();
        let log = self.log();
        let all = log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")));
        let is_mark = |line: &Value| line["request"].as_str().is_some_and(|id| id.starts_with("mark-"));
        all.filter(|line: &Value| line["message"] == message && !is_mark(line)).collect()
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn two_changes() -> World {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/b", "b\n")]);
    world
}

fn promote(changes: &[&str]) -> Value {
    json!({"changes": {"keys": changes}, "to": "SIT", "options": {"deploy": "defaults"}})
}

fn id(answer: &Answer) -> String {
    answer.header("x-request-id").unwrap().to_owned()
}

#[test]
fn each_request_operation_and_job_has_its_line() {
    let server = Observed::begin(two_changes(), &["--log-format", "json"], &[]);
    let root = server.root();
    let done = root.post(&format!("{ACME}/promotions"), &[("x-request-id", "mine-1")], &promote(&["US-1"]));
    assert_eq!((done.status, id(&done).as_str()), (200, "mine-1"), "{}", done.body);
    let no = root.get(&format!("{ACME}/changes/US-77")).is(404, "unknown-change");
    assert_eq!((no.body["request"].as_str(), id(&no).len()), (Some(id(&no).as_str()), 32));
    // A refusal that is said again names the request that was refused, where the log says more; its answer names itself.
    let key = [("idempotency-key", "k-1")];
    let no = root.post(&format!("{ACME}/promotions"), &key, &promote(&["US-1"])).is(409, "already-there");
    let again = root.post(&format!("{ACME}/promotions"), &key, &promote(&["US-1"])).is(409, "already-there");
    assert_eq!(again.body, no.body);
    assert_ne!(id(&again), id(&no));
    assert_eq!(no.body["request"].as_str(), Some(id(&no).as_str()));
    let request = |id: &str| server.lines("request").into_iter().find(|line| line["request"] == id).unwrap();
    let line = request("mine-1");
    assert!(line["ms"].is_u64() && line["time"].is_string(), "{line}");
    for (name, value) in [
        ("level", json!("info")),
        ("method", json!("POST")),
        ("route", json!("/api/v1/pipelines/{pipeline}/promotions")),
        ("pipeline", json!("acme")),
        ("status", json!(200)),
        ("person", json!("root")),
        ("token", json!("tests")),
    ] {
        assert_eq!(line[name], value, "{name} of {line}");
    }
    let line = request(&id(&no));
    assert_eq!((&line["code"], &line["status"]), (&json!("already-there"), &json!(409)), "{line}");
    let operation = |kind: &str| {
        let all = server.lines("operation");
        all.iter().find(|line| line["kind"] == kind).unwrap_or_else(|| panic!("{all:?}")).clone()
    };
    let line = operation("promotion");
    assert_eq!((&line["operation"], &line["outcome"]), (&json!("P-1"), &json!("done")), "{line}");
    assert_eq!((&line["request"], &line["person"]), (&json!("mine-1"), &json!("root")), "{line}");
    let jobs = server.lines("job");
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    assert_eq!((&jobs[0]["area"], &jobs[0]["outcome"]), (&json!("sit-web"), &json!("succeeded")));
    assert_eq!((&jobs[0]["operation"], &jobs[0]["deployment"]), (&json!("P-1"), &json!("D-1")));
}

#[test]
fn no_secret_stands_in_the_log() {
    let world = two_changes();
    let data = Observed::data(&world);
    let config = "[mail]\nfrom = \"sb@example.org\"\nserver = \"smtp://sb@127.0.0.1:1\"\npassword = { env = \"MAIL\" }\n\
        [network]\nallow = [\"127.0.0.1\"]\n[[webhook]]\nname = \"chat\"\n\
        url = \"http://127.0.0.1:1/secret-of-the-hook?t=secret-of-the-hook\"\nsecret = { file = \"key\" }\n";
    fs::write(data.join("server.toml"), config).unwrap();
    fs::write(data.join("key"), KEY).unwrap();
    let repo = world.repo().display().to_string();
    let words = ["--log-format", "json", "--log-level", "debug", "--repository", &repo];
    let remote = ["--remote", "far=https://127.0.0.1:1/far.git", "--remote-credential", "far=env:FAR"];
    let surroundings = [("MAIL", "secret-of-the-mail"), ("FAR", "secret-of-the-remote")];
    let server = Observed::begin(world, &[&words[..], &remote].concat(), &surroundings);
    let link = server.said["first_administrator"].as_str().unwrap().to_owned();
    let invitation = link.split('#').next_back().unwrap();
    let nobody = server.caller("");
    let taken = json!({"secret": invitation, "password": "secret-of-ann-1", "name": "ann", "email": "ann@example.org"});
    let json_body = ("content-type", "application/json");
    let taken = nobody.post("/api/v1/invitations/take", &[json_body], &taken);
    assert_eq!(taken.status, 200, "{}", taken.body);
    let sign_in =
        |password: &str| nobody.post("/api/v1/session", &[json_body], &json!({"name": "ann", "password": password}));
    sign_in("secret-of-ann-2").is(401, "sign-in-wrong");
    let signed_in = sign_in("secret-of-ann-1");
    let cookie = signed_in.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let form = signed_in.body["form"].as_str().unwrap().to_owned();
    let headers = [("cookie", cookie.as_str()), ("switchback-form", form.as_str()), json_body];
    let made = nobody.post("/api/v1/tokens", &headers, &json!({"name": "ci"}));
    let token = made.body["secret"].as_str().unwrap().to_owned();
    let ci = server.caller(&token);
    ci.get("/api/v1/pipelines/acme/behind?secret=secret-of-a-query").is(404, "unknown-address");
    ci.get("/secret-of-a-path").is(404, "unknown-address");
    ci.request("GET /api/v1/session", &[("x-request-id", "secret of an id")], "");
    server.caller("sbt_secret-of-a-stranger").get("/api/v1/session").is(401, "token-unknown");
    let invited = ci.post("/api/v1/users", &[json_body], &json!({"name": "bob"}));
    let promoted = server.root().post(
        &format!("{ACME}/promotions"),
        &[("idempotency-key", "secret-of-a-key"), ("switchback-reason", "secret-of-a-reason")],
        &promote(&["US-1"]),
    );
    assert_eq!(promoted.status, 200, "{}", promoted.body);
    wait_for("the webhook's try", || server.lines("delivery").iter().any(|line| line["to"] == "chat"));
    wait_for("the remote's try", || server.log().contains("remote-unreachable"));
    server.catch_up();
    let log = server.log();
    assert!(log.contains("\"person\":\"ann\"") && log.contains("\"token\":\"ci\""), "{log}");
    let secrets =
        [invitation, &cookie, cookie.split('=').next_back().unwrap(), &form, &token, KEY, "secret", "sbi_", "sbt_"];
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} stands in the log");
    }
    assert!(invited.body["secret"].is_null() || !log.contains(invited.body["secret"].as_str().unwrap()));
    assert!(!log.contains("ann@example.org"), "an address of mail stands in the log");
}

#[test]
fn a_name_passes_for_no_field_of_a_line() {
    let server = Observed::begin(two_changes(), &[], &[]);
    // Somebody there has to be, for a token to act for.
    drop(server.root());
    let token = server.token("x status=500 forged", &[]);
    server.caller(&token).get(&format!("{ACME}/status"));
    wait_for("the line", || server.log().contains("forged"));
    let log = server.log();
    let line = log.lines().find(|line| line.contains("forged")).unwrap();
    assert!(line.contains("status=200") && line.contains("token=\"x status=500 forged\""), "{line}");
}

#[test]
fn figures_are_for_who_is_in_or_for_everybody_where_that_is_said() {
    let server = Observed::begin(two_changes(), &[], &[]);
    server.caller("").get("/metrics").is(401, "not-signed-in");
    let root = server.root();
    let narrow = server.caller(&server.token("narrow", &["acme"]));
    narrow.get("/metrics").is(403, "not-permitted");
    root.post(&format!("{ACME}/promotions"), &[], &promote(&["US-1"]));
    root.post(&format!("{ACME}/promotions"), &[], &promote(&["US-1"])).is(409, "already-there");
    root.request("PUT /coffee-1", &[], "");
    root.get("/coffee-2");
    let figures = root.text("/metrics");
    for line in [
        "switchback_operations_total{pipeline=\"acme\",kind=\"promotion\",outcome=\"done\"} 1",
        "switchback_jobs_ended_total{pipeline=\"acme\",outcome=\"succeeded\"} 1",
        "switchback_problems_total{code=\"already-there\"} 1",
        "switchback_problems_total{code=\"not-signed-in\"} 1",
        "switchback_jobs{pipeline=\"acme\",state=\"queued\"} 0",
        "switchback_outbox{pipeline=\"acme\",state=\"dead\"} 0",
    ] {
        assert!(figures.lines().any(|one| one == line), "{line}\n{figures}");
    }
    let seq = root.get(&format!("{ACME}/log?limit=1")).body["entries"][0]["seq"].clone();
    assert!(figures.contains(&format!("switchback_ledger_position{{pipeline=\"acme\"}} {seq}\n")), "{figures}");
    let route = "route=\"/api/v1/pipelines/{pipeline}/promotions\"";
    assert!(
        figures.contains(&format!(
            "switchback_request_duration_seconds_count{{method=\"POST\",{route},status=\"200\"}} 1"
        ))
    );
    assert!(figures.contains("method=\"other\",route=\"none\",status=\"404\""), "{figures}");
    for many in ["US-1", "root", "coffee"] {
        assert!(!figures.contains(many), "{many} stands in a label\n{figures}");
    }
    let data = server.world.path("data");
    fs::write(data.join("server.toml"), "[metrics]\nopen = true\n").unwrap();
    let words: &[&str] = &["--log-level", "error"];
    let open = world_of(server, words);
    let answer = open.caller("").text("/metrics");
    assert!(answer.ends_with("# EOF\n"), "{answer}");
}

/// The same world with a server begun anew.
fn world_of(mut server: Observed, words: &[&str]) -> Observed {
    process::signal(&server.process, "TERM");
    assert!(server.process.wait().unwrap().success());
    let world = std::mem::replace(&mut server.world, World::bare_of_pipeline());
    Observed::begin(world, words, &[])
}

#[test]
fn what_it_is_told_is_read_again_at_a_signal() {
    let world = two_changes();
    let file = Observed::data(&world).join("server.toml");
    fs::write(&file, "[log]\nlevel = \"info\"\nformat = \"json\"\n").unwrap();
    let server = Observed::begin(world, &[], &[]);
    let root = server.root();
    let again = |text: &str, said: &str| {
        let before = server.log().matches(said).count();
        fs::write(&file, text).unwrap();
        process::signal(&server.process, "HUP");
        wait_for(said, || server.log().matches(said).count() > before);
    };
    let requests = || {
        let before = server.lines("request").len();
        assert_eq!(root.get(&format!("{ACME}/status")).status, 200);
        server.lines("request").len() - before
    };
    assert_eq!(requests(), 1);
    server.caller("").get("/metrics").is(401, "not-signed-in");
    // A defect changes nothing, not even what stands before it.
    again("[metrics]\nopen = true\n[log]\nlevel = \"loud\"\n", "what was in force stays so");
    assert_eq!((requests(), server.caller("").get("/metrics").status), (1, 401));
    again("[metrics]\nopen = true\n[log]\nformat = \"text\"\n", "the configuration was read again");
    assert_eq!((server.lines("needs a restart").len(), requests()), (1, 1));
    assert!(server.caller("").text("/metrics").ends_with("# EOF\n"));
    fs::write(&file, "[log]\nlevel = \"warn\"\n").unwrap();
    process::signal(&server.process, "HUP");
    wait_for("the quiet", || server.caller("").get("/metrics").status == 401);
    let quiet = root.request(&format!("GET {ACME}/status"), &[("x-request-id", "quiet-1")], "");
    assert_eq!(quiet.status, 200);
    // All that it said is written once it has ended.
    let ended = world_of(server, &["--log-level", "error"]);
    assert!(!ended.log().contains("quiet-1"), "{}", ended.log());
}

/// A server whose log goes into a pipe that nobody reads yet, and its address.
fn piped(world: &World) -> (Child, String) {
    let words =
        ["serve", "--json", "--log-format", "json", "--log-level", "debug", "--listen", "127.0.0.1:0", "--data"];
    let mut serve = world.command_in(&world.repo(), &words);
    let mut process = serve.arg(world.path("data")).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    (process, said["address"].as_str().unwrap().to_owned())
}

#[test]
fn a_log_that_nobody_reads_holds_up_nobody_and_what_is_lost_is_said() {
    let world = World::three_stages();
    let (mut process, address) = piped(&world);
    // More than a pipe takes, and more than waits to be written.
    const REQUESTS: u64 = 8_000;
    let agent = ureq::agent();
    let look = || agent.get(format!("{address}/healthz")).call().unwrap();
    (0..REQUESTS).for_each(|_| drop(look().into_body().read_to_vec().unwrap()));
    // Whoever begins to read has what waited, and is told how much did not.
    let log = BufReader::new(process.stderr.take().unwrap());
    let (told, seen) = channel();
    let reader = thread::spawn(move || {
        let (mut requests, mut lost) = (0, 0);
        for line in log.lines() {
            let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
            requests += u64::from(line["message"] == "request" && line["route"] == "/healthz");
            if let Some(lines) = line["lost"].as_u64() {
                lost += lines;
                told.send(()).unwrap();
            }
        }
        (requests, lost)
    });
    seen.recv().unwrap();
    process::signal(&process, "TERM");
    assert!(process.wait().unwrap().success());
    let (requests, lost) = reader.join().unwrap();
    assert!(requests < REQUESTS && requests + lost >= REQUESTS, "{requests} were written, {lost} lost");
}

#[test]
fn a_server_ends_though_nobody_reads_its_log() {
    let world = World::three_stages();
    let (process, address) = piped(&world);
    let agent = ureq::agent();
    let look = || agent.get(format!("{address}/healthz")).call().unwrap();
    (0..1_000).for_each(|_| drop(look().into_body().read_to_vec().unwrap()));
    process::signal(&process, "TERM");
    let pid = format!("/proc/{}/stat", process.id());
    let is_over = || fs::read_to_string(&pid).is_ok_and(|stat| stat.contains(") Z "));
    wait_for("the end", is_over);
    assert_eq!(process::ran(process).exit, Some(0));
}
