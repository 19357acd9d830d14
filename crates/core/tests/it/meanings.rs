//! What every change of a random history meant: which words it brought and took out, where it put files, and whether they
//! run. Whatever merged them, a stage holds what the changes on it meant, the later over the earlier.

use crate::deeds::{Edit, Files};
use std::collections::{BTreeMap, BTreeSet};

/// What one after the other said of something, the first of all without a name.
type Said<T> = Vec<(String, T)>;

pub struct Meanings {
    /// Whether a word is there.
    words: BTreeMap<String, Said<bool>>,
    /// Where a file stands, and whether it runs. A file keeps its number when it is renamed or comes back.
    places: BTreeMap<usize, Said<String>>,
    runs: BTreeMap<usize, Said<bool>>,
    /// Which file a path is, or was; no path is given to two.
    paths: BTreeMap<String, usize>,
    /// In which file a word belongs.
    homes: BTreeMap<String, usize>,
    /// Words and files that stood in two places once: nobody says of which of them a change spoke.
    often: BTreeSet<String>,
    twice: BTreeSet<usize>,
    /// Words and files of which somebody spoke who had not heard the others: where they disagree, it depends on who
    /// comes last.
    free: BTreeSet<String>,
    free_runs: BTreeSet<usize>,
    /// Files of which somebody settled a conflict: what they chose says what those hold.
    settled: BTreeSet<usize>,
}

impl Meanings {
    pub fn new(first: &Files) -> Self {
        let mut new = Self {
            words: BTreeMap::new(),
            places: BTreeMap::new(),
            runs: BTreeMap::new(),
            paths: BTreeMap::new(),
            homes: BTreeMap::new(),
            often: BTreeSet::from(["skip".to_owned()]),
            twice: BTreeSet::new(),
            free: BTreeSet::new(),
            free_runs: BTreeSet::new(),
            settled: BTreeSet::new(),
        };
        for (nth, (path, file)) in first.iter().enumerate() {
            new.paths.insert(path.clone(), nth);
            new.homes.extend(file.words.iter().map(|word| (word.clone(), nth)));
        }
        new.note("", (&Files::new(), first));
        new
    }

    /// Learns which names edits give to what.
    pub fn names(&mut self, edits: &[&Edit], before: &Files) {
        let mut files = before.clone();
        for edit in edits {
            match edit {
                Edit::Rename(from, to) => {
                    let file = self.file(from);
                    self.paths.insert(to.clone(), file);
                }
                Edit::RenameFolder(from, to) => {
                    for path in files.keys().filter(|path| path.starts_with(from.as_str())) {
                        let file = self.file(path);
                        self.paths.insert(path.replacen(from.as_str(), to, 1), file);
                    }
                }
                Edit::Add(path, added) => {
                    let file = self.file(path);
                    let other = |word: &&String| self.homes.get(*word).is_some_and(|home| *home != file);
                    let others: Vec<String> = added.words.iter().filter(other).cloned().collect();
                    self.often.extend(others);
                    self.homes.extend(added.words.iter().map(|word| (word.clone(), file)));
                }
                Edit::Insert(path, _, word) | Edit::Replace(path, _, word) => {
                    let file = self.file(path);
                    self.homes.insert(word.clone(), file);
                }
                _ => {}
            }
            edit.make(&mut files);
        }
    }

    /// Somebody chose what the file at a path holds.
    pub fn settle(&mut self, path: &str) {
        let file = self.file(path);
        self.settled.insert(file);
    }

    /// Whether somebody did.
    pub fn is_settled(&self, path: &str) -> bool {
        self.paths.get(path).is_some_and(|file| self.settled.contains(file))
    }

    fn file(&mut self, path: &str) -> usize {
        let new = self.paths.len();
        *self.paths.entry(path.to_owned()).or_insert(new)
    }

    /// What a change says that was cut from what was there at first: none of those that others said came before it.
    pub fn note_apart(&mut self, key: &str, (before, after): (&Files, &Files)) {
        self.note(key, (before, after));
        let speaks = |said: &Said<bool>| said.iter().any(|(other, _)| other == key);
        self.free.extend(self.words.iter().filter(|(_, said)| speaks(said)).map(|(word, _)| word.clone()));
        self.free_runs.extend(self.runs.iter().filter(|(_, said)| speaks(said)).map(|(file, _)| *file));
    }

    /// What a change says by a difference.
    pub fn note(&mut self, key: &str, (before, after): (&Files, &Files)) {
        let (old, new) = (words(before), words(after));
        for word in old.keys().chain(new.keys()).filter(|word| old.contains_key(*word) != new.contains_key(*word)) {
            let brings = new.contains_key(word);
            let said = self.words.entry(word.clone()).or_default();
            say(said, key, brings);
        }
        let seldom = |count: &usize| *count > 1;
        self.often.extend(new.iter().filter(|(_, count)| seldom(count)).map(|(word, _)| word.clone()));
        let (old, new) = (self.stand(before), self.stand(after));
        for (file, (path, runs)) in &new {
            // What comes back after it went elsewhere is another one with the same words.
            if !old.contains_key(file)
                && self.places.get(file).is_some_and(|said| said.iter().any(|one| one.1 != *path))
            {
                self.twice.insert(*file);
                self.often.extend(after[path].words.iter().cloned());
            }
            if old.get(file).is_none_or(|one| one.0 != *path) {
                say(self.places.entry(*file).or_default(), key, path.clone());
            }
            if old.get(file).is_none_or(|one| one.1 != *runs) {
                say(self.runs.entry(*file).or_default(), key, *runs);
            }
        }
    }

    fn stand(&mut self, files: &Files) -> BTreeMap<usize, (String, bool)> {
        let mut stand = BTreeMap::new();
        for (path, file) in files {
            let number = self.file(path);
            if stand.insert(number, (path.clone(), file.runs)).is_some() {
                self.twice.insert(number);
            }
        }
        stand
    }

    /// Keeps what was said by changes that somebody holds.
    pub fn retain(&mut self, held: &BTreeSet<String>) {
        let is_held = |key: &String| key.is_empty() || held.contains(key);
        self.words.values_mut().for_each(|said| said.retain(|(key, _)| is_held(key)));
        self.places.values_mut().for_each(|said| said.retain(|(key, _)| is_held(key)));
        self.runs.values_mut().for_each(|said| said.retain(|(key, _)| is_held(key)));
    }

    /// Whether some files hold what the changes that made them meant.
    pub fn judge(&self, stage: &str, held: &[String], files: &Files) -> Result<(), String> {
        let there = words(files);
        let unclear = |word: &String| {
            let unclear = |home: &usize| self.twice.contains(home) || self.settled.contains(home);
            self.often.contains(word) || self.homes.get(word).is_some_and(unclear)
        };
        for (word, said) in self.words.iter().filter(|(word, _)| !unclear(word)) {
            let count = there.get(word).copied().unwrap_or(0);
            let wanted = last(said, held).copied().unwrap_or(false);
            if self.free.contains(word) && disagree(said, held) {
                continue;
            }
            if count != usize::from(wanted) {
                return Err(format!("{word} is {count} times on {stage}: {said:?}"));
            }
        }
        for (path, file) in files {
            for word in file.words.iter().filter(|word| !unclear(word)) {
                let Some(home) = self.homes.get(word) else { continue };
                let (places, runs) = (&self.places[home], &self.runs[home]);
                if last(places, held).is_some_and(|wanted| wanted != path) {
                    return Err(format!("{word} stands in {path} of {stage}: {places:?}"));
                }
                let open = self.free_runs.contains(home) && disagree(runs, held);
                if !open && last(runs, held).is_some_and(|wanted| *wanted != file.runs) {
                    return Err(format!("{path} of {stage} runs {}: {runs:?}", file.runs));
                }
            }
        }
        Ok(())
    }
}

/// Whether two revisions are of one change; what was there at first is of none.
fn is_of(one: &str, other: &str) -> bool {
    !one.is_empty() && one.split('@').next() == other.split('@').next()
}

/// Adds what a revision says: right after what the one before it said.
fn say<T>(said: &mut Said<T>, key: &str, what: T) {
    let at = said.iter().rposition(|(other, _)| is_of(other, key));
    said.insert(at.map_or(said.len(), |at| at + 1), (key.to_owned(), what));
}

/// How often each word stands in some files.
fn words(files: &Files) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    files.values().flat_map(|file| &file.words).for_each(|word| *words.entry(word.clone()).or_default() += 1);
    words
}

/// Whether some changes say one and others the other.
fn disagree(said: &Said<bool>, held: &[String]) -> bool {
    let mut all = said.iter().filter(|(key, _)| held.contains(key)).map(|(_, what)| what);
    all.next().is_some_and(|first| all.any(|other| other != first))
}

/// The last that some changes say.
fn last<'a, T>(said: &'a Said<T>, held: &[String]) -> Option<&'a T> {
    said.iter().rfind(|(key, _)| key.is_empty() || held.contains(key)).map(|(_, what)| what)
}
