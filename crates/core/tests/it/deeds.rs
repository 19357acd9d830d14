//! What people do in a random history, as data that can be made shorter: edits say what they edit, not where it stood.

use std::collections::BTreeMap;

/// Numbers that are the same each time (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn throw(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides.max(1) as u64).unwrap()
    }

    /// One of several.
    pub fn one_of<T: Clone>(&mut self, all: impl IntoIterator<Item = T>) -> Option<T> {
        let all: Vec<T> = all.into_iter().collect();
        all.get(self.throw(all.len())).cloned()
    }
}

/// A file: its words, each on a line of its own, and whether it can be run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct File {
    pub words: Vec<String>,
    pub runs: bool,
}

/// Files by path; those whose name begins with `k` are merged by element.
pub type Files = BTreeMap<String, File>;

/// One edit.
#[derive(Clone, Debug)]
pub enum Edit {
    /// A file comes, or comes back.
    Add(String, File),
    Delete(String),
    Rename(String, String),
    /// Every file of a folder goes to another.
    RenameFolder(String, String),
    /// A word behind another, or in front of all.
    Insert(String, Option<String>, String),
    Take(String, String),
    Replace(String, String, String),
    /// It becomes a program, or is none any more.
    Turn(String),
}

/// One thing that somebody does; changes are named by the number of the deed that made them.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Commits on DEV.
    Push(usize, Vec<Edit>),
    /// Records a branch that was cut from what was there at first.
    Branch(usize, Vec<Edit>),
    /// Commits on a stage above, cut from what it holds: a fix.
    Fix(usize, usize, Vec<Edit>),
    Promote(usize, usize, Side),
    /// From a stage down to one below it.
    Back(usize, (usize, usize), Side),
    Demote(usize, usize, Along),
    /// The next revision of a branch, with more edits.
    Revise(usize, Vec<Edit>),
    /// The same with other edits instead.
    Rework(usize, Vec<Edit>),
}

/// What becomes of those that build on what is demoted.
#[derive(Clone, Copy, Debug)]
pub enum Along {
    /// They leave along.
    Leave,
    /// They are rewritten and stay.
    Stay,
}

/// How somebody settles what conflicts.
#[derive(Clone, Copy, Debug)]
pub enum Side {
    /// Not at all: the promotion is called off.
    Neither,
    Ours,
    Theirs,
}

impl Deed {
    fn edits(&mut self) -> Option<&mut Vec<Edit>> {
        match self {
            Self::Push(_, edits)
            | Self::Branch(_, edits)
            | Self::Fix(_, _, edits)
            | Self::Revise(_, edits)
            | Self::Rework(_, edits) => Some(edits),
            Self::Promote(..) | Self::Back(..) | Self::Demote(..) => None,
        }
    }
}

impl Edit {
    /// Does it; nothing where what it edits is not there.
    pub fn make(&self, files: &mut Files) -> Option<()> {
        match self {
            Self::Add(path, file) if !files.contains_key(path) => drop(files.insert(path.clone(), file.clone())),
            Self::Add(..) => return None,
            Self::Delete(path) => drop(files.remove(path)?),
            Self::Rename(from, to) => {
                let file = files.remove(from)?;
                files.insert(to.clone(), file);
            }
            Self::RenameFolder(from, to) => {
                let inside: Vec<String> =
                    files.keys().filter(|path| path.starts_with(from.as_str())).cloned().collect();
                for path in inside {
                    let file = files.remove(&path)?;
                    files.insert(path.replacen(from.as_str(), to, 1), file);
                }
            }
            Self::Insert(path, behind, word) => {
                let words = &mut files.get_mut(path)?.words;
                let at = match behind {
                    Some(behind) => words.iter().position(|one| one == behind)? + 1,
                    None => 0,
                };
                if words.contains(word) && word != "skip" {
                    return None;
                }
                words.insert(at, word.clone());
            }
            Self::Take(path, word) => {
                let words = &mut files.get_mut(path)?.words;
                let at = words.iter().position(|one| one == word).filter(|_| words.len() > 1)?;
                words.remove(at);
            }
            Self::Replace(path, word, new) => {
                let words = &mut files.get_mut(path)?.words;
                let at = words.iter().position(|one| one == word).filter(|_| !words.contains(new))?;
                words[at].clone_from(new);
            }
            Self::Turn(path) => {
                let file = files.get_mut(path)?;
                file.runs = !file.runs;
            }
        }
        Some(())
    }

    /// What takes it back, where it is small.
    fn back(&self, files: &Files) -> Option<Edit> {
        match self {
            Self::Insert(path, _, word) => Some(Self::Take(path.clone(), word.clone())),
            Self::Take(path, word) => {
                let words = &files.get(path)?.words;
                let at = words.iter().position(|one| one == word)?;
                let behind = at.checked_sub(1).map(|at| words[at].clone());
                Some(Self::Insert(path.clone(), behind, word.clone()))
            }
            Self::Replace(path, word, new) => Some(Self::Replace(path.clone(), new.clone(), word.clone())),
            _ => None,
        }
    }

    /// Whether it says the same wherever it is made.
    pub fn is_small(&self) -> bool {
        matches!(self, Self::Insert(..) | Self::Take(..) | Self::Replace(..))
    }
}

/// The difference of some files, as it is written in a push.
pub fn written(before: &Files, after: &Files) -> String {
    let mut edits = Vec::new();
    edits.extend(before.keys().filter(|path| !after.contains_key(*path)).map(|path| format!("-{path}")));
    for (path, file) in after {
        let old = before.get(path);
        if old.map(|old| &old.words) != Some(&file.words) || old.map(|old| old.runs) != Some(file.runs) {
            let runs = if file.runs { "*" } else { "" };
            edits.push(format!("{runs}{path} = {}", file.words.join(" ")));
        }
    }
    edits.join("; ")
}

/// Leaves out deeds, and edits of deeds, as long as it stays wrong.
pub fn shortened(mut deeds: Vec<Deed>, wrong: impl Fn(&[Deed]) -> bool) -> Vec<Deed> {
    let mut shorter = true;
    while shorter {
        shorter = false;
        for nth in (0..deeds.len()).rev() {
            let mut fewer = deeds.clone();
            fewer.remove(nth);
            if wrong(&fewer) {
                (deeds, shorter) = (fewer, true);
                continue;
            }
            let Some(count) = deeds[nth].edits().map(|edits| edits.len()) else { continue };
            for one in (0..count).rev() {
                let mut fewer = deeds.clone();
                let Some(edits) = fewer[nth].edits() else { continue };
                edits.remove(one);
                if !edits.is_empty() && wrong(&fewer) {
                    (deeds, shorter) = (fewer, true);
                    break;
                }
            }
        }
    }
    deeds
}

/// Makes up what people do next.
pub struct Maker {
    pub dice: Dice,
    count: usize,
    /// Everything that was ever deleted, so that it may come back.
    gone: Vec<(String, File)>,
    small: Vec<Edit>,
    /// What takes small edits back.
    back: Vec<Edit>,
}

impl Maker {
    pub fn new(seed: u64) -> Self {
        Self { dice: Dice(seed), count: 0, gone: Vec::new(), small: Vec::new(), back: Vec::new() }
    }

    /// Edits of some files, and what they make of them.
    pub fn edits(&mut self, files: &Files) -> Vec<Edit> {
        let (mut edits, mut files) = (Vec::new(), files.clone());
        for _ in 0..1 + self.dice.throw(3) {
            let Some(edit) = self.edit(&files) else { continue };
            let back = edit.back(&files);
            if edit.make(&mut files).is_some() {
                self.back.extend(back);
                self.small.extend(Some(edit.clone()).filter(Edit::is_small));
                edits.push(edit);
            }
        }
        edits
    }

    /// Edits of what was there at first, some of them as others make them.
    pub fn edits_apart(&mut self, first: &Files) -> Vec<Edit> {
        let mut files = first.clone();
        let again = self.dice.one_of(self.small.clone()).filter(|edit| edit.make(&mut files).is_some());
        let mut edits: Vec<Edit> = again.into_iter().collect();
        if edits.is_empty() || self.dice.throw(3) == 0 {
            let more = self.edit(&files).filter(|edit| !matches!(edit, Edit::Rename(..) | Edit::RenameFolder(..)));
            edits.extend(more.filter(|edit| edit.make(&mut files).is_some()));
        }
        edits
    }

    /// A fix of what a stage above holds: files stay where they are.
    pub fn fixes(&mut self, files: &Files) -> Vec<Edit> {
        let all = self.edits(files);
        let stays = |edit: &Edit| !matches!(edit, Edit::Rename(..) | Edit::RenameFolder(..));
        all.into_iter().filter(stays).collect()
    }

    /// What becomes of those that build on what is demoted.
    pub fn along(&mut self) -> Along {
        [Along::Leave, Along::Leave, Along::Stay][self.dice.throw(3)]
    }

    /// How somebody settles what conflicts.
    pub fn side(&mut self) -> Side {
        [Side::Neither, Side::Neither, Side::Ours, Side::Theirs][self.dice.throw(4)]
    }

    fn new_word(&mut self) -> String {
        self.count += 1;
        format!("n{}", self.count)
    }

    fn new_path(&mut self) -> String {
        self.count += 1;
        let folder = ["", "", "d/", "e/"][self.dice.throw(4)];
        format!("{folder}f{}", self.count)
    }

    fn edit(&mut self, files: &Files) -> Option<Edit> {
        let path = self.dice.one_of(files.keys().cloned())?;
        match self.dice.throw(16) {
            0 => {
                self.gone.push((path.clone(), files[&path].clone()));
                return Some(Edit::Delete(path));
            }
            1 => {
                let words = (0..2 + self.dice.throw(4)).map(|_| self.new_word()).collect();
                return Some(Edit::Add(self.new_path(), File { words, runs: self.dice.throw(4) == 0 }));
            }
            2 if !self.gone.is_empty() => {
                let (path, file) = self.dice.one_of(self.gone.clone())?;
                return Some(Edit::Add(path, file));
            }
            3 if !path.starts_with('k') => return Some(Edit::Rename(path, self.new_path())),
            4 => {
                let folders = files.keys().filter_map(|path| path.split_once('/'));
                let folder = self.dice.one_of(folders.map(|(folder, _)| folder.to_owned()).collect::<Vec<_>>())?;
                self.count += 1;
                return Some(Edit::RenameFolder(format!("{folder}/"), format!("g{}/", self.count)));
            }
            5 => return Some(Edit::Turn(path)),
            6 => return self.dice.one_of(self.back.clone()),
            _ => {}
        }
        self.edit_within(&path, &files[&path].words)
    }

    fn edit_within(&mut self, path: &str, words: &[String]) -> Option<Edit> {
        let (keyed, new, path) = (path.starts_with('k'), self.new_word(), path.to_owned());
        let word = self.dice.one_of(words.iter().cloned());
        let new = if keyed { format!("{new}={new}") } else { new };
        Some(match self.dice.throw(4) {
            0 => Edit::Take(path, word?),
            // The same line as elsewhere may be.
            1 if !keyed && self.dice.throw(3) == 0 => Edit::Insert(path, word, "skip".to_owned()),
            1 => Edit::Insert(path, word.filter(|_| self.dice.throw(words.len() + 1) > 0), new),
            _ => {
                let word = word?;
                let new = match keyed {
                    true => format!("{}={new}", word.split('=').next().unwrap_or_default()),
                    false => new,
                };
                Edit::Replace(path, word, new)
            }
        })
    }
}
