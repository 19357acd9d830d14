//! The ledger contract on SQLite, and what only a file can suffer: other processes, kill -9, damage, tampering.

use super::ledger_contract::{self, Open, PIPELINE, append};
use super::older_and_read_only::of_schema_1;
use super::{lease_contract, outbox_contract, queue_contract};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use switchback_core::ports::ledger::Ledger;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Seq;
use switchback_core::words::remedy::Remedy;
use switchback_ledger::{ChainBreak, Flaw, SqliteLedger, verify_ledger};
use tempfile::TempDir;

pub fn place() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("made on demand").join("ledger #1.db");
    (folder, path)
}

pub fn open(path: &Path) -> SqliteLedger {
    SqliteLedger::open(path, PIPELINE).unwrap()
}

fn refused(path: &Path) -> Fault {
    SqliteLedger::open(path, PIPELINE).unwrap_err()
}

/// A ledger with some entries whose file is complete without its log.
pub fn closed_ledger(path: &Path, entries: usize) {
    let ledger = open(path);
    for number in 0..entries {
        append(&ledger, &format!("{number} {}", "x".repeat(500)));
    }
}

#[test]
fn sqlite_keeps_the_contract() {
    keeps_the_contract(|_| {});
}

#[test]
fn sqlite_keeps_the_contract_after_schema_1() {
    keeps_the_contract(|path| drop(of_schema_1(path)));
}

fn keeps_the_contract(prepare: fn(&Path)) {
    let contracts =
        [ledger_contract::CONTRACT, queue_contract::CONTRACT, lease_contract::CONTRACT, outbox_contract::CONTRACT];
    for (name, part) in contracts.into_iter().flatten() {
        println!("{name}");
        let (_folder, path) = place();
        prepare(&path);
        let again: &Open<'_> = &|| Box::new(open(&path));
        part(again);
        assert_eq!(open(&path).damage().unwrap(), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn pipelines_share_a_file_and_nothing_else() {
    let (_folder, path) = place();
    let (one, two) = (open(&path), SqliteLedger::open(&path, "other").unwrap());
    append(&one, "one");
    one.keep_snapshot(1, Seq(1), b"one").unwrap();
    assert_eq!(two.head().unwrap().0, Seq(0));
    assert_eq!(two.snapshot(1, Seq(9)).unwrap(), None);
    append(&two, "two");
    assert_eq!(verify_ledger(&one, PIPELINE).unwrap(), Ok(Seq(1)));
    assert_eq!(verify_ledger(&two, "other").unwrap(), Ok(Seq(1)));
    assert_eq!(two.pipeline(), "other");
}

#[test]
fn a_ledger_exists_once_it_was_opened() {
    let (_folder, path) = place();
    assert!(!SqliteLedger::exists(&path));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(!SqliteLedger::exists(path.parent().unwrap()), "a folder is none");
    fs::write(&path, b"").unwrap();
    assert!(!SqliteLedger::exists(&path), "an empty file is none");
    drop(open(&path));
    assert!(SqliteLedger::exists(&path));
}

// ---------------------------------------------------------------- Other processes

/// Where the child processes below find the ledger; without it they are no tests.
const CHILD: &str = "SWITCHBACK_TEST_LEDGER";
/// Who the child is, and how many records it writes; none means until it is killed.
const CHILD_NAME: &str = "SWITCHBACK_TEST_LEDGER_CHILD";

/// Run by the parent tests in a process of its own. It says what it has appended, after the ledger answered.
#[test]
fn child_process_appends() {
    let (Ok(path), Ok(name)) = (std::env::var(CHILD), std::env::var(CHILD_NAME)) else { return };
    let (name, count) = name.split_once('/').unwrap();
    let count = count.parse().unwrap_or(usize::MAX);
    let ledger = open(Path::new(&path));
    for number in 0..count {
        let body = format!("{name}-{number}");
        append(&ledger, &body);
        println!("appended {body}");
    }
}

fn child(path: &Path, name: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "ledger_sqlite::child_process_appends", "--nocapture", "--test-threads=1"])
        .env(CHILD, path)
        .env(CHILD_NAME, name)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The next record that a child says it has appended.
fn told(lines: &mut BufReader<ChildStdout>) -> Option<String> {
    let mut line = String::new();
    while lines.read_line(&mut line).unwrap() > 0 {
        if let Some((_, body)) = line.trim_end().rsplit_once("appended ") {
            return Some(body.to_owned());
        }
        line.clear();
    }
    None
}

#[test]
fn processes_append_exactly_once() {
    let (_folder, path) = place();
    // Nobody has opened the ledger yet: making its tables is part of the race.
    let children: Vec<Child> = (0..3).map(|number| child(&path, &format!("p{number}/60"))).collect();
    let mut told_bodies = BTreeSet::new();
    for mut child in children {
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        while let Some(body) = told(&mut lines) {
            assert!(told_bodies.insert(body));
        }
        assert!(child.wait().unwrap().success());
    }
    let ledger = open(&path);
    let stored: Vec<_> = ledger.entries(Seq(0), 999).unwrap().into_iter().map(|row| row.body).collect();
    assert_eq!(stored.len(), 180);
    assert_eq!(stored.into_iter().collect::<BTreeSet<_>>(), told_bodies);
    assert_eq!(verify_ledger(&ledger, PIPELINE).unwrap(), Ok(Seq(180)));
}

#[test]
fn a_killed_writer_leaves_a_sound_ledger() {
    let (_folder, path) = place();
    for round in 0..12 {
        let mut victim = child(&path, &format!("r{round}/forever"));
        let mut lines = BufReader::new(victim.stdout.take().unwrap());
        let mut said = Vec::new();
        // Killed in the middle of whatever comes after a growing number of records; from then on it says nothing.
        while said.len() < 1 + round * 3 {
            said.push(told(&mut lines).unwrap());
        }
        victim.kill().unwrap();
        victim.wait().unwrap();
        while let Some(body) = told(&mut lines) {
            said.push(body);
        }
        let ledger = open(&path);
        let rows = ledger.entries(Seq(0), 99_999).unwrap();
        let stored: Vec<_> =
            rows.iter().map(|row| &row.body).filter(|body| body.starts_with(&format!("r{round}-"))).collect();
        assert!(stored.len() == said.len() || stored.len() == said.len() + 1, "{stored:?} but {said:?}");
        assert!(said.iter().zip(stored).all(|(said, stored)| said == stored), "what was answered stands");
        assert_eq!(verify_ledger(&ledger, PIPELINE).unwrap(), Ok(rows.last().unwrap().seq));
        assert_eq!(ledger.damage().unwrap(), Vec::<String>::new());
    }
}

// ---------------------------------------------------------------- Damage

#[test]
fn entries_are_only_added_at_the_end() {
    let (_folder, path) = place();
    closed_ledger(&path, 2);
    let sql = Connection::open(&path).unwrap();
    assert!(sql.execute("UPDATE entry SET actor = 'eve'", []).is_err());
    assert!(sql.execute("DELETE FROM entry", []).is_err());
    assert!(sql.execute("INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE seq = 1", []).is_err());
    assert!(sql.execute("INSERT INTO entry SELECT pipeline, 9, at, actor, kind, body, '', '' FROM entry", []).is_err());
    assert_eq!(verify_ledger(&open(&path), PIPELINE).unwrap(), Ok(Seq(2)));
}

#[test]
fn a_tampered_column_is_found() {
    let cases = [
        ("UPDATE entry SET seq = 99 WHERE seq = 2", Flaw::Position),
        ("UPDATE entry SET at = at + 1 WHERE seq = 2", Flaw::Content),
        ("UPDATE entry SET actor = 'eve' WHERE seq = 2", Flaw::Content),
        ("UPDATE entry SET kind = 'promotion' WHERE seq = 2", Flaw::Content),
        ("UPDATE entry SET body = '{}' WHERE seq = 2", Flaw::Content),
        ("UPDATE entry SET prev_hash = hash WHERE seq = 2", Flaw::Link),
        ("UPDATE entry SET hash = prev_hash WHERE seq = 2", Flaw::Content),
        ("UPDATE entry SET pipeline = 'elsewhere' WHERE seq = 2", Flaw::Position),
        ("DELETE FROM entry WHERE seq = 2", Flaw::Position),
    ];
    for (tamper, flaw) in cases {
        let (_folder, path) = place();
        closed_ledger(&path, 4);
        let sql = Connection::open(&path).unwrap();
        sql.execute_batch("DROP TRIGGER entry_is_never_changed; DROP TRIGGER entry_is_never_removed;").unwrap();
        sql.execute(tamper, []).unwrap();
        let found = verify_ledger(&open(&path), PIPELINE).unwrap();
        assert_eq!(found, Err(ChainBreak { seq: Seq(2), flaw }), "{tamper}");
    }
}

#[test]
fn a_newer_ledger_is_left_alone() {
    let (_folder, path) = place();
    closed_ledger(&path, 1);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 7).unwrap();
    let fault = refused(&path);
    assert_eq!(fault.code, "ledger-newer");
    assert!(fault.message.contains("schema 7") && fault.message.contains(path.to_str().unwrap()), "{fault}");
    assert_eq!(SqliteLedger::open_to_read(&path, PIPELINE).unwrap_err().code, "ledger-newer");
}

#[test]
fn a_damaged_file_is_named_with_the_way_back() {
    let (_folder, path) = place();
    closed_ledger(&path, 200);
    let sound = fs::read(&path).unwrap();

    fs::write(&path, b"this was a ledger once, but something wrote a text over it".repeat(20)).unwrap();
    let fault = refused(&path);
    assert_eq!(fault.code, "ledger-corrupt");
    assert!(fault.message.contains(path.to_str().unwrap()), "{fault}");
    assert!(matches!(fault.remedy, Remedy::RestoreLedger { file: Some(_) }), "{:?}", fault.remedy);

    let mut holed = sound.clone();
    let pages = holed.len() / 4096;
    for page in pages / 2..pages {
        holed[page * 4096..(page + 1) * 4096].fill(0xA5);
    }
    fs::write(&path, &holed).unwrap();
    let ledger = open(&path);
    assert_eq!(ledger.entries(Seq(0), 999).unwrap_err().code, "ledger-corrupt");
    assert_ne!(ledger.damage().map_err(|fault| fault.code), Ok(vec![]));
    drop(ledger);

    fs::write(&path, &sound[..sound.len() / 2]).unwrap();
    let cut = SqliteLedger::open(&path, PIPELINE).and_then(|ledger| ledger.entries(Seq(0), 999));
    assert_eq!(cut.unwrap_err().code, "ledger-corrupt");
}

#[test]
fn the_database_of_another_program_is_not_touched() {
    let (_folder, path) = place();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    let before = fs::read(&path).unwrap();
    let fault = refused(&path);
    assert_eq!(fault.code, "ledger-corrupt");
    assert!(fault.message.contains("another program"), "{fault}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let (folder, _) = place();
    let file = folder.path().join("file");
    fs::write(&file, b"in the way").unwrap();
    let below = refused(&file.join("ledger.db"));
    assert_eq!(below.code, "ledger-unwritable");
    assert!(below.message.contains(file.to_str().unwrap()), "{below}");
    assert_eq!(refused(folder.path()).code, "ledger-corrupt", "a folder is no file");
}

/// What it is, how it comes to stand there, and what is said of it.
type Impostor = (&'static str, fn(&Path), &'static str);

/// What may stand where the ledger belongs.
fn impostors() -> Vec<Impostor> {
    vec![
        ("a folder", |path| fs::create_dir(path).unwrap(), "is not a ledger of Switchback: it is a folder"),
        ("a dead link", |path| std::os::unix::fs::symlink("/nowhere/at/all", path).unwrap(), "leads nowhere"),
        ("a text", |path| fs::write(path, "no database").unwrap(), "is not a ledger of Switchback: it is no database"),
        ("zeros", |path| fs::write(path, [0; 8192]).unwrap(), "is not a ledger of Switchback: it is no database"),
        ("another program's", |path| altered(path, "CREATE TABLE entry (x)"), "of another program"),
        ("no schema", |path| altered_ledger(path, "PRAGMA user_version = 0"), "a schema that there never was"),
        ("a negative schema", |path| altered_ledger(path, "PRAGMA user_version = -3"), "a schema that there never was"),
        ("an older schema", |path| altered_ledger(path, "PRAGMA user_version = 1"), "its tables are not those"),
        ("no entries", |path| altered_ledger(path, "DROP TABLE entry"), "its tables are not those"),
        ("no bodies", |path| altered_ledger(path, "ALTER TABLE entry RENAME body TO text"), "its tables are not those"),
        (
            "a folder for a log",
            |path| {
                altered_ledger(path, "SELECT 1");
                fs::create_dir(path.with_extension("sqlite-wal")).unwrap();
            },
            "a folder stands where its log belongs",
        ),
    ]
}

fn altered(path: &Path, script: &str) {
    Connection::open(path).unwrap().execute_batch(script).unwrap();
}

fn altered_ledger(path: &Path, script: &str) {
    closed_ledger(path, 3);
    altered(path, script);
}

#[test]
fn whatever_stands_in_a_ledgers_place_is_named_without_a_word_of_sql() {
    for (what, make, said) in impostors() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.sqlite");
        make(&path);
        let looked =
            |opened: Result<SqliteLedger, Fault>| opened.and_then(|ledger| ledger.entries(Seq(0), 9)).unwrap_err();
        let faults = [
            looked(SqliteLedger::open_or_begin(&path, PIPELINE)),
            looked(SqliteLedger::open(&path, PIPELINE)),
            looked(SqliteLedger::open_to_read(&path, PIPELINE)),
        ];
        for fault in faults {
            let message = fault.message.replace(path.to_str().unwrap(), "");
            assert!(fault.code == "ledger-corrupt" && message.contains(said), "{what}: {fault:?}");
            let words = ["SELECT", "CREATE", "FROM", "no such", "rusqlite", "table entry", "error"];
            assert!(!words.iter().any(|word| message.contains(word)), "{what}: {message}");
        }
    }
}
