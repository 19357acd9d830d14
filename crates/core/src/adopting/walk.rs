//! Reading a branch as a line: commit after commit, merges taken apart into what they brought (`SPEC L8`, `L10`).

use crate::adopting::judge::{self, unnamed};
use crate::adopting::ready::Awaited;
use crate::adopting::says::Says;
use crate::adopting::stretch::{Link, Stretch};
use crate::adopting::working::{Origin, Step, Working, towards};
use crate::content::{Content, Merge, PathSet};
use crate::records::line::{Item, Source};
use crate::words::fault::Fault;
use crate::words::names::ChangeKey;
use crate::words::object::{CommitId, TreeId};
use std::collections::BTreeSet;

/// Reads a stretch onto the line it begins at.
///
/// # Errors
/// A fault of the content, or `repository-unreadable` for a commit that is not there.
pub(super) fn read(
    content: &dyn Content,
    line: &mut Working<'_>,
    (stretch, awaited): (&Stretch, &[Awaited]),
) -> Result<(), Fault> {
    Walk { content, stretch, awaited }.along(line, &stretch.mainline(), &stretch.commits())
}

struct Walk<'a> {
    content: &'a dyn Content,
    stretch: &'a Stretch,
    /// What people may have merged on it.
    awaited: &'a [Awaited],
}

/// What a merge brought: a difference, whose it is, and what its message claims.
struct Piece {
    change: ChangeKey,
    step: Step,
    says: Says,
}

impl Walk<'_> {
    fn along(&self, line: &mut Working<'_>, way: &[Link<'_>], within: &BTreeSet<CommitId>) -> Result<(), Fault> {
        for link in way {
            let (before, after) = (line.tree, link.info.tree);
            let step = Step { commit: link.info.id, parent: link.parent, before, after };
            let pieces = self.pieces(link, within)?;
            match (pieces.is_empty(), self.squashed(line, (&step, link))?) {
                (false, _) => self.merge(line, (&step, link), pieces)?,
                (true, Some(pieces)) => self.as_one(line, &step, pieces)?,
                (true, None) => judge::step(self.content, line, &step, &self.stretch.says(link.info))?,
            }
        }
        Ok(())
    }

    /// What a promotion brings that somebody merged as one commit; `None` where that commit is none. Our own commits say
    /// themselves what each of them brought.
    fn squashed(&self, line: &Working<'_>, (step, link): (&Step, &Link<'_>)) -> Result<Option<Vec<Piece>>, Fault> {
        let says = self.stretch.says(link.info);
        if step.before == step.after || says.ours.is_some() || !says.reverts.is_empty() {
            return Ok(None);
        }
        for one in self.awaited.iter().filter(|one| !one.changes().any(|key| line.has_read(key))) {
            if one.is_all_in(self.content, (link.info, step))? {
                let pieces = one.brought_by(step).into_iter();
                return Ok(Some(pieces.map(|(change, step, says)| Piece { change, step, says }).collect()));
            }
        }
        Ok(None)
    }

    /// Takes one commit apart into what it was made of. What is one change's is that change's whole, with whatever was
    /// edited on the way.
    fn as_one(&self, line: &mut Working<'_>, whole: &Step, pieces: Vec<Piece>) -> Result<(), Fault> {
        match pieces.as_slice() {
            [Piece { says, .. }] => judge::step(self.content, line, whole, &says.clone()),
            _ => self.take_apart(line, whole, pieces),
        }
    }

    /// What the commits that a merge brought come to in the end, in order: what one of them put and another took out is
    /// none of it.
    fn pieces(&self, link: &Link<'_>, within: &BTreeSet<CommitId>) -> Result<Vec<Piece>, Fault> {
        let mut pieces = Vec::new();
        for side in &link.sides {
            let inside = self.stretch.side(link.parent, *side, within);
            let way = self.stretch.path(*side, &inside);
            let Some(first) = way.first() else { continue };
            let mut line = Working::begin(self.content, first.parent, self.tree_of(first.parent)?);
            self.along(&mut line, &way, &inside)?;
            let found = line.into_items().into_iter().filter_map(|(item, origin)| piece(item, origin?));
            pieces.extend(found);
        }
        Ok(pieces)
    }

    /// Takes a merge apart. What belongs to one change that the merge names is that change's, with what the merge settled;
    /// otherwise each piece is judged on its own, and what only the merge did stays as a difference of its own.
    fn merge(
        &self,
        line: &mut Working<'_>,
        (whole, link): (&Step, &Link<'_>),
        pieces: Vec<Piece>,
    ) -> Result<(), Fault> {
        let says = self.stretch.says(link.info);
        let named = |piece: &Piece| match piece.change == unnamed(piece.step.commit) {
            true => says.change.clone().unwrap_or_else(|| piece.change.clone()),
            false => piece.change.clone(),
        };
        let is_one = says.change.as_ref().is_some_and(|key| pieces.iter().all(|piece| named(piece) == *key));
        let takes_out = pieces.iter().any(|piece| piece.says.takes_out() || !piece.says.reverts.is_empty());
        if is_one && !takes_out {
            return judge::step(self.content, line, whole, &says);
        }
        let named = |piece: Piece| {
            let change = named(&piece);
            Piece { says: Says { change: Some(change.clone()), ..piece.says }, change, ..piece }
        };
        self.take_apart(line, whole, pieces.into_iter().map(named).collect())
    }

    /// Judges each piece on its own; what none of them did stays as a difference of its own.
    fn take_apart(&self, line: &mut Working<'_>, whole: &Step, pieces: Vec<Piece>) -> Result<(), Fault> {
        let later = self.later(&pieces)?;
        for (piece, later) in pieces.into_iter().zip(later) {
            let Step { before: base, after: theirs, .. } = piece.step;
            let carried = Merge { base, ours: line.tree, theirs, scope: None };
            let after = towards(self.content, carried, (whole.after, &later))?;
            // One of ours that changed no file is a receipt all the same.
            if after != line.tree || base == theirs {
                let step = Step { before: line.tree, after, ..piece.step };
                judge::step(self.content, line, &step, &piece.says)?;
            }
        }
        let rest = Step { before: line.tree, ..*whole };
        match rest.before == rest.after || judge::lost_in_merge(self.content, line, &rest)? {
            true => Ok(()),
            // What only the merge itself did: nobody else's difference may swallow it.
            false => line.put(&rest, &unnamed(whole.commit), Says::default()),
        }
    }

    /// The paths that pieces after each touch.
    fn later(&self, pieces: &[Piece]) -> Result<Vec<PathSet>, Fault> {
        let (mut later, mut touched) = (Vec::new(), PathSet::new());
        for Piece { step, .. } in pieces.iter().rev() {
            later.push(touched.clone());
            touched.extend(self.content.delta(step.before, step.after)?.changes.iter().map(|one| one.path.clone()));
        }
        later.reverse();
        Ok(later)
    }

    fn tree_of(&self, id: CommitId) -> Result<TreeId, Fault> {
        self.stretch.commit(id).map(|info| info.tree).ok_or_else(|| {
            let message = format!("commit {} of {} cannot be read", id.0.short(), self.stretch.stage);
            Fault::new("repository-unreadable", message, "run `git fsck` in the repository")
        })
    }
}

fn piece(item: Item<ChangeKey>, origin: Origin) -> Option<Piece> {
    let Source::Commit { base: before, theirs: after } = item.source else { return None };
    let step = Step { commit: item.commit, parent: origin.parent, before, after };
    Some(Piece { change: item.change, step, says: origin.says })
}
