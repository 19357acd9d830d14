//! Storing objects, moving refs, following work trees, and what goes wrong with them.

use crate::git_program::{Scratch, git};
use std::path::Path;
use switchback_core::content::{CommitDraft, ConflictKind, Content as _, Merge, Sides, Signature};
use switchback_core::ports::repository::RefMove;
use switchback_core::ports::repository::Repo as _;
use switchback_core::ports::repository::WorkTree;
use switchback_core::words::names::Time;
use switchback_core::words::object::{BlobId, CommitId, Leaf, Mode, Oid, RepoPath, TreeId};
use switchback_git::GitRepo;

fn open(scratch: &Scratch) -> GitRepo {
    GitRepo::open(&scratch.path()).unwrap()
}

fn path(text: &str) -> RepoPath {
    RepoPath::new(text)
}

fn file(repo: &GitRepo, content: &str) -> Option<Leaf> {
    Some(Leaf { mode: Mode::File, id: repo.blob(content.as_bytes()).unwrap() })
}

fn draft(tree: TreeId, parents: &[CommitId]) -> CommitDraft {
    let ann = Signature { name: "Ann".into(), email: "ann@example.com".into(), time: Time(1_700_000_000_000) };
    CommitDraft {
        tree,
        parents: parents.to_vec(),
        author: ann.clone(),
        committer: ann,
        message: "Change something\n\nChange: US-1\n".into(),
    }
}

/// A repository with a few files in a few folders.
fn filled() -> Scratch {
    let scratch = Scratch::new();
    for folder in ["src", "src/deep", "docs"] {
        for name in 0..30 {
            let lines: String = (0..10).map(|line| format!("{folder} {name} {line}\n")).collect();
            scratch.write(&format!("{folder}/file{name}.txt"), &lines);
        }
    }
    scratch.commit_all("base");
    scratch
}

#[test]
fn stored_objects_are_gits_own() {
    let scratch = filled();
    let repo = open(&scratch);
    let mut tip = scratch.commit_of("main");
    let mut tree = scratch.tree_of("main");
    for round in 0..120 {
        let leaf = file(&repo, &format!("round {round}\n"));
        let target = path(&format!("src/deep/file{}.txt", round % 30));
        tree = repo.edit(tree, &[(target.clone(), leaf), (path(&format!("new/at{round}")), leaf)]).unwrap();
        tip = repo.commit(&draft(tree, &[tip])).unwrap();
        assert_eq!(repo.leaf(tree, &target).unwrap(), leaf, "readable before it is stored");
    }
    assert!(repo.reaches(tip, scratch.commit_of("main")).unwrap(), "walks see what is not stored yet");
    repo.store().unwrap();
    repo.let_go();
    assert_eq!(repo.commit_info(tip).unwrap().tree, tree, "readable after it is stored");
    assert!(repo.move_refs(&[RefMove { name: "refs/heads/made".into(), from: None, to: Some(tip) }]).unwrap());
    scratch.git(&["fsck", "--strict", "--full"]);
    assert_eq!(scratch.git(&["rev-list", "--count", "made"]), "121");
    assert_eq!(scratch.git(&["show", "made:src/deep/file29.txt"]), "round 119");
    assert_eq!(scratch.git(&["show", "made:new/at7"]), "round 7");
    let packs = std::fs::read_dir(scratch.path().join(".git/objects/pack")).unwrap();
    let names: Vec<_> = packs.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.len(), 2, "one pack and one index: {names:?}");
    assert_eq!(open(&scratch).commit_info(tip).unwrap().message, "Change something\n\nChange: US-1\n");
}

#[test]
fn storing_twice_writes_no_other_pack() {
    let scratch = filled();
    let repo = open(&scratch);
    let tree = scratch.tree_of("main");
    let make = |repo: &GitRepo| repo.edit(tree, &[(path("x/y"), file(repo, "z"))]).unwrap();
    let made = make(&repo);
    repo.store().unwrap();
    repo.store().unwrap();
    let again = open(&scratch);
    assert_eq!(make(&again), made);
    again.store().unwrap();
    // The first keeps it for both.
    again.let_go();
    repo.let_go();
    assert_eq!(std::fs::read_dir(scratch.path().join(".git/objects/pack")).unwrap().count(), 2);
}

#[test]
fn what_a_crash_leaves_is_ignored() {
    let scratch = filled();
    let folder = scratch.path().join(".git/objects/pack");
    std::fs::write(folder.join("tmp_pack_abc"), b"PACK half").unwrap();
    std::fs::write(folder.join("tmp_idx_abc"), b"").unwrap();
    let repo = open(&scratch);
    repo.edit(scratch.tree_of("main"), &[(path("x"), file(&repo, "y"))]).unwrap();
    repo.store().unwrap();
    scratch.git(&["fsck", "--strict", "--full"]);
}

#[test]
fn an_empty_tree_and_odd_names_are_stored() {
    let scratch = filled();
    let repo = open(&scratch);
    let all: Vec<_> = repo.leaves(scratch.tree_of("main")).unwrap().into_iter().map(|(path, _)| (path, None)).collect();
    assert_eq!(repo.edit(scratch.tree_of("main"), &all).unwrap(), TreeId::EMPTY);
    let odd = RepoPath::new(b"d\xff/\xfe\n");
    let link = Some(Leaf { mode: Mode::Symlink, id: repo.blob(b"to").unwrap() });
    let empty = Some(Leaf { mode: Mode::Executable, id: repo.blob(b"").unwrap() });
    let tree = repo.edit(TreeId::EMPTY, &[(odd.clone(), link), (path("d\u{e9}/a"), empty)]).unwrap();
    let tip = repo.commit(&draft(tree, &[])).unwrap();
    repo.store().unwrap();
    scratch.git(&["fsck", "--strict", "--full", &tip.to_string()]);
    assert_eq!(scratch.git(&["ls-tree", "-r", "-z", "--name-only", &tip.to_string()]).matches('\0').count(), 2);
    assert_eq!(repo.leaf(tree, &odd).unwrap(), link);
}

#[test]
fn refs_move_together_or_not_at_all() {
    let scratch = filled();
    let first = scratch.commit_of("main");
    let second = scratch.commit_all("second");
    scratch.git(&["branch", "one", &first.to_string()]);
    scratch.git(&["branch", "two", &first.to_string()]);
    scratch.git(&["pack-refs", "--all"]);
    let repo = open(&scratch);
    let moved = |name: &str, from, to| RefMove { name: format!("refs/heads/{name}"), from, to };
    let both = [moved("one", Some(first), Some(second)), moved("two", Some(second), Some(first))];
    assert!(!repo.move_refs(&both).unwrap());
    assert_eq!(repo.reference("refs/heads/one").unwrap(), Some(first));
    assert!(!repo.move_refs(&[moved("one", None, Some(second))]).unwrap());
    assert!(!repo.move_refs(&[moved("none", Some(first), Some(second))]).unwrap());
    let both =
        [moved("one", Some(first), Some(second)), moved("two", Some(first), None), moved("three", None, Some(first))];
    assert!(repo.move_refs(&both).unwrap());
    assert_eq!(scratch.commit_of("one"), second);
    assert_eq!(repo.reference("refs/heads/two").unwrap(), None);
    let names: Vec<_> = repo.references("refs/heads/").unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["refs/heads/main", "refs/heads/one", "refs/heads/three"]);
    assert!(scratch.git(&["reflog", "one"]).contains("switchback: "));
}

#[test]
fn clean_work_trees_follow_and_others_are_left_alone() {
    let scratch = filled();
    let from = scratch.commit_of("main");
    let linked = tempfile::tempdir().unwrap();
    let linked = linked.path().join("linked");
    scratch.git(&["branch", "qa"]);
    scratch.git(&["worktree", "add", "-q", linked.to_str().unwrap(), "qa"]);
    let repo = open(&scratch);
    let tree = repo
        .edit(scratch.tree_of("main"), &[(path("src/new.txt"), file(&repo, "new\n")), (path("docs/file1.txt"), None)])
        .unwrap();
    let to = repo.commit(&draft(tree, &[from])).unwrap();
    repo.store().unwrap();
    let advance = |branch: &str| {
        let wanted = RefMove { name: format!("refs/heads/{branch}"), from: Some(from), to: Some(to) };
        assert!(repo.move_refs(&[wanted]).unwrap());
        repo.follow(branch, from, to).unwrap()
    };
    let real = |path: &Path| path.canonicalize().unwrap();
    let [WorkTree::Forwarded(place)] = &advance("main")[..] else { panic!("main was clean") };
    assert_eq!(real(place), real(&scratch.path()));
    assert_eq!(scratch.git(&["status", "--porcelain"]), "");
    assert!(scratch.path().join("src/new.txt").exists() && !scratch.path().join("docs/file1.txt").exists());
    std::fs::write(linked.join("src/new.txt"), "somebody's own").unwrap();
    let [WorkTree::LeftAlone(place, _)] = &advance("qa")[..] else { panic!("an untracked file is in the way") };
    assert_eq!(real(place), real(&linked));
    assert_eq!(std::fs::read_to_string(linked.join("src/new.txt")).unwrap(), "somebody's own");
    assert!(repo.follow("nobody", from, to).unwrap().is_empty());
}

#[test]
fn an_edited_work_tree_is_left_alone() {
    let scratch = filled();
    let from = scratch.commit_of("main");
    let repo = open(&scratch);
    let tree = repo.edit(scratch.tree_of("main"), &[(path("docs/file1.txt"), None)]).unwrap();
    let to = repo.commit(&draft(tree, &[from])).unwrap();
    repo.store().unwrap();
    scratch.write("src/file2.txt", "edited\n");
    let moved = RefMove { name: "refs/heads/main".into(), from: Some(from), to: Some(to) };
    assert!(repo.move_refs(&[moved]).unwrap());
    assert!(matches!(repo.follow("main", from, to).unwrap()[..], [WorkTree::LeftAlone(..)]));
    assert!(scratch.path().join("docs/file1.txt").exists());
}

#[test]
fn history_is_walked_as_git_walks_it() {
    let scratch = filled();
    let base = scratch.commit_of("main");
    scratch.write("a", "1");
    scratch.commit_all("on main");
    scratch.git(&["checkout", "-q", "-b", "side", &base.to_string()]);
    scratch.write("b", "1");
    scratch.commit_all("on side");
    scratch.git(&["merge", "-q", "--no-ff", "-m", "merged", "main"]);
    let repo = open(&scratch);
    let (main, side) = (scratch.commit_of("main"), scratch.commit_of("side"));
    assert_eq!(repo.merge_base(main, side).unwrap(), Some(main));
    assert_eq!(repo.merge_base(main, scratch.commit_of("side^1")).unwrap(), Some(base));
    assert!(repo.reaches(side, main).unwrap() && repo.reaches(side, side).unwrap());
    assert!(!repo.reaches(main, side).unwrap());
    let range = repo.range(base, side).unwrap();
    let messages: Vec<_> = range.iter().map(|info| info.message.trim()).collect();
    assert_eq!(messages, ["on side", "on main", "merged"]);
    assert!(repo.range(side, main).unwrap().is_empty());
    assert_eq!(repo.resolve("side~1^{commit}").unwrap(), Some(scratch.commit_of("side^1")));
    assert_eq!(repo.resolve("no-such-name").unwrap(), None);
    assert_eq!(repo.resolve("0123456789012345678901234567890123456789").unwrap(), None);
}

#[test]
fn what_is_missing_is_named() {
    let scratch = filled();
    let gone = scratch.commit_of("main");
    scratch.commit_all("second");
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{}", scratch.path().display());
    let done = git(clone.path(), &["clone", "-q", "--depth=1", &url, "shallow"]).status().unwrap();
    assert!(done.success());
    let repo = GitRepo::open(&clone.path().join("shallow")).unwrap();
    let fault = repo.commit_info(gone).unwrap_err();
    assert_eq!(fault.code, "object-missing");
    assert!(fault.message.contains(&gone.to_string()) && fault.message.contains("is shallow"), "{}", fault.message);
    assert!(format!("{:?}", fault.remedy).contains("git fetch --unshallow"));
    let fault = repo.merge_base(gone, repo.resolve("HEAD").unwrap().unwrap()).unwrap_err();
    assert_eq!(fault.code, "object-missing", "{}", fault.message);
    let fault = open(&scratch).read(BlobId(Oid([7; 20]))).unwrap_err();
    assert!(fault.message.contains("not shallow"), "{}", fault.message);
}

#[test]
fn what_is_no_usable_repository_is_refused() {
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(GitRepo::open(empty.path()).err().map(|fault| fault.code), Some("no-repository"));
    let done = git(empty.path(), &["init", "-q", "--object-format=sha256", "."]).status().unwrap();
    assert!(done.success());
    assert_eq!(GitRepo::open(empty.path()).err().map(|fault| fault.code), Some("sha256-repository"));
}

#[test]
fn blobs_are_read_from_several_threads() {
    let scratch = filled();
    let repo = open(&scratch);
    let stored = repo.leaf(scratch.tree_of("main"), &path("docs/file1.txt")).unwrap().unwrap().id;
    let made = repo.blob(b"made just now").unwrap();
    let blobs = repo.blobs();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let (mut read, mut buffer) = (blobs.reader(), vec![9; 9]);
                read(made, &mut buffer).unwrap();
                assert_eq!(buffer, b"made just now");
                read(stored, &mut buffer).unwrap();
                assert!(buffer.starts_with(b"docs 1 0\n"));
                assert_eq!(read(BlobId(Oid([7; 20])), &mut buffer).unwrap_err().code, "object-missing");
            });
        }
    });
}

#[test]
fn a_conflict_keeps_ours_and_what_both_sides_made_is_named() {
    let scratch = filled();
    let repo = open(&scratch);
    let base = scratch.tree_of("main");
    let change = |content: &str, other: &str| {
        let edits = [(path("docs/file1.txt"), file(&repo, content)), (path(other), file(&repo, "added\n"))];
        repo.edit(base, &edits).unwrap()
    };
    let (ours, theirs) = (change("ours\n", "added-by-us"), change("theirs\n", "added-by-them"));
    let merge = Merge { base, ours, theirs, scope: None };
    let merged = repo.merge(merge).unwrap();
    let [conflict] = &merged.conflicts[..] else { panic!("one conflict, not {:?}", merged.conflicts) };
    assert_eq!((conflict.kind, &conflict.path), (ConflictKind::Content, &path("docs/file1.txt")));
    let read = |tree, at: &str| repo.leaf(tree, &path(at)).unwrap();
    assert_eq!(read(merged.tree, "docs/file1.txt"), read(ours, "docs/file1.txt"), "a conflict holds ours");
    assert!(read(merged.tree, "added-by-them").is_some(), "other paths are merged");
    let lines = |first: &str, last: &str| file(&repo, &format!("{first}\n2\n3\n4\n{last}\n"));
    let whole = |leaf| repo.edit(base, &[(path("text"), leaf)]).unwrap();
    let sides = Sides { base: lines("1", "5"), ours: lines("one", "5"), theirs: lines("1", "five") };
    let [base, ours, theirs] = [sides.base, sides.ours, sides.theirs].map(whole);
    let merged = repo.merge(Merge { base, ours, theirs, scope: None }).unwrap();
    let [blended] = &merged.blended[..] else { panic!("one file of both sides, not {:?}", merged.blended) };
    assert_eq!((&blended.path, blended.sides, Some(blended.result)), (&path("text"), sides, lines("one", "five")));
    assert!(repo.merge(Merge { base, ours, theirs: ours, scope: None }).unwrap().blended.is_empty());
}

#[test]
fn a_scope_carries_its_paths_and_both_ends_of_a_rename() {
    let scratch = filled();
    let repo = open(&scratch);
    let base = scratch.tree_of("main");
    let old = repo.read(repo.leaf(base, &path("src/file3.txt")).unwrap().unwrap().id).unwrap();
    let old = String::from_utf8(old).unwrap();
    let moved = file(&repo, &old.replace("src 3 5", "theirs"));
    let edits = [
        (path("src/file3.txt"), None),
        (path("docs/moved.txt"), moved),
        (path("docs/file1.txt"), file(&repo, "edited\n")),
        (path("docs/file2.txt"), None),
    ];
    let theirs = repo.edit(base, &edits).unwrap();
    let delta = repo.delta(base, theirs).unwrap();
    assert_eq!(delta.renames, [(path("src/file3.txt"), path("docs/moved.txt"))]);
    assert_eq!(delta.changes.len(), 4);
    let scope = [path("docs/moved.txt")].into_iter().collect();
    let ours = repo.edit(base, &[(path("src/file3.txt"), file(&repo, &old.replace("src 3 5", "ours")))]).unwrap();
    let merge = Merge { base, ours: base, theirs, scope: Some(&scope) };
    let merged = repo.merge(merge).unwrap();
    assert_eq!(merged.tree, repo.edit(base, &edits[..2]).unwrap());
    let conflicted = repo.merge(Merge { ours, ..merge }).unwrap();
    let [conflict] = &conflicted.conflicts[..] else { panic!("one conflict, not {:?}", conflicted.conflicts) };
    assert_eq!(conflict.path, path("src/file3.txt"), "a conflict is where the line has the file");
    assert_eq!(conflicted.tree, ours);
}
