//! Who works at a stage: whoever should know before and after something arrives there from above.

use crate::ledger::state::State;
use crate::pipeline::Pipeline;
use crate::records::receipt::ChangeIx;
use crate::words::names::{ChangeKey, StageName, Time, UserName};
use std::collections::BTreeSet;

/// How long ago somebody may have recorded a change at a stage to be counted among those who work there: what they do
/// next is in no record yet.
const LATELY_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// The owners of what a stage has not passed on, and of what originated there lately; not those of `arriving`, which
/// only comes by.
pub fn who_works_there(
    (pipeline, state): (&Pipeline, &State),
    stage: &StageName,
    (arriving, now): (&[ChangeKey], Time),
) -> Vec<UserName> {
    let mut changes = not_passed_on(pipeline, state, stage);
    let lately = (0..state.changes.len()).rev().map(|at| ChangeIx(at as u32));
    for ix in lately.take_while(|ix| state.at(*ix).recorded_at.0 > now.0 - LATELY_MS) {
        if state.at(ix).origin.as_ref() == Some(stage) {
            changes.insert(ix.0);
        }
    }
    let theirs = changes.into_iter().map(|ix| state.at(ChangeIx(ix))).filter(|change| !arriving.contains(&change.key));
    theirs.map(|change| change.facts.owner.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

fn not_passed_on(pipeline: &Pipeline, state: &State, stage: &StageName) -> BTreeSet<u32> {
    let (Some(known), Some(line)) = (pipeline.stage(stage), state.lines.get(stage)) else { return BTreeSet::new() };
    let mut ahead = roaring::RoaringBitmap::new();
    for next in known.next.iter().filter_map(|next| state.lines.get(next)) {
        ahead |= line.receipts.ahead_of(&next.receipts);
    }
    (ahead - &state.excluded).iter().collect()
}
