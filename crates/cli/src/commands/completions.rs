//! `completions`: what a shell needs to complete the words.

use crate::session::Told;
use clap::{Args, Command};
use clap_complete::Shell;
use switchback_api::Exit;

/// Print the completion script of a shell
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback completions bash > /etc/bash_completion.d/switchback")]
pub struct CompletionsArguments {
    /// Which shell
    shell: Shell,
}

impl CompletionsArguments {
    /// The script for these words.
    pub fn run(self, mut words: Command) -> Told {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut words, "switchback", &mut script);
        Told { text: String::from_utf8_lossy(&script).into_owned(), exit: Exit::Done }
    }
}
