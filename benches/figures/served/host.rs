//! A server as it is begun for people: the program in a process of its own, its log in a file.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use switchback_ledger::SqlitePeople;

use super::load::Client;
use crate::somebody::made;

/// A process that listens.
pub struct Host {
    process: Child,
    /// Where.
    pub address: String,
    /// What somebody comes with who may do everything.
    pub token: String,
    /// How long it took until it listened.
    pub started: Duration,
}

impl Host {
    /// Serves a repository, with its own folder beside it.
    pub fn serve(repository: &Path, folder: &Path) -> Self {
        std::fs::create_dir_all(folder).expect("a writable target folder");
        let token = made(&SqlitePeople::open(&folder.join("people.sqlite")).expect("its people"), &user());
        let mut command = Command::new(program());
        command.arg("-C").arg(repository).args(["--json", "serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder);
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
        // Not in the server's own folder, where whatever is written makes it look.
        command.stderr(File::create(folder.with_extension("log")).expect("a writable target folder"));
        let (process, line, started) = begun(command);
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let address = said["address"].as_str().expect("an address").to_owned();
        Self { process, address, token, started }
    }

    /// A bare route that returns these bytes.
    pub fn bare(answer: &[u8], folder: &Path) -> Self {
        let file = folder.join("answer.json");
        std::fs::write(&file, answer).expect("a writable target folder");
        let mut command = Command::new(std::env::current_exe().expect("the path of this program"));
        command.arg(super::bare::WORD).arg(file);
        let (process, line, started) = begun(command);
        Self { process, address: line.trim().to_owned(), token: "sbt_nobodys".to_owned(), started }
    }

    /// Somebody with a connection.
    pub fn client(&self) -> Client {
        Client::of(&self.address, &self.token)
    }

    /// Asks once, which must be answered well; the body. Nobody asked the very same before, so it is looked at anew.
    pub fn get(&self, path: &str) -> Vec<u8> {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let mut client = self.client();
        let line = format!("if-none-match: \"{}\"\r\ncontent-length", ASKED.fetch_add(1, Ordering::Relaxed));
        let answer = client.ask(&client.text(&format!("GET {path}"), "").replace("content-length", &line));
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.body
    }

    /// Processor time that it took until now, in seconds.
    pub fn cpu(&self) -> f64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.process.id())).expect("it lives");
        let one = |folder: &Path| std::fs::read_to_string(folder.join("schedstat")).ok();
        let of = |text: String| text.split(' ').next().and_then(|word| word.parse::<f64>().ok()).unwrap_or_default();
        tasks.filter_map(Result::ok).filter_map(|task| one(&task.path())).map(of).sum::<f64>() / 1e9
    }

    /// Memory that is resident, in MiB.
    pub fn resident(&self) -> f64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("it lives");
        let line = text.lines().find(|line| line.starts_with("VmRSS")).expect("its memory");
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).expect("a number") / 1024.0
    }
}

/// The program that serves: that of this build, or another one, to compare the two.
fn program() -> OsString {
    std::env::var_os("SWITCHBACK_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_switchback").into())
}

/// As which the program takes whoever began the pipeline.
fn user() -> String {
    ["LOGNAME", "USER", "USERNAME"].iter().filter_map(|name| std::env::var(name).ok()).next().unwrap_or("root".into())
}

fn begun(mut command: Command) -> (Child, String, Duration) {
    let began = Instant::now();
    let mut process = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut line = String::new();
    BufReader::new(process.stdout.take().expect("its output")).read_line(&mut line).expect("it says where it is");
    (process, line, began.elapsed())
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
