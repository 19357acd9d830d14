//! Ledgers as they are found: of the first schema, and on media that cannot be written.

use super::ledger_contract::{PIPELINE, append};
use super::ledger_sqlite::{closed_ledger, open, place};
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::process::Command;
use switchback_core::ports::ledger::Ledger;
use switchback_core::records::job::{Job, JobChange};
use switchback_core::words::names::{Seq, Time};
use switchback_ledger::SqliteLedger;

/// A file as the first Switchback left it.
pub fn of_schema_1(path: &Path) -> Connection {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let sql = Connection::open(path).unwrap();
    let set: String = sql.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).unwrap();
    assert_eq!(set, "wal");
    sql.execute_batch(include_str!("../../src/schema/1.sql")).unwrap();
    sql.pragma_update(None, "user_version", 1).unwrap();
    sql
}

/// Fills the queue of schema 1 with a job in each state, and one that waits for the one that failed.
fn jobs_of_schema_1(sql: &Connection) {
    let jobs = [
        ("queued", "a", "P-1/QA", 1),
        ("running", "b", "P-1/QA", 1),
        ("failed", "c", "P-2/QA", 1),
        ("queued", "d", "P-2/QA", 2),
        ("cancelled", "e", "P-3/QA", 1),
        ("succeeded", "f", "P-4/QA", 1),
    ];
    for (number, (state, area, group, sequence)) in jobs.into_iter().enumerate() {
        sql.execute(
            "INSERT INTO job (pipeline, area, deployment, operation, job_group, sequence, body, state, run_at, worker)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, '{}', ?7, 100, 'host:1:1')",
            (PIPELINE, area, format!("D-{}", number + 1), &group[..3], group, sequence, state),
        )
        .unwrap();
    }
}

/// The state of each job, by number.
fn states(ledger: &SqliteLedger) -> Vec<(u64, &'static str)> {
    let mut states: Vec<_> = ledger.jobs(99).unwrap().iter().map(|job| (job.id, job.state.as_str())).collect();
    states.reverse();
    states
}

#[test]
fn a_ledger_of_schema_1_goes_on_with_its_jobs() {
    let (_folder, path) = place();
    jobs_of_schema_1(&of_schema_1(&path));
    let ledger = open(&path);
    let expected = [(1, "queued"), (2, "running"), (3, "failed"), (4, "cancelled"), (5, "cancelled"), (6, "succeeded")];
    assert_eq!(states(&ledger), expected);
    assert_eq!(ledger.open_jobs().unwrap().len(), 2);
    let running = ledger.job(2).unwrap().unwrap();
    assert_eq!((running.worker.as_str(), running.called_off.as_str()), ("host:1:1", ""));
    let again = Job { id: 0, ..running };
    assert!(ledger.change_jobs(&[JobChange::Enqueue(Box::new(again))]).unwrap());
    assert_eq!(ledger.jobs(1).unwrap()[0].id, 7, "no number is given twice");
    assert!(ledger.change_jobs(&[JobChange::Retry { id: 3, run_at: Time(100) }]).unwrap());
    assert!(ledger.change_jobs(&[JobChange::Retry { id: 4, run_at: Time(100) }]).unwrap());
    assert_eq!(states(&ledger)[2..4], [(3, "queued"), (4, "queued")]);
    assert_eq!(ledger.damage().unwrap(), Vec::<String>::new());
}

#[test]
fn a_reader_reads_and_does_not_write() {
    let (_folder, path) = place();
    assert_eq!(SqliteLedger::open_to_read(&path, PIPELINE).unwrap_err().code, "ledger-unwritable");
    let writer = open(&path);
    append(&writer, "one");
    let reader = SqliteLedger::open_to_read(&path, PIPELINE).unwrap();
    append(&writer, "two");
    assert_eq!(reader.head().unwrap(), writer.head().unwrap(), "it sees what others append");
    assert_eq!(reader.keep_snapshot(1, Seq(1), b"").unwrap_err().code, "ledger-unwritable");
}

#[test]
fn a_ledger_is_made_by_the_first_who_writes() {
    let (_folder, path) = place();
    let [one, other] = [(); 2].map(|()| SqliteLedger::open_or_begin(&path, PIPELINE).unwrap());
    assert_eq!((one.head().unwrap().0, one.jobs(9).unwrap().len(), one.damage().unwrap().len()), (Seq(0), 0, 0));
    assert!(!path.exists() && !path.parent().unwrap().exists(), "nothing is made by looking");
    append(&one, "one");
    assert_eq!(one.head().unwrap(), other.head().unwrap(), "whoever looked before sees it now");
    append(&other, "two");
    assert_eq!(one.head().unwrap().0, Seq(2));
}

#[test]
fn an_older_ledger_is_read_as_it_is() {
    let (_folder, path) = place();
    let sql = of_schema_1(&path);
    jobs_of_schema_1(&sql);
    let reads = || {
        let ledger = SqliteLedger::open_to_read(&path, PIPELINE).unwrap();
        assert_eq!(states(&ledger).len(), 6);
        assert_eq!(ledger.open_jobs().unwrap().len(), 2);
        let refused = ledger.change_jobs(&[JobChange::Retry { id: 3, run_at: Time(1) }]).unwrap_err();
        assert_eq!(refused.code, "ledger-unwritable");
        assert!(refused.message.contains(path.to_str().unwrap()), "{refused}");
    };
    reads();
    drop(sql);
    reads();
    let sql = Connection::open(&path).unwrap();
    let version: i64 = sql.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 1, "it was left alone");
}

/// The ledger to read, in a process for which it lies on a read-only medium; without it, this is no test.
const READ_ONLY: &str = "SWITCHBACK_TEST_READ_ONLY_LEDGER";

/// Run by the test below where nothing can be written.
#[test]
fn child_process_reads() {
    let Ok(path) = std::env::var(READ_ONLY) else { return };
    assert!(fs::write(Path::new(&path).with_extension("x"), "").is_err(), "the medium can be written");
    let ledger = SqliteLedger::open_to_read(Path::new(&path), PIPELINE).unwrap();
    println!("read {} {}", ledger.head().unwrap().0, ledger.jobs(99).unwrap().len());
    assert_eq!(ledger.keep_snapshot(1, Seq(1), b"").unwrap_err().code, "ledger-unwritable");
    assert_eq!(SqliteLedger::open(Path::new(&path), PIPELINE).unwrap_err().code, "ledger-unwritable");
}

/// What a process reads for which the folder of a ledger is read-only; `None` where that cannot be had.
fn read_where_nothing_is_written(path: &Path) -> Option<String> {
    let script = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"";
    let ran = Command::new("unshare")
        .args(["-Urm", "sh", "-c", script])
        .arg(path.parent().unwrap())
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "older_and_read_only::child_process_reads", "--nocapture", "--test-threads=1"])
        .env(READ_ONLY, path)
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    if !said.contains("running 1 test") {
        println!("no read-only mounts here: {}", String::from_utf8_lossy(&ran.stderr));
        return None;
    }
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    said.lines().find_map(|line| Some(line.split_once("read ")?.1.to_owned()))
}

#[test]
fn a_read_only_medium_is_read_with_its_log_and_with_an_older_schema() {
    let read = |path: &Path, expected: &str| {
        let before = fs::read(path).unwrap();
        if let Some(found) = read_where_nothing_is_written(path) {
            assert_eq!(found, expected);
        }
        assert_eq!(fs::read(path).unwrap(), before);
    };
    // As it is copied to a medium while it is open: what was appended is in the log alone.
    let copied = |path: &Path| {
        let (folder, to) = place();
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        for end in ["", "-wal"] {
            let with = |path: &Path| format!("{}{end}", path.display());
            fs::copy(with(path), with(&to)).unwrap();
        }
        assert!(fs::metadata(format!("{}-wal", to.display())).unwrap().len() > 0);
        (folder, to)
    };
    let (_folder, path) = place();
    closed_ledger(&path, 3);
    read(&path, "3 0");
    let ledger = open(&path);
    append(&ledger, "in the log");
    read(&path, "4 0");
    let (_medium, medium) = copied(&path);
    read(&medium, "4 0");
    let (_folder, path) = place();
    let sql = of_schema_1(&path);
    jobs_of_schema_1(&sql);
    let (_medium, medium) = copied(&path);
    read(&medium, "0 6");
    drop(sql);
    read(&path, "0 6");
}
