//! Tables of TOML that lose the table above them. Headers are written one below another, and yet `[a.b]` is in `[a]`: who
//! takes `[a]` away takes away all that is in it, and who puts `[a.b]` into it edits it.

use super::document::Document;
use super::three::Three;
use super::why::Why;
use std::collections::BTreeSet;

/// Refuses to put a table into one that the other side took away whole.
///
/// # Errors
/// Which.
pub(super) fn check(versions: &Three<Document<'_>>) -> Result<(), Why> {
    let Three { base, ours, theirs } = versions.by_ref().map(tables);
    let Some(base) = base else { return Ok(()) };
    for (one, other, [adds, deletes]) in [(&ours, &theirs, ["ours", "theirs"]), (&theirs, &ours, ["theirs", "ours"])] {
        for added in one.iter().filter(|table| !base.contains(*table) && !other.contains(*table)) {
            let mut above = added.match_indices('.').map(|(dot, _)| &added[..dot]);
            let is_lost = |above: &&str| base.contains(above) && one.contains(above) && !has_any(other, above);
            if let Some(lost) = above.find(is_lost) {
                let message = format!("{deletes} deleted `[{lost}]`, into which {adds} put `[{added}]`");
                return Err(Why::disagree(message));
            }
        }
    }
    Ok(())
}

/// The dotted names of the tables of a document, but for those in arrays, which are in their items.
fn tables<'d>(document: &'d Document<'_>) -> BTreeSet<&'d str> {
    let nodes = document.root.as_list().into_iter().flat_map(|list| &list.nodes);
    let name = |tag: &'d str| tag.strip_prefix('[')?.strip_suffix(']').filter(|name| !name.starts_with('['));
    nodes.filter_map(|node| name(&node.name.tag)).collect()
}

/// Whether there is a table of a name, or one in it.
fn has_any(tables: &BTreeSet<&str>, name: &str) -> bool {
    let is_in = |table: &&str| table.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    tables.range(name..).take_while(|table| table.starts_with(name)).any(is_in)
}
