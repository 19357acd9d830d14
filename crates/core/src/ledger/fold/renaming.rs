//! A stage or an area has another name from here on (`SPEC A15`): everything that names it goes along. What entries told
//! before keeps the name it had then.

use crate::ledger::state::State;
use crate::records::promotion::DeployWish;
use crate::words::names::{AreaName, StageName};
use crate::words::scope::Scope;

/// An old name and the new one.
pub(super) struct Names<'a, N>(pub &'a N, pub &'a N);

impl<N: PartialEq + Clone> Names<'_, N> {
    fn follow(&self, name: &mut N) {
        if *name == *self.0 {
            *name = self.1.clone();
        }
    }
}

impl State {
    pub(super) fn rename_stage(&mut self, names: &Names<'_, StageName>) -> Result<(), String> {
        let Names(from, to) = *names;
        if self.lines.contains_key(to) {
            return Err(format!("stage {from} is renamed to {to}, which there is already"));
        }
        let line = self.lines.remove(from).ok_or_else(|| format!("stage {from} is renamed, and was never taken in"))?;
        self.lines.insert(to.clone(), line);
        for change in self.changes.iter_mut() {
            change.origin.iter_mut().for_each(|stage| names.follow(stage));
            change.ignored.iter_mut().for_each(|(stage, _)| names.follow(stage));
        }
        for one in self.promotions.iter_mut() {
            [&mut one.source, &mut one.destination].into_iter().for_each(|stage| names.follow(stage));
            one.conflicts.iter_mut().for_each(|conflict| names.follow(&mut conflict.stage));
            one.decisions.iter_mut().for_each(|decision| names.follow(&mut decision.stage));
            if let Some(under_way) = &mut one.under_way {
                under_way.steps.iter_mut().for_each(|step| names.follow(&mut step.stage));
                under_way.from.iter_mut().for_each(|(stage, _)| names.follow(stage));
            }
        }
        for one in self.demotions.iter_mut() {
            names.follow(&mut one.target);
            for demoted in &mut one.demoted {
                names.follow(&mut demoted.from);
                demoted.left.iter_mut().for_each(|(stage, _)| names.follow(stage));
            }
            if let Some(waiting) = &mut one.waiting {
                waiting.asked.from.iter_mut().for_each(|stage| names.follow(stage));
                names.follow(&mut waiting.asked.to);
            }
        }
        for grant in &mut self.grants {
            if let Scope::Stage(stage) = &mut grant.scope {
                names.follow(stage);
            }
        }
        Ok(())
    }

    pub(super) fn rename_area(&mut self, names: &Names<'_, AreaName>) -> Result<(), String> {
        let Names(from, to) = *names;
        if self.areas.contains_key(to) {
            return Err(format!("area {from} is renamed to {to}, which there is already"));
        }
        let mut line =
            self.areas.remove(from).ok_or_else(|| format!("area {from} is renamed, and was never deployed to"))?;
        line.earlier.iter_mut().for_each(|earlier| names.follow(&mut earlier.area));
        self.areas.insert(to.clone(), line);
        self.renamed.push((from.clone(), to.clone()));
        for task in self.changes.iter_mut().flat_map(|change| &mut change.tasks) {
            task.area.iter_mut().for_each(|area| names.follow(area));
            task.done.iter_mut().for_each(|done| names.follow(&mut done.area));
        }
        let options = self.promotions.iter_mut().map(|one| &mut one.options.deploy);
        let waiting = self.demotions.iter_mut().filter_map(|one| one.waiting.as_mut());
        for wish in options.chain(waiting.map(|waiting| &mut waiting.asked.deploy)) {
            if let DeployWish::Areas(areas) = wish {
                areas.iter_mut().for_each(|area| names.follow(area));
            }
        }
        self.deployments.iter_mut().for_each(|asked| names.follow(&mut asked.area));
        self.irregularities.iter_mut().for_each(|one| names.follow(&mut one.area));
        for grant in &mut self.grants {
            if let Scope::Area(area) = &mut grant.scope {
                names.follow(area);
            }
        }
        Ok(())
    }

    /// What an area is called now that was called so once.
    pub fn area_now(&self, name: &AreaName) -> AreaName {
        let mut now = name.clone();
        self.renamed.iter().for_each(|(from, to)| Names(from, to).follow(&mut now));
        now
    }
}
