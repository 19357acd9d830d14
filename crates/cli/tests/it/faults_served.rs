//! What goes wrong around a server, as whoever asks it sees it.

use crate::process;
use crate::served::token_of;
use crate::serving::{ACME, Caller, begun};
use crate::world::{LATER, NOW, World};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use switchback_core::ports::people::tokens::ApiTokens as _;
use switchback_core::words::names::Time;
use switchback_ledger::SqlitePeople;

fn up(change: &str) -> Value {
    json!({"changes": {"keys": [change]}, "to": "SIT", "options": {"deploy": "defaults"}})
}

/// Another process that keeps a database locked until it reads a line.
fn locking(database: &Path) -> Child {
    let script = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1], isolation_level=None)\n\
                  c.execute('BEGIN IMMEDIATE')\nprint('locked', flush=True)\nsys.stdin.readline()\nc.execute('ROLLBACK')";
    let mut command = Command::new("python3");
    command.args(["-c", script]).arg(database).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "locked\n");
    child
}

#[test]
fn a_ledger_that_another_process_keeps_locked_is_read_and_passes() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    let root = Caller::of(&world, "root");
    let entries = root.get(&format!("{ACME}/log")).body["entries"].clone();
    let mut other = locking(&world.ledger());
    let no = root.post(&format!("{ACME}/promotions"), &[], &up("US-1")).is(503, "ledger-busy");
    assert_eq!(no.header("retry-after"), Some("5"));
    assert_eq!(root.get(&format!("{ACME}/log")).body["entries"], entries, "reads go on, and nothing was written");
    writeln!(other.stdin.take().unwrap()).unwrap();
    assert!(other.wait().unwrap().success());
    let done = root.post(&format!("{ACME}/promotions"), &[], &up("US-1"));
    assert_eq!((done.status, &done.body["operation"]), (200, &json!("P-1")), "{}", done.body);
    world.is_sound();
}

#[test]
fn people_that_another_process_keeps_locked_are_read_and_nobody_new_comes_in_meanwhile() {
    let world = World::three_stages();
    let data = world.path("data");
    let (server, said) = begun(&world, &data);
    let token = token_of(&data, "root");
    let root = Caller::at(said["address"].as_str().unwrap(), &token);
    let nobody = Caller::at(&root.server, "");
    let mut other = locking(&data.join("people.sqlite"));
    let body = json!({"name": "ann", "password": "correct horse battery"});
    let no = nobody.post("/api/v1/session", &[("content-type", "application/json")], &body).is(503, "people-busy");
    assert_eq!(no.header("retry-after"), Some("5"));
    assert_eq!(root.get(&format!("{ACME}/status")).status, 200, "who is in is served");
    writeln!(other.stdin.take().unwrap()).unwrap();
    assert!(other.wait().unwrap().success());
    nobody.post("/api/v1/session", &[("content-type", "application/json")], &body).is(401, "sign-in-wrong");
    process::signal(&server, "TERM");
    assert_eq!(process::ran(server).exit, Some(0));
}

#[test]
fn a_ledger_that_is_locked_in_the_middle_of_a_job_is_waited_for() {
    let world = process::holding("before");
    let running = process::begun(&world, "sit-web", &["promote", "US-1", "--to", "SIT", "--deploy"]);
    let mut other = locking(&world.ledger());
    std::fs::remove_file(world.path("begun-sit-web")).unwrap();
    process::let_go(&world);
    // It is tried again, for the hook runs once more; only then the other process ends.
    process::in_hook(&world, "sit-web");
    writeln!(other.stdin.take().unwrap()).unwrap();
    assert!(other.wait().unwrap().success());
    let ran = process::ran(running);
    assert_eq!(ran.exit, Some(0), "{ran:?}");
    let jobs = world.ok(&["jobs", "list"]);
    assert_eq!((&jobs["jobs"][0]["state"], &jobs["jobs"][0]["attempts"]), (&json!("succeeded"), &json!(1)), "{jobs}");
    assert!(world.area("sit-web").join("web/a").exists());
    world.is_sound();
}

#[test]
fn what_a_token_began_before_it_was_revoked_comes_to_its_end() {
    let world = process::holding("before");
    let data = world.path("data");
    let (server, said) = begun(&world, &data);
    let token = token_of(&data, "root");
    let caller = || Caller { server: said["address"].as_str().unwrap().to_owned(), token: token.clone() };
    let people = SqlitePeople::open(&data.join("people.sqlite")).unwrap();
    thread::scope(|scope| {
        let running = scope.spawn(|| caller().post(&format!("{ACME}/promotions"), &[], &up("US-1")));
        process::in_hook(&world, "sit-web");
        for one in people.tokens().unwrap() {
            assert!(people.revoke_token(&one.id, Time(1)).unwrap());
        }
        caller().get(&format!("{ACME}/status")).is(401, "token-revoked");
        process::let_go(&world);
        let done = running.join().unwrap();
        assert_eq!((done.status, &done.body["deployments"][0]["status"]), (200, &json!("succeeded")), "{}", done.body);
    });
    caller().post(&format!("{ACME}/promotions"), &[], &up("US-2")).is(401, "token-revoked");
    process::signal(&server, "TERM");
    assert_eq!(process::ran(server).exit, Some(0));
    world.is_sound();
}

#[test]
fn a_body_that_is_too_large_is_not_read() {
    let world = World::three_stages();
    let nobody = Caller { token: String::new(), ..Caller::of(&world, "root") };
    let body = json!({"name": "ann", "password": "x".repeat(70_000)});
    let no = nobody.post("/api/v1/session", &[("content-type", "application/json")], &body).is(422, "usage");
    assert!(no.body["detail"].as_str().unwrap().contains("65536 bytes"), "{}", no.body);
}

#[test]
fn a_clock_that_jumps_back_changes_no_order() {
    let mut world = World::three_stages();
    world.set_clock(LATER);
    world.change("US-1", &[("web/a", "a\n")]);
    world.set_clock(NOW);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    let log = world.ok(&["log"]);
    let seqs: Vec<u64> =
        log["entries"].as_array().unwrap().iter().map(|entry| entry["seq"].as_u64().unwrap()).collect();
    assert!(seqs.windows(2).all(|pair| pair[0] == pair[1] + 1), "{log}");
    assert!(world.area("sit-web").join("web/a").exists());
    world.is_sound();
}

#[test]
fn a_full_disk_is_said_reads_go_on_and_nothing_is_half_done() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    let disk = world.path("disk");
    fs::create_dir(&disk).unwrap();
    let token = token_of(&world.path("data"), "root");
    // A disk of its own that only the server sees, with all that there is of this world.
    let serve = world.command_in(&disk.join("repo"), &["serve", "--json", "--listen", "127.0.0.1:0", "--data"]);
    let script = "mount -t tmpfs -o size=24m disk \"$0\" && cp -a \"$0/../repo\" \"$0/../data\" \"$0\" && exec \"$@\"";
    let mut apart = Command::new("unshare");
    apart.args(["-Urm", "sh", "-c", script]).arg(&disk).arg(serve.get_program()).args(serve.get_args());
    for (name, value) in serve.get_envs() {
        match value {
            Some(value) => apart.env(name, value),
            None => apart.env_remove(name),
        };
    }
    let mut server = apart.arg(disk.join("data")).stdout(Stdio::piped()).spawn().expect("unshare runs");
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let Ok(said) = serde_json::from_str::<Value>(&line) else {
        println!("no disk of one's own here");
        return drop(server.wait());
    };
    let seen = Path::new("/proc").join(server.id().to_string()).join("root").join(disk.strip_prefix("/").unwrap());
    let root = Caller::at(said["address"].as_str().unwrap(), &token);
    let log = || root.get(&format!("{ACME}/log")).body["entries"].clone();
    let entries = log();
    let mut filler = fs::File::create(seen.join("filler")).unwrap();
    for size in [1 << 20, 4096, 1] {
        while filler.write_all(&vec![7; size]).is_ok() {}
    }
    let no = root.post(&format!("{ACME}/promotions"), &[], &up("US-1")).is(503, "disk-full");
    assert_eq!(no.header("retry-after"), Some("5"));
    assert_eq!(log(), entries, "reads go on, and nothing was written");
    fs::remove_file(seen.join("filler")).unwrap();
    drop(filler);
    let done = root.post(&format!("{ACME}/promotions"), &[], &up("US-1"));
    assert_eq!((done.status, &done.body["deployments"][0]["status"]), (200, &json!("succeeded")), "{}", done.body);
    assert_eq!(fs::read_to_string(seen.join("areas/sit-web/web/a")).unwrap(), "a\n");
    server.kill().unwrap();
    server.wait().unwrap();
}
