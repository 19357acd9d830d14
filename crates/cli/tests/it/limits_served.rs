//! What a server does not take, and what nobody can tell any more, as whoever calls it meets that.

use crate::process::{ran, signal};
use crate::served::token_of;
use crate::serving::{ACME, Caller, begun};
use crate::world::{LATER, World};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;

/// What a call is answered, to its end; nothing where nobody answers.
fn raw(address: &str, said: &str) -> String {
    let mut stream = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    // Whoever is not listened to any more cannot say the rest.
    let _ = stream.write_all(said.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_head_that_is_too_large_is_not_read_and_others_are_served() {
    let world = World::three_stages();
    let (server, said) = begun(&world, &world.path("data"));
    let address = said["address"].as_str().unwrap();
    let head = |size: usize| {
        format!("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-long: {}\r\n\r\n", "x".repeat(size))
    };
    assert!(raw(address, &head(32 << 10)).starts_with("HTTP/1.1 200 "), "so much is taken");
    let answer = raw(address, &head(128 << 10));
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    assert_eq!(Caller::at(address, "").get("/healthz").status, 200);
    signal(&server, "TERM");
    assert_eq!(ran(server).exit, Some(0));
}

/// A server dies between carrying a request out and noting what came of it.
#[test]
fn of_a_request_that_a_killed_server_had_under_way_it_is_said_that_nobody_knows() {
    let mut world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    let data = world.path("data");
    let mut serve = world.command_in(&world.repo(), &["serve", "--json", "--listen", "127.0.0.1:0", "--data"]);
    serve.arg(&data).env("SWITCHBACK_FAILPOINT", "corridor.committed").stdout(Stdio::piped());
    let mut server = serve.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    let token = token_of(&data, "root");
    let body = json!({"changes": {"keys": ["US-1"]}, "to": "SIT"}).to_string();
    let asked = format!(
        "POST {ACME}/promotions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nidempotency-key: once\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    assert_eq!(raw(said["address"].as_str().unwrap(), &asked), "", "it dies before it answers");
    assert_eq!(ran(server).signal, Some(9));
    world.set_clock(LATER);
    let (server, said) = begun(&world, &data);
    let caller = Caller::at(said["address"].as_str().unwrap(), &token);
    let again = |key: &str, body: &Value| caller.post(&format!("{ACME}/promotions"), &[("idempotency-key", key)], body);
    let body: Value = serde_json::from_str(&body).unwrap();
    let no = again("once", &body).is(409, "key-unfinished");
    assert!(no.body["hint"].as_str().unwrap().contains("look in the log"), "{}", no.body);
    // The log tells: it was done, for the entry stood.
    let done = caller.get(&format!("{ACME}/promotions/P-1"));
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(again("twice", &body).status, 409, "there is nothing left to move");
    signal(&server, "TERM");
    assert_eq!(ran(server).exit, Some(0));
    world.is_sound();
}
