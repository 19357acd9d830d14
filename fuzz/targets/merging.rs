//! What holds for three texts of any format, whatever is in them. The input is three texts with a byte 0xFF between.

use switchback_core::content::Soundness;
use switchback_core::content::filetype::{Format, Keys};
use switchback_structural::{Texts, check, merge, soundness};

/// Merges the three texts of an input in every way, and asserts what must hold.
pub fn try_input(format: Format, input: &[u8]) {
    let mut texts = input.splitn(3, |byte| *byte == 0xff);
    let base = texts.next().unwrap_or_default();
    let ours = texts.next().unwrap_or(base);
    let theirs = texts.next().unwrap_or(ours);
    let keys = Keys {
        otherwise: ["id", "name", "key"].map(str::to_owned).to_vec(),
        in_order: vec!["*".to_owned()],
        ..Keys::default()
    };
    let merged = |base, ours, theirs| merge(format, &keys, Texts { base, ours, theirs });
    let is_sound = |text| check(format, &keys, text).is_ok();
    if is_sound(base) && is_sound(ours) {
        // Properties in two encodings are refused, whoever changed what.
        let same_encoding = format != Format::Properties || [base, ours].concat().is_ascii();
        for (base, one, other) in [(base, ours, ours), (base, base, ours), (base, ours, base)] {
            match merged(base, one, other) {
                Ok(found) => assert_eq!(found.escape_ascii().to_string(), ours.escape_ascii().to_string()),
                Err(why) => assert!(!same_encoding, "{}", why.message),
            }
        }
    }
    if let Ok(found) = merged(base, ours, theirs) {
        let judged = soundness((format, &keys), &found, || Ok::<_, ()>(vec![base, ours, theirs]));
        assert!(found.is_empty() || !matches!(judged, Ok(Soundness::Broken(_))), "{judged:?}: {}", found.escape_ascii());
    }
}
