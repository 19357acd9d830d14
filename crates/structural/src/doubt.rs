//! What is known of comments after a merge: one that was there once may not stand twice, one that a side took away may
//! not come back, and none may come to stand above something else.

use super::bound::{is_at_one_place, misplaced, of_one_entry};
use super::commented_out::Entries;
use super::comments::{Census, census};
use super::document::{Document, Gist, Hashing};
use super::shelves::shelves;
use super::three::Three;
use super::why::Why;
use std::collections::HashSet;
use switchback_core::content::filetype::Format;

/// Stands for all containers of a document.
const EVERYWHERE: Gist = Gist::MAX;

/// What is wrong with the comments of a result.
pub(super) struct Doubt {
    /// What, as a sentence.
    pub(super) why: Why,
    /// Whether all of it is that both sides added the same words, which may be meant twice.
    pub(super) is_mild: bool,
}

/// Whether a text may hold comments at all.
fn may_have(format: Format, text: &[u8]) -> bool {
    let has = |sign: &str| std::str::from_utf8(text).map_or(true, |text| text.contains(sign));
    match format {
        Format::Xml => has("<!--"),
        Format::Json => has("//") || has("/*"),
        Format::Yaml | Format::Toml => text.contains(&b'#'),
        Format::Properties => text.iter().any(|byte| b"#!;".contains(byte)),
    }
}

/// What is wrong with the comments of a result, if anything.
pub(super) fn doubt(format: Format, versions: &Three<Document<'_>>, result: &Document<'_>) -> Option<Doubt> {
    let all = [versions.base.as_ref(), Some(&versions.ours), Some(&versions.theirs), Some(result)];
    if !all.into_iter().flatten().any(|document| may_have(format, document.text)) {
        return None;
    }
    let of = |document| (census(format, document), shelves(format, document));
    let mut counted = all.map(|one| one.map(of).unwrap_or_default());
    let carried = of_one_entry(&counted);
    counted.iter_mut().for_each(|(census, _)| add_sums(census, &carried));
    let [before, ours, theirs, result] = &counted;
    let versions = Three { base: Some(before), ours, theirs };
    // An entry that both sides commented out is one, not two, as is what both put in at one place.
    let entries = all[0].map(|base| Entries::new(format, base));
    let was_entry = |comment: &[u8]| entries.as_ref().is_some_and(|entries| entries.has(comment));
    let is_one = |comment: &[u8]| was_entry(comment) || is_at_one_place([&before.1, &ours.1, &theirs.1], comment);
    let misfit = misfits(&is_one, versions.map(|(census, _)| census), &result.0);
    if misfit.as_ref().is_some_and(|misfit| !misfit.is_mild) {
        return misfit;
    }
    let Some(comment) = misplaced(versions.map(|(_, shelves)| shelves), &result.1, &was_entry) else { return misfit };
    let message = format!("the comment `{}` would come to stand above something else", first_line(comment));
    Some(Doubt { why: Why::disagree(message), is_mild: false })
}

/// Beside each container the whole document: where a comment ends a container, the next entry takes it into another.
/// Comments that go with one entry wherever it is are looked at where it is alone.
fn add_sums<'t>(census: &mut Census<'t>, carried: &HashSet<&'t [u8], Hashing>) {
    let mut sums = Census::new();
    for ((_, comment), count) in census.iter().filter(|((_, comment), _)| !carried.contains(comment)) {
        *sums.entry((EVERYWHERE, *comment)).or_default() += count;
    }
    census.extend(sums);
}

fn first_line(comment: &[u8]) -> String {
    let words = String::from_utf8_lossy(comment);
    words.lines().next().unwrap_or_default().to_owned()
}

fn misfits(is_one: &dyn Fn(&[u8]) -> bool, versions: Three<&Census<'_>>, result: &Census<'_>) -> Option<Doubt> {
    let of = |census: &Census<'_>, comment: &(Gist, &[u8])| census.get(comment).copied().unwrap_or_default();
    let all = [versions.base, Some(versions.ours), Some(versions.theirs), Some(result)];
    let mut found: Option<(&[u8], bool)> = None;
    for comment in all.into_iter().flatten().flat_map(|census| census.keys()) {
        let counts = Three {
            base: Some(versions.base.map_or(0, |base| of(base, comment))),
            ours: of(versions.ours, comment),
            theirs: of(versions.theirs, comment),
        };
        if let Some(is_mild) = misfit(counts, of(result, comment)) {
            let is_mild = is_mild && !is_one(comment.1);
            let worst = found.is_none_or(|(before, mild)| (is_mild, comment.1) < (mild, before));
            found = if worst { Some((comment.1, is_mild)) } else { found };
        }
    }
    found.map(|(comment, is_mild)| {
        let words = first_line(comment);
        let message = format!("the comment `{words}` would come back, be lost, or stand there once too often");
        Doubt { why: Why::disagree(message), is_mild }
    })
}

/// Whether a comment does not stand as often as both sides' edits say; and if so, whether both only added it.
fn misfit(counts: Three<usize>, result: usize) -> Option<bool> {
    let base = counts.base.unwrap_or_default();
    let sum = (counts.ours + counts.theirs).saturating_sub(base);
    match counts.settle() {
        Some(side) if counts.of(side) == result => None,
        Some(_) => Some(counts.ours == counts.theirs && counts.ours > base && result == sum),
        None => {
            let least = counts.ours.min(counts.theirs).min(sum);
            let most = counts.ours.max(counts.theirs).max(sum);
            (!(least..=most).contains(&result)).then_some(false)
        }
    }
}
