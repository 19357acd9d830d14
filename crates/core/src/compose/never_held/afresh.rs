//! What comes of a newer revision alone, on a line that never had anything of its change.

use super::Update;
use crate::compose::recompose::{Anew, Leave, Minds, Voids};
use crate::compose::settle::Settled;
use crate::compose::void::Onto;
use crate::compose::{Composer, Composition, Recall, Recomposed, Rules};
use crate::content::sketch::Hashes;
use crate::content::{Conflict, PathSet};
use crate::records::line::{Item, Source};
use crate::records::resolution::{Resolution, Settler};
use crate::words::fault::Fault;
use crate::words::object::{RepoPath, TreeId};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// How often an answer may need the same answer about fewer changes: each that was updated on a path asks about those
/// before it without itself.
const DEEPEST: usize = 3;

/// What is known of it on some paths.
pub(super) enum Came {
    /// It comes to something.
    Clear(Afresh),
    /// It conflicts there.
    Open(Settled),
    /// Nobody can say.
    Unknown,
}

/// The newer revision alone, and what comes of it on every path that the change touches, each once somebody asks.
#[derive(Default)]
pub(super) struct Whole {
    alone: OnceCell<Item>,
    /// Nothing where others build on it somewhere.
    came: OnceCell<Option<Afresh>>,
}

/// The tree without anything the change did, and what the newer revision makes of that.
pub(super) struct Afresh {
    pub without: TreeId,
    pub made: Settled,
}

impl Whole {
    /// Every name of what it conflicts over, if somebody asked.
    pub(super) fn conflicts(&self) -> impl Iterator<Item = &RepoPath> {
        let known = self.came.get().and_then(Option::as_ref);
        known.into_iter().flat_map(|one| &one.made.conflicts).flat_map(Conflict::names)
    }
}

impl Update<'_> {
    /// What comes of the newer revision alone on some paths: of all of it, or of those alone where that cannot be known.
    pub(super) fn afresh(&self, group: &PathSet) -> Result<Came, Fault> {
        if let Some(Afresh { without, made }) = self.whole()? {
            return self.came(*without, (group, made.among(group)));
        }
        if !self.composer.content.in_the_way(self.met.tree, group)?.is_empty() {
            return Ok(Came::Unknown);
        }
        let Some(without) = self.line_without(group)? else { return Ok(Came::Unknown) };
        let is_new = |path: &RepoPath| self.own.change(path).is_some_and(|one| one.before.is_none());
        let made = match group.iter().any(is_new) {
            // That its folder moved shows in other files of it.
            true => self.by_contents().carry(without, self.alone(), None)?.among(group),
            false => self.by_contents().carry_within(without, self.alone(), group)?,
        };
        self.came(without, (group, made))
    }

    /// The newer revision as it would come had the older one never been there.
    fn alone(&self) -> &Item {
        self.whole.alone.get_or_init(|| {
            let resolutions = answers(&self.item.resolutions).cloned().collect();
            Item { source: Source::Revision, resolutions, ..self.item.clone() }
        })
    }

    fn came(&self, without: TreeId, (group, made): (&PathSet, Settled)) -> Result<Came, Fault> {
        if !made.conflicts.is_empty() {
            return Ok(Came::Open(made));
        }
        let onto = Onto { item: self.alone(), tree: without, earlier: self.met.earlier, within: Some(group) };
        let is_clear = self.composer.voided(onto, &made)?.is_empty();
        Ok(if is_clear { Came::Clear(Afresh { without, made }) } else { Came::Unknown })
    }

    /// What comes of all of it; nothing where only some paths are looked at, or others build on what it did.
    fn whole(&self) -> Result<Option<&Afresh>, Fault> {
        if self.met.depth.is_some() || self.met.within.is_some() {
            return Ok(None);
        }
        if let Some(known) = self.whole.came.get() {
            return Ok(known.as_ref());
        }
        let mut touched = PathSet::new();
        for item in self.met.before.iter().filter(|item| item.change == self.item.change) {
            touched.extend(self.composer.touched(item)?);
        }
        let scope = self.composer.with_what_stands((self.ties()?, self.met.tree), touched)?;
        let found = match self.line_without(&scope)? {
            Some(without) => Some(Afresh { without, made: self.by_contents().carry(without, self.alone(), None)? }),
            None => None,
        };
        Ok(self.whole.came.get_or_init(|| found).as_ref())
    }

    /// The line's tree with some paths as they would be without the change; `None` where others build on it there.
    fn line_without(&self, scope: &PathSet) -> Result<Option<TreeId>, Fault> {
        let (composer, met, ties) = (self.composer, self.met, self.ties()?);
        let depth = met.depth.unwrap_or(0);
        if depth == DEEPEST {
            return Ok(None);
        }
        let hashes = Hashes::of(scope);
        let items: Vec<&Item> = met.before.iter().copied().filter(|item| composer.may_touch(item, &hashes)).collect();
        let whole = Composition { base: met.begun, tree: met.tree, items: &[] };
        let anew = Anew { whole, ties, scope, items: &items, depth: depth + 1 };
        let minds = Minds { conflicts: &|_| true, voids: Voids::Block, leave: Leave::Nobody };
        Ok(match composer.compose_anew(anew, &BTreeSet::from([self.item.change]), minds)? {
            Recomposed::Left(left) => Some(left.tree),
            Recomposed::Blocked { .. } => None,
        })
    }

    /// Composes by what is remembered of contents alone: where its older revision put a file was another question.
    fn by_contents(&self) -> Composer<'_> {
        let mut composer = self.composer;
        if let Rules::Now { recall, .. } = &mut composer.rules {
            *recall = Recall::Contents;
        }
        composer
    }
}

/// Those of some resolutions that answer a question.
pub(super) fn answers(decided: &[Resolution]) -> impl Iterator<Item = &Resolution> {
    decided.iter().filter(|one| one.by != Settler::Followed && !one.is_of_the_line())
}
