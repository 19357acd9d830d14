//! Commits of a branch that were copied from another change: picked from its branch, or left over where one branch was
//! stacked on another before that one was rebased (`SPEC C1`). A copy keeps author, moment and subject.

use crate::desk::Desk;
use crate::failure::EngineFailure;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use switchback_core::content::Signature;
use switchback_core::ledger::state::State;
use switchback_core::ports::repository::CommitInfo;
use switchback_core::recording::history::History;
use switchback_core::recording::own::Own;
use switchback_core::records::change::{Change, Revision};
use switchback_core::records::outline::Roughly;
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::ChangeKey;
use switchback_core::words::object::CommitId;

/// Those of a branch's own commits that stand in another change's revision as well, and in no earlier one of its own.
///
/// # Errors
/// A fault of the repository.
pub(crate) fn copied(
    desk: &Desk<'_>,
    state: &State,
    (history, own): (&History, &Own),
) -> Result<BTreeMap<CommitId, ChangeKey>, EngineFailure> {
    let is_suspect = |info: &&CommitInfo| info.parents.len() < 2 && !history.names_it(info.id);
    let infos = own.commits.iter().filter_map(|id| history.commits.get(id));
    let suspects = Suspects::of(history, infos.filter(is_suspect));
    let mut copied = BTreeMap::new();
    for change in suspects.perhaps_of(state).map(|ix| state.at(ix)).filter(|change| change.key != history.change) {
        for revision in &change.revisions {
            let suspects = suspects.about(&change.key, revision);
            let of = Marks::of(desk, revision, &suspects)?;
            copied.extend(suspects.iter().filter(|info| of.copies(info)).map(|info| (info.id, change.key.clone())));
        }
    }
    if let Some(own) = state.change(&history.change).filter(|_| !copied.is_empty()) {
        without(desk, own.1, history, &mut copied)?;
    }
    Ok(copied)
}

/// What may be a copy, by what the ledger knows of revisions: asked before a branch is walked. There may be as many of one as
/// of the other.
#[derive(Default)]
struct Suspects<'a> {
    by_key: BTreeMap<&'a ChangeKey, Vec<&'a CommitInfo>>,
    by_subject: BTreeMap<String, Vec<&'a CommitInfo>>,
}

impl<'a> Suspects<'a> {
    fn of(history: &'a History, infos: impl Iterator<Item = &'a CommitInfo>) -> Self {
        let mut suspects = Self::default();
        for info in infos {
            history.keys(info.id).iter().for_each(|key| suspects.by_key.entry(key).or_default().push(info));
            suspects.by_subject.entry(info.subject()).or_default().push(info);
        }
        suspects
    }

    /// The changes that they may be copied from, by what they say: few of many, so that the others are not read.
    fn perhaps_of(&self, state: &State) -> impl Iterator<Item = ChangeIx> {
        let named = self.by_key.keys().filter_map(|key| Some(state.change(key)?.0));
        let said: HashSet<Roughly> = self.by_subject.keys().map(|subject| Roughly::of(subject)).collect();
        let numbered = (0..).map(ChangeIx).zip(&state.outlines);
        let alike = numbered.filter(|(_, outlines)| outlines.iter().any(|one| said.contains(&one.subject())));
        let all: BTreeSet<ChangeIx> = named.chain(alike.map(|(ix, _)| ix)).collect();
        all.into_iter()
    }

    /// Those whose message names the change, and those that its revision may end with. Its very tip is no copy of it.
    fn about(&self, change: &ChangeKey, revision: &Revision) -> Vec<&'a CommitInfo> {
        let named = self.by_key.get(change).into_iter().flatten();
        let alike = self.by_subject.get(&revision.subject).into_iter().flatten();
        let mut about: Vec<&CommitInfo> =
            named.chain(alike.filter(|info| info.author == revision.author)).copied().collect();
        about.retain(|info| info.id != revision.tip || revision.base == revision.tip);
        about.sort_by_key(|info| info.id);
        about.dedup_by_key(|info| info.id);
        about
    }
}

/// What an earlier revision of the change itself held stays its own.
fn without(
    desk: &Desk<'_>,
    own: &Change,
    history: &History,
    copied: &mut BTreeMap<CommitId, ChangeKey>,
) -> Result<(), EngineFailure> {
    for revision in &own.revisions {
        let suspects: Vec<_> = copied.keys().filter_map(|id| history.commits.get(id)).collect();
        let of = Marks::of(desk, revision, &suspects)?;
        copied.retain(|id, _| history.commits.get(id).is_none_or(|info| !of.holds(info)));
    }
    Ok(())
}

/// By what the copies of a revision's commits are known.
struct Marks(Vec<(CommitId, Signature, String)>);

impl Marks {
    /// Those of a revision; none where nothing is suspected.
    fn of(desk: &Desk<'_>, revision: &Revision, suspects: &[&CommitInfo]) -> Result<Self, EngineFailure> {
        if suspects.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let commits = desk.repo.range(revision.base, revision.tip)?;
        let mark = |info: CommitInfo| (info.id, info.author.clone(), info.subject());
        Ok(Self(commits.into_iter().map(mark).collect()))
    }

    fn holds(&self, info: &CommitInfo) -> bool {
        self.0.iter().any(|(_, author, subject)| *author == info.author && *subject == info.subject())
    }

    /// Whether it is a copy of one of them, and not that one itself.
    fn copies(&self, info: &CommitInfo) -> bool {
        self.holds(info) && self.0.iter().all(|(id, ..)| *id != info.id)
    }
}
