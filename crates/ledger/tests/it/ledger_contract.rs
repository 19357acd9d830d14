//! What every ledger must do, whichever database it lives in. An adapter runs these by giving a way to open the same
//! new, empty ledger as often as asked.

use std::collections::BTreeSet;
use std::thread;
use switchback_core::ports::ledger::Append;
use switchback_core::ports::ledger::Ledger;
use switchback_core::ports::ledger::NewEntry;
use switchback_core::ports::ledger::StoredEntry;
use switchback_core::words::names::{Seq, Time};
use switchback_ledger::{ChainBreak, Flaw, verify_chain, verify_ledger};

/// Opens the ledger of the pipeline [`PIPELINE`] once more, as another process would.
pub type Open<'a> = dyn Fn() -> Box<dyn Ledger> + Sync + 'a;

/// The pipeline whose ledger [`Open`] opens.
pub const PIPELINE: &str = "acme";

/// One part of the contract; it begins with an empty ledger.
pub type Part = fn(&Open<'_>);

/// The contract on entries and snapshots, by name; the queue has [its own](super::queue_contract).
pub const CONTRACT: &[(&str, Part)] = &[
    ("an empty ledger", an_empty_ledger),
    ("what is appended is read back", what_is_appended_is_read_back),
    ("an append at the wrong position loses", an_append_at_the_wrong_position_loses),
    ("the chain holds", the_chain_holds),
    ("a tampered chain names the position", a_tampered_chain_names_the_position),
    ("hammering threads each append exactly once", hammering_threads_each_append_exactly_once),
    ("snapshots", snapshots),
];

/// A record whose body can be told from others.
pub fn record(body: &str) -> NewEntry {
    NewEntry {
        at: Time(1_700_000_000_000),
        actor: "ann".into(),
        kind: "demotion".into(),
        body: body.into(),
        notices: Vec::new(),
    }
}

/// Appends at the head, as often as it takes; how often it lost.
pub fn append(ledger: &dyn Ledger, body: &str) -> usize {
    let mut at = ledger.head().unwrap().0;
    for lost in 0.. {
        match ledger.append(at, record(body), &[], None).unwrap() {
            Append::Done(row) => {
                assert_eq!(row.seq, at.next());
                return lost;
            }
            Append::Lost(head) => at = head,
            Append::Fenced => panic!("nothing to fence"),
        }
    }
    unreachable!("the loop only ends by returning")
}

fn an_empty_ledger(open: &Open<'_>) {
    let ledger = open();
    assert_eq!(ledger.head().unwrap(), (Seq(0), String::new()));
    assert_eq!(ledger.entries(Seq(0), 10).unwrap(), vec![]);
    assert_eq!(ledger.snapshot(1, Seq(9)).unwrap(), None);
    assert_eq!(ledger.lease("host:1:1", Time(100), Time(110), None).unwrap(), None);
    assert_eq!(ledger.jobs(10).unwrap(), vec![]);
    assert_eq!(ledger.job(1).unwrap(), None);
    assert_eq!(ledger.release_dead(&|_| true).unwrap(), Vec::<u64>::new());
    assert_eq!(verify_ledger(&*ledger, PIPELINE).unwrap(), Ok(Seq(0)));
}

fn what_is_appended_is_read_back(open: &Open<'_>) {
    let ledger = open();
    let odd = NewEntry {
        at: Time(-5),
        actor: "Zoë\u{0}'; --".into(),
        kind: String::new(),
        body: "☃\n".repeat(9000),
        notices: Vec::new(),
    };
    let Append::Done(first) = ledger.append(Seq(0), odd.clone(), &[], None).unwrap() else {
        panic!("nobody was faster")
    };
    append(&*ledger, "two");
    append(&*ledger, "three");
    assert_eq!((first.at, &first.actor, &first.kind, &first.body), (odd.at, &odd.actor, &odd.kind, &odd.body));
    let again = open();
    assert_eq!(again.entries(Seq(0), 1).unwrap(), vec![first]);
    let bodies: Vec<_> = again.entries(Seq(1), 10).unwrap().into_iter().map(|row| (row.seq.0, row.body)).collect();
    assert_eq!(bodies, [(2, "two".to_owned()), (3, "three".to_owned())]);
    let last = again.entries(Seq(2), usize::MAX).unwrap().remove(0);
    assert_eq!(again.head().unwrap(), (Seq(3), last.hash));
}

fn an_append_at_the_wrong_position_loses(open: &Open<'_>) {
    let (one, two) = (open(), open());
    append(&*one, "first");
    assert_eq!(two.append(Seq(0), record("late"), &[], None).unwrap(), Append::Lost(Seq(1)));
    assert_eq!(two.append(Seq(7), record("early"), &[], None).unwrap(), Append::Lost(Seq(1)));
    assert_eq!(one.entries(Seq(0), 10).unwrap().len(), 1);
}

fn rows(ledger: &dyn Ledger) -> Vec<StoredEntry> {
    ledger.entries(Seq(0), usize::MAX).unwrap()
}

fn the_chain_holds(open: &Open<'_>) {
    let ledger = open();
    for number in 0..1500 {
        append(&*ledger, &number.to_string());
    }
    assert_eq!(verify_ledger(&*ledger, PIPELINE).unwrap(), Ok(Seq(1500)));
    let first = ChainBreak { seq: Seq(1), flaw: Flaw::Content };
    assert_eq!(verify_ledger(&*ledger, "another").unwrap(), Err(first), "the pipeline is part of the hash");
}

type Tamper = fn(&mut Vec<StoredEntry>);

fn a_tampered_chain_names_the_position(open: &Open<'_>) {
    let ledger = open();
    for number in 0..4 {
        append(&*ledger, &number.to_string());
    }
    let sound = rows(&*ledger);
    assert_eq!(verify_chain(PIPELINE, &sound), Ok(()));
    let tampers: [(Tamper, u64, Flaw); 10] = [
        (|rows| rows[1].seq = Seq(9), 2, Flaw::Position),
        (|rows| rows[1].at = Time(9), 2, Flaw::Content),
        (|rows| rows[1].actor.push('x'), 2, Flaw::Content),
        (|rows| rows[1].kind.push('x'), 2, Flaw::Content),
        (|rows| rows[1].body.push('x'), 2, Flaw::Content),
        (|rows| rows[1].prev_hash.push('x'), 2, Flaw::Link),
        (|rows| rows[1].hash.push('x'), 2, Flaw::Content),
        (|rows| drop(rows.remove(1)), 2, Flaw::Position),
        (|rows| rows.swap(2, 3), 3, Flaw::Position),
        (|rows| rows.insert(2, rows[1].clone()), 3, Flaw::Position),
    ];
    for (number, (tamper, seq, flaw)) in tampers.into_iter().enumerate() {
        let mut rows = sound.clone();
        tamper(&mut rows);
        assert_eq!(verify_chain(PIPELINE, &rows), Err(ChainBreak { seq: Seq(seq), flaw }), "tamper {number}");
    }
}

fn hammering_threads_each_append_exactly_once(open: &Open<'_>) {
    open();
    thread::scope(|scope| {
        for worker in 0..4 {
            scope.spawn(move || {
                let ledger = open();
                for number in 0..50 {
                    append(&*ledger, &format!("{worker}-{number}"));
                }
            });
        }
    });
    let ledger = open();
    let bodies: BTreeSet<_> = rows(&*ledger).into_iter().map(|row| row.body).collect();
    assert_eq!(bodies.len(), 200, "each record once");
    assert_eq!(verify_ledger(&*ledger, PIPELINE).unwrap(), Ok(Seq(200)), "dense and chained");
}

fn snapshots(open: &Open<'_>) {
    let ledger = open();
    for at in [10, 20, 30, 40] {
        ledger.keep_snapshot(1, Seq(at), &[at as u8; 3]).unwrap();
    }
    ledger.keep_snapshot(2, Seq(5), b"other format").unwrap();
    assert_eq!(ledger.snapshot(1, Seq(99)).unwrap(), Some((Seq(40), vec![40; 3])));
    assert_eq!(ledger.snapshot(1, Seq(39)).unwrap(), Some((Seq(30), vec![30; 3])));
    assert_eq!(ledger.snapshot(1, Seq(20)).unwrap(), Some((Seq(20), vec![20; 3])));
    assert_eq!(ledger.snapshot(1, Seq(19)).unwrap(), None, "the newest three stay");
    ledger.keep_snapshot(1, Seq(40), b"again").unwrap();
    assert_eq!(ledger.snapshot(1, Seq(40)).unwrap(), Some((Seq(40), b"again".to_vec())));
    assert_eq!(ledger.snapshot(1, Seq(20)).unwrap(), Some((Seq(20), vec![20; 3])), "replacing drops nothing");
    assert_eq!(ledger.snapshot(2, Seq(99)).unwrap(), Some((Seq(5), b"other format".to_vec())));
    assert_eq!(ledger.snapshot(3, Seq(99)).unwrap(), None);
}
