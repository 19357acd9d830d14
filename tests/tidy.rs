//! Holds the limits that keep this code readable: sizes, words, and which crate may know what. Each rule is a function from the files to its complaints, and is tried on small bad inputs below its
//! own definition, so that a rule that finds nothing has been seen finding something.
#![cfg(test)]

#[path = "tidy/circles.rs"]
mod circles;
#[path = "tidy/commands.rs"]
mod commands;
#[path = "tidy/corridor.rs"]
mod corridor;
#[path = "tidy/coverage.rs"]
mod coverage;
#[path = "tidy/faults.rs"]
mod faults;
#[path = "tidy/files.rs"]
mod files;
#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/shape.rs"]
mod shape;
#[path = "tidy/tokens.rs"]
mod tokens;
#[path = "tidy/words.rs"]
mod words;

use files::{Complaint, Files};

/// Asserts that a rule has nothing to say about this workspace.
fn tidy(rule: fn(&Files) -> Vec<Complaint>) {
    let files = files::of_workspace();
    assert!(files.rust().count() > 10, "the workspace's own files were not found");
    let complaints: Vec<_> = rule(&files).iter().map(|complaint| format!("\n  {complaint}")).collect();
    assert!(complaints.is_empty(), "{} to mend:{}", complaints.len(), complaints.concat());
}

#[test]
fn files_and_functions_are_small() {
    tidy(shape::complaints);
}

#[test]
fn crates_know_only_what_they_may() {
    tidy(layers::complaints);
}

#[test]
fn words_are_ours() {
    tidy(words::complaints);
}

#[test]
fn only_the_command_line_names_commands() {
    tidy(commands::complaints);
}

#[test]
fn codes_and_verbs_are_covered() {
    tidy(coverage::complaints);
}

#[test]
fn what_goes_wrong_is_tried() {
    tidy(faults::complaints);
}

#[test]
fn there_is_one_corridor() {
    tidy(corridor::complaints);
}

#[test]
fn files_do_not_look_at_each_other_in_circles_nor_upward() {
    tidy(circles::complaints);
}
