//! What is wrong with a configuration, where, and what to do about it.

use std::fmt;
use std::path::PathBuf;
use switchback_core::words::fault::Fault;
use switchback_core::words::remedy::Remedy;

/// Why a configuration cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigDefect {
    /// `config-defect`, `config-unreadable` or `not-initialized`.
    pub code: &'static str,
    /// What is wrong, naming the thing.
    pub message: String,
    /// The next step.
    pub remedy: Box<Remedy>,
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; 0 when the file as a whole is meant.
    pub line: u32,
    /// The column in characters, from 1; 0 when the file as a whole is meant.
    pub column: u32,
    /// The line itself, and under it carets below the offending part; empty when the file as a whole is meant.
    pub snippet: String,
}

impl ConfigDefect {
    /// What is wrong with its place and the line itself: everything but the next step.
    pub fn placed(&self) -> String {
        let file = self.file.display();
        if self.line == 0 {
            return format!("{file}: {}", self.message);
        }
        let number = self.line.to_string();
        let blank = " ".repeat(number.len());
        let mut text = format!("{file}:{number}:{}: {}\n{blank} |", self.column, self.message);
        for (at, line) in self.snippet.lines().enumerate() {
            text.push_str(&format!("\n{} | {line}", if at == 0 { &number } else { &blank }));
        }
        text
    }

    /// What only shows beside the ledger.
    pub(crate) fn beside_ledger(file: PathBuf, fault: Fault) -> Self {
        Self::of_file(fault.code, file, fault.message, fault.remedy)
    }

    /// A defect of a file as a whole.
    pub(super) fn of_file(code: &'static str, file: PathBuf, message: String, remedy: impl Into<Remedy>) -> Self {
        Self { code, message, remedy: Box::new(remedy.into()), file, line: 0, column: 0, snippet: String::new() }
    }
}

impl fmt::Display for ConfigDefect {
    /// For people: `FILE:LINE:COLUMN: what is wrong`, the line with its carets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.placed())
    }
}

impl std::error::Error for ConfigDefect {}

impl From<ConfigDefect> for Fault {
    /// The same sentence with its place; for doors that know faults only.
    fn from(defect: ConfigDefect) -> Self {
        let file = defect.file.display();
        let message = match defect.line {
            0 => format!("{file}: {}", defect.message),
            line => format!("{file}:{line}:{}: {}", defect.column, defect.message),
        };
        Self::new(defect.code, message, *defect.remedy)
    }
}
