//! What a directory promises beyond the contract: where it may write at all, and what it does with submodules.

use crate::target_world::{Files, Kind, Memory, World, delta, files, put_delta};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use switchback_core::ports::target::Target;
use switchback_core::words::names::VersionNo;
use switchback_core::words::object::{BlobId, Leaf, Mode, Oid, PathChange, RepoPath};
use switchback_targets::dir::DirTarget;

fn one() -> Files {
    files(&[(b"a/x", Mode::File, "x"), (b"b", Mode::File, "b")])
}

fn world() -> World {
    let world = World::new(Kind::Dir);
    world.deploy(1, &Files::new(), &one());
    world
}

#[test]
fn a_link_that_leads_out_is_not_followed() {
    let world = world();
    let outside = world.folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("x"), "x").unwrap();
    symlink(&outside, world.path("out")).unwrap();
    let mut two = one();
    two.extend(files(&[(b"out/y", Mode::File, "y")]));
    let fault = world.put(2, &one(), &two).unwrap_err();
    assert_eq!(fault.code, "area-escapes");
    assert!(fault.message.contains("`out`"), "{fault}");
    // A managed folder replaced by a link: its files count as gone, and nothing is deleted through the link.
    fs::remove_dir_all(world.path("a")).unwrap();
    symlink(&outside, world.path("a")).unwrap();
    assert_eq!(world.target().read(&[RepoPath::new("a/x")]).unwrap(), [None]);
    assert_eq!(world.put(2, &one(), &Files::new()).unwrap_err().code, "area-changed");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

#[test]
fn a_link_inside_the_area_is_in_the_way() {
    let world = world();
    symlink("a", world.path("inner")).unwrap();
    let mut two = one();
    two.extend(files(&[(b"inner/y", Mode::File, "y")]));
    assert_eq!(world.put(2, &one(), &two).unwrap_err().code, "area-blocked");
    assert!(!world.path("a/y").exists());
}

#[test]
fn what_blocks_is_named() {
    let world = world();
    fs::create_dir_all(world.path("c/d")).unwrap();
    let mut two = one();
    two.extend(files(&[(b"c", Mode::File, "c")]));
    let fault = world.put(2, &one(), &two).unwrap_err();
    assert_eq!(fault.code, "area-blocked");
    assert!(fault.message.contains("`c/d`"), "{fault}");
    fs::write(world.path("e"), "").unwrap();
    let mut two = one();
    two.extend(files(&[(b"e/f", Mode::File, "f")]));
    let fault = world.put(2, &one(), &two).unwrap_err();
    assert_eq!((fault.code, fault.message.contains("`e`")), ("area-blocked", true));
}

#[test]
fn paths_that_leave_the_area_are_never_written() {
    for path in ["../x", "a/../../x", "/x", ".git/hooks/x", ".switchback/journal"] {
        let world = world();
        let mut two = one();
        two.extend(files(&[(path.as_bytes(), Mode::File, "x")]));
        assert_eq!(world.put(2, &one(), &two).unwrap_err().code, "area-path-unsafe", "{path}");
        world.assert_holds(&one());
    }
}

#[test]
fn area_and_repository_keep_apart() {
    let folder = tempfile::tempdir().unwrap();
    let work_tree = folder.path().join("repo");
    let git_dir = work_tree.join(".git");
    fs::create_dir_all(&git_dir).unwrap();
    symlink(&work_tree, folder.path().join("alias")).unwrap();
    for root in ["repo", "repo/web", "repo/.git/x", "alias/not/yet", ""] {
        let target = DirTarget::new(folder.path().join(root), vec![git_dir.clone(), work_tree.clone()]);
        assert_eq!(target.check().unwrap_err().code, "area-inside-repository", "{root}");
        let put = put_delta(&target, 1, (&delta(&Files::new(), &one()), &Memory::of(&[&one()])));
        assert_eq!(put.unwrap_err().code, "area-inside-repository");
    }
    let target = DirTarget::new(folder.path().join("repository/web"), vec![git_dir, work_tree]);
    target.check().unwrap();
    assert!(!folder.path().join("repository").exists(), "a check creates nothing");
}

#[test]
fn a_root_that_cannot_be_a_folder_is_unwritable() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    for root in ["file", "file/web"] {
        let target = DirTarget::new(folder.path().join(root), Vec::new());
        assert_eq!(target.check().unwrap_err().code, "area-unwritable", "{root}");
    }
}

#[test]
fn a_pipe_is_drift_and_cannot_be_overwritten() {
    let world = world();
    fs::remove_file(world.path("b")).unwrap();
    let pipe = rustix::fs::mknodat(
        rustix::fs::CWD,
        world.path("b"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    );
    pipe.unwrap();
    let path = RepoPath::new("b");
    let standing = world.target().read(std::slice::from_ref(&path)).unwrap()[0].unwrap();
    assert_ne!(standing, crate::target_world::leaf(Mode::File, b"b"));
    let change = PathChange { path, before: Some(standing), after: None };
    assert_eq!(put_delta(&*world.target(), 2, (&[change], &Memory::default())).unwrap_err().code, "area-blocked");
}

#[test]
fn a_file_edited_within_the_clock_tick_of_its_deployment_is_drift() {
    for round in 0..20 {
        let world = world();
        // Same size, and as soon after the deployment as can be.
        fs::write(world.path("b"), "c").unwrap();
        let read = world.target().read(&[RepoPath::new("b")]).unwrap();
        assert_eq!(read, [Some(crate::target_world::leaf(Mode::File, b"c"))], "round {round}");
    }
}

#[test]
fn an_edit_made_before_an_undo_is_kept() {
    let world = world();
    let two = files(&[(b"a/x", Mode::File, "y"), (b"b", Mode::File, "b"), (b"n", Mode::File, "n")]);
    world.put(2, &one(), &two).unwrap();
    fs::write(world.path("a/x"), "edited").unwrap();
    fs::write(world.path("n"), "mine now").unwrap();
    world.undo(&one(), &two);
    assert_eq!(fs::read(world.path("a/x")).unwrap(), b"x");
    assert_eq!(fs::read(world.path("n")).unwrap(), b"mine now");
    assert_eq!(fs::read(world.path(".switchback/kept/2-2-0/a/x")).unwrap(), b"edited");
}

#[test]
fn what_a_person_allowed_for_a_file_stays() {
    let world = world();
    let allowed = |path: &str| fs::metadata(world.path(path)).unwrap().permissions().mode() & 0o777;
    fs::set_permissions(world.path("b"), fs::Permissions::from_mode(0o640)).unwrap();
    fs::set_permissions(world.path("a/x"), fs::Permissions::from_mode(0o600)).unwrap();
    let two = files(&[(b"a/x", Mode::Executable, "xx"), (b"b", Mode::File, "bb")]);
    world.put(2, &one(), &two).unwrap();
    assert_eq!((allowed("a/x"), allowed("b")), (0o700, 0o640));
    // The same where it is taken back.
    world.undo(&one(), &two);
    assert_eq!((allowed("a/x"), allowed("b")), (0o600, 0o640));
    assert_eq!(fs::read(world.path("b")).unwrap(), b"b");
}

#[test]
fn a_submodule_is_an_empty_folder() {
    let world = world();
    let commit = |byte| Some(Leaf { mode: Mode::Submodule, id: BlobId(Oid([byte; 20])) });
    let path = RepoPath::new("lib/sub");
    let step = |version, before, after| {
        let change = PathChange { path: path.clone(), before, after };
        put_delta(&*world.target(), version, (&[change], &Memory::default())).unwrap();
    };
    let read = || world.target().read(std::slice::from_ref(&path)).unwrap()[0];
    step(2, None, commit(1));
    assert_eq!(read(), commit(1));
    world.undo(&Files::new(), &Files::new());
    assert!(!world.path("lib").exists());
    step(2, None, commit(1));
    world.target().confirm(VersionNo(2)).unwrap();
    fs::write(world.path("lib/sub/checked-out"), "by hand").unwrap();
    step(3, commit(1), commit(2));
    assert_eq!(read(), commit(2));
    world.undo(&Files::new(), &Files::new());
    assert_eq!(read(), commit(1));
    step(3, commit(1), None);
    assert!(world.path("lib/sub/checked-out").exists());
    assert_eq!(read(), None);
}

#[test]
fn a_submodule_and_a_file_change_places() {
    let world = world();
    let commit = Leaf { mode: Mode::Submodule, id: BlobId(Oid([7; 20])) };
    let file = crate::target_world::leaf(Mode::File, b"b");
    let blobs = Memory::of(&[&one()]);
    let there = PathChange { path: RepoPath::new("b"), before: Some(file), after: Some(commit) };
    let back = PathChange { path: RepoPath::new("b"), before: Some(commit), after: Some(file) };
    let before = world.snapshot();
    put_delta(&*world.target(), 2, (std::slice::from_ref(&there), &blobs)).unwrap();
    assert!(world.path("b").is_dir());
    world.target().undo(&blobs).unwrap();
    assert_eq!(world.snapshot(), before);
    put_delta(&*world.target(), 2, (&[there], &blobs)).unwrap();
    world.target().confirm(VersionNo(2)).unwrap();
    put_delta(&*world.target(), 3, (std::slice::from_ref(&back), &blobs)).unwrap();
    assert_eq!(world.snapshot(), before);
    world.target().undo(&blobs).unwrap();
    assert!(world.path("b").is_dir());
}
