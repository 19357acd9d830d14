//! Trees are read, changed and written as git has them.

use super::*;

fn node(kind: Kind, fill: u8) -> Node {
    Node { kind, id: Oid([fill; 20]) }
}

const FILE: Kind = Kind::Leaf(Mode::File);

#[test]
fn a_folder_sorts_as_if_its_name_ended_in_a_slash() {
    let made = splice(
        b"",
        &[(b"a", Some(node(Kind::Folder, 1))), (b"a-b", Some(node(FILE, 2))), (b"a0", Some(node(FILE, 3)))],
    );
    let names: Vec<_> = entries(&made.bytes).map(|entry| entry.name.to_vec()).collect();
    assert_eq!(names, [b"a-b".to_vec(), b"a".to_vec(), b"a0".to_vec()]);
}

#[test]
fn a_leaf_becomes_a_folder_and_moves_to_its_new_place() {
    let old = splice(b"", &[(b"a", Some(node(FILE, 1))), (b"a-b", Some(node(FILE, 2)))]).bytes;
    let new = splice(&old, &[(b"a", Some(node(Kind::Folder, 3)))]).bytes;
    let names: Vec<_> = entries(&new).map(|entry| (entry.name.to_vec(), entry.node.kind)).collect();
    assert_eq!(names, [(b"a-b".to_vec(), FILE), (b"a".to_vec(), Kind::Folder)]);
}

#[test]
fn a_name_is_found_by_places_as_it_is_without_them() {
    let names: Vec<String> =
        (0..300).map(|at| format!("{}{}", ["a", "a-", "a.", "a0", "b/"][at % 5].replace('/', "x"), at / 5)).collect();
    let mut changes: Vec<Change<'_>> = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let kind = if at % 3 == 0 { Kind::Folder } else { FILE };
        changes.push((name.as_bytes(), Some(node(kind, at as u8))));
    }
    changes.sort_by_key(|change| change.0);
    let tree = splice(b"", &changes).bytes;
    let places = places(&tree).unwrap();
    assert_eq!(places.len(), 300);
    for name in names.iter().map(String::as_str).chain(["", "a", "a5", "a-7", "zz", "a1/"]) {
        assert_eq!(find_at(&tree, &places, name.as_bytes()), find(&tree, name.as_bytes()), "{name}");
    }
}

#[test]
fn a_tree_out_of_order_has_no_places() {
    let one = |name: &[u8]| splice(b"", &[(name, Some(node(FILE, 1)))]).bytes;
    assert!(places(&[one(b"b"), one(b"a")].concat()).is_none());
    assert!(places(&[one(b"a"), one(b"b")].concat()).is_some());
}

#[test]
fn old_spellings_of_modes_are_respelled_when_the_tree_changes() {
    let mut old = b"100664 a\0".to_vec();
    old.extend([1; 20]);
    let made = splice(&old, &[(b"b", Some(node(FILE, 2)))]);
    assert!(made.bytes.starts_with(b"100644 a\0") && made.delta.is_none());
}
