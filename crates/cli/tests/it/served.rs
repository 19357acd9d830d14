//! The same suite through a server: with `SWITCHBACK_TEST_SERVER=1` every world has a server of its own, and what is asked
//! of its repository is asked there. Whoever a test acts as comes with a token of theirs.

use crate::somebody::made;
use crate::world::World;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use switchback_ledger::SqlitePeople;
use tempfile::TempDir;

/// What is about this machine, not about a pipeline that somebody keeps; a pipeline begins in its repository.
const AT_HOME: [&str; 10] =
    ["init", "demo", "completions", "serve", "backup", "restore", "user", "group", "token", "subscription"];

/// The server of a world, begun by the first who needs it.
#[derive(Default)]
pub struct Served(RefCell<Option<Server>>);

struct Server {
    process: Child,
    address: String,
    people: SqlitePeople,
    tokens: HashMap<String, String>,
    /// Not in the world's own folder, whose files tests count.
    _data: TempDir,
}

/// What is asked of a server.
pub struct Asked {
    pub server: String,
    pub token: String,
    pub words: Vec<String>,
}

/// Whether the suite runs through servers.
pub fn is_served() -> bool {
    std::env::var_os("SWITCHBACK_TEST_SERVER").is_some()
}

impl Served {
    /// Its address, and a token of somebody's.
    pub fn of(&self, world: &World, who: &str) -> (String, String) {
        let mut server = self.0.borrow_mut();
        let server = server.get_or_insert_with(|| Server::begin(world));
        (server.address.clone(), server.token(who))
    }

    /// How some words are asked there; `None` where they are asked at home.
    pub fn takes(&self, world: &World, words: &[&str]) -> Option<Asked> {
        let verb = words.iter().find(|word| !word.starts_with('-'))?;
        if !is_served() || AT_HOME.contains(verb) || words.contains(&"--help") {
            return None;
        }
        let (who, words) = apart(words);
        let (server, token) = self.of(world, &who);
        Some(Asked { server, token, words })
    }
}

/// Who asks, and the words without that.
fn apart(words: &[&str]) -> (String, Vec<String>) {
    let mut rest: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    match rest.iter().position(|word| word == "--as") {
        Some(at) => {
            let who = rest.remove(at + 1);
            rest.remove(at);
            (who, rest)
        }
        None => ("root".to_owned(), rest),
    }
}

impl Server {
    fn begin(world: &World) -> Self {
        let data = TempDir::new().expect("a temporary folder");
        let words =
            ["serve", "--json", "--without-workers", "--log-level", "error", "--listen", "127.0.0.1:0", "--data"];
        let mut command = world.command_in(&world.repo(), &words);
        let mut process = command.arg(data.path()).stdout(Stdio::piped()).spawn().expect("the server starts");
        let mut line = String::new();
        let out = process.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("it says where it is");
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let people = SqlitePeople::open(&data.path().join("people.sqlite")).expect("its people");
        let address = said["address"].as_str().expect("an address").to_owned();
        Self { process, address, people, tokens: HashMap::new(), _data: data }
    }

    fn token(&mut self, who: &str) -> String {
        let people = &self.people;
        self.tokens.entry(who.to_owned()).or_insert_with(|| made(people, who)).clone()
    }
}

/// A token of somebody's at the server that keeps its people in a folder.
pub fn token_of(data: &Path, who: &str) -> String {
    made(&SqlitePeople::open(&data.join("people.sqlite")).expect("its people"), who)
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
