//! Merging texts line by line, as diff3 does: the smallest merge that still conflicts where people would.

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

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
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
