//! What some changes need in order to be carried cleanly (`SPEC P11`): the fewest others of their source without which
//! they conflict. What was declared is asked for elsewhere (`depends.rs`); here content is asked.

use crate::compose::carry::Load;
use crate::compose::making::Making;
use crate::compose::trial::Trials;
use crate::content::filetype::Excluded;
use crate::content::{Conflict, Content};
use crate::depend::closure::{self, Dispute};
use crate::depend::order::{Rule, order};
use crate::depend::search::{self, Branch, Group, Limits, Trial};
use crate::ledger::snapshot::Snapshot;
use crate::pipeline::order_by::OrderBy;
use crate::records::promotion::MoveResolution;
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, RevisionNo, StageName};
use crate::words::warning::Warning;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How long the fewest are searched before the plain answer stands: whoever touched last what a change conflicts on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effort {
    /// For taking them along: everything is tried in any history of eight changes.
    Thorough,
    /// For naming them beside a conflict.
    Brief,
}

/// How much may be carried.
#[derive(Clone, Copy)]
struct Budget {
    /// Until nobody else is asked for.
    any: usize,
    /// Until fewer are not looked for.
    fewer: usize,
}

impl Effort {
    fn budget(self) -> Budget {
        match self {
            Self::Thorough => Budget { any: 8192, fewer: 1024 },
            Self::Brief => Budget { any: 256, fewer: 128 },
        }
    }
}

/// A way some changes would take.
#[derive(Clone, Copy, Debug)]
pub struct Trip<'a> {
    /// Where from.
    pub source: &'a StageName,
    /// The stages that get them, the destination last.
    pub stages: &'a [StageName],
    /// In which order they move.
    pub by: OrderBy,
    /// What people decided about their conflicts.
    pub resolutions: &'a [MoveResolution],
    /// File types that must stop for a person.
    pub excluded: &'a Excluded,
    /// How long to search.
    pub effort: Effort,
}

/// What is missing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Missing {
    /// The changes of the source that have to come along.
    pub changes: Vec<ChangeIx>,
    /// `(earlier, later)`: who has to be carried before whom, because of what both touch.
    pub before: BTreeSet<(ChangeIx, ChangeIx)>,
}

/// What a search came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// These have to come along.
    Missing(Missing),
    /// The conflicts are not over anything that the source could give: a person has to settle them.
    Nobody,
    /// There was too much to try, so who has to come along is not known.
    Unknown,
}

impl Found {
    /// Who has to come along, where that is known.
    pub fn missing(self) -> Option<Missing> {
        match self {
            Self::Missing(missing) => Some(missing),
            Self::Nobody | Self::Unknown => None,
        }
    }

    /// What is told where there was too much to try.
    pub fn cut_short(&self) -> Option<Warning> {
        let message = "whatever settles this was not looked for to the end, for there was too much to try";
        matches!(self, Self::Unknown).then(|| Warning::of(CUT_SHORT, message))
    }
}

/// The warning that a search was not brought to its end.
const CUT_SHORT: &str = "search-cut-short";

/// Finds the fewest changes of the source that must come along.
///
/// # Errors
/// A fault of the content.
pub fn missing(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    trip: Trip<'_>,
    going: &[ChangeIx],
) -> Result<Found, Fault> {
    let Some((destination, _)) = trip.stages.split_last() else { return Ok(Found::Nobody) };
    let asked: BTreeSet<ChangeIx> = going.iter().copied().collect();
    let Trip { source, stages, resolutions, excluded, .. } = trip;
    let (source, making) = (Some(source), Making::Suppose);
    let load = Load { changes: &[], resolutions, excluded, operation: None, source, making };
    let trials = Trials::new(snapshot, content, stages, load);
    let traveller = Traveller { snapshot, content, trip, destination, trials };
    let Some(plain) = traveller.descend(Group { changes: asked.clone(), ..Group::default() })? else {
        return Ok(Found::Unknown);
    };
    let fewest = match plain {
        Some(plain) if plain.changes.len() < asked.len() + 2 => Some(plain),
        plain => traveller.fewer(&asked, plain.as_ref())?.or(plain),
    };
    Ok(fewest.map_or(Found::Nobody, |Group { changes, before }| {
        Found::Missing(Missing { changes: changes.difference(&asked).copied().collect(), before })
    }))
}

/// Who lacks what, one sentence for each change that conflicts because of it.
pub fn sentences(snapshot: &Snapshot<'_>, missing: &Missing, destination: &StageName) -> Vec<String> {
    let mut lacking: BTreeMap<ChangeIx, Vec<&ChangeKey>> = BTreeMap::new();
    for (earlier, later) in missing.before.iter().filter(|(earlier, _)| missing.changes.contains(earlier)) {
        lacking.entry(*later).or_default().push(snapshot.state.key(*earlier));
    }
    let sentence = |(later, needed): (ChangeIx, Vec<&ChangeKey>)| {
        let names: Vec<_> = needed.iter().map(|key| key.as_str()).collect();
        format!("{} needs {}, which {destination} lacks", snapshot.state.key(later), names.join(", "))
    };
    lacking.into_iter().map(sentence).collect()
}

struct Traveller<'a> {
    snapshot: &'a Snapshot<'a>,
    content: &'a dyn Content,
    trip: Trip<'a>,
    destination: &'a StageName,
    trials: Trials<'a>,
}

impl Traveller<'_> {
    /// A group of fewer than the plain answer has, where one goes.
    fn fewer(&self, asked: &BTreeSet<ChangeIx>, plain: Option<&Group>) -> Result<Option<Group>, Fault> {
        let fewer_than = plain.map_or(usize::MAX, |plain| plain.changes.len());
        let limits = Limits { fewer_than, budget: self.trip.effort.budget().fewer };
        let start = Group { changes: asked.clone(), ..Group::default() };
        // What is carried counts, not how often: a change of thousands of files is tried a few times, not hundreds.
        let found = search::smallest(start, limits, |group| {
            let before = self.trials.spent();
            Ok((self.travel(group)?, 1 + self.trials.spent() - before))
        })?;
        Ok(found.map(|found| found.group))
    }

    /// The plain answer: whoever touched last what a change conflicts on comes along. `None` where finding it takes too
    /// much.
    fn descend(&self, mut group: Group) -> Result<Option<Option<Group>>, Fault> {
        loop {
            if self.trials.spent() > self.trip.effort.budget().any {
                return Ok(None);
            }
            match self.travel(&group)? {
                Trial::Clean(()) => return Ok(Some(Some(group))),
                Trial::Blocked(branches) => match branches.into_iter().next() {
                    Some(branch) => group = branch.group,
                    None => return Ok(Some(None)),
                },
            }
        }
    }

    /// What becomes of a group on its way. Where a change is blocked, somebody who came before it on the source and
    /// touches what it conflicts on has to come along, or go before it.
    fn travel(&self, group: &Group) -> Result<Trial<()>, Fault> {
        let Trip { source, by, .. } = self.trip;
        let chosen: Vec<ChangeIx> = group.changes.iter().copied().collect();
        let ordered = order(self.snapshot, Rule { source, by, before: &group.before }, &chosen);
        let changes: Vec<_> = ordered.iter().map(|ix| (*ix, self.revision(*ix))).collect();
        let Some(stopped) = self.trials.first_stopped(&changes)? else { return Ok(Trial::Clean(())) };
        let place = ordered.iter().position(|ix| *ix == stopped.change).unwrap_or(ordered.len());
        let went_before = &ordered[..place];
        let goes = |earlier: &ChangeIx| !went_before.contains(earlier) && !self.is_there(*earlier);
        // Whoever made what it edits comes along, before anybody else is tried.
        let makers: Vec<ChangeIx> = stopped.makers.iter().copied().filter(goes).collect();
        let conflicts = stopped.conflicts;
        let mut branches: Vec<Branch> = self.branch(group, (&makers, stopped.change), &conflicts).into_iter().collect();
        for earlier in self.meeting(stopped.change, &stopped.stage, &conflicts)?.into_iter().filter(goes) {
            branches.extend(self.branch(group, (&[earlier], stopped.change), &conflicts));
        }
        Ok(Trial::Blocked(branches))
    }

    fn revision(&self, change: ChangeIx) -> RevisionNo {
        closure::moving(self.snapshot, self.trip.source, self.snapshot.state.at(change)).number
    }

    /// Whether the destination holds a change as the source does.
    fn is_there(&self, change: ChangeIx) -> bool {
        let there = self.snapshot.state.lines.get(self.destination).and_then(|line| line.receipts.revision(change));
        there.is_some_and(|there| there >= self.revision(change))
    }

    /// The changes that came before a blocked one on the source and touch what it conflicts on, the last one first.
    fn meeting(&self, blocked: ChangeIx, at: &StageName, conflicts: &[Conflict]) -> Result<Vec<ChangeIx>, Fault> {
        let lines = &self.snapshot.state.lines;
        let (Some(source), Some(line)) = (lines.get(self.trip.source), lines.get(at)) else { return Ok(Vec::new()) };
        let composer = self.snapshot.composer(self.content);
        let mut dispute = Dispute::over(conflicts);
        // The stage may know a file by another name than the source does.
        dispute.paths = composer.tied(&line.items, dispute.paths)?;
        let before = source.items.iter().rposition(|item| item.change == blocked).unwrap_or(0);
        closure::meeting(composer, (&source.items, before), dispute)
    }

    /// The group with changes that go before the blocked one, and with what those were declared to need. `None` when that
    /// is nothing new, or makes a circle of what goes before what.
    fn branch(
        &self,
        group: &Group,
        (earlier, blocked): (&[ChangeIx], ChangeIx),
        conflicts: &Rc<[Conflict]>,
    ) -> Option<Branch> {
        let state = self.snapshot.state;
        let mut group = group.clone();
        let (mut added, mut is_new) = (Vec::new(), false);
        for one in earlier {
            is_new |= group.before.insert((*one, blocked));
            let declared = closure::dependencies_from(self.snapshot, self.trip.source, state.key(*one));
            let declared = declared.iter().filter_map(|key| state.change(key)).map(|(ix, _)| ix);
            added.extend(declared.filter(|ix| !self.is_there(*ix)).chain([*one]));
        }
        if !is_new {
            return None;
        }
        added.retain(|ix| group.changes.insert(*ix));
        Some(Branch { group, added, conflicts: Rc::clone(conflicts) })
    }
}
