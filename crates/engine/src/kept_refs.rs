//! What refs below `refs/switchback/` are called, which keep what the ledger names from being pruned.
//!
//! Older programs took keys that no ref can be made of, and keys of which one is a folder of the other. Such refs are
//! made aside, so that no ledger keeps a command from working (`SPEC C1a`).

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use switchback_core::ports::repository::RefMove;
use switchback_core::words::name_rule::fault_in_key;
use switchback_core::words::names::{AreaName, ChangeKey, OperationId, RevisionNo, StageName, VersionNo};
use switchback_core::words::object::CommitId;

pub(crate) const CHANGES: &str = "refs/switchback/changes/";
pub(crate) const ASIDE: &str = "refs/switchback/aside/";

const AREAS: &str = "refs/switchback/areas/";
const WANTED: &str = "refs/switchback/wanted/";
const OVERWRITTEN: &str = "refs/switchback/overwritten/";
const SET_ASIDE: &str = "refs/switchback/set-aside/";
const HEADS: &str = "refs/switchback/heads/";
const IMPORTED: &str = "refs/switchback/imported/";
const PAST: &str = "refs/switchback/past/";
const UNDER_WAY: &str = "refs/switchback/under-way/";
/// The folder of those of ready branches.
pub(crate) const READY: &str = "refs/switchback/ready/";

/// The folders in which refs are named after their area.
pub(crate) const OF_AREAS: [&str; 4] = [AREAS, WANTED, OVERWRITTEN, SET_ASIDE];
/// The folders in which refs are named after their stage.
pub(crate) const OF_STAGES: [&str; 3] = [HEADS, IMPORTED, PAST];

/// The longest name that is written out; the name of a file has room for 255 bytes.
const LONGEST: usize = 200;

/// The ref of a revision's tip.
pub fn change_ref(change: &ChangeKey, revision: RevisionNo) -> String {
    match fault_in_key(change.as_str()) {
        None => format!("{CHANGES}{change}/{revision}"),
        Some(_) => format!("{ASIDE}{}/{revision}", escaped(change.as_str())),
    }
}

/// The ref of what a revision starts from, where its tip does not reach it.
pub fn base_ref(change: &ChangeKey, revision: RevisionNo) -> String {
    change_ref(change, revision).replacen("refs/switchback/", "refs/switchback/bases/", 1)
}

/// The ref that older programs gave a revision whose key is none any more; `None` where nothing has changed.
pub(crate) fn replaced_ref(change: &ChangeKey, revision: RevisionNo) -> Option<String> {
    let name = format!("{CHANGES}{change}/{revision}");
    (change_ref(change, revision) != name).then_some(name)
}

/// The ref of an area's versions (`SPEC A5`).
pub fn area_ref(area: &AreaName) -> String {
    format!("{AREAS}{area}")
}

/// The ref of where a stage's line stands, so that what the ledger says can be had again after somebody rewrote or removed
/// the branch and garbage was collected (`SPEC L8`).
pub(crate) fn head_ref(stage: &StageName) -> String {
    format!("{HEADS}{stage}")
}

/// The ref of a version's tree before the area's filter.
pub(crate) fn wanted_ref(area: &AreaName, version: VersionNo) -> String {
    format!("{WANTED}{area}/{version}")
}

/// The ref of what somebody had edited on the target and a deployment overwrote.
pub(crate) fn overwritten_ref(area: &AreaName, deployment: OperationId) -> String {
    format!("{OVERWRITTEN}{area}/{deployment}")
}

/// The ref of what somebody edited in the middle of a deployment that was taken back.
pub(crate) fn set_aside_ref(area: &AreaName, deployment: OperationId, commit: CommitId) -> String {
    format!("{SET_ASIDE}{area}/{deployment}-{commit}")
}

/// The ref of trees that only taking a merge apart made.
pub fn imported_ref(stage: &StageName, keeps: CommitId) -> String {
    format!("{IMPORTED}{stage}/{}", keeps.0.short())
}

/// The ref of where a stage's line ended before its branch was rewritten: the past is looked at for good (`SPEC H2`).
pub(crate) fn past_ref(stage: &StageName, was: CommitId) -> String {
    format!("{PAST}{stage}/{}", was.0.short())
}

/// The ref of where a promotion is about to move a stage's branch to (`SPEC P14`).
pub(crate) fn under_way_ref(promotion: OperationId, head: CommitId) -> String {
    format!("{}{}", under_way_refs(promotion), head.0.short())
}

/// What all such refs of a promotion begin with.
pub(crate) fn under_way_refs(promotion: OperationId) -> String {
    format!("{UNDER_WAY}{promotion}/")
}

/// The ref of a ready branch that was made, where it was put: who takes that away or moves it is told from one that has
/// yet to be made (`SPEC W4`).
pub(crate) fn ready_ref(promotion: OperationId) -> String {
    format!("{READY}{promotion}")
}

/// The promotion whose ready branch such a ref is about.
pub(crate) fn made_ready(name: &str) -> Option<OperationId> {
    name.strip_prefix(READY).and_then(OperationId::parse)
}

/// The same move of a change's ref with the ref aside, for a place where a folder of another key's refs is in the way.
pub(crate) fn aside(wanted: &RefMove) -> Option<RefMove> {
    let rest = wanted.name.strip_prefix(CHANGES)?;
    Some(RefMove { name: format!("{ASIDE}{rest}"), from: None, to: wanted.to })
}

/// The revision that a ref keeps, whether its key is one or is none any more; `None` where its name does not say.
pub(crate) fn kept_by(name: &str) -> Option<(ChangeKey, RevisionNo)> {
    let (key, number) = match name.strip_prefix(ASIDE) {
        Some(rest) => rest.rsplit_once('/').map(|(key, number)| Some((unescaped(key)?, number)))??,
        None => name.strip_prefix(CHANGES)?.rsplit_once('/').map(|(key, number)| (key.to_owned(), number))?,
    };
    Some((ChangeKey::new(key), RevisionNo(number.parse().ok().filter(|number| *number > 0)?)))
}

/// The text that a name was made of; `None` where it was too long to be written out.
fn unescaped(name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = name.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok().filter(|text| escaped(text) == name)
}

/// A name of letters, digits, `-`, `_` and `%`, a different one for each text.
fn escaped(text: &str) -> String {
    let mut name = String::new();
    for byte in text.bytes() {
        // Writing to a text cannot fail.
        let _ = match byte {
            byte if byte.is_ascii_alphanumeric() || b"-_".contains(&byte) => write!(name, "{}", char::from(byte)),
            byte => write!(name, "%{byte:02X}"),
        };
    }
    if name.len() <= LONGEST && !name.is_empty() {
        return name;
    }
    format!("%{}", faster_hex::hex_string(&Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_key_has_a_ref_of_its_own_that_git_takes() {
        let long = ["x".repeat(100), "x".repeat(101), "x".repeat(300), "y".repeat(300), "é".repeat(100)];
        let keys = [
            "US-1", "US 5", "US%205", "", "a..b", "x.lock", "US-1/", "T/1", "T/1/1", "T", "-x", "@", "a@{1}",
            "\u{202e}", "x\n",
        ];
        let keys: Vec<&str> = keys.into_iter().chain(long.iter().map(String::as_str)).collect();
        let refs: BTreeSet<String> = keys.iter().map(|key| change_ref(&ChangeKey::new(key), RevisionNo(1))).collect();
        assert_eq!(refs.len(), keys.len());
        for name in &refs {
            assert!(gix_validate::reference::name(name.as_str().into()).is_ok(), "{name}");
            assert!(name.split('/').all(|part| part.len() <= 240), "{name}");
        }
    }

    #[test]
    fn a_ref_says_which_revision_it_keeps() {
        for key in ["US-1", "US 5", "US%205", "", "a..b", "T/1", "T", "\u{202e}", &"é".repeat(30)] {
            let (key, number) = (ChangeKey::new(key), RevisionNo(12));
            let known = Some((key.clone(), number)).filter(|_| !key.as_str().is_empty());
            assert_eq!(kept_by(&change_ref(&key, number)), known, "{key}");
        }
        assert_eq!(kept_by("refs/switchback/aside/T/1"), Some((ChangeKey::new("T"), RevisionNo(1))));
        let long = change_ref(&ChangeKey::new("x".repeat(300)), RevisionNo(1));
        for name in [long.as_str(), "refs/switchback/changes/US-1/0", "refs/switchback/areas/qa-web"] {
            assert_eq!(kept_by(name), None, "{name}");
        }
    }

    #[test]
    fn what_is_in_the_way_is_passed_by() {
        let wanted = RefMove { name: "refs/switchback/changes/T/1".to_owned(), from: None, to: None };
        assert_eq!(aside(&wanted).map(|made| made.name).as_deref(), Some("refs/switchback/aside/T/1"));
        let area = RefMove { name: area_ref(&AreaName::new("qa-web")), from: None, to: None };
        assert_eq!(aside(&area), None);
    }
}
