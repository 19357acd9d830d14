//! TOML (`SPEC X2`): tables are known by their header, entries by their dotted key, and the tables of an array by what
//! tells them apart. What stands before the first header is a table without a name.

use super::document::{Document, List, Name, Node, Order};
use super::identity::{Members, decides, identities, name_of, order_of};
use super::lines::{lead_of, list, plain_text, tile, unreadable};
use super::toml_scan::{Kind, Scan, Table, dotted, member};
use super::why::Why;
use std::collections::HashSet;
use std::ops::Range;
use switchback_core::content::filetype::Keys;

/// How deep arrays of tables may stand in one another.
const DEPTH: usize = 64;

/// Reads a text.
///
/// # Errors
/// What TOML does not allow, a key that is set twice included; names the line.
pub(super) fn read<'a>(text: &'a str, keys: &Keys) -> Result<Document<'a>, Why> {
    let (body, text) = (text, text.as_bytes());
    plain_text(text)?;
    // This reads everything once more than needed, and knows every rule, how deep a value may be included.
    toml::de::DeTable::parse(body).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        unreadable(text, at, error.message())
    })?;
    let tables = Scan::new(body, keys).tables();
    let nodes = Reader { text, keys }.nodes(&tables, (0..text.len(), 0))?;
    let list = list((0..text.len(), nodes), ("toml", Order::Keyed));
    let all = 0..text.len();
    Ok(Document { text, root: Node::list(Name::default(), [all.clone(), all], list) })
}

/// Everything that TOML does not allow in a text.
pub(super) fn faults(text: &str) -> Vec<Why> {
    let (_, errors) = toml::de::DeTable::parse_recoverable(text);
    let fault = |error: &toml::de::Error| {
        unreadable(text.as_bytes(), error.span().map_or(0, |span| span.start), error.message())
    };
    errors.iter().map(fault).collect()
}

struct Reader<'a, 'k> {
    text: &'a [u8],
    keys: &'k Keys,
}

impl<'a> Reader<'a, '_> {
    /// The nodes of tables that follow one another, within a range. The tables of an array are gathered in one node,
    /// with the tables that belong to each.
    fn nodes(&self, tables: &[Table<'a>], (within, depth): (Range<usize>, usize)) -> Result<Vec<Node<'a>>, Why> {
        if let Some(first) = tables.first().filter(|_| depth > DEPTH) {
            return Err(unreadable(self.text, first.header.start, "arrays of tables stand too deep in one another"));
        }
        let groups = self.groups(tables)?;
        let mut after = within.start;
        let mut starts = Vec::with_capacity(groups.len());
        for group in &groups {
            starts.push(lead_of(self.text, after..group[0].header.start));
            after = group.last().map_or(after, end_of_entries);
        }
        let ends = starts.iter().skip(1).copied().chain([within.end]);
        let spans = starts.iter().copied().zip(ends).map(|(start, end)| start..end);
        let node = |(group, span): (&&[Table<'a>], Range<usize>)| match group[0].kind {
            Kind::Item => self.array(group, (span, depth)),
            Kind::Table => Ok(self.table(&group[0], span)),
        };
        groups.iter().zip(spans).map(node).collect()
    }

    /// One group for each table, and one for all tables of an array together with the tables below them.
    fn groups<'t>(&self, tables: &'t [Table<'a>]) -> Result<Vec<&'t [Table<'a>]>, Why> {
        let (mut found, mut rest) = (Vec::new(), tables);
        let mut arrays: HashSet<&[String]> = HashSet::new();
        while let Some(first) = rest.first() {
            let above = (1..=first.path.len()).map(|parts| &first.path[..parts]).find(|path| arrays.contains(path));
            if let Some(array) = above {
                let name = dotted(array);
                let what = format!("this belongs to an item of `[[{name}]]`, and other tables stand between");
                return Err(unreadable(self.text, first.header.start, &what));
            }
            let size = match first.kind {
                Kind::Table => 1,
                Kind::Item => {
                    arrays.insert(&first.path);
                    rest.iter().take_while(|table| table.path.starts_with(&first.path)).count()
                }
            };
            let (group, others) = rest.split_at(size);
            found.push(group);
            rest = others;
        }
        Ok(found)
    }

    fn table(&self, table: &Table<'a>, span: Range<usize>) -> Node<'a> {
        let tag = if table.path.is_empty() { String::new() } else { format!("[{}]", dotted(&table.path)) };
        let list = list(tile(self.text, table.header.end..span.end, table.entries.clone()), (&tag, Order::Keyed));
        let core = table.header.start..list.within.end;
        Node::list(Name::tag(tag), [span, core], list)
    }

    fn array(&self, group: &[Table<'a>], (span, depth): (Range<usize>, usize)) -> Result<Node<'a>, Why> {
        let path = &group[0].path;
        let items: Vec<&[Table<'a>]> =
            group.chunk_by(|_, next| next.kind != Kind::Item || next.path != *path).collect();
        let members: Vec<Members> = items.iter().map(|item| item[0].members.clone()).collect();
        let called = path.last().map_or("", String::as_str);
        let found = identities(self.keys, called, (&members, member));
        let order = order_of(found.as_ref());
        let tag = format!("[[{}]]", dotted(path));
        let mut start = span.start;
        let mut nodes = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let after = item.last().map_or(start, end_of_entries);
            let end = items.get(at + 1).map_or(span.end, |next| lead_of(self.text, after..next[0].header.start));
            nodes.push(self.item(item, name_of(found.as_ref(), tag.clone(), at), (start..end, depth))?);
            start = end;
        }
        let list = List { decides: decides(self.keys, called), ..list((span.clone(), nodes), (&tag, order)) };
        Ok(Node::list(Name::tag(tag), [span.clone(), span], list))
    }

    /// One table of an array: its own entries as a table without a name, then the tables below it.
    fn item(&self, item: &[Table<'a>], name: Name<'a>, (span, depth): (Range<usize>, usize)) -> Result<Node<'a>, Why> {
        let (head, below) = (&item[0], &item[1..]);
        let split = below.first().map_or(span.end, |next| lead_of(self.text, end_of_entries(head)..next.header.start));
        let own = list(tile(self.text, head.header.end..split, head.entries.clone()), ("", Order::Keyed));
        let mut nodes = vec![Node::list(Name::default(), [head.header.end..split, own.within.clone()], own)];
        nodes.extend(self.nodes(below, (split..span.end, depth + 1))?);
        let list = list((head.header.end..span.end, nodes), (&name.tag, Order::Keyed));
        let core = head.header.start..span.end;
        Ok(Node::list(name, [span, core], list))
    }
}

fn end_of_entries(table: &Table) -> usize {
    table.entries.last().map_or(table.header.end, |entry| entry.span.end)
}
