//! Refs below `refs/switchback/` go along when the stage or the area that they are named after gets another name
//! (`SPEC A15`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::kept_refs::{OF_AREAS, OF_STAGES, area_ref};
use std::collections::BTreeMap;
use switchback_core::ledger::entry::Event;
use switchback_core::ports::repository::RefMove;
use switchback_core::words::names::AreaName;
use switchback_core::words::object::CommitId;

/// Gives what stands under a name its new one, where an event says so.
pub(crate) fn follow<T>(refs: &mut BTreeMap<String, T>, event: &Event) {
    let (folders, from, to) = match event {
        Event::AreaRenamed { from, to, .. } => (&OF_AREAS[..], from.as_str(), to.as_str()),
        Event::StageRenamed { from, to } => (&OF_STAGES[..], from.as_str(), to.as_str()),
        _ => return,
    };
    for folder in folders {
        let (old, below) = (format!("{folder}{from}"), format!("{folder}{from}/"));
        let names: Vec<String> =
            refs.keys().filter(|name| **name == old || name.starts_with(&below)).cloned().collect();
        for name in names {
            let new = format!("{folder}{to}{}", &name[old.len()..]);
            if let Some(kept) = refs.remove(&name) {
                refs.insert(new, kept);
            }
        }
    }
}

impl Desk<'_> {
    /// The moves of refs that some events ask for because they give new names; none where that is done already.
    ///
    /// # Errors
    /// A fault of the repository.
    pub(crate) fn refs_renamed(&self, events: &[Event]) -> Result<Vec<RefMove>, EngineFailure> {
        let areas = !self.areas_went_along(events)?;
        let wanted = |event: &&Event| match event {
            Event::AreaRenamed { .. } => areas,
            Event::StageRenamed { .. } => true,
            _ => false,
        };
        let renamings: Vec<&Event> = events.iter().filter(wanted).collect();
        if renamings.is_empty() {
            return Ok(Vec::new());
        }
        let mut before: BTreeMap<String, CommitId> = BTreeMap::new();
        for folder in OF_AREAS.iter().chain(&OF_STAGES) {
            before.extend(self.repo.references(folder)?);
        }
        let mut after = before.clone();
        renamings.into_iter().for_each(|event| follow(&mut after, event));
        let gone = before.iter().filter(|(name, _)| !after.contains_key(*name));
        let gone = gone.map(|(name, from)| RefMove { name: name.clone(), from: Some(*from), to: None });
        let come = after.iter().filter(|(name, to)| before.get(*name) != Some(*to));
        let come =
            come.map(|(name, to)| RefMove { name: name.clone(), from: before.get(name).copied(), to: Some(*to) });
        Ok(gone.chain(come).collect())
    }

    /// Whether the areas' versions stand under the new names: two that swapped their names would swap them again.
    fn areas_went_along(&self, events: &[Event]) -> Result<bool, EngineFailure> {
        for (at, event) in events.iter().enumerate() {
            let Event::AreaRenamed { to, head: Some(head), .. } = event else { continue };
            let name = area_ref(&last_name(to, &events[at + 1..]));
            if self.repo.reference(&name)? != Some(*head) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn last_name(name: &AreaName, events: &[Event]) -> AreaName {
    let mut name = name.clone();
    for event in events {
        if let Event::AreaRenamed { from, to, .. } = event
            && *from == name
        {
            name = to.clone();
        }
    }
    name
}
