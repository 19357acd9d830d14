//! Three texts in, one out.

use switchback_core::content::filetype::{FileTypes, Format, Keys};
use switchback_core::words::object::RepoPath;
use switchback_structural::{Kind, Texts, Why, merge};

/// What is told apart as in XML of no known type.
pub(super) fn plain_keys() -> Keys {
    keys_of("some/file.xml")
}

/// What the shipped type of a path tells items apart by.
pub(super) fn keys_of(path: &str) -> Keys {
    let types = FileTypes::default();
    let path = RepoPath::new(path);
    types.of(&path).map(|one| one.keys.clone()).unwrap_or_default()
}

/// Merges XML of no known type: base, ours, theirs.
pub(super) fn xml(texts: [&str; 3]) -> Result<String, Why> {
    with_keys(Format::Xml, &plain_keys(), texts)
}

/// Merges three texts: base, ours, theirs.
pub(super) fn with_keys(format: Format, keys: &Keys, [base, ours, theirs]: [&str; 3]) -> Result<String, Why> {
    let texts = Texts { base: base.as_bytes(), ours: ours.as_bytes(), theirs: theirs.as_bytes() };
    merge(format, keys, texts).map(|text| String::from_utf8(text).expect("what came out is text"))
}

/// Asserts why nothing came out, and what the sentence names.
#[track_caller]
pub(super) fn refused(result: Result<String, Why>, kind: Kind, named: &str) {
    let why = result.expect_err("nothing should come out");
    assert_eq!(why.kind, kind, "{}", why.message);
    assert!(why.message.contains(named), "`{}` does not name `{named}`", why.message);
}
