//! Which commits of a branch are the change's own: those that neither a stage's branch nor another change's brought.

use crate::ledger::state::State;
use crate::recording::history::{History, Passed, deed};
use crate::records::outline::Outline;
use crate::records::receipt::ChangeIx;
use crate::words::details::{CarriedCommit, Details};
use crate::words::names::{ChangeKey, StageName};
use crate::words::object::CommitId;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;
use std::collections::{BTreeMap, BTreeSet};

/// What of a branch is whose.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Own {
    /// The change's own commits, parents before children.
    pub commits: Vec<CommitId>,
    /// The newest commits that are not, beside the base branch's; none reaches another. They stand in the order in which the
    /// branch got them, so that nothing hangs on the ids of commits.
    pub heads: Vec<Head>,
}

/// A commit with which something ends that a branch was built on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// Which.
    pub commit: CommitId,
    /// Whose.
    pub whose: Whose,
}

/// Whose a commit is that is not the change's own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Whose {
    /// A stage's branch was merged, or the branch was cut from it.
    Stage(StageName),
    /// The branch is stacked on another change.
    Change(ChangeKey),
}

/// Tells a branch's own commits from others: from its tip downwards until a stage's branch or the tip of another change's
/// revision is met.
pub fn own(state: &State, history: &History) -> Own {
    let tips = tips_of_others(state, history);
    let foreign = foreign(history);
    let (mut own, mut found) = (BTreeSet::new(), Vec::new());
    let mut open = vec![history.tip.id];
    while let Some(id) = open.pop() {
        let Some(info) = history.commits.get(&id) else { continue };
        if let Some(stage) = foreign.get(&id) {
            found.push(Head { commit: id, whose: Whose::Stage((*stage).clone()) });
        } else if let Some(key) = tips.get(&id) {
            found.push(Head { commit: id, whose: Whose::Change(key.clone()) });
        } else if own.insert(id) {
            open.extend(&info.parents);
        }
    }
    let below = |of: &CommitId| history.commits.get(of).into_iter().flat_map(|info| info.parents.iter().copied());
    let covered = history.reached(found.iter().map(|head| &head.commit).flat_map(below));
    let mut seen = BTreeSet::new();
    let mut heads: Vec<Head> = found.into_iter().filter(|head| !covered.contains(&head.commit)).collect();
    heads.retain(|head| seen.insert(head.commit));
    // What was merged last was met first, and what the branch began on last of all.
    heads.reverse();
    Own { commits: history.order.iter().filter(|id| own.contains(id)).copied().collect(), heads }
}

/// The tips of other changes' revisions, below the branch's own.
fn tips_of_others(state: &State, history: &History) -> BTreeMap<CommitId, ChangeKey> {
    let itself = state.change(&history.change).map(|(ix, _)| ix);
    let mut tips = BTreeMap::new();
    for (ix, outlines) in (0..).map(ChangeIx).zip(&state.outlines).filter(|(ix, _)| Some(*ix) != itself) {
        let here = |tip: &CommitId| *tip != history.tip.id && history.commits.contains_key(tip);
        tips.extend(outlines.iter().map(Outline::tip).filter(here).map(|tip| (tip, state.key(ix).clone())));
    }
    tips
}

/// The commits of stages' branches that are not the change's own.
fn foreign(history: &History) -> BTreeMap<CommitId, &StageName> {
    let mut foreign = BTreeMap::new();
    for passed in &history.passed {
        let own = own_on(history, passed);
        foreign.extend(passed.commits.iter().filter(|id| !own.contains(id)).map(|id| (*id, &passed.stage)));
    }
    foreign
}

/// The change's own commits on a stage's branch: somebody pushed them there, or moved the branch onto them. A commit that
/// names nothing is one where the branch itself ends with it: nobody else can have meant it.
fn own_on(history: &History, passed: &Passed) -> BTreeSet<CommitId> {
    let ours = |id: &CommitId| history.commits.get(id).is_some_and(|info| deed(info).is_some());
    let named = passed.commits.iter().filter(|id| history.names_it(**id) && !ours(id));
    let unnamed = |id: &&CommitId| !ours(id) && (history.keys(**id).is_empty() || history.names_it(**id));
    let from_tip = passed.commits.iter().skip_while(|id| **id != history.tip.id).take_while(unnamed);
    named.chain(from_tip).copied().collect()
}

/// Asks that no commit of a branch is another change's as far as it can be told (`SPEC C1`).
///
/// # Errors
/// `carries-others`, naming the commits.
pub fn none_of_others(state: &State, history: &History, own: &Own) -> Result<(), Refusal> {
    let mainline = history.mainline();
    let infos = || own.commits.iter().filter_map(|id| history.commits.get(id));
    let merges = infos().filter(|info| info.parents.len() > 1);
    let merged: BTreeSet<&ChangeKey> = merges.flat_map(|info| history.keys(info.id)).collect();
    let mut carried = Vec::new();
    for info in infos().filter(|info| info.parents.len() < 2 && !history.names_it(info.id)) {
        let ours = deed(info).map(|deed| deed.change);
        let elsewhere = || history.elsewhere.get(&info.id).cloned();
        // On the branch itself a message may well speak of another change: of the one it mends.
        let known = |key: &&ChangeKey| state.change(key).is_some() || merged.contains(key);
        let aside = || history.keys(info.id).iter().filter(|_| !mainline.contains(&info.id)).find(known).cloned();
        if let Some(change) = ours.or_else(elsewhere).or_else(aside) {
            let subject = info.subject();
            carried.push(CarriedCommit { commit: info.id, change, subject });
        }
    }
    if carried.is_empty() { Ok(()) } else { Err(carries_others(history, own, carried)) }
}

/// The "no" about what cannot be told apart.
pub(super) fn carries_others(history: &History, own: &Own, carried: Vec<CarriedCommit>) -> Refusal {
    let change = &history.change;
    let names = carried.iter().map(|one| format!("{} ({}: {})", one.commit.0.short(), one.change, one.subject));
    let names = names.collect::<Vec<_>>().join(", ");
    let message = format!("the branch of {change} carries what cannot be told from its own: {names}");
    let others = carried.iter().map(|one| one.change.clone()).filter(|other| other != change);
    let others: BTreeSet<ChangeKey> = others.collect();
    let is_own = |id: &&CommitId| {
        let merges = history.commits.get(*id).is_none_or(|info| info.parents.len() > 1);
        !merges && !carried.iter().any(|one| one.commit == **id)
    };
    let commits = own.commits.iter().filter(is_own).copied().collect();
    let remedy = Remedy::RecordApart { change: change.clone(), others: others.into_iter().collect(), commits };
    let details = Details::Carried { change: change.clone(), commits: carried };
    Refusal::new(Code::CarriesOthers, message, remedy).with(details)
}
