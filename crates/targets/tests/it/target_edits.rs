//! What somebody writes in the middle of a deployment or of its undoing is never lost (`SPEC A6`, `A7`).

use crate::target_world::{Files, Kind, Memory, World, delta, files};
use std::fs;
use switchback_core::ports::repository::{BlobReader, Blobs};
use switchback_core::ports::target::{Aside, Put};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{OperationId, OperationKind, VersionNo};
use switchback_core::words::object::{CommitId, Mode, Oid, TreeId};

fn one() -> Files {
    files(&[(b"a/x", Mode::File, "x"), (b"b", Mode::File, "b"), (b"gone", Mode::File, "gone")])
}

/// Replaces `a/x`, deletes `gone`, brings `n`.
fn two() -> Files {
    files(&[(b"a/x", Mode::File, "y"), (b"b", Mode::File, "b"), (b"n", Mode::File, "n")])
}

fn world(kind: Kind) -> World {
    let world = World::new(kind);
    world.deploy(1, &Files::new(), &one());
    world
}

fn told(world: &World) -> Vec<(String, String, Option<OperationId>)> {
    let told = |one: Aside| (one.path.to_string(), String::from_utf8(one.bytes).unwrap(), one.deployment);
    world.target().set_aside().unwrap().into_iter().map(told).collect()
}

#[test]
fn every_edit_before_an_undo_is_set_aside_under_a_name_of_its_own() {
    for kind in [Kind::Dir, Kind::Command] {
        let world = world(kind);
        let of = Some(OperationId { kind: OperationKind::Deployment, number: 2 });
        for text in ["first", "second"] {
            world.put(2, &one(), &two()).unwrap();
            fs::write(world.path("a/x"), text).unwrap();
            world.undo(&one(), &two());
            world.assert_holds(&one());
        }
        let mut found = told(&world);
        found.sort();
        let edit = |text: &str| ("a/x".to_owned(), text.to_owned(), of);
        assert_eq!(found, [edit("first"), edit("second")], "{kind:?}");
        let batches: Vec<String> = world.target().set_aside().unwrap().into_iter().map(|one| one.batch).collect();
        assert_ne!(batches[0], batches[1], "{kind:?}");
        world.target().let_go(&batches[0]).unwrap();
        assert_eq!(world.target().set_aside().unwrap().len(), 1, "{kind:?}");
        world.target().let_go(&batches[1]).unwrap();
        assert_eq!(told(&world), [], "{kind:?}");
        world.deploy(2, &one(), &two());
    }
}

#[test]
fn bytes_that_are_no_text_are_set_aside_as_they_are() {
    for kind in [Kind::Dir, Kind::Command] {
        let world = world(kind);
        world.put(2, &one(), &two()).unwrap();
        fs::write(world.path("a/x"), [0xff, 0, 0xfe]).unwrap();
        world.undo(&one(), &two());
        assert_eq!(world.target().set_aside().unwrap()[0].bytes, [0xff, 0, 0xfe], "{kind:?}");
    }
}

/// Contents that are read while somebody does something, once: after the area was looked at, and before anything has
/// come to its place.
struct Meanwhile<'a>(Memory, &'a (dyn Fn() + Sync), std::sync::Once);

impl Blobs for Meanwhile<'_> {
    fn reader(&self) -> BlobReader<'_> {
        let mut read = self.0.reader();
        Box::new(move |id, buffer| {
            self.2.call_once(|| (self.1)());
            read(id, buffer)
        })
    }
}

fn put_while(world: &World, somebody: &(dyn Fn() + Sync)) -> Result<(), Fault> {
    let changes = delta(&one(), &two());
    let deployment = OperationId { kind: OperationKind::Deployment, number: 2 };
    let commit = CommitId(Oid([2; 20]));
    let put = Put { version: VersionNo(2), deployment, tree: TreeId::EMPTY, commit, changes: &changes, standing: &[] };
    let blobs = Meanwhile(Memory::of(&[&one(), &two()]), somebody, std::sync::Once::new());
    world.target().put(put, &blobs)
}

#[test]
fn what_is_saved_during_a_deployment_stays_where_it_is_and_is_told() {
    for (path, text) in [("a/x", "saved"), ("gone", "saved"), ("n", "theirs"), ("a/x", "z")] {
        let world = world(Kind::Dir);
        let refused = put_while(&world, &|| fs::write(world.path(path), text).unwrap()).unwrap_err();
        assert_eq!(refused.code, "area-changed", "{path}");
        let mut expected = world.snapshot();
        assert_eq!(fs::read_to_string(world.path(path)).unwrap(), text, "{path}");
        expected.retain(|name, _| !name.contains(path));
        let others = |files: &Files| {
            let world = World::new(Kind::Dir);
            world.deploy(1, &Files::new(), files);
            let mut found = world.snapshot();
            found.retain(|name, _| !name.contains(path));
            found
        };
        assert_eq!(expected, others(&one()), "{path}: everything else is as before");
        assert!(world.target().underway().unwrap().is_none(), "{path}");
    }
}

#[test]
fn what_is_saved_by_way_of_another_file_is_noticed_too() {
    let world = world(Kind::Dir);
    let refused = put_while(&world, &|| {
        fs::write(world.path("a/.x.new"), "saved").unwrap();
        fs::rename(world.path("a/.x.new"), world.path("a/x")).unwrap();
    });
    assert_eq!(refused.unwrap_err().code, "area-changed");
    assert_eq!(fs::read_to_string(world.path("a/x")).unwrap(), "saved");
}

#[test]
fn a_file_that_is_touched_and_holds_the_same_is_no_edit() {
    let world = world(Kind::Dir);
    put_while(&world, &|| fs::write(world.path("a/x"), "x").unwrap()).unwrap();
    world.target().confirm(VersionNo(2)).unwrap();
    world.assert_holds(&two());
}
