//! The documents a remote place keeps: numbered, read as they were written before they had a number, and refused when a
//! newer program wrote them.

use std::collections::BTreeMap;
use std::sync::Mutex;
use switchback_core::ports::repository::Blobs;
use switchback_core::ports::target::{Put, PutCheck, Target};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::VersionNo;
use switchback_core::words::object::{BlobId, Leaf, Mode, Oid, RepoPath};
use switchback_targets::journaled::{Journaled, RemotePlace};

/// A place that holds every file it is asked about, and documents.
#[derive(Default)]
struct Place(Mutex<BTreeMap<String, Vec<u8>>>);

const LEAF: Leaf = Leaf { mode: Mode::File, id: BlobId(Oid([7; 20])) };

impl RemotePlace for &Place {
    fn check(&self) -> Result<(), Fault> {
        Ok(())
    }
    fn read(&self, paths: &[RepoPath]) -> Result<Vec<Option<Leaf>>, Fault> {
        Ok(paths.iter().map(|_| Some(LEAF)).collect())
    }
    fn fetch(&self, _: &RepoPath) -> Result<Vec<u8>, Fault> {
        Ok(Vec::new())
    }
    fn write(&self, _: Put<'_>, _: &dyn Blobs) -> Result<(), Fault> {
        Ok(())
    }
    fn unasked(&self) -> Option<String> {
        None
    }
    fn check_write(&self, _: Put<'_>, _: &dyn Blobs) -> Result<PutCheck, Fault> {
        Ok(PutCheck::Takes { said: Vec::new() })
    }
    fn load(&self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.0.lock().expect("no test fails holding it").get(name).cloned())
    }
    fn save(&self, name: &str, document: &[u8]) -> Result<(), Fault> {
        self.0.lock().expect("no test fails holding it").insert(name.to_owned(), document.to_owned());
        Ok(())
    }
}

impl Place {
    fn with(name: &str, document: &str) -> Self {
        Self(Mutex::new(BTreeMap::from([(name.to_owned(), document.as_bytes().to_owned())])))
    }
}

fn code<T: std::fmt::Debug>(answer: Result<T, Fault>) -> &'static str {
    answer.expect_err("it was read").code
}

const OLD: &str = r#"{"version":3,"files":{"a\\xff":{"mode":"file","id":"0707070707070707070707070707070707070707"}}}"#;
const OLD_WORK: &str = r#"{"underway":{"version":4,"deployment":"D-9","tree":"0707070707070707070707070707070707070707","changes":[],"previous":3}}"#;

#[test]
fn what_is_written_has_a_number_and_is_read_again() {
    let place = Place::default();
    let target = Journaled::new(&place);
    let files = [(RepoPath::new(b"a\xff"), LEAF)];
    target.adopt(&files).expect("it can be adopted");
    let document = String::from_utf8((&place).load("managed").unwrap_or_default().unwrap_or_default());
    assert!(document.is_ok_and(|document| document.starts_with("{\"format\":1,")));
    assert_eq!(target.managed().expect("it can be read"), files);
}

#[test]
fn what_was_written_before_is_read() {
    let place = Place::with("managed", OLD);
    assert_eq!(Journaled::new(&place).managed().expect("it can be read"), [(RepoPath::new(b"a\xff"), LEAF)]);
    let place = Place::with("journal", OLD_WORK);
    let underway = Journaled::new(&place).underway().expect("it can be read");
    assert_eq!(underway.map(|work| work.version), Some(VersionNo(4)));
}

#[test]
fn what_a_newer_program_wrote_is_refused_whatever_it_says() {
    let place = Place::with("managed", r#"{"format":2,"shards":[1]}"#);
    assert_eq!(code(Journaled::new(&place).managed()), "area-newer");
    let place = Place::with("journal", r#"{"format":2,"underway":"a string"}"#);
    assert_eq!(code(Journaled::new(&place).underway()), "area-newer");
    let place = Place::with("journal", "no document");
    assert_eq!(code(Journaled::new(&place).underway()), "area-journal-damaged");
}
