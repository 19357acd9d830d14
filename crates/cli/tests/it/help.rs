//! Every command explains itself, with an example that works.

use crate::fake::words;
use clap::{Command, CommandFactory as _, Parser as _};
use switchback_cli::arguments::Arguments;

fn each(command: &Command, path: &str, look: &mut dyn FnMut(&str, &Command)) {
    look(path, command);
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        each(inner, &format!("{path} {}", inner.get_name()), look);
    }
}

#[test]
fn every_command_says_what_it_does_and_gives_an_example_that_is_understood() {
    let mut examples = 0;
    each(&Arguments::command(), "switchback", &mut |path, command| {
        assert!(command.get_about().is_some(), "`{path}` does not say what it does");
        let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let given: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("  switchback ")).collect();
        assert!(!given.is_empty(), "`{path}` has no example");
        for example in given {
            assert!(
                format!("switchback {example}").starts_with(path),
                "`{path}` gives the example of another: {example}"
            );
            let typed = example.split(" > ").next().unwrap_or_default();
            let understood = Arguments::try_parse_from(words(typed));
            assert!(understood.is_ok(), "`switchback {typed}`: {}", understood.unwrap_err());
            examples += 1;
        }
    });
    assert!(examples > 40, "only {examples} examples were found");
}

#[test]
fn every_option_says_what_it_does() {
    each(&Arguments::command(), "switchback", &mut |path, command| {
        for argument in
            command.get_arguments().filter(|argument| !["help", "version"].contains(&argument.get_id().as_str()))
        {
            assert!(argument.get_help().is_some(), "`{path}`: {} has no help", argument.get_id());
        }
    });
}

/// What the contract names (SPEC 11).
#[test]
fn every_command_of_the_contract_is_there() {
    let mut there = Vec::new();
    each(&Arguments::command(), "", &mut |path, _| there.push(path.trim().to_owned()));
    let wanted = "init status where why pending change record|list|show|attest|exclude|include|ignore behind ahead promote \
                  back-promote promotion list|show|edit|run|cancel conflicts resolve demote deploy rollback history \
                  area list|show|verify|repair|populate jobs list|wait|cancel|retry|run log diff verify grant revoke grants \
                  completions demo serve backup restore doctor user add|list|show|edit|disable|enable|reset group list|add|remove \
                  token create|list|revoke subscription add|list|remove outbox list|retry run-due stage adopt";
    let mut group = "";
    for word in wanted.split_whitespace() {
        let inner = word.contains('|') || word == "adopt";
        for name in word.split('|') {
            let path = if inner { format!("{group} {name}") } else { name.to_owned() };
            assert!(there.contains(&path), "`switchback {path}` is missing");
        }
        if !inner {
            group = word;
        }
    }
}
