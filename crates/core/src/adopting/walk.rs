//! Reading a branch as a line: commit after commit, merges taken apart into what they brought (`SPEC L8`, `L10`).

use crate::adopting::judge::{self, unnamed};
use crate::adopting::says::Says;
use crate::adopting::stretch::{Link, Stretch};
use crate::adopting::working::{Origin, Step, Working};
use crate::content::{Content, Merge, Merged};
use crate::records::line::{Item, Source};
use crate::words::fault::Fault;
use crate::words::names::ChangeKey;
use crate::words::object::{CommitId, TreeId};
use std::collections::BTreeSet;

/// Reads a stretch onto the line it begins at.
///
/// # Errors
/// A fault of the content, or `repository-unreadable` for a commit that is not there.
pub(super) fn read(content: &dyn Content, line: &mut Working<'_>, stretch: &Stretch) -> Result<(), Fault> {
    Walk { content, stretch }.along(line, &stretch.mainline(), &stretch.commits())
}

struct Walk<'a> {
    content: &'a dyn Content,
    stretch: &'a Stretch,
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
            match pieces.is_empty() {
                true => judge::step(self.content, line, &step, &self.stretch.says(link.info))?,
                false => self.merge(line, (&step, link), pieces)?,
            }
        }
        Ok(())
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
        for piece in pieces {
            let after = self.towards(line.tree, &piece.step, whole.after)?;
            if after != line.tree {
                let step = Step { before: line.tree, after, ..piece.step };
                let says = Says { change: Some(named(&piece)), ..piece.says };
                judge::step(self.content, line, &step, &says)?;
            }
        }
        let rest = Step { before: line.tree, ..*whole };
        match rest.before == rest.after || judge::lost_in_merge(self.content, line, &rest)? {
            true => Ok(()),
            // What only the merge itself did: nobody else's difference may swallow it.
            false => line.put(&rest, &unnamed(whole.commit), Says::default()),
        }
    }

    /// Carries a piece onto a tree, no further than the merge went: where the two conflict, or where the merge left a
    /// file as it was, the merge is right.
    fn towards(&self, ours: TreeId, piece: &Step, merge: TreeId) -> Result<TreeId, Fault> {
        let Merged { tree, conflicts, .. } =
            self.content.merge(Merge { base: piece.before, ours, theirs: piece.after, scope: None })?;
        let mut edits = Vec::new();
        for conflict in conflicts {
            let settled = self.content.leaf(merge, &conflict.path)?;
            edits.push((conflict.path, settled));
        }
        for change in &self.content.delta(ours, tree)?.changes {
            if self.content.leaf(merge, &change.path)? == change.before {
                edits.push((change.path.clone(), change.before));
            }
        }
        self.content.edit(tree, &edits)
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
