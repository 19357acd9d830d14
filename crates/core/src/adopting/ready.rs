//! What promotions made ready for people to merge (`SPEC W4`): it is known again however it was merged, also where one commit
//! stands for all of it.

use crate::adopting::says::{Action, Ours, Says};
use crate::adopting::working::Step;
use crate::content::{Content, Merge, PathSet};
use crate::ledger::state::State;
use crate::moving::ready;
use crate::ports::repository::CommitInfo;
use crate::records::line::Source;
use crate::records::promotion::Promotion;
use crate::records::under_way::ready_branch;
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, OperationId, StageName};
use crate::words::object::TreeId;

/// A promotion that waits for people to merge it.
pub(super) struct Awaited {
    id: OperationId,
    /// The tree that its first difference changes.
    base: TreeId,
    /// Its differences, in order.
    brings: Vec<Brings>,
    /// The tree after the last.
    last: TreeId,
    /// The paths that differ between the two.
    paths: PathSet,
}

struct Brings {
    change: ChangeKey,
    says: Says,
    before: TreeId,
    after: TreeId,
}

/// What promotions made ready for a stage.
///
/// # Errors
/// A fault of the content.
pub(super) fn awaited(content: &dyn Content, state: &State, stage: &StageName) -> Result<Vec<Awaited>, Fault> {
    let waiting = ready::waiting(state).filter(|one| one.destination == *stage);
    waiting.filter_map(|one| Awaited::of(content, one).transpose()).collect()
}

/// The promotion that waits for a change to come.
pub(super) fn that_brings<'a>(awaited: &'a [Awaited], change: &ChangeKey) -> Option<&'a Awaited> {
    awaited.iter().find(|one| one.brings.iter().any(|brings| brings.change == *change))
}

impl Awaited {
    fn of(content: &dyn Content, promotion: &Promotion) -> Result<Option<Self>, Fault> {
        let Some(under_way) = promotion.under_way.as_deref() else { return Ok(None) };
        let Some(base) = under_way.ready.as_ref().map(|ready| ready.base_tree) else { return Ok(None) };
        let (mut brings, mut before) = (Vec::new(), base);
        for step in under_way.steps.iter().filter(|step| step.item.source != Source::Held) {
            let ours = Ours { action: Action::Puts, revision: Some(step.item.revision) };
            let says = Says { change: Some(step.item.change.clone()), ours: Some(ours), ..Says::default() };
            brings.push(Brings { change: step.item.change.clone(), says, before, after: step.tree });
            before = step.tree;
        }
        let paths = content.delta(base, before)?.changes.iter().map(|one| one.path.clone()).collect();
        Ok(Some(Self { id: promotion.id, base, brings, last: before, paths }))
    }

    /// Which promotion.
    pub fn id(&self) -> OperationId {
        self.id
    }

    /// The changes that it brings.
    pub fn changes(&self) -> impl Iterator<Item = &ChangeKey> {
        self.brings.iter().map(|brings| &brings.change)
    }

    /// Whether one commit brought it: just what it comes to, or what the message says is it and holds some of it.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn is_all_in(&self, content: &dyn Content, (info, step): (&CommitInfo, &Step)) -> Result<bool, Fault> {
        let claimed = self.is_claimed(&info.message);
        // Of many commits few are any of it, and trees are merged for those alone.
        let touches = content.delta(step.before, step.after)?;
        if !claimed && touches.changes.iter().any(|one| !self.paths.contains(&one.path)) {
            return Ok(false);
        }
        let whole = Merge { base: self.base, ours: step.before, theirs: self.last, scope: None };
        let merged = content.merge(whole)?;
        let is_exact = merged.conflicts.is_empty() && merged.tree == step.after;
        Ok(is_exact || (claimed && merged.tree != step.before))
    }

    /// Whether a message says that this was merged: it names the branch, or one of our commits that went into it.
    fn is_claimed(&self, message: &str) -> bool {
        let (branch, trailer) = (ready_branch(self.id), format!("Operation: {}", self.id));
        let names_branch = message.match_indices(&branch).any(|(at, found)| {
            let next = message[at + found.len()..].chars().next();
            next.is_none_or(|next| !next.is_ascii_digit())
        });
        names_branch || message.lines().any(|line| line.trim() == trailer)
    }

    /// What it brings, as differences that one commit made.
    pub fn brought_by(&self, step: &Step) -> Vec<(ChangeKey, Step, Says)> {
        let one = |brings: &Brings| {
            let step = Step { before: brings.before, after: brings.after, ..*step };
            (brings.change.clone(), step, brings.says.clone())
        };
        self.brings.iter().map(one).collect()
    }
}
