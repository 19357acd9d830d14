//! Updates where others touch the same path. An update takes back what its older revision did and the newer one does not do
//! any more; what another change does as well is not the update's to take back, as it is not a removal's (`SPEC L3`, `L4`).
//! So such a path becomes what it would be had the line got the newer revision at once, and never the older one.
//!
//! What comes of that is kept with the item, as what it makes of the three sides it met, for it was made for all that stood
//! on the line; once one of those leaves, it is asked anew.

mod afresh;
mod asked;

use crate::compose::never_held::afresh::{Came, Whole, is_answer};
use crate::compose::paths::Ties;
use crate::compose::settle::Settled;
use crate::compose::standing::Met;
use crate::compose::{Composer, Difference, Rules};
use crate::content::done::Done;
use crate::content::sketch::Hashes;
use crate::content::folders::moved_folder;
use crate::content::{Conflict, ConflictKind, Delta, Merge, PathSet, Sides};
use crate::records::change::Revision;
use crate::records::line::{Item, Source};
use crate::records::promotion::MoveConflict;
use crate::records::resolution::{Resolution, Settler};
use crate::words::fault::Fault;
use crate::words::names::RevisionNo;
use crate::words::object::{Leaf, RepoPath, TreeId};
use std::collections::HashSet;

/// Why a person is asked where there is no such answer.
const TWIN: &str =
    "this revision does not do any more what another change does there as well, and others build on what it did before";

/// Whether a conflict is about what others built on, which a newer revision does not do any more.
pub fn is_built_on(conflict: &MoveConflict) -> bool {
    conflict.why.as_deref() == Some(TWIN)
}

/// An update, and what lies between its two revisions.
struct Update<'a> {
    item: &'a Item,
    from: RevisionNo,
    new: &'a Revision,
    difference: &'a Difference,
    did: &'a Delta,
    /// What the older revision did.
    before: &'a Delta,
    /// What the newer one does.
    own: &'a Delta,
    /// What lies between what both were made on.
    between: &'a Delta,
    /// What comes of it alone.
    whole: Whole,
}

impl Composer<'_> {
    /// What was settled, with the paths that others touch as they would be had the older revision never been there.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn as_never_held(&self, item: &Item, met: Met<'_>, settled: Settled) -> Result<Settled, Fault> {
        let (Source::Update { from }, Rules::Now { .. }) = (item.source, self.rules) else { return Ok(settled) };
        let change = self.state.at(item.change);
        let (Some(old), Some(new)) = (change.revision(from), change.revision(item.revision)) else {
            return Ok(settled);
        };
        let Some(difference) = self.difference(item)? else { return Ok(settled) };
        let difference = self.as_unmoved((met.tree, item), &difference)?;
        let did = self.content.delta(difference.base, difference.theirs)?;
        let before = self.content.delta(old.base_tree, old.tip_tree)?;
        let own = self.content.delta(new.base_tree, new.tip_tree)?;
        let between = self.content.delta(old.base_tree, new.base_tree)?;
        let (did, before, own, between) = (&*did, &*before, &*own, &*between);
        let update = Update { item, from, new, difference: &difference, did, before, own, between, whole: Whole::default() };
        let plain = settled.clone();
        let settled = self.never_held(&update, met, settled)?;
        let is_kept = met.depth.is_some() || !settled.conflicts.is_empty() || settled == plain;
        if is_kept { Ok(settled) } else { self.as_recorded(&update, met, settled) }
    }

    /// What was settled, with all of it kept that the update would not make by itself of what it meets.
    fn as_recorded(&self, update: &Update<'_>, met: Met<'_>, mut settled: Settled) -> Result<Settled, Fault> {
        let item = Item { resolutions: settled.decided.clone(), ..update.item.clone() };
        let recorded = Self { rules: Rules::AsRecorded, ..*self };
        let made = recorded.carry(met.tree, &item, met.within)?;
        let open = made.conflicts.into_iter().map(|one| (one.path, Some(one.sides)));
        let other = self.content.changes(made.tree, settled.tree)?.into_iter().map(|one| (one.path.clone(), None));
        for (path, sides) in open.chain(other).collect::<Vec<_>>() {
            let sides = sides.map_or_else(|| self.met(update, met, &path), Ok)?;
            let result = self.content.leaf(settled.tree, &path)?;
            settled.decided.push(update.taken(path, sides, result));
        }
        Ok(settled)
    }

    fn never_held(&self, update: &Update<'_>, met: Met<'_>, mut settled: Settled) -> Result<Settled, Fault> {
        let mut paths = update.taken_back(met.within, &settled);
        paths.extend(self.gone(update, met, &settled)?);
        let open: PathSet = settled.conflicts.iter().flat_map(Conflict::names).cloned().collect();
        paths.extend(open.iter().cloned());
        if paths.is_empty() {
            return Ok(settled);
        }
        let ties = match met.ties {
            Some(_) => None,
            None => Some(self.ties(met.before.iter().copied().chain([update.item]))?),
        };
        let Some(ties) = met.ties.or(ties.as_ref()) else { return Ok(settled) };
        let met = Met { ties: Some(ties), ..met };
        for group in self.groups(update, (ties, &settled), paths)? {
            if met.depth.is_some() && met.within.is_some_and(|within| !group.is_subset(within)) {
                // Beyond them the tree is of another time.
                continue;
            }
            let asks = met.depth.is_none() || update.was_asked(&group);
            if !group.is_disjoint(&open) {
                if asks {
                    self.settle_open(update, met, (&group, ties), &mut settled)?;
                }
                continue;
            }
            let others = self.others(update, met, &group)?;
            if others.is_empty() {
                continue;
            }
            let twin = self.twin(update, &others, &group)?;
            if !asks && twin.is_none() {
                continue;
            }
            match (self.afresh(update, met, (&group, ties))?, twin) {
                (Came::Clear(afresh), _) => self.take(update, met, (&group, afresh.made), &mut settled)?,
                (Came::Open(made), _) if update.is_new(&made, met) => {
                    self.ask_afresh(met, (&group, made), &mut settled)?;
                }
                (_, Some(path)) => self.ask_about_twin(update, met, (&group, path), &mut settled)?,
                (Came::Open(_) | Came::Unknown, None) => {}
            }
        }
        Ok(settled)
    }

    /// What others edited and the update deletes, where nobody is asked: it was taken for a move to what the update brings back.
    fn gone(&self, update: &Update<'_>, met: Met<'_>, settled: &Settled) -> Result<PathSet, Fault> {
        let mut gone = PathSet::new();
        for change in update.did.changes.iter().filter(|one| one.after.is_none()) {
            let is_here = met.within.is_none_or(|within| within.contains(&change.path));
            let leaf = |tree| self.content.leaf(tree, &change.path);
            let (before, after) = if is_here { (leaf(met.tree)?, leaf(settled.tree)?) } else { (None, None) };
            let is_known = settled.decided.iter().any(|one| one.path == change.path);
            if before.is_some() && before != change.before && after.is_none() && !is_known {
                gone.insert(change.path.clone());
            }
        }
        Ok(gone)
    }

    /// What other changes an update meets on some paths.
    fn others<'i>(&self, update: &Update<'_>, met: Met<'i>, group: &PathSet) -> Result<Vec<&'i Item>, Fault> {
        let (mut others, hashes) = (Vec::new(), Hashes::of(group));
        for other in met.before.iter().copied().filter(|other| other.change != update.item.change) {
            if self.may_touch(other, &hashes) && self.meets(other, group)? {
                others.push(other);
            }
        }
        Ok(others)
    }

    /// Settles what is in conflict on some paths, where the newer revision comes to all that it is without the older one:
    /// then nobody needs to tell its edits from what it was rebased onto.
    fn settle_open(
        &self,
        update: &Update<'_>,
        met: Met<'_>,
        (group, ties): (&PathSet, &Ties),
        settled: &mut Settled,
    ) -> Result<(), Fault> {
        let here: Vec<&Conflict> = settled.conflicts.iter().filter(|one| one.is_among(group)).collect();
        if here.iter().any(|one| self.must_stop(&one.path)) {
            return Ok(());
        }
        let afresh = match self.afresh(update, met, (group, ties))? {
            Came::Clear(afresh) => afresh,
            Came::Open(made) => {
                if !self.others(update, met, group)?.is_empty() && update.is_new(&made, met) {
                    self.ask_afresh(met, (group, made), settled)?;
                }
                return Ok(());
            }
            Came::Unknown => return Ok(()),
        };
        let answers: Vec<&Resolution> = afresh.made.decided.iter().filter(|one| is_answer(one)).collect();
        let is_answered = |one: &Conflict| answers.iter().any(|known| one.names().any(|name| known.paths().any(|path| path == name)));
        for conflict in here {
            if !is_answered(conflict) && !self.is_placed(update, conflict, afresh.made.tree)? {
                return Ok(());
            }
        }
        if answers.is_empty() && !self.is_whole(update, (afresh.without, afresh.made.tree), group)? {
            return Ok(());
        }
        self.take(update, met, (group, afresh.made), settled)
    }

    /// Whether files stand where the newer revision has them that a conflict is about. That its folder moved shows in other
    /// files of it: without them a new one would stay where it is. Where two moved one file, it is at the place of only one of
    /// them, and where a file meets a folder, only one of them stands.
    fn is_placed(&self, update: &Update<'_>, conflict: &Conflict, made: TreeId) -> Result<bool, Fault> {
        if !conflict.kind.is_about_places() {
            return Ok(true);
        }
        let (ours, theirs) = (&conflict.places.ours, &conflict.places.theirs);
        let places = ours.iter().chain(theirs);
        let mut folders = places.flat_map(|at| [moved_folder(&conflict.path, at), moved_folder(at, &conflict.path)]).flatten();
        let moves = |folder| update.own.renames.iter().any(|(from, to)| moved_folder(from, to) == Some(folder));
        if conflict.kind == ConflictKind::FolderRename && folders.any(moves) {
            return Ok(false);
        }
        for (name, change) in conflict.names().filter_map(|name| Some((name, update.own.change(name)?))) {
            let is_edit = change.before.is_some() == change.after.is_some();
            let is_placed = match conflict.kind {
                ConflictKind::Rename => is_edit || change.after.is_some() == self.content.leaf(made, name)?.is_some(),
                kind => is_edit && kind == ConflictKind::FolderRename,
            };
            if !is_placed {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Some paths, each with all that renames tie to it, those of the newer revision and of what it was rebased onto as well.
    fn groups(
        &self,
        update: &Update<'_>,
        (ties, settled): (&Ties, &Settled),
        paths: PathSet,
    ) -> Result<Vec<PathSet>, Fault> {
        let Update { new, own, between, .. } = update;
        let followed: Vec<&Resolution> = settled.decided.iter().filter(|one| one.by == Settler::Followed).collect();
        let (mut groups, mut seen): (Vec<PathSet>, PathSet) = (Vec::new(), PathSet::new());
        for path in paths {
            if seen.contains(&path) {
                continue;
            }
            let (mut group, mut known) = (PathSet::from([path]), 0);
            while known < group.len() {
                known = group.len();
                group = ties.with(own.with_other_ends(between.with_other_ends(group)));
                let tied = followed.iter().filter(|one| one.paths().any(|path| group.contains(path)));
                let tied: Vec<RepoPath> = tied.flat_map(|one| one.paths()).cloned().collect();
                group.extend(tied);
                let here: Vec<&Conflict> = settled.conflicts.iter().filter(|one| one.is_among(&group)).collect();
                group.extend(here.into_iter().flat_map(Conflict::names).cloned());
                // Where it puts a folder or a file in the place of one.
                group.extend(self.content.in_the_way(new.tip_tree, &group)?);
            }
            seen.extend(group.iter().cloned());
            groups.push(group);
        }
        Ok(groups)
    }

    /// Whether all that the newer revision does came to something: put back onto its own ground, it is what it was.
    fn is_whole(&self, update: &Update<'_>, (ours, made): (TreeId, TreeId), group: &PathSet) -> Result<bool, Fault> {
        let new = update.new;
        let merge = Merge { base: ours, ours: new.base_tree, theirs: made, scope: Some(group) };
        let back = self.content.merge(merge)?;
        for path in group {
            let conflict = back.conflicts.iter().find(|conflict| conflict.names().any(|name| name == path));
            let stands = match conflict {
                None => Some(self.content.leaf(back.tree, path)?),
                Some(conflict) => self.by_element(conflict)?.map(|made| made.result),
            };
            if stands != Some(self.content.leaf(new.tip_tree, path)?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes what came of it, and keeps where that is not what the update made; there it may have made nothing.
    fn take(
        &self,
        update: &Update<'_>,
        met: Met<'_>,
        (group, afresh): (&PathSet, Settled),
        settled: &mut Settled,
    ) -> Result<(), Fault> {
        let answers: Vec<Resolution> = afresh.decided.iter().filter(|one| is_answer(one)).cloned().collect();
        let group = &group.iter().chain(answers.iter().flat_map(Resolution::paths)).cloned().collect();
        let given = answers.into_iter().filter(|one| update.item.resolutions.contains(one));
        let here: Vec<Conflict> = settled.conflicts.extract_if(.., |one| one.is_among(group)).collect();
        let mut disputed: PathSet = here.iter().flat_map(Conflict::names).cloned().collect();
        // What was settled about where a file goes falls as a whole.
        for one in settled.decided.iter().filter(|one| one.moves() && one.by != Settler::Followed) {
            for path in one.paths() {
                if group.contains(path) && self.content.leaf(afresh.tree, path)? != self.content.leaf(settled.tree, path)? {
                    disputed.extend(one.paths().cloned());
                }
            }
        }
        let (mut edits, mut taken) = (Vec::new(), Vec::new());
        for path in group {
            let result = self.content.leaf(afresh.tree, path)?;
            if disputed.contains(path) || result != self.content.leaf(settled.tree, path)? {
                // A conflict is known by what it was about: a renamed file has its sides elsewhere.
                let open = here.iter().find(|one| one.path == *path).map(|one| one.sides);
                let decided = || settled.decided.iter().find(|one| one.path == *path && one.by != Settler::Followed);
                let sides = open.or_else(|| decided().map(|one| one.sides));
                let sides = sides.map_or_else(|| self.met(update, met, path), Ok)?;
                taken.push(update.taken(path.clone(), sides, result));
                edits.push((path.clone(), result));
            }
        }
        if taken.is_empty() {
            settled.decided.extend(given);
            return Ok(());
        }
        settled.tree = self.content.edit(settled.tree, &edits)?;
        let is_taken = |path: &RepoPath| edits.iter().any(|(taken, _)| taken == path);
        settled.decided.retain(|one| one.by == Settler::Followed || !is_taken(&one.path));
        settled.decided.extend(taken);
        settled.decided.extend(given);
        settled.warnings.retain(|(path, _)| !is_taken(path));
        settled.warnings.extend(afresh.warnings.into_iter().filter(|(path, _)| is_taken(path)));
        Ok(())
    }

    /// What an update meets at a path.
    fn met(&self, update: &Update<'_>, met: Met<'_>, path: &RepoPath) -> Result<Sides, Fault> {
        let leaf = |tree| self.content.leaf(tree, path);
        let (base, theirs) = (leaf(update.difference.base)?, leaf(update.difference.theirs)?);
        Ok(Sides { base, ours: leaf(met.tree)?, theirs })
    }

    /// A path on which an update takes back what another did just as the older revision had.
    fn twin<'p>(
        &self,
        update: &Update<'_>,
        others: &[&Item],
        group: &'p PathSet,
    ) -> Result<Option<&'p RepoPath>, Fault> {
        for path in group {
            let (Some(did), Some(undone)) = (self.done(update.before, path)?, self.done(update.did, path)?) else {
                continue;
            };
            for other in others {
                let Some((base, theirs)) = self.trees(other)? else { continue };
                let does = self.content.delta(base, theirs)?;
                if self.done(&does, path)?.is_some_and(|does| did.alike(&does).is_undone_by(&undone)) {
                    return Ok(Some(path));
                }
                // It may have edited the file under another of its names.
                for name in group.iter().filter(|name| *name != path && !goes_elsewhere(&does, name)) {
                    let does = self.done(&does, name)?.map(Done::lines_alone);
                    if does.is_some_and(|does| did.alike(&does).is_undone_by(&undone)) {
                        return Ok(Some(path));
                    }
                }
            }
        }
        Ok(None)
    }

    /// What happened to the file at a path. One that came from elsewhere brought its lines along.
    fn done(&self, delta: &Delta, path: &RepoPath) -> Result<Option<Done>, Fault> {
        let Some(change) = delta.change(path) else { return Ok(None) };
        let from = delta.renames_to(path).next().and_then(|(from, _)| delta.change(from)?.before);
        Ok(Some(Done::at(self.content, change, from)?))
    }
}

/// Whether the file at a path goes elsewhere.
fn goes_elsewhere(delta: &Delta, path: &RepoPath) -> bool {
    delta.renames_at(path).any(|(from, _)| from == path)
}

impl<'a> Update<'a> {
    /// The paths on which it may take back what the older revision did, and that nobody decided about. What the newer one
    /// moves to or from one of those paths shows in no difference between the two, and what that takes for a move may be none.
    fn taken_back(&self, within: Option<&PathSet>, settled: &Settled) -> PathSet {
        let is_open = |path: &RepoPath| {
            let by_hand = |one: &Resolution| one.by == Settler::Person || one.is_of_the_line();
            settled.conflicts.iter().any(|one| one.names().any(|name| name == path))
                || settled.decided.iter().any(|one| one.path == *path && by_hand(one))
        };
        let paths = self.before.changes.iter().map(|one| &one.path).filter(|path| self.did.change(path).is_some());
        let set = |delta: &'a Delta| -> HashSet<&'a (RepoPath, RepoPath)> { delta.renames.iter().collect() };
        let (own, did, before) = (set(self.own), set(self.did), set(self.before));
        let touches = |path: &RepoPath| self.before.change(path).is_some();
        let is_hidden = |one: &&(RepoPath, RepoPath)| !did.contains(one) || touches(&one.0) != touches(&one.1);
        let hidden = own.difference(&before).filter(|one| is_hidden(one));
        let moves = hidden.chain(did.difference(&own)).flat_map(|(from, to)| [from, to]);
        let here = paths.chain(moves);
        let here = here.filter(|path| within.is_none_or(|within| within.contains(*path)));
        here.filter(|path| !is_open(path)).cloned().collect()
    }

    /// What a path becomes because the older revision was never there.
    fn taken(&self, path: RepoPath, sides: Sides, result: Option<Leaf>) -> Resolution {
        Resolution { path, sides, result, at: None, left: Vec::new(), by: Settler::NeverHeld(self.from) }
    }

    /// Whether it was so on some paths when it came.
    fn was_asked(&self, group: &PathSet) -> bool {
        self.item.resolutions.iter().any(|one| matches!(one.by, Settler::NeverHeld(_)) && group.contains(&one.path))
    }
}
