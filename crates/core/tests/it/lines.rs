//! Merging texts line by line, as diff3 does: the smallest merge that still conflicts where people would.

use switchback_core::content::Hunk;

/// The merged text; `None` where both sides changed the same lines differently.
pub fn merge(base: &[u8], ours: &[u8], theirs: &[u8]) -> Option<Vec<u8>> {
    let (base, ours, theirs) = (lines(base), lines(ours), lines(theirs));
    let (to_ours, to_theirs) = (matches(&base, &ours), matches(&base, &theirs));
    let mut merged: Vec<u8> = Vec::new();
    let mut at = (0, 0, 0);
    loop {
        let next = (at.0..base.len()).find_map(|b| Some((b, to_ours[b]?, to_theirs[b]?)));
        let end = next.unwrap_or((base.len(), ours.len(), theirs.len()));
        let (old, one, two) = (&base[at.0..end.0], &ours[at.1..end.1], &theirs[at.2..end.2]);
        let chunk = match () {
            () if one == two || two == old => one,
            () if one == old => two,
            () => return None,
        };
        chunk.iter().for_each(|line| merged.extend_from_slice(line));
        let Some((b, o, t)) = next else { return Some(merged) };
        merged.extend_from_slice(base[b]);
        at = (b + 1, o + 1, t + 1);
    }
}

/// Which lines differ.
pub fn hunks(before: &[u8], after: &[u8]) -> Vec<Hunk> {
    let (before, after) = (lines(before), lines(after));
    let kept: Vec<_> = matches(&before, &after).into_iter().enumerate().filter_map(|(b, a)| Some((b, a?))).collect();
    let ends = kept.iter().copied().chain([(before.len(), after.len())]);
    let starts = [(0, 0)].into_iter().chain(kept.iter().map(|(b, a)| (b + 1, a + 1)));
    let gaps = starts.zip(ends).filter(|(start, end)| start != end);
    gaps.map(|(start, end)| Hunk { old: start.0..end.0, new: start.1..end.1 }).collect()
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// How much two texts have in common, in hundredths.
pub fn alike(one: &[u8], two: &[u8]) -> usize {
    let (one, two) = (lines(one), lines(two));
    let same = matches(&one, &two).into_iter().flatten().count();
    same * 100 / one.len().max(two.len()).max(1)
}

/// For each line of `from` the line of `to` it became, by a longest common subsequence.
fn matches(from: &[&[u8]], to: &[&[u8]]) -> Vec<Option<usize>> {
    let mut longest = vec![vec![0_u32; to.len() + 1]; from.len() + 1];
    for (f, t) in (0..from.len()).rev().flat_map(|f| (0..to.len()).rev().map(move |t| (f, t))) {
        longest[f][t] = match from[f] == to[t] {
            true => longest[f + 1][t + 1] + 1,
            false => longest[f + 1][t].max(longest[f][t + 1]),
        };
    }
    let (mut found, mut f, mut t) = (vec![None; from.len()], 0, 0);
    while f < from.len() && t < to.len() {
        if from[f] == to[t] {
            found[f] = Some(t);
            (f, t) = (f + 1, t + 1);
        } else if longest[f + 1][t] >= longest[f][t + 1] {
            f += 1;
        } else {
            t += 1;
        }
    }
    found
}

#[test]
fn edits_of_different_lines_merge_and_of_the_same_line_do_not() {
    let base = b"1\n2\n3\n4\n";
    assert_eq!(merge(base, b"X\n2\n3\n4\n", b"1\n2\n3\nY\n").as_deref(), Some(&b"X\n2\n3\nY\n"[..]));
    assert_eq!(merge(base, b"1\n2\n3\n4\n5\n", b"1\n3\n4\n").as_deref(), Some(&b"1\n3\n4\n5\n"[..]));
    assert_eq!(merge(base, b"1\nX\n3\n4\n", b"1\nY\n3\n4\n"), None);
    assert_eq!(merge(base, b"1\nX\n3\n4\n", b"1\nX\n3\n4\n").as_deref(), Some(&b"1\nX\n3\n4\n"[..]));
    assert_eq!(merge(base, b"1\nX\n3\n4\n", b"1\n2\nY\n4\n"), None, "neighbouring lines conflict, as in git");
}

/// Merges lines as keyed entries, `key=value`: the shape of a structural merge, small enough for scenarios.
pub fn weave(base: &[u8], ours: &[u8], theirs: &[u8]) -> Result<Vec<u8>, String> {
    for text in [base, ours, theirs] {
        twice(text).map_or(Ok(()), Err)?;
    }
    let find = |all: &[Vec<u8>], key: &[u8]| all.iter().find(|line| key_of(line) == key).cloned();
    let entries = |text: &[u8]| lines(text).into_iter().map(<[u8]>::to_vec).collect::<Vec<_>>();
    let (base, ours, theirs) = (entries(base), entries(ours), entries(theirs));
    let mut keys: Vec<Vec<u8>> = ours.iter().map(|line| key_of(line).to_vec()).collect();
    let new: Vec<_> = theirs.iter().map(|line| key_of(line).to_vec()).filter(|key| !keys.contains(key)).collect();
    keys.extend(new);
    let mut woven = Vec::new();
    for key in keys {
        let (old, one, two) = (find(&base, &key), find(&ours, &key), find(&theirs, &key));
        let entry = match () {
            () if one == two || two == old => one,
            () if one == old => two,
            () => return Err(format!("both sides set {}", String::from_utf8_lossy(&key))),
        };
        woven.extend(entry.unwrap_or_default());
    }
    Ok(woven)
}

/// The lines of both texts, ours first, each once.
pub fn unite(ours: &[u8], theirs: &[u8]) -> Vec<u8> {
    let mine = lines(ours);
    let new: Vec<_> = lines(theirs).into_iter().filter(|line| !mine.contains(line)).collect();
    mine.into_iter().chain(new).flatten().copied().collect()
}

/// The key that stands twice in a text, as a sentence.
pub fn twice(text: &[u8]) -> Option<String> {
    all_twice(text).into_iter().next()
}

/// Every key that is there twice.
pub fn all_twice(text: &[u8]) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let again = lines(text).into_iter().map(key_of).filter(|key| !seen.insert(*key));
    again.map(|key| format!("it holds {} twice", String::from_utf8_lossy(key))).collect()
}

fn key_of(line: &[u8]) -> &[u8] {
    let end = line.iter().position(|byte| *byte == b'=' || *byte == b'\n').unwrap_or(line.len());
    &line[..end]
}
