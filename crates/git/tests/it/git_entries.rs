//! What settling conflicts puts where, judged by git: its merge leaves every conflicted file at the place and in the mode
//! that the merge gives, whatever becomes of its content.

use crate::git_histories::Wildness;
use crate::git_merge::{judge, random, trees_of};
use std::collections::{BTreeMap, BTreeSet};
use switchback_core::content::entry::{self, Taken};
use switchback_core::content::{Conflict, ConflictKind, Content as _, Merge, Merged};
use switchback_core::records::resolution::{Resolution, Settler};
use switchback_core::words::object::{BlobId, Mode, RepoPath, TreeId};
use switchback_git::GitRepo;

/// Where files stand, and in which mode.
type Modes = BTreeMap<RepoPath, Mode>;

fn modes(repo: &GitRepo, tree: TreeId) -> Modes {
    repo.leaves(tree).unwrap().into_iter().map(|(path, leaf)| (path, leaf.mode)).collect()
}

/// Settles every conflict with a content of its own, or with the side that kept the file.
fn settled(repo: &GitRepo, merged: &Merged, content: BlobId) -> TreeId {
    let taken = |one: &Conflict| match (one.sides.ours, one.sides.theirs) {
        _ if one.kind == ConflictKind::FolderRename => Taken::Content(content),
        (None, _) => Taken::Theirs,
        (_, None) => Taken::Ours,
        _ => Taken::Content(content),
    };
    let decided = merged
        .conflicts
        .iter()
        .map(|one| Resolution::of((&one.path, one.sides), one.dispute().entry(taken(one)), Settler::Person));
    let mut edits: Vec<_> = decided.flat_map(|one| one.edits()).collect();
    edits.sort_by_key(|(_, leaf)| leaf.is_some());
    repo.edit(merged.tree, &edits).unwrap()
}

/// Conflicts that leave open where a file stands, or that git tells by files of its own making.
fn is_about_places(conflict: &Conflict) -> bool {
    let kinds = [ConflictKind::Rename, ConflictKind::FileFolder, ConflictKind::Submodule];
    // git keeps two files where one became a link.
    let apart = conflict.kind == ConflictKind::Mode
        && [conflict.sides.ours, conflict.sides.theirs].iter().flatten().any(|leaf| !entry::is_plain(*leaf));
    // Something else stands where it would go.
    let blocked = conflict.kind == ConflictKind::FolderRename
        && conflict.places.ours.is_none()
        && conflict.places.theirs.is_none();
    // One side deleted what the other moved into a folder that the first moved away.
    let twice = conflict.kind == ConflictKind::EditDelete
        && (conflict.places.theirs.is_some() || conflict.places.ours.is_some());
    kinds.contains(&conflict.kind) || apart || blocked || twice
}

fn compare(wildness: Wildness, seeds: std::ops::Range<u64>) -> BTreeSet<String> {
    let (scratch, commits) = random(wildness, seeds.clone());
    let (verdicts, trees) = (judge(&scratch, &commits), trees_of(&scratch, &commits));
    let repo = GitRepo::open(&scratch.path()).unwrap();
    let content = repo.blob(b"settled\n").unwrap();
    let (mut wrong, mut looked, mut kinds) = (Vec::new(), 0, BTreeSet::new());
    for ((seed, verdict), ids) in seeds.zip(&verdicts).zip(trees.chunks(3)) {
        let merged = repo.merge(Merge { base: ids[0], ours: ids[1], theirs: ids[2], scope: None }).unwrap();
        if merged.conflicts.is_empty() || verdict.clean || merged.conflicts.iter().any(is_about_places) {
            continue;
        }
        looked += 1;
        let moved = |one: &&Conflict| !one.places.is_plain();
        kinds.extend(merged.conflicts.iter().filter(moved).map(|one| format!("{:?}", one.kind)));
        let (found, wanted) = (modes(&repo, settled(&repo, &merged, content)), modes(&repo, verdict.tree));
        if found != wanted {
            let lacks: Vec<_> = wanted.iter().filter(|one| !found.contains_key(one.0)).collect();
            let other: Vec<_> = found.iter().filter(|one| wanted.get(one.0) != Some(one.1)).collect();
            wrong.push(format!("seed {seed}: lacks {lacks:?}, has {other:?}, {:?}", merged.conflicts));
        }
    }
    // git knows more ways out of what goes where a folder was, and keeps files under names of its own making.
    assert!(
        wrong.len() * 100 <= looked,
        "{} of {looked} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(8)].join("\n")
    );
    assert!(looked > 150, "too few conflicts to mean anything: {looked}");
    kinds
}

#[test]
fn what_settles_an_edit_stands_where_git_leaves_it() {
    compare(Wildness::Edits, 30_000..30_900);
}

#[test]
fn what_settles_a_file_that_moved_stands_where_git_leaves_it() {
    let kinds = compare(Wildness::Renames, 40_000..41_400);
    assert!(kinds.contains("Content") && kinds.contains("EditDelete"), "{kinds:?}");
}

#[test]
fn what_settles_a_file_of_a_folder_that_moved_stands_where_git_leaves_it() {
    let kinds = compare(Wildness::Everything, 50_000..51_600);
    assert!(kinds.contains("FolderRename"), "{kinds:?}");
}

/// Whatever the conflicts are about and however they are settled, nothing else is lost or comes back: what no conflict names
/// is as git leaves it.
fn nothing_else_is_lost(wildness: Wildness, seeds: std::ops::Range<u64>) {
    let (scratch, commits) = random(wildness, seeds.clone());
    let (verdicts, trees) = (judge(&scratch, &commits), trees_of(&scratch, &commits));
    let repo = GitRepo::open(&scratch.path()).unwrap();
    let content = repo.blob(b"settled\n").unwrap();
    let (mut wrong, mut looked) = (Vec::new(), 0);
    for ((seed, verdict), ids) in seeds.zip(&verdicts).zip(trees.chunks(3)) {
        let merged = repo.merge(Merge { base: ids[0], ours: ids[1], theirs: ids[2], scope: None }).unwrap();
        if merged.conflicts.is_empty() || verdict.clean {
            continue;
        }
        let mut named: BTreeSet<RepoPath> = verdict.named.iter().cloned().collect();
        for one in &merged.conflicts {
            named.extend([one.path.clone()].into_iter().chain(one.places.all().cloned()));
        }
        let is_free = |path: &RepoPath| {
            let about = |one: &RepoPath| {
                let (one, path) = (one.as_bytes(), path.as_bytes());
                one == path || one.starts_with(&[path, b"/"].concat()) || path.starts_with(&[one, b"/"].concat())
            };
            !named.iter().any(about) && !path.as_bytes().contains(&b'~')
        };
        for taken in [Taken::Ours, Taken::Theirs, Taken::Base, Taken::Content(content)] {
            looked += 1;
            let decided = merged.conflicts.iter();
            let decided =
                decided.map(|one| Resolution::of((&one.path, one.sides), one.dispute().entry(taken), Settler::Person));
            let mut edits: Vec<_> = decided.flat_map(|one| one.edits()).collect();
            edits.sort_by_key(|(_, leaf)| leaf.is_some());
            let found = modes(&repo, repo.edit(merged.tree, &edits).unwrap());
            let wanted = modes(&repo, verdict.tree);
            let lacks: Vec<_> = wanted.iter().filter(|(path, _)| is_free(path) && !found.contains_key(path)).collect();
            let more: Vec<_> = found.iter().filter(|(path, _)| is_free(path) && !wanted.contains_key(path)).collect();
            if !lacks.is_empty() || !more.is_empty() {
                wrong.push(format!("seed {seed} {taken:?}: lacks {lacks:?}, more {more:?}, {:?}", merged.conflicts));
            }
        }
    }
    assert!(wrong.len() * 100 <= looked, "{} of {looked}:\n{}", wrong.len(), wrong[..wrong.len().min(6)].join("\n"));
}

#[test]
fn settling_renames_loses_nothing_else() {
    nothing_else_is_lost(Wildness::Renames, 60_000..61_000);
}

#[test]
fn settling_folders_that_moved_loses_nothing_else() {
    nothing_else_is_lost(Wildness::Everything, 70_000..71_000);
}
