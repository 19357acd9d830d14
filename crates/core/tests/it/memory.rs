//! Content in memory: trees are maps from path to leaf. Renames are seen where the content stayed the same.

use crate::lines;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use switchback_core::content::attributes::Attributes;
use switchback_core::content::entry::Places;
use switchback_core::content::filetype::{Format, Keys};
use switchback_core::content::remake::Remake;
use switchback_core::content::{
    Blended, CommitDraft, Conflict, ConflictKind, Content, Delta, Hunk, Merge, Merged, PathSet, Sides, Soundness, Weave,
};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{BlobId, CommitId, Leaf, Mode, Oid, PathChange, RepoPath, TreeId};

/// A tree, flat.
pub type Leaves = BTreeMap<RepoPath, Leaf>;

/// Everything ever made, by id.
#[derive(Default)]
pub struct Memory {
    trees: RefCell<HashMap<TreeId, Arc<Leaves>>>,
    blobs: RefCell<HashMap<BlobId, Vec<u8>>>,
    commits: RefCell<HashMap<CommitId, CommitDraft>>,
    /// How many times somebody looked at a tree.
    pub looks: Cell<usize>,
    /// How many times trees were merged.
    pub merges: Cell<usize>,
}

impl Memory {
    /// The tree of some leaves.
    pub fn tree(&self, leaves: Leaves) -> TreeId {
        let id = match leaves.is_empty() {
            true => TreeId::EMPTY,
            false => {
                let row = |(path, leaf): (&RepoPath, &Leaf)| format!("{path} {:?} {}\n", leaf.mode, leaf.id);
                TreeId(oid(leaves.iter().map(row).collect::<String>().as_bytes()))
            }
        };
        self.trees.borrow_mut().insert(id, Arc::new(leaves));
        id
    }

    /// The leaves of a tree.
    pub fn leaves_of(&self, tree: TreeId) -> Result<Arc<Leaves>, Fault> {
        self.looks.set(self.looks.get() + 1);
        if tree == TreeId::EMPTY {
            return Ok(Arc::default());
        }
        let missing = || Fault::new("no-such-object", format!("there is no tree {tree}"), "make it first");
        self.trees.borrow().get(&tree).cloned().ok_or_else(missing)
    }

    /// A plain file with these bytes.
    pub fn file(&self, bytes: &[u8]) -> Leaf {
        let id = BlobId(oid(&[b"blob ", bytes].concat()));
        self.blobs.borrow_mut().insert(id, bytes.to_vec());
        Leaf { mode: Mode::File, id }
    }

    /// The bytes at a path.
    pub fn bytes_at(&self, tree: TreeId, path: &RepoPath) -> Result<Option<Vec<u8>>, Fault> {
        self.leaf(tree, path)?.map(|leaf| self.read(leaf.id)).transpose()
    }

    /// What a commit says.
    pub fn draft_of(&self, commit: CommitId) -> Option<CommitDraft> {
        self.commits.borrow().get(&commit).cloned()
    }

    fn merge_leaf(&self, sides: Sides) -> Result<Result<Option<Leaf>, ConflictKind>, Fault> {
        let Sides { base, ours, theirs } = sides;
        if ours == theirs || theirs == base {
            return Ok(Ok(ours));
        }
        if ours == base {
            return Ok(Ok(theirs));
        }
        let (Some(one), Some(two)) = (ours, theirs) else { return Ok(Err(ConflictKind::EditDelete)) };
        let Some(old) = base else { return Ok(Err(ConflictKind::AddAdd)) };
        let mode = if one.mode == old.mode { two.mode } else { one.mode };
        let id = match () {
            () if one.id == two.id || two.id == old.id => Some(one.id),
            () if one.id == old.id => Some(two.id),
            () => lines::merge(&self.read(old.id)?, &self.read(one.id)?, &self.read(two.id)?)
                .map(|bytes| self.file(&bytes).id),
        };
        Ok(id.map(|id| Some(Leaf { mode, id })).ok_or(ConflictKind::Content))
    }
}

/// Three rounds of FNV-1a with different seeds: deterministic, and far enough apart for tests.
pub fn oid(bytes: &[u8]) -> Oid {
    let round = |seed: u64| {
        let start = 0xcbf2_9ce4_8422_2325_u64 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
    };
    let mut id = [0; 20];
    id[..8].copy_from_slice(&round(1).to_be_bytes());
    id[8..16].copy_from_slice(&round(2).to_be_bytes());
    id[16..].copy_from_slice(&round(3).to_be_bytes()[..4]);
    Oid(id)
}

/// Files that went from one name to another: those whose content stayed, then those that share most of their lines.
fn renames(memory: &Memory, before: &Leaves, after: &Leaves) -> Vec<(RepoPath, RepoPath)> {
    let mut gone: Vec<_> = before.iter().filter(|(path, _)| !after.contains_key(*path)).collect();
    let mut new: Vec<_> = after.iter().filter(|(path, _)| !before.contains_key(*path)).collect();
    let mut renames = Vec::new();
    gone.retain(|(from, leaf)| {
        let Some(at) = new.iter().position(|(_, other)| other.id == leaf.id) else { return true };
        renames.push(((*from).clone(), new.remove(at).0.clone()));
        false
    });
    let read = |leaf: &Leaf| memory.read(leaf.id).unwrap_or_default();
    for (from, leaf) in gone {
        let alike = new.iter().map(|(_, other)| lines::alike(&read(leaf), &read(other)));
        let best = alike.enumerate().filter(|(_, alike)| *alike >= 50).max_by_key(|(at, alike)| (*alike, Reverse(*at)));
        if let Some((at, _)) = best {
            renames.push((from.clone(), new.remove(at).0.clone()));
        }
    }
    renames.sort();
    renames
}

/// Where a file of the base stands on a side; itself where it was not renamed.
fn moved<'a>(renames: &'a [(RepoPath, RepoPath)], path: &'a RepoPath) -> &'a RepoPath {
    renames.iter().find(|(from, _)| from == path).map_or(path, |(_, to)| to)
}

/// One file through a merge: where each side has it, and where it shall stand.
#[derive(Clone)]
struct Track {
    sides: Sides,
    from_ours: RepoPath,
    from_theirs: RepoPath,
    to: RepoPath,
    touches: Vec<RepoPath>,
    clash: bool,
}

impl Track {
    /// Whether one side deleted a file that the other renamed.
    fn is_gone_and_moved(&self) -> bool {
        let one_has_it = self.sides.ours.is_some() != self.sides.theirs.is_some();
        self.sides.base.is_some() && one_has_it && self.to != self.touches[0]
    }
}

fn tracks(memory: &Memory, base: &Leaves, ours: &Leaves, theirs: &Leaves) -> Vec<Track> {
    let (our_renames, their_renames) = (renames(memory, base, ours), renames(memory, base, theirs));
    let renamed: BTreeSet<_> = our_renames.iter().chain(&their_renames).map(|(_, to)| to.clone()).collect();
    let mut tracks = Vec::new();
    for (path, leaf) in base {
        let (one, two) = (moved(&our_renames, path), moved(&their_renames, path));
        let sides = Sides { base: Some(*leaf), ours: ours.get(one).copied(), theirs: theirs.get(two).copied() };
        let to = if one == path { two } else { one };
        // A name that the other side gave to something else is none to go to.
        let taken = |to: &RepoPath, there: &Leaves, mine: Option<&Leaf>| {
            to != path && there.get(to).is_some_and(|leaf| Some(leaf) != mine)
        };
        let clash = (one != path && two != path && one != two)
            || taken(two, ours, theirs.get(two))
            || taken(one, theirs, ours.get(one)) && one != two;
        let touches = vec![path.clone(), one.clone(), two.clone()];
        let (from_ours, from_theirs) = (one.clone(), two.clone());
        tracks.push(Track { sides, from_ours, from_theirs, to: to.clone(), touches, clash });
    }
    let added: BTreeSet<_> = ours.keys().chain(theirs.keys()).filter(|path| !base.contains_key(*path)).collect();
    for path in added.into_iter().filter(|path| !renamed.contains(*path)) {
        let sides = Sides { base: None, ours: ours.get(path).copied(), theirs: theirs.get(path).copied() };
        let touches = vec![path.clone()];
        let [from_ours, from_theirs, to] = [(); 3].map(|()| path.clone());
        tracks.push(Track { sides, from_ours, from_theirs, to, touches, clash: false });
    }
    tracks
}

impl Content for Memory {
    fn merge(&self, merge: Merge<'_>) -> Result<Merged, Fault> {
        self.merges.set(self.merges.get() + 1);
        let (base, ours, theirs) =
            (self.leaves_of(merge.base)?, self.leaves_of(merge.ours)?, self.leaves_of(merge.theirs)?);
        let mut result = (*ours).clone();
        let (mut conflicts, mut blended, mut followed) = (Vec::new(), Vec::new(), Vec::new());
        for track in tracks(self, &base, &ours, &theirs) {
            let outside = |scope: &PathSet| !track.touches.iter().any(|path| scope.contains(path));
            if merge.scope.is_some_and(outside) {
                continue;
            }
            let Track { sides, from_ours, to, clash, .. } = track.clone();
            let merged = match clash {
                true => Err(ConflictKind::Rename),
                false if track.is_gone_and_moved() => Err(ConflictKind::EditDelete),
                false => self.merge_leaf(sides)?,
            };
            let leaf = match merged {
                Ok(leaf) => leaf,
                Err(kind) => {
                    if track.is_gone_and_moved() {
                        let places = Places { base: Some(track.touches[0].clone()), ..Places::default() };
                        conflicts.push(Conflict { places, ..Conflict::new(to, kind, sides) });
                        continue;
                    }
                    let elsewhere = |place: &RepoPath| (*place != from_ours).then(|| place.clone());
                    let (base, theirs) = (elsewhere(&track.touches[0]), elsewhere(&track.from_theirs));
                    let both =
                        clash.then(|| self.merge_leaf(sides)).transpose()?.and_then(|merged| merged.ok().flatten());
                    let places = Places { base, theirs, ours_merged: both, theirs_merged: both, ..Places::default() };
                    if !clash && from_ours == to && from_ours != track.from_theirs {
                        followed.push((track.from_theirs, to));
                    }
                    conflicts.push(Conflict { places, ..Conflict::new(from_ours, kind, sides) });
                    continue;
                }
            };
            if let (Some(result), Sides { base: Some(base), ours: Some(ours), theirs: Some(theirs) }) = (leaf, sides)
                && base.id != ours.id
                && base.id != theirs.id
                && ours.id != theirs.id
            {
                blended.push(Blended { path: to.clone(), sides, result });
            }
            if from_ours == to && from_ours != track.from_theirs && leaf.is_some() {
                followed.push((track.from_theirs, to.clone()));
            }
            result.remove(&from_ours);
            leaf.map(|leaf| result.insert(to, leaf));
        }
        conflicts.sort_by(|one, two| one.path.cmp(&two.path));
        Ok(Merged { tree: self.tree(result), conflicts, blended, followed })
    }

    fn merge_apart(&self, merge: Merge<'_>, nowhere: &PathSet) -> Result<Option<Merged>, Fault> {
        let Some(scope) = merge.scope else { return Ok(None) };
        let (base, ours, theirs) =
            (self.leaves_of(merge.base)?, self.leaves_of(merge.ours)?, self.leaves_of(merge.theirs)?);
        let tracks = tracks(self, &base, &ours, &theirs);
        let mut concerned = tracks.iter().filter(|track| track.touches.iter().any(|path| scope.contains(path)));
        let stays = |track: &Track| {
            let is_gone = nowhere.contains(&track.to);
            let is_kept = track.sides.base.is_none() || track.sides.ours.is_some() || is_gone;
            is_kept && track.touches.iter().all(|path| *path == track.to)
        };
        concerned.all(stays).then(|| self.merge(merge)).transpose()
    }

    fn delta(&self, before: TreeId, after: TreeId) -> Result<Arc<Delta>, Fault> {
        let (before, after) = (self.leaves_of(before)?, self.leaves_of(after)?);
        let paths: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        let change = |path: &RepoPath| PathChange {
            path: path.clone(),
            before: before.get(path).copied(),
            after: after.get(path).copied(),
        };
        let changes = paths.into_iter().map(change).filter(|one| one.before != one.after).collect();
        Ok(Arc::new(Delta::new(changes, renames(self, &before, &after))))
    }

    fn changes(&self, before: TreeId, after: TreeId) -> Result<Vec<PathChange>, Fault> {
        Ok(self.delta(before, after)?.changes.clone())
    }

    fn hunks(&self, before: BlobId, after: BlobId) -> Result<Option<Vec<Hunk>>, Fault> {
        Ok(Some(lines::hunks(&self.read(before)?, &self.read(after)?)))
    }

    fn leaf(&self, tree: TreeId, path: &RepoPath) -> Result<Option<Leaf>, Fault> {
        Ok(self.leaves_of(tree)?.get(path).copied())
    }

    fn leaves(&self, tree: TreeId) -> Result<Vec<(RepoPath, Leaf)>, Fault> {
        Ok(self.leaves_of(tree)?.iter().map(|(path, leaf)| (path.clone(), *leaf)).collect())
    }

    fn attributes(&self, _: TreeId, _: &RepoPath) -> Result<Attributes, Fault> {
        Ok(Attributes::default())
    }

    fn edit(&self, tree: TreeId, edits: &[(RepoPath, Option<Leaf>)]) -> Result<TreeId, Fault> {
        let mut leaves = (*self.leaves_of(tree)?).clone();
        for (path, leaf) in edits {
            match leaf {
                Some(leaf) => leaves.insert(path.clone(), *leaf),
                None => leaves.remove(path),
            };
        }
        Ok(self.tree(leaves))
    }

    fn commit(&self, draft: &CommitDraft) -> Result<CommitId, Fault> {
        let id = CommitId(oid(format!(
            "commit {} {:?} {draft:?}",
            draft.tree,
            draft.parents.first().map(ToString::to_string)
        )
        .as_bytes()));
        self.commits.borrow_mut().insert(id, draft.clone());
        Ok(id)
    }

    fn blob(&self, bytes: &[u8]) -> Result<BlobId, Fault> {
        Ok(self.file(bytes).id)
    }

    fn weave(&self, texts: [Option<BlobId>; 3], how: Weave<'_>) -> Result<Result<BlobId, String>, Fault> {
        let read = |text: Option<BlobId>| text.map_or(Ok(Vec::new()), |text| self.read(text));
        let [base, ours, theirs] = [read(texts[0])?, read(texts[1])?, read(texts[2])?];
        let woven = match how {
            Weave::Structural(..) => lines::weave(&base, &ours, &theirs),
            Weave::Union => Ok(lines::unite(&ours, &theirs)),
        };
        Ok(woven.map(|bytes| self.file(&bytes).id))
    }

    /// `lock FILE` makes the lines of another file, each locked; `fail` fails.
    fn remake(&self, remake: Remake<'_>) -> Result<Result<BlobId, String>, Fault> {
        let words: Vec<&str> = remake.by.words.iter().map(String::as_str).collect();
        let ["lock", file] = words[..] else { return Ok(Err(format!("`{}` failed", remake.by.line()))) };
        let from = self.bytes_at(remake.tree, &RepoPath::new(file))?.unwrap_or_default();
        let locked: String = String::from_utf8_lossy(&from).lines().map(|line| format!("locked:{line}\n")).collect();
        Ok(Ok(self.file(locked.as_bytes()).id))
    }

    fn soundness(&self, made: BlobId, versions: &[BlobId], _: (Format, &Keys)) -> Result<Soundness, Fault> {
        let before = versions.iter().map(|one| Ok(lines::all_twice(&self.read(*one)?)));
        let before = before.collect::<Result<Vec<_>, Fault>>()?.concat();
        let found = lines::all_twice(&self.read(made)?);
        Ok(match (found.iter().find(|one| !before.contains(one)), found.first()) {
            (Some(new), _) => Soundness::Broken(new.clone()),
            (None, Some(old)) => Soundness::Before(old.clone()),
            (None, None) => Soundness::Sound,
        })
    }

    fn read(&self, blob: BlobId) -> Result<Vec<u8>, Fault> {
        let missing = || Fault::new("no-such-object", format!("there is no blob {blob}"), "make it first");
        self.blobs.borrow().get(&blob).cloned().ok_or_else(missing)
    }
}
