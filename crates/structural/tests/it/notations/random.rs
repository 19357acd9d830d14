//! What holds for all documents, tried on random ones.

use super::render::{keys, read_back, render, shape};
use super::sample::{Dice, Entry, document, edited, facts, together, told};
use crate::tries::tries;
use proptest::prelude::*;
use switchback_core::content::Soundness;
use switchback_core::content::filetype::Format;
use switchback_structural::{Texts, Why, check, merge, soundness};

fn merged(format: Format, [base, ours, theirs]: [&str; 3]) -> Result<String, Why> {
    let texts = Texts { base: base.as_bytes(), ours: ours.as_bytes(), theirs: theirs.as_bytes() };
    merge(format, &keys(format), texts).map(|text| String::from_utf8(text).expect("what came out is text"))
}

/// A document, and two that somebody made of it.
pub fn three(format: Format, seed: u64) -> [Vec<Entry>; 3] {
    let mut dice = Dice(seed);
    let base = document(&mut dice, shape(format));
    let ours = edited(&mut dice, shape(format), &base);
    let theirs = edited(&mut dice, shape(format), &base);
    [base, ours, theirs]
}

/// One side's change is taken byte for byte.
fn identities(format: Format, base: &str, other: &str) {
    if check(format, &keys(format), base.as_bytes()).is_err() || check(format, &keys(format), other.as_bytes()).is_err()
    {
        return;
    }
    for texts in [[base, other, other], [base, base, other], [base, other, base]] {
        let found = merged(format, texts).map_err(|why| why.message);
        assert_eq!(found.as_deref(), Ok(other), "{}:\n{base}", format.as_str());
    }
}

#[test]
fn samples_are_read_back_as_they_were_written() {
    for (_, format) in Format::ALL {
        for seed in 0..40 {
            for one in three(format, seed) {
                let text = render(format, &one);
                assert_eq!(read_back(format, &text), facts(&one), "{text}");
            }
        }
    }
}

proptest! {
    #![proptest_config(tries(64))]

    #[test]
    fn nothing_is_lost_and_nothing_is_there_twice(seed: u64) {
        for (_, format) in Format::ALL {
            let [base, ours, theirs] = three(format, seed);
            let texts = [&base, &ours, &theirs].map(|one| render(format, one));
            let [b, o, t] = [&texts[0], &texts[1], &texts[2]].map(String::as_str);
            identities(format, b, o);
            identities(format, b, t);
            let sides = [&base[..], &ours, &theirs];
            let truth = together(&base, &ours, &theirs).map(|all| told(&facts(&all), sides));
            for texts in [[b, o, t], [b, t, o]] {
                if let Ok(found) = merged(format, texts) {
                    prop_assert_eq!(Some(told(&read_back(format, &found), sides)), truth.clone(), "{}\n{}\n{}\n{}", b, o, t, found);
                }
            }
            let turned = merged(format, [b, t, o]);
            prop_assert_eq!(merged(format, [b, o, t]).is_ok(), turned.is_ok(), "{}\n{}\n{}", b, o, t);
        }
    }

    #[test]
    fn whatever_is_written_is_merged_or_refused(texts in prop::array::uniform3(soup())) {
        let [base, ours, theirs] = texts.each_ref().map(String::as_str);
        for (_, format) in Format::ALL {
            identities(format, base, ours);
            if let Ok(found) = merged(format, [base, ours, theirs]) {
                let versions = || Ok::<_, ()>(vec![base, ours, theirs]);
                let judged = soundness((format, &keys(format)), found.as_bytes(), versions);
                prop_assert!(found.is_empty() || !matches!(judged, Ok(Soundness::Broken(_))), "{:?}\n{}", judged, found);
            }
        }
    }
}

/// Text made of what the notations are made of.
fn soup() -> impl Strategy<Value = String> {
    let words = [
        "a", "b", "id", "name", "1", "'q'", "\"q\"", ": ", ":", "=", " = ", "- ", "-", "\n", "\n", "\n  ", "\n    ",
        "\r\n", " ", "\t", "#", " # c\n", "# c\n\n", "[", "]", "[[", "]]", "{", "}", ",", ", ", "|", "|\n  x\n",
        ">-\n", "&x ", "*x", "!t ", "---\n", "...\n", "? ", "\\", "\\\n", "\"\"\"", "'''", "é", "\u{feff}", "[s]\n",
        "k = 1\n", "k: 1\n", "%", "!", ";", "~",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..24).prop_map(|words| words.concat())
}
