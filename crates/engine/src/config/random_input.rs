//! Whatever stands in the file, it is read or told with a place that is in it.

use super::good_input::EVERYTHING;
use super::parse;
use crate::schedule::check_cron;
use proptest::prelude::*;
use std::path::Path;

/// Bits that go where they do not belong.
const SCRAPS: &[&str] = &[
    "",
    "\"",
    "'",
    "[",
    "]",
    "[[",
    "{",
    "}",
    "=",
    ".",
    ",",
    "\n",
    "\t",
    "\\",
    "#",
    "ä",
    "\u{1F600}",
    "7",
    "-1",
    "true",
    "1e9",
    "0x7f",
    "2026-02-30",
    "99999999999999999999",
    "name",
    "stage",
    "[[area]]\n",
    "[pipeline]\n",
    "x = {}\n",
    "\0",
];

proptest! {
    #[test]
    fn a_spoilt_file_is_read_or_told(at in 0..EVERYTHING.len(), gone in 0..30_usize, scrap in 0..SCRAPS.len()) {
        let start = EVERYTHING.floor_char_boundary(at);
        let end = EVERYTHING.floor_char_boundary(at + gone).max(start);
        let text = format!("{}{}{}", &EVERYTHING[..start], SCRAPS[scrap], &EVERYTHING[end..]);
        if let Err(defect) = parse(&text, Path::new("/repo/switchback.toml")) {
            let line = text.lines().nth(defect.line.max(1) as usize - 1).unwrap_or_default();
            prop_assert!((1..=text.lines().count() as u32 + 1).contains(&defect.line), "{}", defect);
            prop_assert!((1..=line.chars().count() as u32 + 1).contains(&defect.column), "{}", defect);
            prop_assert!(!defect.message.is_empty() && !super::bad_input::next(&defect).is_empty(), "{}", defect);
        }
    }

    #[test]
    fn any_cron_pattern_is_accepted_or_refused(fields in proptest::collection::vec("[0-9*/,#LW?+A-Zß-]{1,6}", 5)) {
        let pattern = fields.join(" ");
        if let Err(bad) = check_cron(&pattern) {
            prop_assert!(!bad.message.is_empty());
        }
    }
}
