//! In which order changes move (`SPEC P7`): dependencies first, then as asked.

use crate::depend::closure;
use crate::ledger::snapshot::Snapshot;
use crate::pipeline::order_by::OrderBy;
use crate::pipeline::stage::Attestation;
use crate::records::change::{Change, Revision};
use crate::records::receipt::ChangeIx;
use crate::words::names::{ChangeKey, StageName, Time};
use std::collections::{BTreeMap, BTreeSet};

/// The sort key of a change that moves at a revision; the recording order settles what is equal.
fn rank(change: &Change, revision: &Revision, by: OrderBy) -> (Time, String) {
    match by {
        OrderBy::Recorded => (Time(0), String::new()),
        OrderBy::Key => (Time(0), natural(change.key.as_str())),
        OrderBy::Title => (Time(0), change.facts.title.clone()),
        OrderBy::Project => (Time(0), change.facts.project.clone().unwrap_or_default()),
        OrderBy::Approved => {
            let approved = revision.attestation(Attestation::Approved);
            (approved.map_or(Time(i64::MAX), |attested| attested.at), String::new())
        }
    }
}

/// `US-9` before `US-10`: numbers compare by value.
fn natural(key: &str) -> String {
    let digits = key.len() - key.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (head, number) = key.split_at(key.len() - digits);
    format!("{head}{number:0>12}")
}

/// What decides the order.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'a> {
    /// The stage they move from.
    pub source: &'a StageName,
    /// The order asked for.
    pub by: OrderBy,
    /// `(earlier, later)`: dependencies that content has, beside those that were declared.
    pub before: &'a BTreeSet<(ChangeIx, ChangeIx)>,
}

/// The changes in the order they move.
pub fn order(snapshot: &Snapshot<'_>, rule: Rule<'_>, chosen: &[ChangeIx]) -> Vec<ChangeIx> {
    let Rule { source, by, before } = rule;
    let state = snapshot.state;
    let mut waiting: Vec<ChangeIx> = chosen.to_vec();
    waiting.sort_by_cached_key(|ix| {
        let change = state.at(*ix);
        (rank(change, closure::moving(snapshot, source, change), by), *ix)
    });
    waiting.dedup();
    let mut pending: BTreeSet<&ChangeKey> = waiting.iter().map(|ix| state.key(*ix)).collect();
    let mut needs: BTreeMap<ChangeIx, Vec<ChangeKey>> =
        waiting.iter().map(|ix| (*ix, closure::dependencies_from(snapshot, source, state.key(*ix)))).collect();
    for (earlier, later) in before {
        needs.entry(*later).or_default().push(state.key(*earlier).clone());
    }
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let free = |ix: &ChangeIx| !needs[ix].iter().any(|needed| pending.contains(needed));
        // A circle cannot be recorded; should one turn up all the same, the first in line breaks it.
        let next = waiting.remove(waiting.iter().position(free).unwrap_or(0));
        pending.remove(state.key(next));
        ordered.push(next);
    }
    ordered
}
