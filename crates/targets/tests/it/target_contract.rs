//! What every target promises (`SPEC A6`, `A7`, `A11`), asked of each.

use crate::target_world::{Files, Kind, Memory, World, commit, delta, files, leaf, leaves, put_delta};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use switchback_core::ports::target::{Identity, List, Mark, Put, Standing};
use switchback_core::words::names::{OperationId, OperationKind, VersionNo};
use switchback_core::words::object::{Leaf, Mode, PathChange, RepoPath, TreeId};

macro_rules! contract {
    ($($test:ident)*) => {
        mod dir {
            $(#[test]
            fn $test() {
                super::$test(&super::World::new(super::Kind::Dir));
            })*
        }
        mod command {
            $(#[test]
            fn $test() {
                super::$test(&super::World::new(super::Kind::Command));
            })*
        }
    };
}

contract! {
    what_was_put_is_read
    undo_reinstates_what_was_there
    undo_of_the_first_version_leaves_nothing
    files_and_folders_change_places
    foreign_files_stay
    what_is_in_the_way_is_refused
    drift_is_seen
    a_stale_delta_is_refused
    calls_may_be_repeated
    one_deployment_at_a_time
    a_failing_put_reinstates
    many_files_at_once
    a_lost_list_is_named_and_adopted
    an_empty_delta_makes_a_version
    a_place_says_whose_it_is_and_what_was_put
    what_stands_already_is_managed_and_not_written
    what_an_older_program_left_is_read
}

fn first() -> Files {
    files(&[
        (b"a.txt", Mode::File, "one"),
        (b"bin/run", Mode::Executable, "#!/bin/sh"),
        (b"conf/deep/er/x", Mode::File, "x"),
        (b"conf/y", Mode::File, ""),
        (b"link", Mode::Symlink, "conf/y"),
        (b"na\\me \xff\n", Mode::File, "odd name"),
        (b"\xc3\xa4/\xff", Mode::File, "odd folder"),
    ])
}

fn second() -> Files {
    files(&[
        (b"a.txt", Mode::Executable, "one"),
        (b"bin/run", Mode::File, "changed"),
        (b"conf/y", Mode::Symlink, "../a.txt"),
        (b"link", Mode::Symlink, "conf"),
        (b"na\\me \xff\n", Mode::File, "odd name"),
        (b"new/er/z", Mode::File, "z"),
        (b"\xc3\xa4/\xff", Mode::File, "odd folder, changed"),
    ])
}

fn none() -> Files {
    Files::new()
}

fn what_was_put_is_read(world: &World) {
    world.target().check().unwrap();
    assert_eq!(world.target().read(&[RepoPath::new("a.txt")]).unwrap(), [None]);
    assert_eq!(world.target().managed().unwrap(), []);
    world.put(1, &none(), &first()).unwrap();
    world.assert_holds(&first());
    let underway = world.target().underway().unwrap().unwrap();
    assert_eq!((underway.version, underway.deployment.to_string().as_str()), (VersionNo(1), "D-1"));
    world.target().confirm(VersionNo(1)).unwrap();
    assert_eq!(world.target().underway().unwrap(), None);
    world.deploy(2, &first(), &second());
    world.assert_holds(&second());
    assert_eq!(world.target().fetch(&RepoPath::new("link")).unwrap(), b"conf");
    assert_eq!(world.target().fetch(&RepoPath::new(b"\xc3\xa4/\xff")).unwrap(), b"odd folder, changed");
    assert!(world.target().fetch(&RepoPath::new("nothing")).is_err());
    let gone = [RepoPath::new("conf/deep/er/x"), RepoPath::new("conf"), RepoPath::new("a.txt/below")];
    assert_eq!(world.target().read(&gone).unwrap(), [None, None, None]);
    assert!(!world.path("conf/deep").exists(), "a folder that a deletion emptied goes");
}

fn undo_reinstates_what_was_there(world: &World) {
    world.deploy(1, &none(), &first());
    let before = world.snapshot();
    world.put(2, &first(), &second()).unwrap();
    let after = world.snapshot();
    world.undo(&first(), &second());
    assert_eq!(world.snapshot(), before);
    world.assert_holds(&first());
    assert_eq!(world.target().underway().unwrap(), None);
    world.deploy(3, &first(), &second());
    assert_eq!(world.snapshot(), after);
    world.assert_holds(&second());
}

fn undo_of_the_first_version_leaves_nothing(world: &World) {
    fs::create_dir_all(world.path("conf")).unwrap();
    fs::write(world.path("conf/foreign"), "mine").unwrap();
    let before = world.snapshot();
    world.put(1, &none(), &first()).unwrap();
    world.undo(&none(), &first());
    assert_eq!(world.snapshot(), before);
    assert_eq!(world.target().managed().unwrap(), []);
    world.deploy(2, &none(), &first());
    world.assert_holds(&first());
}

fn files_and_folders_change_places(world: &World) {
    let one = files(&[(b"a", Mode::File, "file"), (b"b/c/d", Mode::File, "deep"), (b"b/e", Mode::Symlink, "c")]);
    let two = files(&[(b"a/x/y", Mode::File, "now a folder"), (b"b", Mode::File, "now a file")]);
    world.deploy(1, &none(), &one);
    let before = world.snapshot();
    world.put(2, &one, &two).unwrap();
    world.assert_holds(&two);
    world.undo(&one, &two);
    assert_eq!(world.snapshot(), before);
    world.assert_holds(&one);
    world.deploy(3, &one, &two);
    world.deploy(4, &two, &one);
    assert_eq!(world.snapshot(), before);
}

fn foreign_files_stay(world: &World) {
    world.deploy(1, &none(), &first());
    fs::write(world.path("conf/deep/er/foreign"), "mine").unwrap();
    fs::create_dir(world.path("bin/empty")).unwrap();
    world.deploy(2, &first(), &none());
    let left: Vec<String> = world.snapshot().into_keys().collect();
    let wanted = ["bin", "bin/empty", "conf", "conf/deep", "conf/deep/er", "conf/deep/er/foreign"];
    assert_eq!(left, wanted.map(|path| format!("{path:?}")));
    assert_eq!(world.target().managed().unwrap(), []);
}

fn what_is_in_the_way_is_refused(world: &World) {
    world.deploy(1, &none(), &first());
    fs::write(world.path("new"), "a file where a folder must be").unwrap();
    let before = world.snapshot();
    world.put(2, &first(), &second()).unwrap_err();
    assert_eq!(world.snapshot(), before);
    fs::remove_file(world.path("new")).unwrap();
    fs::create_dir_all(world.path("new/er/z")).unwrap();
    fs::write(world.path("new/er/z/foreign"), "a folder where a file must be").unwrap();
    let before = world.snapshot();
    world.put(2, &first(), &second()).unwrap_err();
    assert_eq!(world.snapshot(), before);
    assert_eq!(world.target().underway().unwrap(), None);
    world.assert_holds(&first());
}

fn drift_is_seen(world: &World) {
    world.deploy(1, &none(), &first());
    fs::write(world.path("a.txt"), "two").unwrap();
    fs::set_permissions(world.path("bin/run"), fs::Permissions::from_mode(0o644)).unwrap();
    fs::remove_file(world.path("conf/y")).unwrap();
    fs::remove_file(world.path("link")).unwrap();
    fs::write(world.path("link"), "conf/y").unwrap();
    let paths = ["a.txt", "bin/run", "conf/y", "link"].map(RepoPath::new);
    let seen =
        [Some(leaf(Mode::File, b"two")), Some(leaf(Mode::File, b"#!/bin/sh")), None, Some(leaf(Mode::File, b"conf/y"))];
    assert_eq!(world.target().read(&paths).unwrap(), seen);
    let managed = world.target().managed().unwrap();
    assert!(managed.contains(&(RepoPath::new("a.txt"), leaf(Mode::File, b"two"))));
    assert_eq!(managed.len(), first().len() - 1);
    assert_eq!(world.target().fetch(&paths[0]).unwrap(), b"two");
}

fn a_stale_delta_is_refused(world: &World) {
    world.deploy(1, &none(), &first());
    fs::write(world.path("a.txt"), "edited by hand").unwrap();
    let before = world.snapshot();
    assert_eq!(world.put(2, &first(), &second()).unwrap_err().code, "area-changed");
    assert_eq!(world.snapshot(), before);
    assert_eq!(world.target().underway().unwrap(), None);
}

fn calls_may_be_repeated(world: &World) {
    world.put(1, &none(), &first()).unwrap();
    world.put(1, &none(), &first()).unwrap();
    world.target().confirm(VersionNo(1)).unwrap();
    world.target().confirm(VersionNo(1)).unwrap();
    world.put(1, &none(), &first()).unwrap();
    world.undo(&none(), &first());
    world.assert_holds(&first());
    world.put(2, &first(), &second()).unwrap();
    world.undo(&first(), &second());
    world.undo(&first(), &second());
    world.target().confirm(VersionNo(2)).unwrap();
    world.assert_holds(&first());
}

fn one_deployment_at_a_time(world: &World) {
    world.put(1, &none(), &first()).unwrap();
    assert_eq!(world.put(2, &first(), &second()).unwrap_err().code, "area-underway");
    assert_eq!(world.target().confirm(VersionNo(2)).unwrap_err().code, "area-underway");
    assert_eq!(world.target().adopt(&[]).unwrap_err().code, "area-underway");
    world.assert_holds(&first());
}

fn a_failing_put_reinstates(world: &World) {
    world.deploy(1, &none(), &first());
    let before = world.snapshot();
    let mut blobs = Memory::of(&[&first(), &second()]);
    blobs.0.remove(&leaf(Mode::File, b"z").id).unwrap();
    let changes = delta(&first(), &second());
    assert_eq!(put_delta(&*world.target(), 2, (&changes, &blobs)).unwrap_err().code, "blob-missing");
    assert_eq!(world.snapshot(), before);
    assert_eq!(world.target().underway().unwrap(), None);
    world.assert_holds(&first());
    world.deploy(3, &first(), &second());
    world.assert_holds(&second());
}

fn many_files_at_once(world: &World) {
    let tree = |text: &str| -> Files {
        let paths = (0..500).map(|number| RepoPath::new(format!("folder-{}/{number}", number % 17)));
        paths.map(|path| (path.clone(), (Mode::File, format!("{text} {path}").into_bytes()))).collect()
    };
    world.deploy(1, &none(), &tree("one"));
    world.assert_holds(&tree("one"));
    let before = world.snapshot();
    world.put(2, &tree("one"), &tree("two")).unwrap();
    world.assert_holds(&tree("two"));
    world.undo(&tree("one"), &tree("two"));
    assert_eq!(world.snapshot(), before);
    world.deploy(3, &tree("one"), &none());
    assert!(world.snapshot().is_empty());
}

fn a_lost_list_is_named_and_adopted(world: &World) {
    world.deploy(1, &none(), &first());
    fs::remove_dir_all(world.path(".switchback")).unwrap();
    assert_eq!(world.put(2, &first(), &second()).unwrap_err().code, "area-manifest-lost");
    world.target().adopt(&leaves(&first())).unwrap();
    world.assert_holds(&first());
    world.deploy(2, &first(), &second());
    world.assert_holds(&second());
    let list = world.path(".switchback/managed");
    let mut bytes = fs::read(&list).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] = 0;
    fs::write(&list, &bytes).unwrap();
    assert_eq!(world.target().managed().unwrap_err().code, "area-manifest-damaged");
    assert_eq!(world.put(3, &second(), &first()).unwrap_err().code, "area-manifest-damaged");
    world.target().adopt(&leaves(&second())).unwrap();
    world.assert_holds(&second());
}

fn an_empty_delta_makes_a_version(world: &World) {
    world.deploy(1, &none(), &none());
    assert_eq!(world.target().underway().unwrap(), None);
    world.deploy(2, &none(), &first());
    world.assert_holds(&first());
}

fn identity(area: &str, id: &str) -> Identity {
    Identity { pipeline: "acme".to_owned(), area: area.into(), id: id.into() }
}

fn a_place_says_whose_it_is_and_what_was_put(world: &World) {
    assert_eq!(world.target().standing().unwrap(), Standing::default());
    assert!(!world.root().exists(), "looking creates nothing");
    let mine = identity("web", "1");
    world.target().identify(&mine, None).unwrap();
    world.target().identify(&mine, None).unwrap();
    assert_eq!(world.target().standing().unwrap(), Standing { identity: Some(mine.clone()), list: List::Missing });
    // Whoever looked before it was written does not take it over.
    assert_eq!(world.target().identify(&identity("docs", "2"), None).unwrap_err().code, "area-changed");
    world.target().identify(&identity("web", "3"), Some(&mine.id)).unwrap();
    world.deploy(1, &none(), &first());
    world.deploy(2, &first(), &second());
    let made = |version| List::Of(Mark { version: VersionNo(version), commit: Some(commit(version)) });
    assert_eq!(world.target().standing().unwrap(), Standing { identity: Some(identity("web", "3")), list: made(2) });
    // What is taken back is not said any more, and another version of the same number is another.
    world.put(3, &second(), &first()).unwrap();
    assert_eq!(world.target().standing().unwrap().list, made(3));
    world.undo(&second(), &first());
    assert_eq!(world.target().standing().unwrap().list, made(2));
    let changes = delta(&second(), &first());
    let (version, deployment) = (VersionNo(2), OperationId::parse("D-2").unwrap());
    let put = Put { version, deployment, tree: TreeId::EMPTY, commit: commit(9), changes: &changes, standing: &[] };
    world.target().put(put, &Memory::of(&[&first()])).unwrap();
    world.assert_holds(&first());
    world.target().confirm(version).unwrap();
    world.target().adopt(&leaves(&first())).unwrap();
    assert_eq!(world.target().standing().unwrap().list, List::Rebuilt);
}

fn what_stands_already_is_managed_and_not_written(world: &World) {
    let prefilled = files(&[(b"a", Mode::File, "one"), (b"b/c", Mode::File, "two")]);
    let more = files(&[(b"d", Mode::File, "three")]);
    fs::create_dir_all(world.path("b")).unwrap();
    fs::write(world.path("a"), "one").unwrap();
    fs::write(world.path("b/c"), "two").unwrap();
    let written = fs::metadata(world.path("a")).unwrap().modified().unwrap();
    let standing: Vec<_> = leaves(&prefilled).into_iter().map(|(path, leaf)| (path, Some(leaf))).collect();
    let put = |version: u32, changes: &[PathChange], standing: &[(RepoPath, Option<Leaf>)]| {
        let (number, tree) = (VersionNo(version), TreeId::EMPTY);
        let deployment = OperationId { kind: OperationKind::Deployment, number: version };
        let put = Put { version: number, deployment, tree, commit: commit(version), changes, standing };
        world.target().put(put, &Memory::of(&[&prefilled, &more])).unwrap();
    };
    put(1, &delta(&none(), &more), &standing);
    let all: Files = prefilled.clone().into_iter().chain(more.clone()).collect();
    world.assert_holds(&all);
    world.target().undo(&Memory::of(&[&more])).unwrap();
    assert_eq!(world.target().managed().unwrap(), []);
    put(1, &delta(&none(), &more), &standing);
    world.target().confirm(VersionNo(1)).unwrap();
    world.assert_holds(&all);
    assert_eq!(fs::metadata(world.path("a")).unwrap().modified().unwrap(), written);
    // What is gone already is managed no more.
    fs::remove_file(world.path("a")).unwrap();
    put(2, &[], &[(RepoPath::new("a"), None)]);
    let left = world.target().managed().unwrap();
    assert_eq!(left.len(), 2, "{left:?}");
}

/// Lists of managed files that name no commit, and no identity beside them.
fn what_an_older_program_left_is_read(world: &World) {
    world.deploy(1, &none(), &first());
    let list = world.path(".switchback/managed");
    let bytes = fs::read(&list).unwrap();
    let older = match world.kind {
        Kind::Command => String::from_utf8(bytes).unwrap().replace("\"commit\"", "\"unknown\"").into_bytes(),
        Kind::Dir => {
            let length = &bytes[16..24];
            let mut older = [b"SBM1", &bytes[4..8], &bytes[8..16], length, &bytes[44..]].concat();
            let checksum = crc32fast::hash(&older[8..]);
            older[4..8].copy_from_slice(&checksum.to_le_bytes());
            older
        }
    };
    fs::write(&list, older).unwrap();
    let standing = world.target().standing().unwrap();
    let list = List::Of(Mark { version: VersionNo(1), commit: None });
    assert_eq!(standing, Standing { identity: None, list });
    world.deploy(2, &first(), &second());
    world.assert_holds(&second());
}
