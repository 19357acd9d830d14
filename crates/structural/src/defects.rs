//! What is wrong with a document by itself, and whether a merge made it so: defects are compared one by one, since one
//! that was there before excuses no other.

use super::alike::Untold;
use super::document::{Document, Hashing, List, Name};
use super::manner::Manner;
use super::read::document;
use super::sound::{doubled, line_of};
use super::why::{Kind, Why};
use super::{lines, toml};
use std::collections::HashMap;
use switchback_core::content::Soundness;
use switchback_core::content::filetype::{Format, Keys};

/// One thing that is wrong.
struct Defect {
    /// What makes it the same defect in another version of the file, whichever line it stands in.
    identity: String,
    /// What is wrong, as a sentence.
    message: String,
    /// Whether nothing is known of the file because of it.
    is_unreadable: bool,
}

/// Whether a text is sound, or as unsound as one of the versions it was made of. They are asked for only where the text
/// alone does not tell, which is seldom.
///
/// # Errors
/// A version cannot be had.
pub fn soundness<T: AsRef<[u8]>, E>(
    (format, keys): (Format, &Keys),
    text: &[u8],
    versions: impl FnOnce() -> Result<Vec<T>, E>,
) -> Result<Soundness, E> {
    let manner = Manner::new((format, keys));
    let read = |text| document(&manner, bare(text));
    let made = read(text);
    let found = defects(format, text, &made);
    let untold = made.as_ref().map_or_else(|_| Untold::none(), Untold::of);
    if found.is_empty() && untold.is_empty() {
        return Ok(Soundness::Sound);
    }
    let texts = versions()?;
    let versions: Vec<_> = texts.iter().map(|text| (text.as_ref(), read(text.as_ref()))).collect();
    let before: Vec<Vec<Defect>> = versions.iter().map(|(text, read)| defects(format, text, read)).collect();
    let is_old = |defect: &Defect| before.iter().flatten().any(|old| old.identity == defect.identity);
    if let Some(new) = found.iter().find(|defect| !is_old(defect)) {
        return Ok(Soundness::Broken(new.message.clone()));
    }
    let documents: Vec<&Document<'_>> = versions.iter().filter_map(|(_, read)| read.as_ref().ok()).collect();
    if let Some(why) = untold.made_alike(bare(text), &documents) {
        return Ok(Soundness::Broken(why.message));
    }
    let unreadable = |defects: &[Defect]| defects.iter().any(|defect| defect.is_unreadable);
    Ok(match found.first() {
        None => Soundness::Sound,
        // A file that nobody could ever read is not what its name says: a template, say.
        Some(_) if before.iter().all(|one| unreadable(one)) => Soundness::Sound,
        Some(first) => Soundness::Before(first.message.clone()),
    })
}

/// What a document that is there already holds twice, or cannot tell apart any more, as no version does.
pub(super) fn new_double(result: &Document<'_>, versions: &[&Document<'_>]) -> Option<Why> {
    let found = doubles(result);
    let before: Vec<Defect> = match found.is_empty() {
        true => Vec::new(),
        false => versions.iter().flat_map(|version| doubles(version)).collect(),
    };
    let is_old = |defect: &Defect| before.iter().any(|old| old.identity == defect.identity);
    let double = found.into_iter().find(|defect| !is_old(defect)).map(|defect| Why::unsound(defect.message));
    double.or_else(|| Untold::of(result).made_alike(result.text, versions))
}

/// A text without its byte order mark.
pub(super) fn bare(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text)
}

fn defects(format: Format, text: &[u8], read: &Result<Document<'_>, Why>) -> Vec<Defect> {
    match read {
        Ok(document) => doubles(document),
        Err(why) if format == Format::Toml => {
            let faults = std::str::from_utf8(bare(text)).map(toml::faults).unwrap_or_default();
            match faults.is_empty() {
                true => vec![unread(bare(text), why)],
                false => faults.iter().map(|why| unread(bare(text), why)).collect(),
            }
        }
        Err(why) => vec![unread(bare(text), why)],
    }
}

/// Why a text cannot be read. The same reason in a line that says the same is the same.
fn unread(text: &[u8], why: &Why) -> Defect {
    let line = why.line.and_then(|line| lines::lines(text, 0..text.len()).nth(line.saturating_sub(1)));
    let line = line.map(|line| String::from_utf8_lossy(text[line].trim_ascii()).into_owned()).unwrap_or_default();
    let bare: String = why.message.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    Defect {
        identity: format!("{bare}\n{line}"),
        message: why.message.clone(),
        is_unreadable: why.kind == Kind::Unreadable,
    }
}

fn doubles(document: &Document<'_>) -> Vec<Defect> {
    let mut found = Vec::new();
    if let Some(list) = document.root.as_list() {
        doubles_in(document.text, list, (&mut Vec::new(), &mut found));
    }
    found
}

fn doubles_in<'d>(text: &[u8], list: &'d List<'_>, (path, found): (&mut Vec<&'d Name<'d>>, &mut Vec<Defect>)) {
    if doubled(list).is_some() {
        let mut seen = HashMap::<_, usize, Hashing>::default();
        for node in &list.nodes {
            let times = seen.entry(&node.name).or_default();
            *times += 1;
            if *times > 1 {
                let (name, line) = (node.name.shown(), line_of(text, node.core.start));
                let path: Vec<String> = path.iter().map(|name| name.shown()).collect();
                // A name may reach over lines, and what came out may end its lines in another way than a version.
                let identity = format!("{}\n{name}\n{times}", path.join("\n")).replace("\r\n", "\n");
                let message = format!("it holds `{name}` twice (line {line})");
                found.push(Defect { identity, message, is_unreadable: false });
            }
        }
    }
    for node in &list.nodes {
        if let Some(list) = node.as_list() {
            path.push(&node.name);
            doubles_in(text, list, (path, found));
            path.pop();
        }
    }
}
