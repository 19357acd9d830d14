//! No merge is silently wrong, and most that can be made are.

use super::dialect::Dialect;
use super::edits::three;
use super::judge::faults;
use super::read::read;
use super::render::render;
use super::said::{Said, may_be_twice, said, settled, together};
use crate::notations::sample::Dice;
use crate::tries::tries;
use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};
use std::cell::Cell;
use switchback_core::content::filetype::Format;
use switchback_structural::{Texts, Why, check, merge};

/// How a whole file is written: whether lines end with CRLF, the last line has no end, there is a byte order mark.
type Dress = [bool; 3];

/// How one case is written by all three, and what came of it.
struct Case {
    dialect: Dialect,
    models: [Vec<super::model::Node>; 3],
    dresses: [Dress; 3],
}

impl Case {
    fn new(format: Format, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let dialect = Dialect::some(format, &mut dice);
        let models = three(dialect, &mut dice);
        let base = [5, 5, 20].map(|sides| dice.below(sides) == 0);
        let mut side = || base.map(|one| one ^ (dice.below(10) == 0));
        let dresses = [base, side(), side()];
        Self { dialect, models, dresses }
    }

    fn texts(&self) -> [String; 3] {
        [0, 1, 2].map(|at| dressed(&render(self.dialect, &self.models[at]), self.dresses[at]))
    }

    fn merged(&self, [base, ours, theirs]: [&str; 3]) -> Result<String, Why> {
        let texts = Texts { base: base.as_bytes(), ours: ours.as_bytes(), theirs: theirs.as_bytes() };
        let found = merge(self.dialect.format, &self.dialect.keys(), texts)?;
        Ok(String::from_utf8(found).expect("what came out is text"))
    }

    /// What is wrong with what came out.
    fn judged(&self, found: &str) -> Vec<String> {
        let mut all = Vec::new();
        let is_written = self.texts().iter().chain([&found.to_owned()]).all(|text| text.trim_end().contains('\n'))
            && !found.replace('\r', "").ends_with("\n\n");
        for (at, found) in dress_of(found).into_iter().enumerate().filter(|_| is_written) {
            let [base, ours, theirs] = self.dresses.map(|dress| dress[at]);
            if settled(base, ours, theirs).is_some_and(|wanted| wanted != found) {
                all.push(format!("{:?} became {found}", self.dresses.map(|dress| dress[at])));
            }
        }
        let plain = self.models.each_ref().map(|model| render(self.dialect, model));
        let mut found = found.trim_start_matches('\u{feff}').replace('\r', "");
        if !found.is_empty() && !found.ends_with('\n') {
            found.push('\n');
        }
        let says_of = self.models.each_ref().map(|model| said(self.dialect, model));
        let versions = plain.each_ref().map(|text| read(self.dialect, text));
        let result = read(self.dialect, &found);
        match together(says_of.each_ref(), self.dialect) {
            None => all.push("a conflict was settled".to_owned()),
            Some((wanted, open)) => {
                let is_right = |part, says: Option<&Vec<String>>, wanted: Option<&Vec<String>>| {
                    says == wanted
                        || open.contains(part)
                        || may_be_twice(part, says_of.each_ref()) && says.is_some_and(|says| says.len() == 2)
                };
                let lost = wanted.iter().filter(|(part, says)| !is_right(part, result.parts.get(*part), Some(*says)));
                all.extend(lost.map(|lost| format!("lost: {lost:?}")));
                let came = result.parts.iter().filter(|(part, says)| !is_right(part, Some(*says), wanted.get(*part)));
                all.extend(came.map(|came| format!("came: {came:?}")));
            }
        }
        let [base, ours, theirs] = &versions;
        let [one, other, third] = plain.each_ref().map(String::as_str);
        all.extend(faults(self.dialect, [base, ours, theirs, &result], [one, other, third, &found]));
        all
    }
}

fn dressed(text: &str, [crlf, is_open, is_marked]: Dress) -> String {
    let mut text = text.trim_end_matches('\n').to_owned();
    if !is_open && !text.is_empty() {
        text.push('\n');
    }
    if crlf {
        text = text.replace('\n', "\r\n");
    }
    if is_marked { format!("\u{feff}{text}") } else { text }
}

fn dress_of(text: &str) -> Dress {
    [text.contains("\r\n"), !text.ends_with('\n'), text.starts_with('\u{feff}')]
}

#[test]
fn documents_are_read_back_as_they_were_written() {
    for (_, format) in Format::ALL {
        for seed in 0..400 {
            let case = Case::new(format, seed);
            for model in &case.models {
                let text = render(case.dialect, model);
                let (wanted, found): (Said, Said) = (said(case.dialect, model), read(case.dialect, &text));
                assert_eq!(found.parts, wanted.parts, "{seed}\n{text}");
                assert_eq!(found.orders, wanted.orders, "{seed}\n{text}");
            }
        }
    }
}

/// Tries a property on a format, and says how many of the merges that can be made are made.
fn try_all(format: Format, share: usize) {
    let (possible, settled, read) = (Cell::new(0_usize), Cell::new(0_usize), Cell::new(0_usize));
    let count = |counter: &Cell<usize>| counter.set(counter.get() + 1);
    let outcome = TestRunner::new(tries(100)).run(&any::<u64>(), |seed| {
        let case = Case::new(format, seed);
        let texts = case.texts();
        let [base, ours, theirs] = texts.each_ref().map(String::as_str);
        let keys = case.dialect.keys();
        if texts.iter().all(|text| check(format, &keys, text.as_bytes()).is_ok()) {
            count(&read);
            for (base, side, other, wanted) in
                [(base, ours, ours, ours), (base, base, theirs, theirs), (base, ours, base, ours)]
            {
                let found = case.merged([base, side, other]).map_err(|why| why.message);
                prop_assert_eq!(found.as_deref(), Ok(wanted), "\n{}--\n{}--\n{}", base, side, other);
            }
        }
        if ours == theirs || base == ours || base == theirs {
            return Ok(());
        }
        let is_possible =
            together(case.models.each_ref().map(|model| said(case.dialect, model)).each_ref(), case.dialect).is_some();
        for texts in [[base, ours, theirs], [base, theirs, ours]] {
            if let Ok(found) = case.merged(texts) {
                let faults = case.judged(&found);
                prop_assert!(
                    faults.is_empty(),
                    "{}\n{}--\n{}--\n{}=>\n{}",
                    faults.join("\n"),
                    base,
                    texts[1],
                    texts[2],
                    found
                );
                if is_possible && texts[1] == ours {
                    count(&settled);
                }
            }
        }
        if is_possible {
            count(&possible);
        }
        Ok(())
    });
    println!("{format:?}: {} of {} settled, {} read", settled.get(), possible.get(), read.get());
    match outcome {
        Err(TestError::Fail(why, seed)) => panic!("{format:?} {seed}: {why}"),
        other => other.expect("it was tried"),
    }
    assert!(settled.get() * 100 >= possible.get() * share, "{format:?}: {settled:?} of {possible:?}");
}

#[test]
fn xml_is_never_silently_wrong() {
    try_all(Format::Xml, 50);
}

#[test]
fn json_is_never_silently_wrong() {
    try_all(Format::Json, 50);
}

#[test]
fn yaml_is_never_silently_wrong() {
    try_all(Format::Yaml, 50);
}

#[test]
fn toml_is_never_silently_wrong() {
    try_all(Format::Toml, 50);
}

#[test]
fn properties_are_never_silently_wrong() {
    try_all(Format::Properties, 50);
}
