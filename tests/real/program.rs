//! The program under test, asked for JSON. It sees the repository and nothing of the judge.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What one command answered.
pub struct Answer {
    /// The exit code; SPEC 11 lists what each says.
    pub code: i32,
    /// The one object on standard output, or null when there was none.
    pub json: Value,
    /// Everything it said, for a failing assertion.
    pub said: String,
}

/// The program, standing in one repository.
pub struct Program {
    repository: PathBuf,
}

impl Program {
    /// The program for the repository at `repository`.
    pub fn at(repository: &Path) -> Self {
        Self { repository: repository.to_path_buf() }
    }

    /// Runs one command, whatever comes of it.
    pub fn run(&self, arguments: &[&str]) -> Answer {
        let mut command = Command::new(env!("CARGO_BIN_EXE_switchback"));
        command.arg("-C").arg(&self.repository).arg("--json").args(arguments);
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("NO_COLOR", "1");
        let output = command.output().unwrap_or_else(|fault| panic!("{command:?}: {fault}"));
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        Answer {
            code: output.status.code().unwrap_or(-1),
            json: serde_json::from_str(&out).unwrap_or(Value::Null),
            said: format!("switchback {}\n{out}{err}", arguments.join(" ")),
        }
    }

    /// Runs a command that must do what it was asked to.
    pub fn done(&self, arguments: &[&str]) -> Value {
        let answer = self.run(arguments);
        assert_eq!(answer.code, 0, "{}", answer.said);
        assert!(answer.json.is_object(), "no JSON object: {}", answer.said);
        answer.json
    }
}
