//! What of its source a change was made on, as content says: whoever made what it edits (`SPEC P11`). Nobody is tried out
//! for it; only the paths on which somebody may be missing are merged.

use crate::compose::Composer;
use crate::compose::carry::arriving;
use crate::compose::trail::Way;
use crate::compose::void::{Ground, Onto};
use crate::content::filetype::Excluded;
use crate::content::{Conflict, Content, PathSet};
use crate::depend::closure;
use crate::ledger::snapshot::Snapshot;
use crate::records::line::{Item, Line};
use crate::records::promotion::MoveResolution;
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::names::StageName;
use crate::words::object::RepoPath;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The ends of a way, and what is known about conflicts on it.
#[derive(Clone, Copy)]
pub struct Ends<'a> {
    /// Where changes come from.
    pub source: &'a StageName,
    /// Which stages get them, the destination last.
    pub stages: &'a [StageName],
    /// What people decided about conflicts on the way.
    pub resolutions: &'a [MoveResolution],
    /// File types that must stop for a person.
    pub excluded: &'a Excluded,
    /// What is as good as there, because it moves along.
    pub along: &'a BTreeSet<ChangeIx>,
}

/// Who made what a change edits and a stage lacks, each with a path on which it did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MadeOn {
    /// Without them an edit comes to nothing, and no merge would say so.
    pub silent: BTreeMap<ChangeIx, RepoPath>,
    /// Without them it conflicts.
    pub disputed: BTreeMap<ChangeIx, RepoPath>,
}

impl MadeOn {
    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = ChangeIx> {
        self.silent.keys().chain(self.disputed.keys()).copied()
    }
}

/// What is known of a source by the stage that is asked about: worked out once for all changes on a way, as long as neither
/// the state nor what moves along is another.
#[derive(Default)]
pub struct Ways(RefCell<BTreeMap<StageName, Rc<Way>>>);

/// Asks what a change was made on, on every stage of a way that it would come into.
///
/// # Errors
/// A fault of the content.
pub fn made_on(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    (ends, ways): (Ends<'_>, &Ways),
    change: ChangeIx,
) -> Result<MadeOn, Fault> {
    let lines = &snapshot.state.lines;
    let mut found = MadeOn::default();
    let Some(source) = lines.get(ends.source) else { return Ok(found) };
    let Some(revision) = source.receipts.revision(change) else { return Ok(found) };
    let asking = Asking { composer: snapshot.composer_without(content, ends.excluded), ends, source, ways };
    let key = snapshot.state.key(change);
    for (stage, line) in ends.stages.iter().filter_map(|stage| lines.get_key_value(stage)) {
        let Some(mut item) = arriving(line, change, revision) else { continue };
        let mine = ends.resolutions.iter().filter(|one| one.change == *key);
        item.resolutions.extend(mine.map(|one| one.resolution.clone()));
        asking.at((stage, line), &item, &mut found)?;
    }
    Ok(found)
}

struct Asking<'a> {
    composer: Composer<'a>,
    ends: Ends<'a>,
    source: &'a Line,
    ways: &'a Ways,
}

impl Asking<'_> {
    /// The source, seen from a stage.
    fn way(&self, (stage, line): (&StageName, &Line)) -> Rc<Way> {
        let held = |one: &Item| line.receipts.revision(one.change).is_some_and(|held| held >= one.revision);
        let is_there = |one: &Item| self.ends.along.contains(&one.change) || held(one);
        let mut ways = self.ways.0.borrow_mut();
        let known = ways.entry(stage.clone());
        Rc::clone(known.or_insert_with(|| Rc::new(Way::new(self.composer, self.source, is_there))))
    }

    /// Only the paths on which somebody may be missing are merged.
    fn at(&self, (stage, line): (&StageName, &Line), item: &Item, found: &mut MadeOn) -> Result<(), Fault> {
        let earlier = self.way((stage, line)).before(self.composer, self.source, item);
        if earlier.is_empty() {
            return Ok(());
        }
        let onto = Onto { item, tree: line.tree, earlier: &earlier, within: None };
        let grounds = self.composer.grounds(onto)?;
        if grounds.is_empty() {
            return Ok(());
        }
        let paths: PathSet = grounds.iter().map(|ground| ground.path.clone()).collect();
        let scope = self.composer.tied(&line.items, self.composer.renamed(item, paths)?)?;
        let settled = self.composer.carry_within(line.tree, item, &scope)?;
        note(&mut found.silent, &self.composer.voided(onto, &settled)?);
        let open: BTreeSet<&RepoPath> = settled.conflicts.iter().flat_map(Conflict::names).collect();
        let disputed: Vec<Ground> = grounds.into_iter().filter(|ground| open.contains(&ground.path)).collect();
        note(&mut found.disputed, &disputed);
        Ok(())
    }
}

fn note(makers: &mut BTreeMap<ChangeIx, RepoPath>, grounds: &[Ground]) {
    for ground in grounds {
        for maker in &ground.makers {
            makers.entry(*maker).or_insert_with(|| ground.path.clone());
        }
    }
}

/// Everything that some changes need of their source and their destination lacks: what was declared, what they were made
/// on, and what that needs in turn.
///
/// # Errors
/// A fault of the content.
pub fn needed(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    ends: Ends<'_>,
    going: &[ChangeIx],
) -> Result<Vec<ChangeIx>, Fault> {
    let Some(destination) = ends.stages.last().and_then(|stage| snapshot.state.lines.get(stage)) else {
        return Ok(Vec::new());
    };
    let (mut seen, mut todo): (BTreeSet<ChangeIx>, Vec<ChangeIx>) = (going.iter().copied().collect(), going.to_vec());
    let (mut needed, ways) = (Vec::new(), Ways::default());
    while let Some(change) = todo.pop() {
        let declared = closure::dependencies_from(snapshot, ends.source, snapshot.state.key(change));
        let declared = declared.iter().filter_map(|key| snapshot.state.change(key)).map(|(ix, _)| ix);
        let declared = declared.filter(|ix| !destination.receipts.holds(*ix));
        let made = made_on(snapshot, content, (ends, &ways), change)?;
        for other in declared.chain(made.all()) {
            if seen.insert(other) {
                needed.push(other);
                todo.push(other);
            }
        }
    }
    Ok(needed)
}

/// Who of some changes was made on which other of them: `(earlier, later)`. Where they move in the order of their source
/// anyway, nobody has to ask.
///
/// # Errors
/// A fault of the content.
pub fn order_among(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    ends: Ends<'_>,
    going: &[ChangeIx],
) -> Result<BTreeSet<(ChangeIx, ChangeIx)>, Fault> {
    let mut before = BTreeSet::new();
    let Some(source) = snapshot.state.lines.get(ends.source) else { return Ok(before) };
    let among: BTreeSet<ChangeIx> = going.iter().copied().collect();
    let of_those = source.items.iter().enumerate().filter(|(_, item)| among.contains(&item.change));
    let last: BTreeMap<ChangeIx, usize> = of_those.map(|(place, item)| (item.change, place)).collect();
    if going.iter().map(|ix| last.get(ix)).is_sorted() {
        return Ok(before);
    }
    let ways = Ways::default();
    for change in going {
        let made = made_on(snapshot, content, (ends, &ways), *change)?;
        before.extend(made.all().filter(|maker| among.contains(maker)).map(|maker| (maker, *change)));
    }
    Ok(before)
}
