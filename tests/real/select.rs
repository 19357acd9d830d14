//! Some of the queue, and all of it in other orders: how much goes without a person, alone and with what it needs
//! (SPEC P11).

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::git::Git;
use crate::program::Program;

/// A pipeline with the whole queue on DEV and nothing above it.
pub struct Below<'a> {
    /// The repository; it is copied for each try.
    pub repository: &'a Path,
    /// Where the copies go.
    pub folder: &'a Path,
    /// The keys, in the queue's order.
    pub keys: Vec<&'a str>,
}

/// What became of promotions, one at a time.
struct Tally {
    /// How many went without a person.
    went: usize,
    /// How many were there already, because another had brought them along.
    brought: usize,
    /// How many were refused because of what they need.
    refused: usize,
    /// How many conflicted.
    conflicted: usize,
    /// What the stage holds in the end.
    tree: String,
}

impl Below<'_> {
    /// Tries it all, and says how it went.
    pub fn report(&self, full: &str) {
        let every_other: Vec<&str> = self.keys.iter().step_by(2).copied().collect();
        say("every other patch in order, alone", &self.promote(&every_other, &[]));
        let with = self.promote(&every_other, &WITH);
        say("every other patch in order, with what it needs", &with);
        assert_eq!(with.went + with.brought, every_other.len(), "with its dependencies every patch goes");
        let backwards: Vec<&str> = self.keys.iter().rev().copied().collect();
        say("shuffled, alone", &self.promote(&shuffled(&self.keys, 1), &[]));
        self.expect_all_to_go("shuffled", &shuffled(&self.keys, 1), full);
        self.expect_all_to_go("shuffled otherwise", &shuffled(&self.keys, 2), full);
        self.expect_all_to_go("backwards", &backwards, full);
        self.expect_each_to_go_with_what_it_needs();
        let place = self.without_declarations();
        println!("the same, imported from DEV's branch, so that nothing is declared:");
        let imported = Below { repository: &place, folder: self.folder, keys: self.keys.clone() };
        say("shuffled, alone", &imported.promote(&shuffled(&self.keys, 1), &[]));
        imported.expect_all_to_go("shuffled", &shuffled(&self.keys, 1), full);
        imported.expect_windows_to_end_as_the_queue_does();
        std::fs::remove_dir_all(&place).expect("a copy to take away");
    }

    /// The same repository without its record, taken in from its branches.
    fn without_declarations(&self) -> PathBuf {
        let place = self.copy("imported");
        std::fs::remove_dir_all(place.join(".git/switchback")).expect("a record to forget");
        let git = Git::at(&place);
        let kept = git.ask(&["for-each-ref", "--format=delete %(refname)", "refs/switchback"], b"");
        git.ask(&["update-ref", "--stdin"], &kept.stdout);
        Program::at(&place).done(&["init"]);
        place
    }

    fn expect_all_to_go(&self, name: &str, order: &[&str], full: &str) {
        let tally = self.promote(order, &WITH);
        say(&format!("{name}, with what it needs"), &tally);
        assert_eq!(tally.went + tally.brought, order.len(), "{name}: every patch goes");
        assert_eq!(tally.tree, full, "{name}: every order ends in the same tree");
    }

    /// Window after window in an order of its own: once all of one are there, every path is as it was on DEV when that held
    /// no more.
    fn expect_windows_to_end_as_the_queue_does(&self) {
        let place = self.copy("windows");
        let (program, git) = (Program::at(&place), Git::at(&place));
        let mut left = self.keys.len();
        for (nth, window) in self.keys.chunks(WINDOW).enumerate() {
            for key in shuffled(window, nth as u64) {
                let answer = program.run(&["promote", key, "--from", "DEV", "--to", "SIT", WITH[0]]);
                let is_there = answer.json["refused"]["code"] == "already-there";
                assert!(answer.code == 0 || is_there, "{key}: {}", answer.said);
            }
            left -= window.len();
            let there = git.tree("refs/heads/sit");
            assert_eq!(there, git.tree(&format!("refs/heads/dev~{left}")), "window {nth} ends in another tree");
        }
        println!("windows of {WINDOW}, each shuffled: all end in the tree that DEV had");
        std::fs::remove_dir_all(&place).expect("a copy to take away");
    }

    fn expect_each_to_go_with_what_it_needs(&self) {
        let program = Program::at(self.repository);
        let mut along = 0;
        for key in &self.keys {
            let words = ["promote", key, "--from", "DEV", "--to", "SIT", "--dry-run"];
            let plan = program.done(&[&words[..], &WITH].concat());
            assert_eq!(plan["plan"]["status"], "completed", "{key}: {plan}");
            along += plan["plan"]["results"].as_array().map_or(0, Vec::len) - 1;
        }
        println!("each patch goes by itself with what it needs; {along} others come along in all");
    }

    /// Promotes one after the other on a copy.
    fn promote(&self, keys: &[&str], more: &[&str]) -> Tally {
        let place = self.copy("copy");
        let program = Program::at(&place);
        let mut tally = Tally { went: 0, brought: 0, refused: 0, conflicted: 0, tree: String::new() };
        for key in keys {
            let words = ["promote", key, "--from", "DEV", "--to", "SIT"];
            let answer = program.run(&[&words[..], more].concat());
            match answer.json["refused"]["code"].as_str() {
                Some("already-there") => tally.brought += 1,
                Some("depends-on") => tally.refused += 1,
                Some(code) => panic!("{key}: {code}: {}", answer.said),
                None if answer.json["status"] == "conflicted" => {
                    tally.conflicted += 1;
                    call_off(&program, &answer.json);
                }
                None => {
                    assert_eq!(answer.code, 0, "{key}: {}", answer.said);
                    tally.went += 1;
                }
            }
        }
        program.done(&["verify"]);
        tally.tree = Git::at(&place).tree("refs/heads/sit");
        std::fs::remove_dir_all(&place).expect("a copy to take away");
        tally
    }

    fn copy(&self, name: &str) -> PathBuf {
        let place = self.folder.join(name);
        let (from, to) = (self.repository.join("."), place.clone());
        let copied = std::process::Command::new("cp").arg("-a").arg(from).arg(to).status().expect("cp runs");
        assert!(copied.success(), "the repository could not be copied");
        place
    }
}

/// So many patches are shuffled together.
const WINDOW: usize = 20;

const WITH: [&str; 1] = ["--with-dependencies"];

/// A promotion that waits for a person is not waited for.
fn call_off(program: &Program, answer: &Value) {
    let id = answer["operation"].as_str().expect("a promotion that is kept has an id");
    program.done(&["promotion", "cancel", id]);
}

fn say(what: &str, tally: &Tally) {
    let Tally { went, brought, refused, conflicted, .. } = tally;
    println!(
        "{what}: {went} went, {brought} had been brought along; {refused} lacked what they need, {conflicted} conflicted"
    );
}

/// Fisher-Yates with a small generator of its own, so that a seed gives the same order everywhere.
fn shuffled<'a>(keys: &[&'a str], seed: u64) -> Vec<&'a str> {
    let mut keys = keys.to_vec();
    let mut state = seed;
    for last in (1..keys.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        keys.swap(last, (state >> 33) as usize % (last + 1));
    }
    keys
}
