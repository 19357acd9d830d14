//! act: the world follows the ledger. Everything here may run twice; a crash re-enters here and nowhere else.

use crate::acting::Announced;
use crate::desk::Desk;
use crate::elsewhere::is_elsewhere;
use crate::failure::EngineFailure;
use crate::kept_refs::{
    area_ref, aside, base_ref, change_ref, head_ref, imported_ref, past_ref, replaced_ref, set_aside_ref,
};
use crate::ready_branches::made_by;
use crate::renamed_refs::follow;
use crate::under_way_refs;
use std::collections::BTreeMap;
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::plan::Plan;
use switchback_core::ledger::state::State;
use switchback_core::ports::branches::BranchMove;
use switchback_core::ports::repository::RefMove;
use switchback_core::records::change::Revision;
use switchback_core::records::line::Source;
use switchback_core::words::names::{ChangeKey, RevisionNo, StageName};
use switchback_core::words::object::CommitId;
use switchback_core::words::warning::Warning;
use switchback_machine::failpoint;
use switchback_machine::notes::Note;

/// What the repository says of a ref that could not be moved, whatever is in its way.
const UNMOVED: &str = "refs-unmoved";

/// Proof that a plan was appended. Only this may be acted on.
#[must_use]
pub(crate) struct Committed {
    /// The plan.
    pub(crate) plan: Plan,
    note: Note,
    /// What was made safe elsewhere for it is under this name.
    operation: String,
}

impl Committed {
    pub(crate) fn new(plan: Plan, note: Note, operation: String) -> Self {
        Self { plan, note, operation }
    }
}

/// What became of the branches.
struct Moved {
    warnings: Vec<Warning>,
    left: Left,
}

/// What is left to be done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    Nothing,
    /// A remote has yet to let some be moved.
    Branches,
}

impl Desk<'_> {
    /// Moves branches and refs to where the ledger says they are. What could not follow is a warning: the ledger
    /// stands, and the next start tries again.
    ///
    /// # Errors
    /// A fault of the repository.
    pub(crate) fn act(
        &self,
        committed: &Committed,
        before: &State,
        after: &State,
    ) -> Result<Vec<Warning>, EngineFailure> {
        let Moved { mut warnings, left } = self.move_branches(before, after)?;
        failpoint::hit("corridor.moved");
        let events = &committed.plan.events;
        warnings.extend(self.keep_reachable(events)?);
        failpoint::hit("corridor.kept");
        if events.iter().any(|event| matches!(event, Event::Promotion(_))) {
            warnings.extend(self.ready_branches_follow(&self.house.known(), &made_by(events))?);
        }
        self.repo.let_go();
        failpoint::hit("corridor.let-go");
        warnings.extend(self.release(&committed.operation)?);
        failpoint::hit("corridor.released");
        // Of a branch that has yet to move, the note says so.
        if left == Left::Nothing {
            committed.note.take_back();
        }
        Ok(warnings)
    }

    /// One that a remote does not let move, now or ever, stops none of the others.
    fn move_branches(&self, before: &State, after: &State) -> Result<Moved, EngineFailure> {
        let (mut warnings, mut left) = (Vec::new(), Left::Nothing);
        let moved = moved(before, after);
        let together = self.move_together(&moved);
        for (stage, from, to) in moved {
            match self.move_branch(&stage, from, to) {
                Err(EngineFailure::Fault(fault)) if is_elsewhere(&fault) => {
                    left = Left::Branches;
                    warnings.push(fault.into());
                }
                told => warnings.extend(told?),
            }
        }
        match together {
            Err(EngineFailure::Fault(fault)) if is_elsewhere(&fault) => {}
            together => together?,
        }
        Ok(Moved { warnings, left })
    }

    /// Moves one stage's branch, and the work trees that show it (`SPEC L9`).
    ///
    /// # Errors
    /// A fault of the repository.
    pub(crate) fn move_branch(
        &self,
        stage: &StageName,
        from: CommitId,
        to: CommitId,
    ) -> Result<Vec<Warning>, EngineFailure> {
        let pipeline = self.pipeline();
        let Some(stage) = pipeline.stage(stage) else { return Ok(Vec::new()) };
        let Some(from) = self.moved_from(&stage.branch, from, to)? else {
            let message =
                format!("branch {} was moved by somebody else meanwhile; the next command looks again", stage.branch);
            return Ok(vec![Warning::of("branch-moved", message)]);
        };
        if from == to {
            return Ok(Vec::new());
        }
        failpoint::hit("corridor.branch-moved");
        self.bring_along(BranchMove { branch: &stage.branch, from, to })
    }

    /// Moves a branch forward and says from where; `to` itself when it is there or further already. Entries may be
    /// acted on out of order by several processes, so a branch is moved from whatever lies before `to`. `None` when
    /// it stands elsewhere.
    fn moved_from(&self, branch: &str, from: CommitId, to: CommitId) -> Result<Option<CommitId>, EngineFailure> {
        let mut from = from;
        loop {
            if self.house.branches.advance(&*self.repo, BranchMove { branch, from, to })? {
                return Ok(Some(from));
            }
            match self.house.branches.tip(&*self.repo, branch)? {
                Some(tip) if self.repo.reaches(tip, to)? => return Ok(Some(to)),
                Some(tip) if tip != from && self.repo.reaches(to, tip)? => from = tip,
                _ => return Ok(None),
            }
        }
    }

    /// Refs that keep what the ledger names from being pruned.
    fn keep_reachable(&self, events: &[Event]) -> Result<Vec<Warning>, EngineFailure> {
        match self.move_kept(&self.refs_behind(events)?)? {
            true => Ok(Vec::new()),
            false => {
                let message = "a ref below refs/switchback/ was moved by somebody else meanwhile".to_owned();
                Ok(vec![Warning::of("ref-moved", message)])
            }
        }
    }

    /// Moves such refs; `false` when somebody else moved one meanwhile.
    pub(crate) fn move_kept(&self, moves: &[RefMove]) -> Result<bool, EngineFailure> {
        if moves.is_empty() {
            return Ok(true);
        }
        match self.repo.move_refs(moves) {
            Err(fault) if fault.code == UNMOVED => self.move_each_kept(moves),
            moved => Ok(moved?),
        }
    }

    /// The same one by one: where a ref cannot be made, the others are, and a change's is made aside.
    fn move_each_kept(&self, moves: &[RefMove]) -> Result<bool, EngineFailure> {
        let mut all = true;
        for wanted in moves {
            all &= match self.repo.move_refs(std::slice::from_ref(wanted)) {
                Err(fault) if fault.code == UNMOVED => match aside(wanted) {
                    Some(aside) => {
                        let from = self.repo.reference(&aside.name)?;
                        self.repo.move_refs(&[RefMove { from, ..aside }])?
                    }
                    None => return Err(fault.into()),
                },
                moved => moved?,
            };
        }
        Ok(all)
    }

    /// The refs that some events want elsewhere than they are, as far as there is something to lead to.
    pub(crate) fn refs_behind(&self, events: &[Event]) -> Result<Vec<RefMove>, EngineFailure> {
        let (wanted, resolutions) = self.wanted(events);
        let olds = events.iter().filter_map(|event| match event {
            Event::Recorded { change, revision, .. } => self.ref_of_old(change, revision.number),
            _ => None,
        });
        let mut moves: Vec<RefMove> = olds.collect();
        moves.extend(self.refs_renamed(events)?);
        moves.extend(self.under_way_no_more(events)?);
        for (name, to) in wanted {
            let from = self.repo.reference(&name)?;
            let goes_along = moves.iter().any(|other| other.name == name);
            if from != Some(to) && !goes_along && self.is_there(to) {
                moves.push(RefMove { name, from, to: Some(to) });
            }
        }
        if let Some(head) = resolutions.filter(|head| self.is_there(*head)) {
            moves.extend(self.resolutions_behind(head)?);
        }
        moves.extend(self.heads_behind(events)?);
        Ok(moves)
    }

    /// The same for where the stages' lines stand. Only what a ref does not keep yet moves it: entries may be acted on
    /// out of order.
    fn heads_behind(&self, events: &[Event]) -> Result<Vec<RefMove>, EngineFailure> {
        let mut moves = Vec::new();
        for (stage, to) in heads(events).into_iter().filter(|(_, to)| self.is_there(*to)) {
            let name = head_ref(stage);
            let from = self.repo.reference(&name)?;
            let kept = match from {
                Some(from) => from == to || (self.is_there(from) && self.repo.reaches(from, to)?),
                None => false,
            };
            if !kept {
                moves.push(RefMove { name, from, to: Some(to) });
            }
        }
        Ok(moves)
    }

    /// Where some events want refs, and where that of what is remembered.
    pub(crate) fn wanted(&self, events: &[Event]) -> (BTreeMap<String, CommitId>, Option<CommitId>) {
        let mut wanted: BTreeMap<String, CommitId> = BTreeMap::new();
        let mut resolutions = None;
        for event in events {
            match event {
                Event::Recorded { change, revision, .. } => {
                    wanted.insert(change_ref(change, revision.number), revision.tip);
                    if !self.holds_its_base(revision) {
                        wanted.insert(base_ref(change, revision.number), revision.base);
                    }
                }
                Event::AreaRenamed { to, head, .. } => {
                    follow(&mut wanted, event);
                    wanted.extend(head.map(|head| (area_ref(to), head)));
                }
                Event::StageRenamed { .. } => follow(&mut wanted, event),
                Event::EditsSetAside { area, deployment, commit, .. } => {
                    wanted.insert(set_aside_ref(area, *deployment, *commit), *commit);
                }
                Event::VersionMade { area, version } => {
                    wanted.insert(area_ref(area), version.commit);
                }
                Event::StageAdopted { stage, keeps, was, .. } => {
                    wanted.extend(keeps.map(|keeps| (imported_ref(stage, keeps), keeps)));
                    wanted.extend(was.map(|was| (past_ref(stage, was), was)));
                }
                Event::CommitsAdopted { stage, keeps: Some(keeps), .. } => {
                    wanted.insert(imported_ref(stage, *keeps), *keeps);
                }
                Event::ResolutionsKept { head } => resolutions = Some(*head),
                Event::Promotion(promotion) => under_way_refs::follow(&mut wanted, promotion),
                _ => {}
            }
        }
        (wanted, resolutions)
    }

    /// Whether the tip of a revision keeps its base. What cannot be read is for others to tell.
    fn holds_its_base(&self, revision: &Revision) -> bool {
        let is_parent = self.repo.commit_info(revision.tip).is_ok_and(|tip| tip.parents.contains(&revision.base));
        is_parent || self.repo.reaches(revision.tip, revision.base).unwrap_or(true)
    }

    /// Takes away the ref that an older program gave a change, where it may be in the way of another change's.
    fn ref_of_old(&self, change: &ChangeKey, revision: RevisionNo) -> Option<RefMove> {
        let name = replaced_ref(change, revision)?;
        let from = self.repo.reference(&name).ok()??;
        Some(RefMove { name, from: Some(from), to: None })
    }
}

/// Where some events leave the lines of stages.
fn heads(events: &[Event]) -> BTreeMap<&StageName, CommitId> {
    fn head(event: &Event) -> Option<(&StageName, CommitId)> {
        match event {
            Event::Applied { item, .. } if item.source == Source::Held => None,
            Event::Applied { stage, item, .. } => Some((stage, item.commit)),
            Event::Removed { stage, commit: head, .. }
            | Event::StageAdopted { stage, head, .. }
            | Event::CommitsAdopted { stage, head, .. } => Some((stage, *head)),
            _ => None,
        }
    }
    events.iter().filter_map(head).collect()
}

/// The branches that a plan itself moves: those that others moved stand where it says already.
pub(crate) fn announced(plan: &Plan, before: &State, after: &State) -> Vec<Announced> {
    let is_ours = |name: &StageName| {
        let about = |event: &Event| match event {
            Event::Applied { stage, .. } | Event::Removed { stage, .. } => stage == name,
            _ => false,
        };
        plan.events.iter().any(about)
    };
    let moved = moved(before, after).into_iter().filter(|(stage, ..)| is_ours(stage));
    moved.map(|(stage, from, to)| Announced { stage, from, to }).collect()
}

/// The stages whose head differs, with where their branch stood and shall stand.
fn moved(before: &State, after: &State) -> Vec<(StageName, CommitId, CommitId)> {
    let changed = after.lines.iter().filter_map(|(name, line)| {
        let from = before.lines.get(name)?.head;
        (from != line.head).then(|| (name.clone(), from, line.head))
    });
    changed.collect()
}
