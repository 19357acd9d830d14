//! Merges start tags attribute by attribute, where both sides changed one.

use crate::three::Three;
use std::collections::HashMap;

/// A start tag, taken apart: attributes as they are written, each with the blanks before it.
struct Tag<'t> {
    before: &'t str,
    attributes: Vec<(&'t str, &'t str)>,
    after: &'t str,
}

/// The start tag in which the attributes of both sides are; `None` where both changed the same, or more than
/// attributes.
pub fn merge(heads: Three<&[u8]>) -> Option<Vec<u8>> {
    let base = split(heads.base?)?;
    let (ours, theirs) = (split(heads.ours)?, split(heads.theirs)?);
    let around = |part: for<'t> fn(&Tag<'t>) -> &'t str| {
        let all = Three { base: Some(part(&base)), ours: part(&ours), theirs: part(&theirs) };
        let bytes =
            Three { base: all.base.map(str::as_bytes), ours: all.ours.as_bytes(), theirs: all.theirs.as_bytes() };
        bytes.settle_around().map(|side| all.of(side))
    };
    let mut merged = around(|tag| tag.before)?.to_owned();
    let index = |tag: &Tag<'_>| -> HashMap<String, String> {
        tag.attributes.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    };
    let (in_base, in_ours, in_theirs) = (index(&base), index(&ours), index(&theirs));
    for (name, text) in &ours.attributes {
        let versions = Three { base: Some(in_base.get(*name)), ours: in_ours.get(*name), theirs: in_theirs.get(*name) };
        let kept = versions.settle().map(|side| versions.of(side));
        let same = || same_value(text, in_theirs.get(*name)?).then_some(in_ours.get(*name));
        merged.push_str(kept.or_else(same)?.map_or("", String::as_str));
    }
    for (name, text) in theirs.attributes.iter().filter(|(name, _)| !in_ours.contains_key(*name)) {
        match in_base.get(*name) {
            None => merged.push_str(text),
            Some(before) if before.trim() == text.trim() => {}
            Some(_) => return None,
        }
    }
    merged.push_str(around(|tag| tag.after)?);
    Some(merged.into_bytes())
}

fn same_value(one: &str, other: &str) -> bool {
    one.trim() == other.trim()
}

/// Takes a start tag apart. What follows the `>` goes with it.
fn split(head: &[u8]) -> Option<Tag<'_>> {
    let head = std::str::from_utf8(head).ok()?;
    let name_end = head.find(|letter: char| letter.is_ascii_whitespace() || matches!(letter, '>' | '/'))?;
    let (mut at, mut attributes) = (name_end, Vec::new());
    loop {
        let rest = &head[at..];
        let trimmed = rest.trim_ascii_start();
        if trimmed.starts_with(['>', '/']) {
            return Some(Tag { before: &head[..name_end], attributes, after: rest });
        }
        let equals = trimmed.find('=')?;
        let value = trimmed[equals + 1..].trim_ascii_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let end = head.len() - value.len() + 1 + value[1..].find(quote)? + 1;
        attributes.push((trimmed[..equals].trim_ascii_end(), &head[at..end]));
        at = end;
    }
}
