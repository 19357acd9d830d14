//! The people contract on SQLite, and what only a file can suffer.

use super::people_contract::{self, Open, add, person, print, session};
use super::{attempts_contract, sessions_contract, subscriptions_contract};
use rusqlite::Connection;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use switchback_core::ports::people::People;
use switchback_core::ports::people::persons::Persons;
use switchback_core::ports::people::sessions::{Proof, Sessions};
use switchback_core::ports::people::tokens::{ApiToken, ApiTokens, Reach};
use switchback_core::words::names::{Time, UserName};
use switchback_ledger::{SqliteLedger, SqlitePeople};
use tempfile::TempDir;

fn place() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("made on demand").join("people.sqlite");
    (folder, path)
}

fn open(path: &Path) -> SqlitePeople {
    SqlitePeople::open(path).unwrap()
}

#[test]
fn sqlite_keeps_the_people_contract() {
    let contracts = [
        people_contract::CONTRACT,
        sessions_contract::CONTRACT,
        attempts_contract::CONTRACT,
        subscriptions_contract::CONTRACT,
    ];
    for (name, part) in contracts.into_iter().flatten() {
        println!("{name}");
        let (_folder, path) = place();
        let again: &Open<'_> = &|| Box::new(open(&path));
        part(again);
    }
}

#[test]
fn many_may_make_it_at_once() {
    for _ in 0..20 {
        let (_folder, path) = place();
        let opened: Vec<_> = thread::scope(|scope| {
            let tries: Vec<_> = (0..8).map(|_| scope.spawn(|| SqlitePeople::open(&path).map(drop))).collect();
            tries.into_iter().map(|tried| tried.join().unwrap()).collect()
        });
        assert!(opened.iter().all(Result::is_ok), "{opened:?}");
    }
}

#[test]
fn threads_may_share_one() {
    fn may_be_shared<T: People + ?Sized>() {}
    may_be_shared::<SqlitePeople>();
    may_be_shared::<dyn People>();
}

#[test]
fn only_the_owner_reads_it() {
    let (_folder, path) = place();
    let people = open(&path);
    add(&people, "ann");
    for end in ["", "-wal", "-shm"] {
        let file = format!("{}{end}", path.display());
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}: {mode:o}");
    }
}

#[test]
fn whoever_reads_does_not_wait_for_whoever_writes() {
    let (_folder, path) = place();
    let people = open(&path);
    add(&people, "ann");
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE; DELETE FROM called; DELETE FROM person").unwrap();
    assert_eq!(people.persons().unwrap(), [person("ann")]);
}

#[test]
fn every_commit_is_synced_to_a_write_ahead_log() {
    let (_folder, path) = place();
    drop(open(&path));
    let sql = Connection::open(&path).unwrap();
    let mode: String = sql.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    let (schema, owner): (i64, i64) = sql
        .query_row("SELECT user_version, application_id FROM pragma_user_version, pragma_application_id", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!((mode.as_str(), schema, owner.to_be_bytes()), ("wal", 3, *b"\0\0\0\0SwPe"));
}

#[test]
fn a_newer_file_is_left_alone() {
    let (_folder, path) = place();
    drop(open(&path));
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&path).unwrap();
    let fault = SqlitePeople::open(&path).unwrap_err();
    assert_eq!(fault.code, "people-newer");
    assert!(fault.message.contains("has schema 99") && fault.message.contains("people.sqlite"), "{fault}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn what_is_no_people_database_is_refused() {
    let (_folder, path) = place();
    drop(SqliteLedger::open(&path, "acme").unwrap());
    let before = fs::read(&path).unwrap();
    let fault = SqlitePeople::open(&path).unwrap_err();
    assert_eq!(fault.code, "people-corrupt");
    assert!(fault.message.contains("is not a people database of Switchback"), "{fault}");
    assert_eq!(fs::read(&path).unwrap(), before);
    let (_folder, path) = place();
    drop(open(&path));
    assert_eq!(SqliteLedger::open(&path, "acme").unwrap_err().code, "ledger-corrupt", "nor is it a ledger");
    for bytes in [&b"no database"[..], &[0; 8192]] {
        let (folder, _) = place();
        let path = folder.path().join("people.sqlite");
        fs::write(&path, bytes).unwrap();
        assert_eq!(SqlitePeople::open(&path).unwrap_err().code, "people-corrupt");
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("data"), "").unwrap();
    let fault = SqlitePeople::open(&folder.path().join("data").join("people.sqlite")).unwrap_err();
    assert_eq!(fault.code, "people-unwritable");
    assert!(fault.message.contains("the people database's folder"), "{fault}");
}

#[test]
fn a_list_that_cannot_be_read_narrows_and_does_not_widen() {
    let (_folder, path) = place();
    let people = open(&path);
    add(&people, "ann");
    let (created, expires) = (Time(1), Time(9));
    let reach = Reach { privileges: vec!["deploy".into()], ..Reach::default() };
    let (name, person) = (String::new(), UserName::new("ann"));
    let token =
        ApiToken { id: "t".into(), hash: print(1), person, name, reach, created, expires, used: None, revoked: None };
    assert!(people.add_token(&token).unwrap());
    for damage in ["", "{}", "[1]", "null"] {
        let sql = Connection::open(&path).unwrap();
        sql.execute("UPDATE api_token SET privileges = ?1", [damage]).unwrap();
        assert_eq!(people.token(&print(1)).unwrap_err().code, "people-corrupt", "{damage}");
    }
}

#[test]
fn a_session_outlives_the_process() {
    let (_folder, path) = place();
    let people = open(&path);
    add(&people, "ann");
    assert!(people.begin_session(&session("ann", 1), Proof::Outside).unwrap());
    drop(people);
    assert_eq!(open(&path).session(&print(1)).unwrap(), Some(session("ann", 1)));
}
