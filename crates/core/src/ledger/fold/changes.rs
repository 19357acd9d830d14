//! The part of the fold that knows changes.

use crate::ledger::fold::Attribution;
use crate::ledger::state::State;
use crate::pipeline::stage::Attestation;
use crate::records::change::{Attested, Change, Facts, Remark, Revision, Task, TaskDone, Voice};
use crate::records::demotion::Demoted;
use crate::records::outline::Outlines;
use crate::records::owner::Names;
use crate::records::receipt::ChangeIx;
use crate::words::names::{AreaName, ChangeKey, RevisionNo, StageName};

/// What is recorded of a change.
pub(super) struct Recording<'a> {
    pub facts: &'a Facts,
    pub revision: &'a Revision,
    pub origin: Option<&'a StageName>,
    pub voice: &'a Voice,
}

/// A task as it was done.
pub(super) fn done(area: &AreaName, revision: RevisionNo, told: Attribution<'_>) -> TaskDone {
    TaskDone { area: area.clone(), revision, by: told.by.clone(), at: told.at }
}

/// A revision as it is kept: its sketch stands in its outline.
fn kept(revision: &Revision) -> Revision {
    Revision { sketch: None, ..revision.clone() }
}

impl State {
    /// The number of a change that a fact names.
    pub(super) fn index_of(&self, key: &ChangeKey) -> Result<ChangeIx, String> {
        self.change(key).map(|(ix, _)| ix).ok_or_else(|| format!("{key} was never recorded"))
    }

    pub(super) fn change_known(&mut self, key: &ChangeKey) -> Result<&mut Change, String> {
        let ix = self.index_of(key)?;
        Ok(&mut self.changes[ix.0 as usize])
    }

    pub(super) fn record(&mut self, key: &ChangeKey, of: Recording<'_>, told: Attribution<'_>) -> Result<(), String> {
        let Recording { facts, revision, origin, voice } = of;
        let next = self.change(key).map_or(RevisionNo(1), |(_, known)| known.latest().number.next());
        if revision.number != next {
            return Err(format!("{key} gets revision {} where {next} is due", revision.number));
        }
        if next > RevisionNo(1) {
            let known = self.change_known(key)?;
            // Entries of older programs say nothing about it: the names in the ledger tell.
            let gave_away = *voice == Voice::Owners || known.is_or_was_owned(Names::of(told.by));
            let recorder = (gave_away && *told.by != facts.owner).then(|| told.by.clone());
            known.owners.push([facts.owner.clone()].into_iter().chain(recorder).collect());
            known.facts = facts.clone();
            known.origin = origin.cloned().or(known.origin.take());
            known.revisions.push(kept(revision));
            let ix = self.index_of(key)?;
            self.be_part(ix, facts);
            self.outlines[ix.0 as usize].push(revision);
            return Ok(());
        }
        let ix = ChangeIx(self.changes.len() as u32);
        self.index.insert(key, ix);
        self.be_part(ix, facts);
        self.outlines.push(Outlines::new(revision));
        self.changes.push(Change {
            key: key.clone(),
            facts: facts.clone(),
            revisions: vec![kept(revision)],
            owners: vec![vec![facts.owner.clone()]],
            origin: origin.cloned(),
            excluded: None,
            ignored: Vec::new(),
            tasks: Vec::new(),
            recorded_at: told.at,
        });
        Ok(())
    }

    /// Says something else about a change.
    pub(super) fn edit(&mut self, key: &ChangeKey, facts: &Facts) -> Result<(), String> {
        let ix = self.index_of(key)?;
        self.be_part(ix, facts);
        self.changes[ix.0 as usize].facts = facts.clone();
        Ok(())
    }

    /// Remembers what a change is part of, so that its parts are found without asking all changes.
    fn be_part(&mut self, change: ChangeIx, facts: &Facts) {
        if let Some(whole) = &facts.parent {
            self.parts.insert(whole, change);
        }
    }

    /// Counts a change nowhere, with why; `None` counts it again.
    pub(super) fn exclude(&mut self, key: &ChangeKey, why: Option<Remark>) -> Result<(), String> {
        let ix = self.index_of(key)?.0;
        let is_new = if why.is_some() { self.excluded.insert(ix) } else { self.excluded.remove(ix) };
        if is_new || why.is_some() {
            self.changes[ix as usize].excluded = why;
        }
        Ok(())
    }

    pub(super) fn attest(
        &mut self,
        what: (&ChangeKey, RevisionNo),
        (kind, voice): (Attestation, Voice),
        told: Attribution<'_>,
    ) -> Result<(), String> {
        let (key, number) = what;
        let known = self.change_known(key)?.revisions.iter_mut().find(|known| known.number == number);
        let revision = known.ok_or_else(|| format!("{key} has no revision {number}"))?;
        revision.attested.retain(|other| other.kind != kind);
        revision.attested.push(Attested { kind, by: told.by.clone(), at: told.at, voice });
        Ok(())
    }

    /// Takes an attestation back, which must be there.
    pub(super) fn withdraw(&mut self, key: &ChangeKey, number: RevisionNo, kind: Attestation) -> Result<(), String> {
        let known = self.change_known(key)?.revisions.iter_mut().find(|known| known.number == number);
        let attested = &mut known.ok_or_else(|| format!("{key} has no revision {number}"))?.attested;
        let at = attested.iter().position(|other| other.kind == kind);
        let at = at.ok_or_else(|| format!("revision {number} of {key} is not {}", kind.as_str()))?;
        attested.remove(at);
        Ok(())
    }

    /// Takes back what a demotion took back along the way, of every revision that left.
    pub(super) fn withdraw_along(&mut self, left: &Demoted) -> Result<(), String> {
        let known = self.change_known(&left.change)?;
        let gone = |known: &&mut Revision| left.left.iter().any(|(_, number)| *number == known.number);
        for revision in known.revisions.iter_mut().filter(gone) {
            revision.attested.retain(|attested| !left.withdrawn.contains(&attested.kind));
        }
        Ok(())
    }

    /// A stage a change is not offered to, with why; `None` offers it again.
    pub(super) fn ignore(&mut self, key: &ChangeKey, stage: &StageName, why: Option<Remark>) -> Result<(), String> {
        let known = self.change_known(key)?;
        known.ignored.retain(|(other, _)| other != stage);
        known.ignored.extend(why.map(|remark| (stage.clone(), remark)));
        Ok(())
    }

    pub(super) fn add_task(&mut self, key: &ChangeKey, text: &str, area: Option<&AreaName>) -> Result<(), String> {
        let known = self.change_known(key)?;
        let number = known.tasks.len() as u32 + 1;
        known.tasks.push(Task { number, text: text.to_owned(), area: area.cloned(), done: Vec::new() });
        Ok(())
    }

    pub(super) fn do_task(&mut self, what: (&ChangeKey, u32), done: TaskDone) -> Result<(), String> {
        let (key, number) = what;
        let task = self.change_known(key)?.tasks.iter_mut().find(|task| task.number == number);
        task.ok_or_else(|| format!("{key} has no task {number}"))?.done.push(done);
        Ok(())
    }
}
