//! Finds renames among deletions and additions exactly as git's merge does: equal files first, then files of
//! one base name, then the most similar pairs. Knows nothing of what the renames are for.

use super::collect::{Relevance, Removed};
use super::crowd::Crowd;
use super::objects::Objects;
use super::similar::{MAX_SCORE, Pieces};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{BlobId, Leaf, Mode, Oid};

/// A rename needs half of the content.
const MINIMUM: u64 = MAX_SCORE / 2;
/// A rename found by its base name alone needs three quarters.
const MINIMUM_BY_NAME: u64 = MINIMUM + (MAX_SCORE - MINIMUM) / 2;
/// git's `merge.renameLimit`.
const LIMIT: usize = 7000;
/// How many sources are remembered for each destination.
const CANDIDATES: usize = 4;
/// The blob without bytes; git does not track renames of empty files when merging.
const EMPTY: BlobId = BlobId(Oid([
    0xe6, 0x9d, 0xe2, 0x9b, 0xb2, 0xd1, 0xd6, 0x43, 0x4b, 0x8b, 0x29, 0xae, 0x77, 0x5a, 0xd8, 0xc2, 0xe4, 0x8c, 0x53,
    0x91,
]));

/// A file that was deleted, or one that was added.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) path: Rc<[u8]>,
    pub(super) leaf: Leaf,
}

/// Where the files of each removed folder went: folder, then new folder and number of files.
pub(super) type FolderCounts = BTreeMap<Vec<u8>, BTreeMap<Vec<u8>, usize>>;

/// Which renames matter; without it all do, and folders are not looked at.
pub(super) struct Need<'a> {
    pub(super) relevant: &'a HashMap<Rc<[u8]>, Relevance>,
    pub(super) removed: &'a HashMap<Rc<[u8]>, Removed>,
}

/// What was found.
#[derive(Default)]
pub(super) struct FoundRenames {
    /// Indices of a deleted and an added file.
    pub(super) pairs: Vec<(usize, usize)>,
    /// Where folders went.
    pub(super) folders: FolderCounts,
}

/// Finds the renames among some deletions and additions.
pub(super) fn find(
    objects: &Objects,
    deleted: &[File],
    added: &[File],
    need: Option<&Need<'_>>,
) -> Result<FoundRenames, Fault> {
    let candidates =
        |files: &[File]| -> Vec<usize> { (0..files.len()).filter(|index| files[*index].leaf.id != EMPTY).collect() };
    let mut search = Search {
        objects,
        deleted,
        added,
        sources: candidates(deleted),
        free: candidates(added),
        need,
        removed: need.map(|need| need.removed.clone()).unwrap_or_default(),
        pairs: Vec::new(),
        paired: [vec![false; deleted.len()], vec![false; added.len()]],
        folders: FolderCounts::new(),
    };
    if search.sources.is_empty() || search.free.is_empty() {
        return Ok(FoundRenames::default());
    }
    search.exact();
    search.by_base_name()?;
    search.cull();
    search.by_content()?;
    let removed = search.removed;
    search.folders.retain(|folder, counts| {
        counts.remove(UNKNOWN);
        matches!(removed.get(&**folder), Some(Removed::ForAncestor | Removed::ForItself))
    });
    Ok(FoundRenames { pairs: search.pairs, folders: search.folders })
}

/// Stands for the folder a file may yet be found to have gone to; no folder has this name.
const UNKNOWN: &[u8] = b"/";

struct Search<'a> {
    objects: &'a Objects,
    deleted: &'a [File],
    added: &'a [File],
    /// Deleted files that have no partner yet.
    sources: Vec<usize>,
    /// Added files that have no partner yet.
    free: Vec<usize>,
    need: Option<&'a Need<'a>>,
    removed: HashMap<Rc<[u8]>, Removed>,
    pairs: Vec<(usize, usize)>,
    /// Which deleted, and which added, files have a partner.
    paired: [Vec<bool>; 2],
    folders: FolderCounts,
}

impl Search<'_> {
    fn pair(&mut self, source: usize, target: usize) {
        self.pairs.push((source, target));
        self.paired[0][source] = true;
        self.paired[1][target] = true;
    }

    fn forget_paired(&mut self) {
        self.sources.retain(|index| !self.paired[0][*index]);
        self.free.retain(|index| !self.paired[1][*index]);
    }

    fn exact(&mut self) {
        let mut by_id: HashMap<BlobId, VecDeque<usize>> = HashMap::new();
        for source in &self.sources {
            by_id.entry(self.deleted[*source].leaf.id).or_default().push_back(*source);
        }
        for target in self.free.clone() {
            let file = &self.added[target];
            let Some(sources) = by_id.get_mut(&file.leaf.id) else { continue };
            let fits = |source: usize| {
                let leaf = self.deleted[source].leaf;
                leaf.mode == file.leaf.mode || (is_file(leaf) && is_file(file.leaf))
            };
            let name = base_name(&file.path);
            let named = |place: &usize| base_name(&self.deleted[sources[*place]].path) == name;
            let mut fitting = (0..sources.len()).filter(|place| fits(sources[*place])).take(100);
            let first = fitting.next();
            let best = first.filter(named).or_else(|| fitting.find(named)).or(first);
            // The best stands near the front, so taking it out moves few, however many files are the same.
            if let Some(best) = best.and_then(|place| sources.remove(place)) {
                self.pair(best, target);
            }
        }
        self.forget_paired();
    }

    fn is_relevant(&self, source: usize) -> bool {
        self.need.is_none_or(|need| need.relevant.contains_key(&self.deleted[source].path))
    }

    fn by_base_name(&mut self) -> Result<(), Fault> {
        for (source, target) in self.pairs.clone() {
            self.count_folders(source, target);
        }
        let guesses: HashMap<Vec<u8>, Vec<u8>> = self.guess_folders();
        if !self.sources.iter().any(|source| self.is_relevant(*source)) {
            return Ok(());
        }
        let (deleted, added) = (self.deleted, self.added);
        let (sources, targets) = (unique(&self.sources, deleted), unique(&self.free, added));
        let by_path: ByName<'_, usize> = self.free.iter().map(|index| (&*added[*index].path, *index)).collect();
        for source in self.sources.clone() {
            if !self.is_relevant(source) {
                continue;
            }
            let path = Rc::clone(&self.deleted[source].path);
            let name = base_name(&path);
            let Some(target) = targets.get(name) else { continue };
            let target = match (sources.get(name), target) {
                (Some(Some(_)), Some(target)) => Some(*target),
                _ => guesses.get(folder_of(&path)).and_then(|folder| {
                    let guess = [folder, &b"/"[..], name].concat();
                    by_path.get(&*guess).copied()
                }),
            };
            let Some(target) = target.filter(|target| !self.paired[1][*target]) else {
                continue;
            };
            if self.score((source, target), MINIMUM_BY_NAME)? >= MINIMUM_BY_NAME {
                self.pair(source, target);
                self.count_folders(source, target);
            }
        }
        self.forget_paired();
        Ok(())
    }

    /// Where each folder's files seem to go.
    fn guess_folders(&self) -> HashMap<Vec<u8>, Vec<u8>> {
        let most = |counts: &BTreeMap<Vec<u8>, usize>| {
            let highest = counts.values().max().copied()?;
            counts.iter().find(|(_, count)| **count == highest).map(|(folder, _)| folder.clone())
        };
        self.folders.iter().filter_map(|(folder, counts)| Some((folder.clone(), most(counts)?))).collect()
    }

    /// Drops the sources whose renames do not matter, or no longer do.
    fn cull(&mut self) {
        let Some(need) = self.need else { return };
        self.sources.retain(|source| need.relevant.contains_key(&self.deleted[*source].path));
        for source in &self.sources {
            let mut folder = folder_of(&self.deleted[*source].path);
            while !folder.is_empty() && self.relevance(folder) != Removed::Irrelevant {
                *self.folders.entry(folder.to_vec()).or_default().entry(UNKNOWN.to_vec()).or_default() += 1;
                folder = folder_of(folder);
            }
        }
        for (folder, counts) in &self.folders {
            if self.removed.get(&**folder) == Some(&Removed::ForItself) && is_decided(counts) {
                self.removed.insert(Rc::from(&**folder), Removed::ForAncestor);
            }
        }
        let sources = std::mem::take(&mut self.sources);
        self.sources = sources.into_iter().filter(|source| !self.is_known_early(*source, need)).collect();
    }

    fn relevance(&self, folder: &[u8]) -> Removed {
        self.removed.get(folder).copied().unwrap_or(Removed::Irrelevant)
    }

    /// Whether a source mattered only for its folder, whose new place is known by now.
    fn is_known_early(&self, source: usize, need: &Need<'_>) -> bool {
        let path = &self.deleted[source].path;
        if need.relevant.get(path) != Some(&Relevance::Location) {
            return false;
        }
        let mut folder = folder_of(path);
        loop {
            match self.relevance(folder) {
                Removed::Irrelevant => return true,
                Removed::ForItself => return false,
                Removed::ForAncestor => folder = folder_of(folder),
            }
        }
    }

    fn by_content(&mut self) -> Result<(), Fault> {
        if self.sources.is_empty() || self.free.is_empty() || self.sources.len() * self.free.len() > LIMIT * LIMIT {
            return Ok(());
        }
        let pieces = |source: &usize| self.pieces(self.deleted[*source].leaf);
        let mut crowd = Crowd::of(&self.sources.iter().map(pieces).collect::<Result<Vec<_>, _>>()?);
        // Names are compared once for each pair: as numbers.
        let mut numbers: HashMap<&[u8], usize> = HashMap::new();
        let mut names = Vec::with_capacity(self.sources.len());
        for source in &self.sources {
            let next = numbers.len();
            names.push(*numbers.entry(base_name(&self.deleted[*source].path)).or_insert(next));
        }
        let mut candidates = Vec::new();
        for target in self.free.iter().copied() {
            let file = &self.added[target];
            let Some(to) = self.pieces(file.leaf)? else { continue };
            let name = numbers.get(base_name(&file.path)).copied();
            let mut best = Vec::new();
            for (at, score) in crowd.scores(&to, MINIMUM).into_iter().enumerate() {
                let (source, named) = (self.sources[at], Some(names[at]) == name);
                keep_if_better(&mut best, Candidate { score, named, source, target });
            }
            candidates.extend(best);
        }
        candidates.sort_by_key(|candidate| std::cmp::Reverse((candidate.score, candidate.named)));
        for candidate in candidates.iter().filter(|candidate| candidate.score >= MINIMUM) {
            if !self.paired[0][candidate.source] && !self.paired[1][candidate.target] {
                self.pair(candidate.source, candidate.target);
                self.count_folders(candidate.source, candidate.target);
            }
        }
        Ok(())
    }

    fn score(&self, (source, target): (usize, usize), minimum: u64) -> Result<u64, Fault> {
        let (from, to) = (self.pieces(self.deleted[source].leaf)?, self.pieces(self.added[target].leaf)?);
        Ok(from.zip(to).map_or(0, |(from, to)| from.score(&to, minimum)))
    }

    /// What a file is compared by; what is no file is like no other.
    fn pieces(&self, leaf: Leaf) -> Result<Option<Arc<Pieces>>, Fault> {
        if is_file(leaf) { self.objects.pieces(leaf.id).map(Some) } else { Ok(None) }
    }

    /// Notes that a file went from one folder to another, and so perhaps the folders above, as long as
    /// what follows them in both paths is the same.
    fn count_folders(&mut self, source: usize, target: usize) {
        let (mut old, mut new) = (&*self.deleted[source].path, &*self.added[target].path);
        let mut is_first = true;
        loop {
            let (old_name, new_name) = (base_name(old), base_name(new));
            old = folder_of(old);
            new = folder_of(new);
            if !self.removed.contains_key(old) || (!is_first && old_name != new_name) {
                return;
            }
            let relevance = self.relevance(old);
            if is_first || relevance == Removed::ForItself {
                *self.folders.entry(old.to_vec()).or_default().entry(new.to_vec()).or_default() += 1;
            }
            is_first = false;
            if relevance == Removed::Irrelevant || old.is_empty() || new.is_empty() {
                return;
            }
        }
    }
}

/// Whether the files still to be found cannot change which folder has most.
fn is_decided(counts: &BTreeMap<Vec<u8>, usize>) -> bool {
    let unknown = counts.get(UNKNOWN).copied().unwrap_or(0);
    let mut known: Vec<usize> =
        counts.iter().filter(|(folder, _)| *folder != UNKNOWN).map(|(_, count)| *count).collect();
    known.sort_unstable_by(|one, two| two.cmp(one));
    known.first().copied().unwrap_or(0) > known.get(1).copied().unwrap_or(0) + unknown
}

#[derive(Clone, Copy)]
struct Candidate {
    score: u64,
    named: bool,
    source: usize,
    target: usize,
}

impl Candidate {
    fn rank(&self) -> (u64, bool) {
        (self.score, self.named)
    }
}

/// Keeps a few of the best candidates, in the slots they came to.
fn keep_if_better(best: &mut Vec<Candidate>, candidate: Candidate) {
    if best.len() < CANDIDATES {
        best.push(candidate);
        return;
    }
    let worst =
        (1..CANDIDATES).fold(0, |worst, slot| if best[slot].rank() < best[worst].rank() { slot } else { worst });
    if candidate.rank() > best[worst].rank() {
        best[worst] = candidate;
    }
}

fn is_file(leaf: Leaf) -> bool {
    matches!(leaf.mode, Mode::File | Mode::Executable)
}

/// Something by a name or a path.
type ByName<'a, T> = HashMap<&'a [u8], T, foldhash::fast::RandomState>;

/// The files of each base name; `None` where several have one.
fn unique<'a>(indices: &[usize], files: &'a [File]) -> ByName<'a, Option<usize>> {
    let mut names = ByName::default();
    for index in indices {
        names.entry(base_name(&files[*index].path)).and_modify(|only| *only = None).or_insert(Some(*index));
    }
    names
}

/// What follows the last `/`.
pub(super) fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

/// What stands before the last `/`; nothing for a path in the root.
pub(super) fn folder_of(path: &[u8]) -> &[u8] {
    path.iter().rposition(|byte| *byte == b'/').map_or(&[], |slash| &path[..slash])
}
