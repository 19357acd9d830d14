//! Whether what came out is what both sides meant.

use super::dialect::Dialect;
use super::model::kind;
use super::said::{Said, settled, words};
use std::collections::{BTreeMap, BTreeSet};
use switchback_core::content::filetype::Format;

/// What is wrong with a result, besides what it says: three versions, and it.
pub fn faults(dialect: Dialect, [base, ours, theirs, found]: [&Said; 4], texts: [&str; 4]) -> Vec<String> {
    let mut all = lines_of_names(dialect, [base, ours, theirs, found]);
    all.extend(unknown_lines([base, ours, theirs], texts));
    all.extend(orders(dialect, [base, ours, theirs, found]));
    all.extend(blanks(base, texts));
    all
}

/// A line that one side alone has another way is as that side has it.
fn lines_of_names(dialect: Dialect, [base, ours, theirs, found]: [&Said; 4]) -> Vec<String> {
    let mut all = Vec::new();
    let is_by_place = dialect.mixed || dialect.stream == Some(false);
    // In an item that only its place tells apart the blanks of one side may be lost.
    let is_asked = |name: &str| kind(name) != 'l' && !(is_by_place && (kind(name) == 'h' || name.contains("_i")));
    for (name, lines) in found.lines.iter().filter(|(name, _)| is_asked(name)) {
        let [before, mine, yours] = [base, ours, theirs].map(|said| said.lines.get(name));
        let may_change = |lines: Option<&Vec<String>>| lines.into_iter().flatten().any(|line| is_empty(line));
        if [before, mine, yours].into_iter().any(may_change) {
            continue;
        }
        // Lines of several are known by no name: in which order they stand, is asked elsewhere.
        let sorted = |lines: &Vec<String>| {
            let mut lines = lines.clone();
            lines.sort();
            lines
        };
        let differ = |wanted: &Option<&Vec<String>>| wanted.map(sorted) != Some(sorted(lines));
        if let Some(Some(wanted)) = settled(before, mine, yours).filter(differ) {
            all.push(format!("{wanted:?} became {lines:?}"));
        }
    }
    all
}

fn is_empty(line: &str) -> bool {
    ["{}", "[]", "/>", "></"].iter().any(|sign| line.contains(sign))
}

/// A line that neither side has is of something that both changed.
fn unknown_lines([base, ours, theirs]: [&Said; 3], [_, mine, yours, found]: [&str; 4]) -> Vec<String> {
    let bare = |line: &str| line.trim_end().trim_end_matches(',').replacen(", //", " //", 1);
    let known: BTreeSet<String> = mine.lines().chain(yours.lines()).map(bare).collect();
    let both = |line: &str| {
        let name = words(line).first().copied().unwrap_or_default().to_owned();
        let [before, mine, yours] = [base, ours, theirs].map(|said| said.lines.get(&name));
        settled(before, mine, yours).is_none()
            || [before, mine, yours].into_iter().flatten().flatten().any(|line| is_empty(line))
    };
    let lines = found.lines().filter(|line| !known.contains(&bare(line)) && !both(line));
    lines.map(|line| format!("nobody wrote `{line}`")).collect()
}

/// What stands in one order on both sides does so in what came out; where one side alone changed what stands where, all
/// is as it has it.
fn orders(dialect: Dialect, [base, ours, theirs, found]: [&Said; 4]) -> Vec<String> {
    let none = Vec::new();
    let mut all = Vec::new();
    for (of, order) in &found.orders {
        let [before, mine, yours] = [base, ours, theirs].map(|said| said.orders.get(of).unwrap_or(&none));
        // Which of two a thing stands between, when they have one name, is for nobody to say.
        if before.iter().any(|name| base.stands_twice(name)) {
            continue;
        }
        // An item that its place tells apart may be the same on both sides, but for the order of what is in it.
        let is_by_place = (dialect.mixed || dialect.stream == Some(false)) && of.contains(['i', 'd']);
        let is_flat = matches!(dialect.format, Format::Toml | Format::Properties);
        let has_lists = is_flat
            || dialect.format == Format::Xml && [before, mine, yours].into_iter().flatten().any(|one| of_list(one));
        // Where items of XML's lists stand among others, and comments among them, is another question.
        let is_compared =
            |one: &&str| if has_lists { !of_list(one) && !is_note(one) } else { !is_note(one) || !of_list(one) };
        // Who moves a comment moves nothing else, and yet the order of the other side is not taken then.
        let has_notes = [base, ours, theirs].iter().any(|said| said.has_notes(Some(of.as_str()).filter(|_| !is_flat)));
        let wanted = settled(before, mine, yours)
            .filter(|_| !(is_by_place || has_notes || has_lists || dialect.format == Format::Xml && kind(of) == 'l'));
        if wanted.is_some_and(|wanted| wanted != order) {
            all.push(format!("`{of}` is in another order: {order:?}"));
        }
        let shown =
            [mine, yours, order].map(|order| order.iter().map(String::as_str).filter(is_compared).collect::<Vec<_>>());
        all.extend(
            swapped(shown.each_ref().map(Vec::as_slice)).map(|pair| format!("{pair:?} changed places in `{of}`")),
        );
    }
    all
}

/// Whether something is a list of items, or one of them that is commented out.
fn of_list(one: &str) -> bool {
    words(one).first().is_some_and(|name| matches!(kind(name), 'l' | 's'))
}

fn is_note(one: &str) -> bool {
    one.starts_with("off ") || one.starts_with('c')
}

/// What stands in the same order on both sides, and in another one in what came out.
fn swapped<'o>(orders: [&[&'o str]; 3]) -> impl Iterator<Item = [&'o str; 2]> {
    let once = |order: &[&'o str]| -> BTreeMap<&'o str, usize> {
        let once = order.iter().filter(|one| order.iter().filter(|other| other == one).count() == 1);
        once.enumerate().map(|(at, one)| (*one, at)).collect()
    };
    let places = orders.map(once);
    let shared: Vec<&str> =
        places[2].keys().copied().filter(|one| places.iter().all(|place| place.contains_key(one))).collect();
    let mut pairs = Vec::new();
    for (at, one) in shared.iter().enumerate() {
        pairs.extend(shared[..at].iter().map(|other| [*other, *one]));
    }
    let is_before = move |at: usize, pair: &[&str; 2]| places[at][pair[0]] < places[at][pair[1]];
    let has_note = |pair: &[&str; 2]| pair.iter().any(|one| is_note(one));
    // Where entries moved, nobody can say which of them a comment is to follow.
    let has_moves = pairs.iter().any(|pair| !has_note(pair) && is_before(0, pair) != is_before(1, pair));
    pairs.into_iter().filter(move |pair| {
        let agree = is_before(0, pair) == is_before(1, pair) && !(has_moves && has_note(pair));
        agree && is_before(2, pair) != is_before(0, pair)
    })
}

/// Where all versions have the same two lines one after another, with or without a blank line between, so has the result.
fn blanks(base: &Said, texts: [&str; 4]) -> Vec<String> {
    let gaps = texts.map(gaps);
    let mut all = Vec::new();
    for (line, before) in &gaps[3] {
        let [there, ours, theirs] = [0, 1, 2].map(|at| gaps[at].get(line));
        let is_known = there.is_some_and(|there| there.0 == before.0);
        // What a comment belongs to, and its blank lines, is another question.
        let name_of = |line: &str| words(line).first().copied().unwrap_or_default().to_owned();
        let names = [name_of(line), name_of(&before.0)];
        if names.iter().any(|name| base.stands_twice(name) || !base.lines.contains_key(name)) {
            continue;
        }
        if is_known && there == ours && there == theirs && there != Some(before) {
            all.push(format!("{} blank lines above `{line}`", before.1));
        }
    }
    all
}

/// For each line that is there once, the one above it and how many blank lines stand between.
fn gaps(text: &str) -> BTreeMap<String, (String, usize)> {
    let bare = |line: &str| line.trim_end().trim_end_matches(',').replacen(", //", " //", 1);
    let (mut gaps, mut often, mut above, mut blank) = (BTreeMap::new(), BTreeSet::new(), String::new(), 0);
    for line in text.lines().map(bare) {
        if line.is_empty() {
            blank += 1;
            continue;
        }
        if gaps.insert(line.clone(), (above, blank)).is_some() {
            often.insert(line.clone());
        }
        (above, blank) = (line, 0);
    }
    gaps.retain(|line, _| !often.contains(line));
    gaps
}
