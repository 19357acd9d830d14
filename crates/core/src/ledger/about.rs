//! What facts say about one change at one stage (`SPEC H5`).

use crate::ledger::entry::{Event, Imported};
use crate::pipeline::stage::Attestation;
use crate::records::promotion::{PromotedChange, Promotion};
use crate::words::names::{ChangeKey, RevisionNo, StageName};
use crate::words::object::CommitId;

/// What one fact says about the change.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum About<'a> {
    /// A revision was recorded; perhaps it originated at a stage.
    Recorded(RevisionNo, Option<&'a StageName>),
    /// Somebody attested a revision.
    Attested(RevisionNo, Attestation),
    /// Somebody took an attestation back.
    Withdrawn(RevisionNo, &'a [Attestation]),
    /// It was excluded, for a reason.
    Excluded(&'a str),
    /// It was included again.
    Included,
    /// It was ignored at the stage, for a reason.
    Ignored(&'a str),
    /// It is noticed at the stage again.
    Noticed,
    /// It came onto the stage.
    Applied(&'a Imported),
    /// It left the stage with this commit.
    Removed(CommitId),
    /// It was found on the stage's branch.
    Found(&'a Imported),
    /// A promotion to the stage that carries it stood so.
    Promotion(&'a Promotion, &'a PromotedChange),
}

/// What an event says about a change at a stage; `None` when it does not concern them.
pub fn about<'a>(event: &'a Event, key: &ChangeKey, at: &StageName) -> Option<About<'a>> {
    match event {
        Event::Recorded { change, revision, origin, .. } if change == key => {
            Some(About::Recorded(revision.number, origin.as_ref()))
        }
        Event::Attested { change, revision, kind, .. } if change == key => Some(About::Attested(*revision, *kind)),
        Event::Withdrawn { change, revision, kind } if change == key => {
            Some(About::Withdrawn(*revision, std::slice::from_ref(kind)))
        }
        Event::Demoted { demoted, .. } => {
            let along = demoted.iter().find(|one| one.change == *key && !one.withdrawn.is_empty())?;
            along.left.first().map(|(_, revision)| About::Withdrawn(*revision, &along.withdrawn))
        }
        Event::Excluded { change, reason } if change == key => Some(About::Excluded(reason)),
        Event::Included { change } if change == key => Some(About::Included),
        Event::Ignored { change, stage, reason } if change == key && stage == at => Some(About::Ignored(reason)),
        Event::Noticed { change, stage } if change == key && stage == at => Some(About::Noticed),
        Event::Applied { stage, item, .. } if item.change == *key && stage == at => Some(About::Applied(item)),
        Event::Removed { stage, change, commit, .. } if change == key && stage == at => Some(About::Removed(*commit)),
        Event::TakenOutBefore { stage, change, commit, .. } if change == key && stage == at => {
            Some(About::Removed(*commit))
        }
        Event::StageAdopted { stage, items, .. } if stage == at => {
            items.iter().find(|item| item.change == *key).map(About::Found)
        }
        Event::CommitsAdopted { stage, items, removed, .. } if stage == at => {
            let found = items.iter().find(|item| item.change == *key).map(About::Found);
            let taken = removed.iter().find(|taken| taken.change == *key);
            found.or(taken.map(|taken| About::Removed(taken.commit)))
        }
        Event::Promotion(promotion) if promotion.destination == *at => {
            let chosen = promotion.changes.iter().find(|chosen| chosen.change == *key)?;
            Some(About::Promotion(promotion, chosen))
        }
        _ => None,
    }
}
