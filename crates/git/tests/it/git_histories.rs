//! Random trees: a base and two sides that edited, added, deleted, renamed and replaced what it held.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Mode in octal, and content.
pub type Files = BTreeMap<Vec<u8>, (&'static str, Vec<u8>)>;

/// A small generator of numbers; equal seeds give equal numbers.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        if from.is_empty() { None } else { Some(from[self.below(from.len())].clone()) }
    }
}

/// What a history is allowed to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wildness {
    /// Edits, additions, deletions, modes.
    Edits,
    /// Renames of files as well.
    Renames,
    /// Renames of folders, and files where folders were.
    Everything,
}

const FOLDERS: [&str; 7] = ["", "a", "a/b", "a/b/c", "d", "d/e", "a-b"];
const NAMES: [&[u8]; 9] = [b"one", b"two", b"three.txt", b"four.c", b"five", b"a", b"b", b"gr\xfc\xdfe", b"e.c"];

fn line(dice: &mut Dice) -> Vec<u8> {
    // Few different lines, so that texts repeat themselves as real ones do.
    match dice.below(10) {
        0..3 => b"\n".to_vec(),
        3 => b"    }\n".to_vec(),
        4 => b"    return 0;\r\n".to_vec(),
        _ => format!("line {} of the text\n", dice.below(40)).into_bytes(),
    }
}

fn text(dice: &mut Dice) -> Vec<u8> {
    match dice.below(16) {
        0 => Vec::new(),
        1 => b"\0\x01binary".iter().copied().chain(line(dice)).collect(),
        n => {
            let lines = 3 + dice.below(22);
            let mut text: Vec<u8> = (0..lines).flat_map(|_| line(dice)).collect();
            if n == 2 {
                text.pop();
            }
            text
        }
    }
}

fn path(dice: &mut Dice) -> Vec<u8> {
    let folder = FOLDERS[dice.below(FOLDERS.len())].as_bytes();
    let name = NAMES[dice.below(NAMES.len())];
    if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() }
}

/// Puts a file, clearing away what is in its place.
fn put(files: &mut Files, path: Vec<u8>, file: (&'static str, Vec<u8>)) {
    let below = [&path[..], b"/"].concat();
    files.retain(|other, _| !other.starts_with(&below) && !path.starts_with(&[&other[..], b"/"].concat()));
    files.insert(path, file);
}

/// Whether a path could be put without clearing anything away.
fn fits(files: &Files, path: &[u8]) -> bool {
    let below = [path, b"/"].concat();
    files
        .keys()
        .all(|other| other != path && !other.starts_with(&below) && !path.starts_with(&[&other[..], b"/"].concat()))
}

pub fn base(dice: &mut Dice) -> Files {
    let mut files = Files::new();
    for _ in 0..4 + dice.below(14) {
        let mode = ["100644", "100644", "100644", "100644", "100755", "120000"][dice.below(6)];
        let content = if mode == "120000" { format!("to-{}", dice.below(3)).into_bytes() } else { text(dice) };
        put(&mut files, path(dice), (mode, content));
    }
    files
}

fn edit(dice: &mut Dice, content: &[u8]) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = content.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    for _ in 0..1 + dice.below(3) {
        let at = dice.below(lines.len() + 1);
        match dice.below(4) {
            0 => lines.insert(at, line(dice)),
            1 if at < lines.len() => drop(lines.remove(at)),
            2 if at < lines.len() => lines[at] = line(dice),
            _ => {
                let some: Vec<_> = (0..1 + dice.below(4)).map(|_| line(dice)).collect();
                lines.splice(at..at, some);
            }
        }
    }
    lines.concat()
}

fn any(dice: &mut Dice, files: &Files) -> Option<Vec<u8>> {
    dice.pick(&files.keys().cloned().collect::<Vec<_>>())
}

/// One random change of a tree.
fn step(dice: &mut Dice, files: &mut Files, wildness: Wildness) {
    let Some(old) = any(dice, files) else { return };
    let new = path(dice);
    let choices = match wildness {
        Wildness::Edits => 8,
        Wildness::Renames => 12,
        Wildness::Everything => 15,
    };
    match dice.below(choices) {
        0..4 => {
            let file = files.get_mut(&old).unwrap();
            file.1 = match file.0 {
                "120000" => format!("to-{}", dice.below(3)).into_bytes(),
                "160000" => vec![b'1' + dice.below(3) as u8; 40],
                _ => edit(dice, &file.1),
            };
        }
        4 if fits(files, &new) => put(files, new, ("100644", text(dice))),
        5 => drop(files.remove(&old)),
        6 => {
            let file = files.get_mut(&old).unwrap();
            file.0 = match file.0 {
                "100644" => "100755",
                "100755" => "100644",
                other => other,
            };
        }
        7 => {
            // A link, a file, a submodule: another kind of leaf.
            let kinds = [
                ("120000", b"to-1".to_vec()),
                ("100644", text(dice)),
                ("160000", vec![b'1' + dice.below(3) as u8; 40]),
            ];
            files.insert(old, kinds[dice.below(3)].clone());
        }
        8..12 if fits(files, &new) => {
            let mut file = files.remove(&old).unwrap();
            if dice.below(2) == 0 && file.0.starts_with("100") {
                file.1 = edit(dice, &file.1);
            }
            put(files, new, file);
        }
        12 | 13 => move_folder(dice, files),
        14 => put(files, new, ("100644", text(dice))),
        _ => {}
    }
}

fn move_folder(dice: &mut Dice, files: &mut Files) {
    let from = FOLDERS[1 + dice.below(FOLDERS.len() - 1)];
    let to = ["new", "a", "d", "d/new", "a/b"][dice.below(5)];
    let below = format!("{from}/").into_bytes();
    if to.starts_with(from) {
        return;
    }
    let moved: Vec<_> = files.keys().filter(|path| path.starts_with(&below)).cloned().collect();
    for path in moved {
        // One file may have taken the place of another on the way.
        let Some(file) = files.remove(&path) else { continue };
        put(files, [to.as_bytes(), b"/", &path[below.len()..]].concat(), file);
    }
}

pub fn side(dice: &mut Dice, base: &Files, wildness: Wildness) -> Files {
    let mut files = base.clone();
    for _ in 0..1 + dice.below(4) {
        step(dice, &mut files, wildness);
    }
    files
}

/// A tree as a commit for `git fast-import`; submodules carry forty digits for content.
pub fn import(out: &mut Vec<u8>, mark: usize, files: &Files) {
    let mut head = String::new();
    let _ =
        write!(head, "reset refs/heads/x\n\ncommit refs/heads/x\nmark :{mark}\ncommitter A <a@b.c> 1 +0000\ndata 0\n");
    out.extend(head.as_bytes());
    for (path, (mode, content)) in files {
        let quoted: String = path.iter().map(|byte| format!("\\{byte:03o}")).collect();
        if *mode == "160000" {
            out.extend(format!("M 160000 {} \"{quoted}\"\n", String::from_utf8_lossy(content)).as_bytes());
        } else {
            out.extend(format!("M {mode} inline \"{quoted}\"\ndata {}\n", content.len()).as_bytes());
            out.extend(content);
            out.push(b'\n');
        }
    }
    out.push(b'\n');
}
