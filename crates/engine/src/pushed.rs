//! Branches that are recorded by themselves when they are pushed (`SPEC W4`): with the rights of whoever put the
//! configuration in force, and as the work of whoever wrote them.

use crate::branch_history::keys;
use crate::desk::Desk;
use crate::elsewhere::is_elsewhere;
use crate::failure::EngineFailure;
use crate::gather;
use crate::house::House;
use crate::record::{Origin, Said, record};
use crate::unrecorded::Attempt;
use crate::visit::Visit;
use std::sync::PoisonError;
use switchback_core::recording::pushed::Watch;
use switchback_core::words::admit;
use switchback_core::words::names::{ChangeKey, Seq, UserName};
use switchback_core::words::object::CommitId;
use switchback_core::words::refusal::Code;
use switchback_core::words::warning::Warning;

/// How many branches are named to whoever looks; the rest is counted.
const NAMED: usize = 3;

/// A branch that has something new of a change.
struct Pushed {
    branch: String,
    change: ChangeKey,
    tip: CommitId,
}

impl House {
    /// Records what was pushed, if the configuration in force says so; the changes that got a revision. A branch that
    /// cannot be recorded keeps no other from it.
    ///
    /// # Errors
    /// A fault of the ledger, the repository or the remote.
    pub fn record_pushed(&self) -> Result<Vec<ChangeKey>, EngineFailure> {
        let mut recorded = Vec::new();
        let Some(by) = self.put_in_force_by()? else { return Ok(recorded) };
        let visit = Visit::of((self.people)(&by));
        // What one is stacked on may come after it in the alphabet.
        loop {
            let new = self.receive(&visit)?.record_once()?;
            if new.is_empty() {
                return Ok(recorded);
            }
            recorded.extend(new);
        }
    }
}

impl Desk<'_> {
    fn record_once(&self) -> Result<Vec<ChangeKey>, EngineFailure> {
        let mut recorded = Vec::new();
        for pushed in self.pushed()? {
            let at = self.look()?.seq;
            let author = self.repo.commit_info(pushed.tip)?.author;
            let owner =
                Some((self.house.writers)(&author)).filter(|owner| admit::facts(Some(owner), (None, None)).is_ok());
            match self.record_one(&pushed, owner) {
                Ok(()) => recorded.push(pushed.change),
                Err(EngineFailure::Fault(fault)) if is_elsewhere(&fault) => return Err(fault.into()),
                Err(failure) => self.keep_in_mind(pushed, at, &failure),
            }
        }
        Ok(recorded)
    }

    fn record_one(&self, pushed: &Pushed, author: Option<UserName>) -> Result<(), EngineFailure> {
        let state = self.look()?;
        let is_new = Watch::of(&state).is_some_and(|watch| watch.is_new(&pushed.change));
        let said = Said {
            change: pushed.change.clone(),
            title: None,
            project: None,
            release: None,
            owner: author.filter(|_| is_new),
            parent: None,
            stage: None,
        };
        self.hear(record(self, &said, &Origin::Branch(format!("refs/heads/{}", pushed.branch)))?.done.warnings);
        Ok(())
    }

    fn keep_in_mind(&self, Pushed { branch, tip, .. }: Pushed, at: Seq, failure: &EngineFailure) {
        let why = match failure {
            EngineFailure::Refused(refusal) if refusal.code == Code::NothingToRecord => None,
            EngineFailure::Refused(refusal) => {
                Some(Warning::new(refusal.code, &refusal.message).mended_by(refusal.remedy.clone()))
            }
            other => {
                let (code, message) = other.said();
                Some(Warning::of(code, message))
            }
        };
        let mut tried = self.house.unrecorded.lock().unwrap_or_else(PoisonError::into_inner);
        tried.insert(branch, Attempt { tip, at, why });
        self.house.is_other();
    }

    /// The branches that have something new.
    fn pushed(&self) -> Result<Vec<Pushed>, EngineFailure> {
        let state = self.look()?;
        let Some(watch) = Watch::of(&state) else { return Ok(Vec::new()) };
        let pattern = gather::pattern(self)?;
        let base = self.house.branches.tip(&*self.repo, state.pipeline().base_branch())?;
        let names = self.house.branches.names(&*self.repo)?;
        let mut tried = self.house.unrecorded.lock().unwrap_or_else(PoisonError::into_inner);
        let before = tried.len();
        tried.retain(|branch, _| names.contains(branch));
        let mut found = Vec::new();
        for branch in names.into_iter().filter(|name| watch.is_worked_on(name)) {
            let Some(change) = keys(&pattern, &branch).into_iter().next() else { continue };
            let Some(tip) = self.house.branches.tip(&*self.repo, &branch)? else { continue };
            if !watch.is_news(&change, tip) {
                tried.remove(&branch);
                continue;
            }
            let again = tried.get(&branch).is_some_and(|last| (last.tip, last.at) == (tip, state.seq));
            // What the base branch holds was merged beside the tool, and is no work of anybody's any more.
            if again || base.map_or(Ok(false), |base| self.repo.reaches(base, tip))? {
                continue;
            }
            found.push(Pushed { branch, change, tip });
        }
        if tried.len() != before {
            self.house.is_other();
        }
        Ok(found)
    }

    /// What was pushed and could not be recorded, for whoever looks.
    pub fn about_pushed(&self) -> Option<Warning> {
        let tried = self.house.unrecorded.lock().unwrap_or_else(PoisonError::into_inner);
        let all: Vec<_> = tried.iter().filter_map(|(branch, last)| Some((branch, last.why.as_ref()?))).collect();
        let (first, why) = all.first()?;
        let mut named: Vec<String> =
            all.iter().take(NAMED).map(|(branch, why)| format!("{branch} ({})", why.message)).collect();
        if all.len() > NAMED {
            named.push(format!("{} more", all.len() - NAMED));
        }
        let message = format!("pushed, and not recorded: {}", named.join("; "));
        let remedy = why.remedy.clone().unwrap_or_else(|| format!("look at {first}, and push it again").into());
        Some(Warning::of("not-recorded", message).mended_by(remedy))
    }
}
