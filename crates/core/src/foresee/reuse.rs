//! Where resolutions were used (`SPEC X5`): on the lines of stages, in promotions, in versions of areas.

use crate::ledger::state::State;
use crate::records::area_line::AreaLine;
use crate::records::line::Item;
use crate::records::receipt::ChangeIx;
use crate::records::resolution::{Resolution, ResolutionId, Settler};
use crate::words::names::{AreaName, ChangeKey, OperationId, StageName, VersionNo};
use crate::words::object::RepoPath;
use std::collections::BTreeMap;

/// One use of a resolution.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Use {
    /// Where.
    pub place: UsedAt,
    /// Whose conflict it settled.
    pub change: ChangeKey,
    /// At which path.
    pub path: RepoPath,
    /// The operation that used it; `None` for what was adopted.
    pub operation: Option<OperationId>,
    /// Whether nobody was asked; else it was made then.
    pub reused: bool,
    /// Whether the place still holds what it settled.
    pub stands: bool,
}

/// Where a resolution was used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UsedAt {
    /// On a stage's line.
    Stage(StageName),
    /// In a version of an area.
    Area(AreaName, VersionNo),
}

/// How often a resolution was used again without asking, where what it settled still stands.
pub fn standing(uses: &[Use]) -> usize {
    uses.iter().filter(|one| one.reused && one.stands).count()
}

/// Every use of every resolution: stages first, then areas.
pub fn uses(state: &State) -> BTreeMap<ResolutionId, Vec<Use>> {
    let mut found = UsesFound { state, uses: BTreeMap::new() };
    for (stage, line) in &state.lines {
        for item in &line.items {
            found.item(&UsedAt::Stage(stage.clone()), item);
        }
    }
    found.promotions();
    for (area, line) in &state.areas {
        found.area(area, line);
    }
    found.uses
}

struct UsesFound<'a> {
    state: &'a State,
    uses: BTreeMap<ResolutionId, Vec<Use>>,
}

impl UsesFound<'_> {
    fn item(&mut self, place: &UsedAt, item: &Item) {
        for resolution in &item.resolutions {
            self.settled(place, (item.change, item.operation), resolution);
        }
    }

    fn settled(&mut self, place: &UsedAt, by: (ChangeIx, Option<OperationId>), resolution: &Resolution) {
        let reused = resolution.by.is_automatic();
        let made = [ResolutionId::of(&resolution.path, &resolution.sides)];
        let ids = if resolution.by == Settler::Person { &made[..] } else { resolution.by.reused() };
        for id in ids {
            let (change, operation) = (self.state.key(by.0).clone(), by.1);
            let (place, path) = (place.clone(), resolution.path.clone());
            self.add(*id, Use { place, change, path, operation, reused, stands: true });
        }
    }

    fn add(&mut self, named: ResolutionId, new: Use) {
        // Older entries name all about the same sides alike.
        let ids = self.state.resolutions.named(named);
        let here = |id: &&ResolutionId| self.state.resolutions.get(**id).is_some_and(|known| known.path == new.path);
        let id = ids.iter().find(here).or(ids.first()).copied().unwrap_or(named);
        let known = self.uses.entry(id).or_default();
        let same = |one: &Use| (&one.place, &one.change, &one.path) == (&new.place, &new.change, &new.path);
        if !known.iter().any(|one| same(one) && one.operation == new.operation) {
            known.push(new);
        }
    }

    /// What promotions settled by it on lines that have lost the change since.
    fn promotions(&mut self) {
        for promotion in self.state.promotions.iter().filter(|one| !one.status.is_open()) {
            for decision in &promotion.decisions {
                for id in decision.by.reused() {
                    let (place, change) = (UsedAt::Stage(decision.stage.clone()), decision.change.clone());
                    let (path, operation) = (decision.path.clone(), Some(promotion.id));
                    self.add(*id, Use { place, change, path, operation, reused: true, stands: false });
                }
            }
        }
    }

    fn area(&mut self, area: &AreaName, line: &AreaLine) {
        for version in &line.versions {
            let place = UsedAt::Area(area.clone(), version.number);
            for moved in &version.changes {
                moved.after.iter().flat_map(|holding| &holding.items).for_each(|item| self.item(&place, item));
            }
            for one in &version.decisions {
                self.settled(&place, (one.change, Some(version.deployment)), &one.resolution);
            }
            let here = |one: &&mut Use| one.place == place;
            for used in self.uses.values_mut().flatten().filter(here) {
                let ix = self.state.change(&used.change).map(|(ix, _)| ix);
                let holding = ix.and_then(|ix| line.holding(ix));
                used.stands = holding.is_some_and(|holding| holding.since == version.number);
            }
        }
    }
}
