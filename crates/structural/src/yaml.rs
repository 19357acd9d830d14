//! YAML (`SPEC X2`): block mappings are split into entries and block sequences into items, by lines; flow collections
//! by commas. What cannot be cut safely is one value: keys that are no plain words, keys with an anchor or a tag.

use super::document::{Document, Name, Node};
use super::identity::{identities, name_of, order_of};
use super::lines::{line_end, plain_text};
use super::why::Why;
use super::yaml_block::Block;
use super::yaml_scan::{Part, Sheet, sheets};
use std::ops::Range;
use switchback_core::content::filetype::Keys;

/// Reads a text.
///
/// # Errors
/// What YAML does not allow, an anchor that is set twice, and what is nested too deep; names the line.
pub(super) fn read<'a>(text: &'a str, keys: &Keys) -> Result<Document<'a>, Why> {
    plain_text(text.as_bytes())?;
    let sheets = sheets(text)?;
    let all = 0..text.len();
    let root = match sheets.as_slice() {
        [] => Node::value(Name::default(), [all.clone(), all], "nothing"),
        [only] => sheet(text, keys, (only, Name::default(), all)),
        many => stream(text, keys, many),
    };
    Ok(Document { text: text.as_bytes(), root })
}

/// Several documents: known by what Kubernetes calls them, where each has another such name, else by position.
fn stream<'a>(text: &'a str, keys: &Keys, sheets: &[Sheet]) -> Node<'a> {
    let starts: Vec<usize> = sheets
        .iter()
        .enumerate()
        .map(|(at, sheet)| match at.checked_sub(1).map(|before| &sheets[before]) {
            None => 0,
            Some(before) if !before.close.is_empty() => line_end(text.as_bytes(), before.close.end),
            Some(_) => sheet.open.start,
        })
        .collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let by_name = Keys { otherwise: vec!["kind and name".to_owned()], ..Keys::default() };
    let names = identities(&by_name, "", (sheets, |sheet: &Sheet, _: &str| kubernetes_name(&sheet.root)));
    let order = order_of(names.as_ref());
    let nodes = sheets
        .iter()
        .zip(starts.iter().copied().zip(ends))
        .enumerate()
        .map(|(at, (one, (start, end)))| sheet(text, keys, (one, name_of(names.as_ref(), "---", at), start..end)));
    let nodes = nodes.collect();
    let all = 0..text.len();
    let list = super::lines::list((all.clone(), nodes), ("stream", order));
    Node::list(Name::default(), [all.clone(), all], list)
}

fn kubernetes_name(root: &Part) -> Option<String> {
    let kind = root.member("kind")?.meaning();
    let metadata = root.member("metadata")?;
    let namespace = metadata.member("namespace").map(Part::meaning).unwrap_or_default();
    Some(format!("{kind} {namespace} {}", metadata.member("name")?.meaning()))
}

fn sheet<'a>(text: &'a str, keys: &Keys, (sheet, name, span): (&Sheet, Name<'a>, Range<usize>)) -> Node<'a> {
    let block = Block { text: text.as_bytes(), keys };
    let root = &sheet.root;
    let opened = match sheet.open.is_empty() && root.dress.is_empty() {
        true => span.start,
        false => line_end(block.text, sheet.open.end.max(root.dress_end)),
    };
    let end = if sheet.close.is_empty() { span.end } else { sheet.close.start };
    if let Some((list, end)) = block.list(root, ("", 0), opened..end) {
        let core = span.start..end;
        return Node::list(name, [span, core], list);
    }
    if let Some(list) = block.flow(root, "") {
        let core = root.at.start.max(span.start)..root.at.end;
        return Node::list(name, [span, core], list);
    }
    // What cannot be cut is known by its bytes too: comments may be all that is in it.
    let (core, bytes) = (span.clone(), &text[span.clone()]);
    Node::value(name, [span, core], (root.gist(), bytes))
}
