//! Names that stand twice in a list of what both sides started from. Where no more than one side touched those, they
//! are told apart by their number, so that an old fault elsewhere stops nothing.

use super::document::{Gist, Hashing, List, Name, Node, PART};
use super::sound::{doubled, line_of};
use super::three::{Three, squeeze};
use super::why::Why;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// The lists with each name once; `None` where none stands twice.
///
/// # Errors
/// A side has a name twice that the base has once, or both sides touched what stands twice.
pub(super) fn told_apart<'a>(texts: Three<&[u8]>, lists: Three<&List<'a>>) -> Result<Option<Three<List<'a>>>, Why> {
    let found = lists.map(doubled);
    if [found.base.flatten(), found.ours, found.theirs] == [None, None, None] {
        return Ok(None);
    }
    let names = [lists.base, Some(lists.ours), Some(lists.theirs)].into_iter().flatten().flat_map(names_twice);
    for name in names.collect::<BTreeSet<_>>() {
        let meanings = lists.map(|list| meanings(list, name));
        let is_old = meanings.base.as_ref().is_some_and(|base| base.len() > 1);
        // Where one of them went or moved, their numbers no longer say which is which.
        let is_known = match (meanings.by_ref().settle(), &meanings.base) {
            (Some(_), Some(base)) if *base == meanings.ours && *base == meanings.theirs => true,
            (Some(side), _) if meanings.ours != meanings.theirs => {
                spans(texts.base.zip(lists.base), name)
                    == spans(Some((texts.of(side.other()), lists.of(side.other()))), name)
            }
            (Some(_), _) => {
                spans(Some((texts.ours, lists.ours)), name) == spans(Some((texts.theirs, lists.theirs)), name)
            }
            (None, _) => false,
        };
        if !is_old || !is_known {
            return Err(refused(texts, lists, name));
        }
    }
    let numbered = |list: &List<'a>| List { nodes: numbered(&list.nodes), ..list.clone() };
    Ok(Some(Three { base: lists.base.map(numbered), ours: numbered(lists.ours), theirs: numbered(lists.theirs) }))
}

fn names_twice<'l, 'a>(list: &'l List<'a>) -> Vec<&'l Name<'a>> {
    let mut times = HashMap::<&Name<'_>, usize, Hashing>::default();
    list.nodes.iter().for_each(|node| *times.entry(&node.name).or_default() += 1);
    times.into_iter().filter(|(_, times)| *times > 1).map(|(name, _)| name).collect()
}

fn meanings(list: &List<'_>, name: &Name<'_>) -> Vec<Gist> {
    list.nodes.iter().filter(|node| node.name == *name).map(|node| node.gist).collect()
}

/// The nodes of a name with all that belongs to them, but for blanks.
fn spans(version: Option<(&[u8], &List<'_>)>, name: &Name<'_>) -> Vec<Vec<u8>> {
    let Some((text, list)) = version else { return Vec::new() };
    list.nodes.iter().filter(|node| node.name == *name).map(|node| squeeze(&text[node.span.clone()])).collect()
}

fn numbered<'a>(nodes: &[Node<'a>]) -> Vec<Node<'a>> {
    let mut times = HashMap::<&Name<'_>, usize, Hashing>::default();
    let one = |node: &'_ Node<'a>, times: usize| match times {
        1 => node.clone(),
        times => {
            let key = format!("{}{PART}{times}", node.name.key.as_deref().unwrap_or_default());
            let name = Name { key: Some(Cow::Owned(key)), ..node.name.clone() };
            Node { name, ..node.clone() }
        }
    };
    let mut all = Vec::with_capacity(nodes.len());
    for node in nodes {
        let times = times.entry(&node.name).or_default();
        *times += 1;
        all.push(one(node, *times));
    }
    all
}

fn refused(texts: Three<&[u8]>, lists: Three<&List<'_>>, name: &Name<'_>) -> Why {
    let second = |text: &[u8], list: &List<'_>| {
        let node = list.nodes.iter().filter(|node| node.name == *name).nth(1)?;
        Some(line_of(text, node.core.start))
    };
    let base = lists.base.zip(texts.base).and_then(|(list, text)| Some((second(text, list)?, "the base")));
    let ours = || Some((second(texts.ours, lists.ours)?, "ours"));
    let theirs = || Some((second(texts.theirs, lists.theirs)?, "theirs"));
    let (line, which) = base.or_else(ours).or_else(theirs).unwrap_or((1, "the base"));
    Why::unsound(format!("it holds `{}` twice (line {line})", name.shown())).of(which)
}
