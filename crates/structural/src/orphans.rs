//! Tables of TOML that lose the table above them. Headers are written one below another, and yet `[a.b]` is in `[a]`: who
//! takes `[a]` away takes away all that is in it, and who puts `[a.b]` into it edits it.

use super::document::List;
use super::three::Three;
use super::why::Why;
use std::collections::BTreeMap;

/// Refuses to put a table into one that the other side took away whole. The lists are those of a document, or of one item
/// of an array of tables.
///
/// # Errors
/// Which.
pub(super) fn check(lists: Three<&List<'_>>) -> Result<(), Why> {
    let Three { base: Some(base), ours, theirs } = lists.map(headers) else { return Ok(()) };
    for (one, other, [adds, deletes]) in [(&ours, &theirs, ["ours", "theirs"]), (&theirs, &ours, ["theirs", "ours"])] {
        for (added, header) in one.iter().filter(|(table, _)| !base.has(table) && !other.has(table)) {
            let mut above = added.match_indices('.').map(|(dot, _)| &added[..dot]);
            let is_lost = |above: &&str| base.has(above) && one.has(above) && !other.has_any(above);
            if let Some(lost) = above.find(is_lost) {
                let message = format!("{deletes} deleted `[{lost}]`, into which {adds} put `{header}`");
                return Err(Why::disagree(message));
            }
        }
    }
    Ok(())
}

/// The headers of a list of tables, by their dotted names. Tables below an array are in its items.
struct Headers<'d>(BTreeMap<&'d str, &'d str>);

fn headers<'d>(list: &'d List<'_>) -> Headers<'d> {
    let name = |header: &'d str| {
        let name = header.strip_prefix('[')?.strip_suffix(']')?;
        Some((name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name), header))
    };
    Headers(list.nodes.iter().filter_map(|node| name(&node.name.tag)).collect())
}

impl<'d> Headers<'d> {
    fn iter(&self) -> impl Iterator<Item = (&'d str, &'d str)> {
        self.0.iter().map(|(name, header)| (*name, *header))
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether there is a table of a name, or one in it.
    fn has_any(&self, name: &str) -> bool {
        let is_in = |table: &str| table.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        self.0.range(name..).take_while(|(table, _)| table.starts_with(name)).any(|(table, _)| is_in(table))
    }
}
