//! Makes a large repository in seconds: a stream for `git fast-import`, the same on every machine. Files lie in folders of
//! 25; changes touch 3 files at the median and 25 at the 90th percentile, most of them near each other, and one in ten
//! among a few hundred files that everybody touches.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{BufWriter, Write};
use std::process::Stdio;

use crate::git::Git;

const FILES_IN_A_FOLDER: usize = 25;
const HOT_FILES: usize = 400;
const WORDS: [&str; 16] = [
    "stage", "line", "value", "return", "import", "field", "index", "order", "record", "account", "table", "query",
    "label", "price", "total", "status",
];

/// Numbers that look random and are the same every time (splitmix64).
pub struct Dice(u64);

impl Dice {
    /// Dice that always fall the same way for one seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    fn unit(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// How many files a change touches: log-normal with the median 3 and the 90th percentile 25.
    pub fn files_of_a_change(&mut self) -> usize {
        let normal = (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos();
        let spread = (25.0_f64 / 3.0).ln() / 1.2816;
        (3.0 * (spread * normal).exp()).round().clamp(1.0, 400.0) as usize
    }
}

/// One change: which lines of which files it rewrites.
pub struct Edit {
    /// The change's key.
    pub key: String,
    /// File number and line number.
    pub places: Vec<(usize, usize)>,
}

impl Edit {
    /// Has it rewrite one line more.
    pub fn rewrite(&mut self, file: usize, line: usize) {
        self.places.retain(|(other, _)| *other != file);
        self.places.push((file, line));
    }
}

/// The files, and which of their lines are spoken for. No two changes rewrite lines close enough to conflict.
pub struct Ground {
    files: usize,
    next_line: BTreeMap<usize, usize>,
    dice: Dice,
}

impl Ground {
    /// Files numbered from 0.
    pub fn new(files: usize) -> Self {
        Self { files, next_line: BTreeMap::new(), dice: Dice::new(1) }
    }

    /// A change that touches as many files as changes do.
    pub fn change(&mut self, key: String) -> Edit {
        let count = self.dice.files_of_a_change().min(self.files / 2);
        self.change_of(key, count)
    }

    /// A change that touches `count` files.
    pub fn change_of(&mut self, key: String, count: usize) -> Edit {
        let home = self.dice.below(self.files);
        let mut places = BTreeMap::new();
        while places.len() < count {
            let near = (home + self.dice.below(4 * FILES_IN_A_FOLDER + 2 * count)) % self.files;
            let file = match self.dice.below(10) {
                0 => self.dice.below(HOT_FILES) * (self.files / HOT_FILES),
                1 | 2 => self.dice.below(self.files),
                _ => near,
            };
            let line = self.next_line.get(&file).copied().unwrap_or(2);
            if line + 2 < lines_of(file) && !places.contains_key(&file) {
                self.next_line.insert(file, line + 5);
                places.insert(file, line);
            }
        }
        Edit { key, places: places.into_iter().collect() }
    }

    /// A change that rewrites the next free line of `count` files that no other change touches.
    pub fn change_apart(&mut self, key: String, count: usize) -> Edit {
        let mut places = Vec::new();
        while places.len() < count {
            let file = self.dice.below(self.files);
            if let Entry::Vacant(free) = self.next_line.entry(file) {
                free.insert(usize::MAX / 2);
                places.push((file, 2));
            }
        }
        Edit { key, places }
    }
}

/// A repository being written.
pub struct Stream {
    out: BufWriter<std::process::ChildStdin>,
    child: std::process::Child,
    /// What the files of the current line of history hold beyond their first content.
    written: BTreeMap<usize, BTreeMap<usize, String>>,
}

impl Stream {
    /// Starts an import into `git`.
    pub fn start(git: &Git) -> Self {
        let arguments = ["fast-import", "--quiet", "--force", "--date-format=raw"];
        let mut child = git.command(&arguments).stdin(Stdio::piped()).spawn().expect("git fast-import");
        let out = BufWriter::with_capacity(1 << 20, child.stdin.take().expect("the pipe asked for above"));
        Self { out, child, written: BTreeMap::new() }
    }

    fn put(&mut self, text: &str) {
        self.out.write_all(text.as_bytes()).expect("git fast-import reads to the end");
    }

    fn begin(&mut self, branch: &str, message: &str) {
        let author = "committer Queue <queue@example.invalid> 1623110400 +0000";
        self.put(&format!("commit refs/heads/{branch}\n{author}\ndata {}\n{message}\n", message.len()));
    }

    fn file(&mut self, number: usize, rewritten: &BTreeMap<usize, String>) {
        let text = content(number, rewritten);
        self.put(&format!("M 100644 inline {}\ndata {}\n{text}\n", path(number), text.len()));
    }

    /// The first commit, with every file.
    pub fn root(&mut self, branch: &str, files: usize) {
        self.begin(branch, "Start with every file");
        (0..files).for_each(|number| self.file(number, &BTreeMap::new()));
        self.put("\n");
    }

    /// A commit on top of a branch that writes some files, and deletes those without a text.
    pub fn files(&mut self, branch: &str, message: &str, files: Vec<(String, Option<String>)>) {
        self.begin(branch, message);
        for (path, text) in files {
            match text {
                Some(text) => self.put(&format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len())),
                None => self.put(&format!("D {path}\n")),
            }
        }
        self.put("\n");
    }

    /// A branch that starts where another stands.
    pub fn branch(&mut self, name: &str, at: &str) {
        self.put(&format!("reset refs/heads/{name}\nfrom refs/heads/{at}\n\n"));
    }

    /// A change alone on a branch of its own, from the branch `from`.
    pub fn feature(&mut self, edit: &Edit, from: &str) {
        let branch = format!("feature/{}", edit.key);
        self.branch(&branch, from);
        self.begin(&branch, &format!("{}: rewrite {} files", edit.key, edit.places.len()));
        for (file, line) in &edit.places {
            self.file(*file, &BTreeMap::from([(*line, edit.key.clone())]));
        }
        self.put("\n");
    }

    /// A change on top of a branch, with all that came before.
    pub fn append(&mut self, edit: &Edit, branch: &str) {
        self.begin(branch, &format!("{}: rewrite {} files", edit.key, edit.places.len()));
        for (file, line) in &edit.places {
            let mut rewritten = self.written.remove(file).unwrap_or_default();
            rewritten.insert(*line, edit.key.clone());
            self.file(*file, &rewritten);
            self.written.insert(*file, rewritten);
        }
        self.put("\n");
    }

    /// Waits until everything is a pack.
    pub fn finish(self) {
        let Self { out, mut child, .. } = self;
        drop(out.into_inner().expect("git fast-import reads to the end"));
        assert!(child.wait().expect("git fast-import").success(), "git fast-import");
    }
}

fn path(number: usize) -> String {
    let folder = number / FILES_IN_A_FOLDER;
    format!("area{:02}/module{:02}/part{:02}/file{number:05}.txt", folder / 200, folder / 20 % 10, folder % 20)
}

/// Between 24 and 124 lines, some 3 KB at the mean; files that everybody touches are longer.
fn lines_of(number: usize) -> usize {
    24 + Dice::new(number as u64).below(101) + if number.is_multiple_of(125) { 400 } else { 0 }
}

fn content(number: usize, rewritten: &BTreeMap<usize, String>) -> String {
    let mut dice = Dice::new(number as u64 ^ 0x5eed);
    let mut text = String::new();
    for line in 0..lines_of(number) {
        let roll = dice.roll() as usize;
        let word = |shift: usize| WORDS[roll >> (4 * shift) & 15];
        match rewritten.get(&line) {
            Some(key) => text.push_str(&format!("    {} = {}; // {key}\n", word(0), word(1))),
            None => {
                text.push_str(&format!("    {} {} {} = {} {:x};\n", word(0), word(1), word(2), word(3), roll >> 40))
            }
        }
    }
    text
}
