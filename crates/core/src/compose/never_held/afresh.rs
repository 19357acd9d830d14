//! What comes of a newer revision alone, on a line that never had anything of its change.

use super::Update;
use crate::compose::paths::Ties;
use crate::compose::recompose::{Anew, Leave, Minds, Voids};
use crate::compose::settle::Settled;
use crate::compose::standing::Met;
use crate::compose::void::Onto;
use crate::compose::{Composer, Composition, Recall, Recomposed, Rules};
use crate::content::PathSet;
use crate::content::sketch::Hashes;
use crate::records::line::{Item, Source};
use crate::records::resolution::{Resolution, Settler};
use crate::words::fault::Fault;
use crate::words::object::{RepoPath, TreeId};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// How often an answer may need the same answer about fewer changes: each that was updated on a path asks about those
/// before it without itself.
const DEEPEST: usize = 3;

/// What comes of the newer revision alone.
pub(super) struct Afresh {
    /// The tree without anything the change did.
    pub without: TreeId,
    /// What it makes of that.
    pub made: Settled,
}

/// What is known of that on some paths.
pub(super) enum Came {
    /// It comes to something.
    Clear(Afresh),
    /// It conflicts there.
    Open(Settled),
    /// Nobody can say.
    Unknown,
}

/// The same of every path that the change touches, once somebody asks; nothing where others build on it somewhere.
#[derive(Default)]
pub(super) struct Whole(OnceCell<Option<Afresh>>);

impl Composer<'_> {
    /// What comes of the newer revision alone on some paths: of all of it, or of those alone where that cannot be known.
    pub(super) fn afresh(
        &self,
        update: &Update<'_>,
        met: Met<'_>,
        (group, ties): (&PathSet, &Ties),
    ) -> Result<Came, Fault> {
        let resolutions = update.item.resolutions.iter().filter(|one| is_answer(one)).cloned().collect();
        let alone = Item { source: Source::Revision, resolutions, ..update.item.clone() };
        if let Some(Afresh { without, made }) = self.whole(update, met, (&alone, ties))? {
            return self.came(met, (&alone, *without), (group, made.clone().among(group)));
        }
        if !self.content.in_the_way(met.tree, group)?.is_empty() {
            return Ok(Came::Unknown);
        }
        let Some(without) = self.line_without(update, met, (group, ties))? else { return Ok(Came::Unknown) };
        let is_new = |path: &RepoPath| update.own.change(path).is_some_and(|one| one.before.is_none());
        let made = match group.iter().any(is_new) {
            // That its folder moved shows in other files of it.
            true => self.of_contents().carry(without, &alone, None)?.among(group),
            false => self.of_contents().carry_within(without, &alone, group)?,
        };
        self.came(met, (&alone, without), (group, made))
    }

    /// Where its older revision put a file was another question.
    fn of_contents(mut self) -> Self {
        if let Rules::Now { recall, .. } = &mut self.rules {
            *recall = Recall::Contents;
        }
        self
    }

    fn came(
        &self,
        met: Met<'_>,
        (alone, without): (&Item, TreeId),
        (group, made): (&PathSet, Settled),
    ) -> Result<Came, Fault> {
        if !made.conflicts.is_empty() {
            return Ok(Came::Open(made));
        }
        let onto = Onto { item: alone, tree: without, earlier: met.earlier, within: Some(group) };
        let is_clear = self.voided(onto, &made)?.is_empty();
        Ok(if is_clear { Came::Clear(Afresh { without, made }) } else { Came::Unknown })
    }

    /// What comes of all of it; nothing where only some paths are looked at, or others build on what it did.
    fn whole<'u>(
        &self,
        update: &'u Update<'_>,
        met: Met<'_>,
        (alone, ties): (&Item, &Ties),
    ) -> Result<Option<&'u Afresh>, Fault> {
        if met.depth.is_some() || met.within.is_some() {
            return Ok(None);
        }
        if let Some(known) = update.whole.0.get() {
            return Ok(known.as_ref());
        }
        let mut touched = PathSet::new();
        for item in met.before.iter().filter(|item| item.change == alone.change) {
            touched.extend(self.touched(item)?);
        }
        let scope = self.with_what_stands((ties, met.tree), touched)?;
        let found = match self.line_without(update, met, (&scope, ties))? {
            Some(without) => Some(Afresh { without, made: self.of_contents().carry(without, alone, None)? }),
            None => None,
        };
        Ok(update.whole.0.get_or_init(|| found).as_ref())
    }

    /// The line's tree with some paths as they would be without the change; `None` where others build on it there.
    fn line_without(
        &self,
        update: &Update<'_>,
        met: Met<'_>,
        (scope, ties): (&PathSet, &Ties),
    ) -> Result<Option<TreeId>, Fault> {
        let depth = met.depth.unwrap_or(0);
        if depth == DEEPEST {
            return Ok(None);
        }
        let hashes = Hashes::of(scope);
        let items: Vec<&Item> = met.before.iter().copied().filter(|item| self.may_touch(item, &hashes)).collect();
        let whole = Composition { base: met.begun, tree: met.tree, items: &[] };
        let anew = Anew { whole, ties, scope, items: &items, depth: depth + 1 };
        let minds = Minds { conflicts: &|_| true, voids: Voids::Block, leave: Leave::Nobody };
        Ok(match self.compose_anew(anew, &BTreeSet::from([update.item.change]), minds)? {
            Recomposed::Left(left) => Some(left.tree),
            Recomposed::Blocked { .. } => None,
        })
    }
}

/// Whether it answers a question.
pub(super) fn is_answer(one: &Resolution) -> bool {
    one.by != Settler::Followed && !one.is_of_the_line()
}
