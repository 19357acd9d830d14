//! Measures one child process: time on the wall, processor time and peak memory, its own children included. Every child
//! has a meter of its own (this program once more, as `meter`), because the system adds up children for good.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// The first argument that turns this program into a meter.
pub const WORD: &str = "meter";

/// One child process to be measured.
#[derive(Clone)]
pub struct Step {
    /// The program and its arguments.
    pub line: Vec<String>,
    /// Where it runs.
    pub folder: PathBuf,
    /// What it reads.
    pub input: Option<PathBuf>,
    /// The exit code that it must end with.
    pub code: i32,
}

/// What one or several children took.
#[derive(Clone, Copy, Default, Debug)]
pub struct Measure {
    /// Seconds on the wall.
    pub wall: f64,
    /// Seconds of processor time, user and system.
    pub cpu: f64,
    /// The highest memory of any one process, in MiB.
    pub peak: f64,
    /// The last exit code.
    pub code: i32,
}

impl Step {
    /// A command without input.
    pub fn new(folder: &Path, line: &[&str]) -> Self {
        let line = line.iter().map(|word| (*word).to_owned()).collect();
        Self { line, folder: folder.to_path_buf(), input: None, code: 0 }
    }

    /// The same where it must end with another exit code than 0.
    pub fn ending_with(self, code: i32) -> Self {
        Self { code, ..self }
    }

    /// The program under test on the repository at `repository`.
    pub fn switchback(repository: &Path, arguments: &[&str]) -> Self {
        let line = [&[env!("CARGO_BIN_EXE_switchback"), "--json"], arguments].concat();
        Self::new(repository, &line)
    }

    /// git, closed off from the machine's configuration (the meter sees to that).
    pub fn git(folder: &Path, arguments: &[&str]) -> Self {
        Self::new(folder, &[&["git", "-c", "gc.auto=0", "-c", "core.autocrlf=false"], arguments].concat())
    }

    /// Runs the child under a meter of its own.
    pub fn measure(&self) -> Measure {
        let this = std::env::current_exe().expect("the path of this program");
        let mut command = Command::new(this);
        command.arg(WORD).arg(self.input.as_deref().unwrap_or(Path::new("/dev/null"))).args(&self.line);
        command.current_dir(&self.folder);
        for (name, value) in [("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null"), ("LC_ALL", "C")] {
            command.env(name, value);
        }
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Queue").env(format!("GIT_{role}_EMAIL"), "queue@example.invalid");
        }
        let output = command.output().unwrap_or_else(|fault| panic!("{:?}: {fault}", self.line));
        let said = String::from_utf8_lossy(&output.stdout);
        let numbers: Vec<f64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        match numbers[..] {
            [wall, cpu, peak, code] => Measure { wall, cpu, peak, code: code as i32 },
            _ => panic!("{:?}: {}", self.line, String::from_utf8_lossy(&output.stderr)),
        }
    }

    /// Runs the child, which must end as it should.
    pub fn measure_end(&self) -> Measure {
        let measure = self.measure();
        assert_eq!(measure.code, self.code, "{:?} in {:?}", self.line, self.folder);
        measure
    }
}

impl Measure {
    /// Both, one after the other.
    pub fn and(self, next: Self) -> Self {
        let peak = self.peak.max(next.peak);
        Self { wall: self.wall + next.wall, cpu: self.cpu + next.cpu, peak, code: next.code }
    }
}

/// The meter's own process: runs the rest of its arguments and prints what they took.
pub fn run_as_meter(arguments: &[String]) {
    let [input, program, rest @ ..] = arguments else { panic!("meter INPUT PROGRAM ARGUMENT...") };
    let mut command = Command::new(program);
    command.args(rest).stdin(File::open(input).expect("the input")).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status().unwrap_or_else(|fault| panic!("{program}: {fault}"));
    let wall = start.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the usage of one's own children");
    let cpu = (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6;
    let peak = usage.max_rss() as f64 / 1024.0;
    println!("{wall} {cpu} {peak} {}", status.code().unwrap_or(-1));
}
