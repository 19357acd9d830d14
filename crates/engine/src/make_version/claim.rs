//! Whose place it is that a version is made at (`SPEC A15`).

use super::{Halt, Maker};
use switchback_core::areas::place::{self, Claim};
use switchback_core::ledger::state::State;
use switchback_core::ports::target::{Identity, List, Standing};
use switchback_core::records::version::Place;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::PlaceId;
use switchback_core::words::object::{Leaf, RepoPath};
use switchback_machine::random;

/// A place that may be worked at, and what has to be written there before.
pub(super) struct Claimed {
    claim: Claim,
    /// The identity that stands there.
    standing: Option<PlaceId>,
}

impl Maker<'_> {
    /// Whether the place is this area's, or nobody's yet. What a dead worker left there is finished or undone on the way,
    /// which is done to no other's place.
    pub(super) fn claim(&self, state: &State) -> Result<Claimed, Halt> {
        let mut found = self.target.standing()?;
        if let Some(refusal) = self.desk.with_question((state, self.area, &found), place::of_another) {
            return Err(refusal.into());
        }
        if self.recover(state)? {
            found = self.target.standing()?;
        }
        let kind = &self.asked.kind;
        let claim = self.desk.with_question((state, self.area, &found), |asked| place::claim(asked, kind))?;
        self.list_anew(state, &found)?;
        Ok(Claimed { claim, standing: found.identity.map(|identity| identity.id) })
    }

    /// A place that lost its list of managed files is told what the last version left there.
    fn list_anew(&self, state: &State, found: &Standing) -> Result<(), Halt> {
        let lost = matches!(found.list, List::Missing | List::Damaged);
        if let Some(version) = state.area(&self.area.name).current().filter(|_| lost) {
            let left = self.desk.repo.leaves(version.tree)?;
            self.manage(&left)?;
        }
        Ok(())
    }

    /// Makes these the managed files, whatever the list says.
    pub(super) fn manage(&self, files: &[(RepoPath, Leaf)]) -> Result<(), Halt> {
        self.hold()?;
        Ok(self.target.adopt(files)?)
    }

    /// Writes whose place it is, where that is not said there yet.
    pub(super) fn occupy(&self, claimed: &Claimed) -> Result<Place, Fault> {
        let id = match &claimed.claim {
            Claim::Stands(id) => id.clone(),
            Claim::Write(known) => {
                let id = known.clone().map_or_else(|| random::name().map(PlaceId::new), Ok)?;
                let (pipeline, area) = (self.desk.house.name().to_owned(), self.area.name.clone());
                self.target.identify(&Identity { pipeline, area, id: id.clone() }, claimed.standing.as_ref())?;
                id
            }
        };
        Ok(Place { id, at: self.desk.location(self.area) })
    }
}
