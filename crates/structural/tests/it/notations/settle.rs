//! How many of the conflicts that a plain text merge leaves are settled element by element, and whether any is wrongly.

use super::random::three;
use super::render::{keys, read_back, render};
use super::sample::{facts, together, told};
use std::process::Command;
use switchback_core::content::filetype::Format;
use switchback_structural::{Texts, merge};

/// So many conflicts of each notation are looked at, unless `SWITCHBACK_SETTLE` says otherwise.
const CONFLICTS: usize = 60;

/// What became of the conflicts of one notation.
#[derive(Default, Debug)]
struct Tally {
    /// Conflicts of the text in which the sides do not disagree.
    conflicts: usize,
    settled: usize,
    /// Conflicts in which both sides want something else of the same thing.
    disagreements: usize,
    /// Results that are not what both sides' edits are together, of all conflicts.
    wrong: usize,
}

#[test]
fn most_conflicts_of_text_are_settled_and_none_wrongly() {
    let folder = tempfile::tempdir().unwrap();
    let wanted = std::env::var("SWITCHBACK_SETTLE").map_or(CONFLICTS, |number| number.parse().unwrap());
    println!("{:<12} {:>9} {:>8} {:>14} {:>6}", "notation", "conflicts", "settled", "disagreements", "wrong");
    for (_, format) in Format::ALL {
        let mut tally = Tally::default();
        let mut seed = 0;
        while tally.conflicts < wanted {
            seed += 1;
            try_one(format, seed, (folder.path(), &mut tally));
        }
        let Tally { conflicts, settled, disagreements, wrong } = tally;
        let name = format.as_str();
        println!("{name:<12} {conflicts:>9} {settled:>8} {disagreements:>14} {wrong:>6}");
        assert_eq!(wrong, 0, "{name}");
        assert!(settled * 10 >= conflicts * 9, "{name}: {tally:?}");
    }
}

fn try_one(format: Format, seed: u64, (folder, tally): (&std::path::Path, &mut Tally)) {
    let [base, ours, theirs] = three(format, seed);
    let texts = [&base, &ours, &theirs].map(|one| render(format, one));
    if texts[1] == texts[2] || !conflicts_as_text(folder, &texts) {
        return;
    }
    let sides = [&base[..], &ours, &theirs];
    let truth = together(&base, &ours, &theirs).map(|all| told(&facts(&all), sides));
    let [one, other, third] = texts.each_ref().map(|text| text.as_bytes());
    let found = merge(format, &keys(format), Texts { base: one, ours: other, theirs: third });
    match &truth {
        Some(_) => tally.conflicts += 1,
        None => tally.disagreements += 1,
    }
    match found {
        Ok(found) => {
            let found = String::from_utf8(found).unwrap();
            let found = told(&read_back(format, &found), sides);
            let right = truth.as_ref() == Some(&found);
            tally.settled += usize::from(right);
            tally.wrong += usize::from(!right);
            if !right {
                let (truth, told) = (truth.unwrap_or_default(), found);
                let lost: Vec<_> = truth.iter().filter(|(way, value)| told.get(*way) != Some(value)).collect();
                let new: Vec<_> = told.iter().filter(|(way, value)| truth.get(*way) != Some(value)).collect();
                println!("{} {seed}: lost {lost:?}, and {new:?} came", format.as_str());
            }
        }
        Err(why) if truth.is_some() => println!("{} {seed}: {}", format.as_str(), why.message),
        Err(_) => {}
    }
}

pub fn conflicts_as_text(folder: &std::path::Path, texts: &[String; 3]) -> bool {
    let paths = ["base", "ours", "theirs"].map(|name| folder.join(name));
    for (path, text) in paths.iter().zip(texts) {
        std::fs::write(path, text).unwrap();
    }
    let status =
        Command::new("git").args(["merge-file", "-p", "-q"]).args([&paths[1], &paths[0], &paths[2]]).output().unwrap();
    !status.status.success()
}
