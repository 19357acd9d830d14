//! The patch queue of a Debian source package as it lies in `debian/patches`: the order from `series`, author and title
//! from each patch's own header (DEP-3 or the mail form that git writes).

use std::collections::BTreeSet;
use std::path::Path;

use crate::git::Git;

/// One patch of the queue.
pub struct Patch {
    /// The change's key, numbered by the place in the queue, from `GRUB-001`.
    pub key: String,
    /// The path below `debian/patches`.
    pub name: String,
    /// `Name <address>`, when the header names anybody.
    pub author: Option<String>,
    /// The date as the header writes it.
    pub date: Option<String>,
    /// One line.
    pub title: String,
    /// What `git apply` reads.
    pub text: Vec<u8>,
    /// The files it touches.
    pub paths: BTreeSet<String>,
}

/// Reads the queue of an unpacked source package. `git` may be any repository: it lists what each patch touches.
pub fn read(package: &Path, git: &Git) -> Vec<Patch> {
    let folder = package.join("debian/patches");
    let series = std::fs::read_to_string(folder.join("series")).expect("a readable debian/patches/series");
    let names = series.lines().filter_map(|line| line.split_whitespace().next()).filter(|name| !name.starts_with('#'));
    names.enumerate().map(|(place, name)| read_patch(&folder, place, name, git)).collect()
}

fn read_patch(folder: &Path, place: usize, name: &str, git: &Git) -> Patch {
    let raw = std::fs::read(folder.join(name)).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    let header = header(&raw);
    let text = with_agreeing_names(&raw);
    Patch {
        key: format!("GRUB-{:03}", place + 1),
        name: name.to_owned(),
        author: field(&header, &["author", "from", "origin-author"]).filter(|author| author.contains('<')),
        date: field(&header, &["date"]),
        title: field(&header, &["subject", "description"]).map_or_else(|| stem(name), |title| plain_title(&title)),
        paths: touched(git, &text),
        text,
    }
}

/// What stands before the first difference.
fn header(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    let until =
        |line: &&str| !(line.starts_with("diff --git ") || line.starts_with("--- ") || line.starts_with("Index: "));
    text.lines().take_while(until).collect::<Vec<_>>().join("\n")
}

/// The first field with one of these names, its folded lines joined. The order of the names decides.
fn field(header: &str, names: &[&str]) -> Option<String> {
    let lines: Vec<&str> = header.lines().collect();
    names.iter().find_map(|name| {
        let start = lines.iter().position(|line| {
            line.split_once(':').is_some_and(|(key, value)| key.eq_ignore_ascii_case(name) && !value.trim().is_empty())
        })?;
        let mut value = lines[start].split_once(':').map(|(_, value)| value.trim().to_owned())?;
        let folded = lines[start + 1..].iter().take_while(|line| line.starts_with(' ') && !line.trim().is_empty());
        if name.eq_ignore_ascii_case("subject") {
            folded.for_each(|line| value = format!("{value} {}", line.trim()));
        }
        Some(value)
    })
}

/// `[PATCH 3/7] font: Fix it` says `font: Fix it`.
fn plain_title(subject: &str) -> String {
    let mut title = subject.trim();
    while let Some(rest) = title.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        title = rest.1.trim_start();
    }
    title.to_owned()
}

fn stem(name: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.trim_end_matches(".patch").trim_end_matches(".diff").replace('-', " ")
}

/// A patch may carry a `diff --git` line whose names differ from the `---` and `+++` lines below it. patch(1), which
/// unpacks the package, goes by whichever file exists; git goes by `---`. The `diff --git` names are the ones that exist.
fn with_agreeing_names(raw: &[u8]) -> Vec<u8> {
    let mut names: Option<(&[u8], &[u8])> = None;
    let mut text = Vec::with_capacity(raw.len() + 1);
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        if let Some(pair) = line.strip_prefix(b"diff --git ") {
            names = pair
                .trim_ascii_end()
                .split(|byte| *byte == b' ')
                .collect::<Vec<_>>()
                .try_into()
                .ok()
                .map(|[a, b]: [&[u8]; 2]| (a, b));
        }
        match names {
            Some((old, _)) if line.starts_with(b"--- a/") => text.extend([b"--- ", old, b"\n"].concat()),
            Some((_, new)) if line.starts_with(b"+++ b/") => {
                text.extend([b"+++ ", new, b"\n"].concat());
                names = None;
            }
            _ => text.extend(line),
        }
    }
    if !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text
}

fn touched(git: &Git, text: &[u8]) -> BTreeSet<String> {
    let output = git.ask(&["apply", "--numstat", "-z"], text);
    let listing = String::from_utf8_lossy(&output.stdout).into_owned();
    listing
        .split('\0')
        .filter_map(|row| row.splitn(3, '\t').nth(2))
        .map(str::to_owned)
        .filter(|path| !path.is_empty())
        .collect()
}
