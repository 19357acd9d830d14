//! From what a branch did to facts: changes and revisions that are new, what lies on the line, and what was taken off
//! it (`SPEC L8`, `L10`).
//!
//! `Known::of(snapshot)` knows what the ledger knows; [`Known::stages`] makes receipts of whole branches, as `init` does,
//! and [`Known::onto`] of what came onto a line since.

use crate::adopting::judge::unnamed;
use crate::adopting::outside::{Made, Place};
use crate::adopting::ready;
use crate::adopting::revisions::Variant;
use crate::adopting::stretch::Stretch;
use crate::adopting::walk;
use crate::adopting::working::{self, Origin, Working};
use crate::content::sketch::Sketch;
use crate::content::{CommitDraft, Content, Signature};
use crate::ledger::entry::{Event, Imported};
use crate::ledger::fold::Attribution;
use crate::ledger::snapshot::Snapshot;
use crate::ledger::state::State;
use crate::ports::repository::CommitInfo;
use crate::records::change::{Facts, Revision, Voice};
use crate::records::line::{Line, Source, TakenOff};
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, RevisionNo, StageName, Time, UserName};
use crate::words::object::{CommitId, TreeId};
use crate::words::warning::Warning;
use std::collections::{BTreeSet, HashMap};

/// The warning about a revision that nobody recorded here.
const MADE_OUTSIDE: &str = "made-outside";
/// The warning about a change that somebody took off a stage with git.
const TAKEN_OFF: &str = "taken-off";

/// Changes known before, and found on the way.
pub struct Known<'a> {
    snapshot: &'a Snapshot<'a>,
    state: State,
    unnamed: Vec<ChangeKey>,
    warnings: Vec<Warning>,
}

/// What a stretch of a branch came to.
pub struct Brought {
    /// Changes and revisions that are recorded with it.
    pub recorded: Vec<Event>,
    /// What lies on the line now.
    pub items: Vec<Imported>,
    /// Where in them that begins which was read off the branch; `None` where what lay there before is not what it was.
    pub new_from: Option<usize>,
    /// What was taken off the line.
    pub removed: Vec<TakenOff>,
    /// What came and was taken out again on the way, as facts.
    pub passing: Vec<Event>,
    /// The tree at the end.
    pub tree: TreeId,
    /// A commit that keeps trees which belong to no commit of the branch from being pruned.
    pub keeps: Option<CommitId>,
}

/// A branch that was read, before its revisions are numbered.
struct Reading<'s> {
    stretch: &'s Stretch,
    /// The line it came onto; `None` where one begins.
    onto: Option<&'s Line>,
    items: Vec<(Imported, Option<Origin>)>,
    removed: Vec<TakenOff>,
    /// What came and went on the way.
    passing: Vec<TakenOff>,
    tree: TreeId,
    is_anew: bool,
}

impl<'a> Known<'a> {
    /// What the ledger knows.
    pub fn of(snapshot: &'a Snapshot<'a>) -> Self {
        Self { snapshot, state: snapshot.state.clone(), unnamed: Vec::new(), warnings: Vec::new() }
    }

    /// How many changes are known by now.
    pub fn count(&self) -> usize {
        self.state.changes.len()
    }

    /// What somebody should know about what was found.
    pub fn warnings(&self) -> Vec<Warning> {
        self.warnings.clone()
    }

    /// Changes without a key came with the repository; they count nowhere until somebody includes them (`SPEC C5`).
    pub fn exclusions(&self) -> Vec<Event> {
        let reason = "imported from a commit that names no change";
        let excluded = |key: &ChangeKey| Event::Excluded { change: key.clone(), reason: reason.to_owned() };
        self.unnamed.iter().map(excluded).collect()
    }

    /// Whole stages, each from where its line shall begin: branch commits become receipts. Where stages hold different
    /// commits of one change they hold different revisions of it, the one that contains another's the newer; else the
    /// lower stage's is (`SPEC L10`).
    ///
    /// # Errors
    /// A fault of the content.
    pub fn stages(&mut self, content: &dyn Content, stretches: &[Stretch]) -> Result<Vec<Event>, Fault> {
        let mut readings = Vec::new();
        for stretch in stretches {
            let base_tree = stretch.commit(stretch.base).map_or(TreeId::EMPTY, |info| info.tree);
            readings
                .push(Reading { onto: None, ..self.read(content, (&Line::new(stretch.base, base_tree), stretch))? });
        }
        let mut events = self.number(content, &mut readings)?;
        for reading in readings {
            let (stage, base, head) = (reading.stretch.stage.clone(), reading.stretch.base, reading.stretch.tip);
            let base_tree = reading.stretch.commit(base).map_or(TreeId::EMPTY, |info| info.tree);
            let (tree, keeps) = (reading.tree, self.keep(content, &reading)?);
            let items = reading.items.into_iter().map(|(item, _)| item).collect();
            let passing = self.passing(reading.stretch, &reading.passing);
            events.push(Event::StageAdopted { stage, base, base_tree, head, tree, items, keeps, was: None });
            events.extend(passing);
        }
        Ok(events)
    }

    /// What a stretch of a branch brought onto a line that ends where it begins.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn onto(&mut self, content: &dyn Content, line: &Line, stretch: &Stretch) -> Result<Brought, Fault> {
        let reading = self.read(content, (line, stretch))?;
        let mut readings = [Reading { onto: Some(line), ..reading }];
        let recorded = self.number(content, &mut readings)?;
        let [mut reading] = readings;
        let awaited = ready::awaited(content, self.snapshot.state, &stretch.stage)?;
        for (item, _) in reading.items.iter_mut().filter(|(_, origin)| origin.is_some()) {
            item.operation = ready::that_brings(&awaited, &item.change).map(ready::Awaited::id);
        }
        self.warnings.extend(reading.removed.iter().map(|one| taken_off(&stretch.stage, one)));
        let keeps = self.keep(content, &reading)?;
        let old = reading.items.iter().take_while(|(_, origin)| origin.is_none()).count();
        Ok(Brought {
            recorded,
            new_from: (!reading.is_anew).then_some(old),
            items: reading.items.into_iter().map(|(item, _)| item).collect(),
            removed: reading.removed,
            passing: self.passing(stretch, &reading.passing),
            tree: reading.tree,
            keeps,
        })
    }

    fn read<'s>(&self, content: &dyn Content, (line, stretch): (&Line, &'s Stretch)) -> Result<Reading<'s>, Fault> {
        let mut working = Working::of(content, self.state.clone(), line);
        let awaited = ready::awaited(content, self.snapshot.state, &stretch.stage)?;
        walk::read(content, &mut working, (stretch, &awaited))?;
        let (tree, is_anew, removed) = (working.tree, working.is_anew, std::mem::take(&mut working.taken_out));
        let passing = working.passing();
        Ok(Reading { stretch, onto: None, items: working.into_items(), removed, passing, tree, is_anew })
    }

    /// Numbers what was read off branches: each change's older states first.
    fn number(&mut self, content: &dyn Content, readings: &mut [Reading<'_>]) -> Result<Vec<Event>, Fault> {
        let mut events = Vec::new();
        let mut places = Places::of(readings);
        for key in found(readings) {
            let mut variants = Vec::new();
            for (at, reading) in readings.iter().enumerate().rev() {
                let items = places.of_change(&key, at).iter().map(|nth| &reading.items[*nth]);
                let variant = Variant::of(self.snapshot.composer(content), &key, items)?;
                variants.extend(variant.map(|variant| (at, variant)));
            }
            let older = |one: &Variant| variants.iter().filter(|(_, other)| one.contains(other)).count();
            let mut order: Vec<(usize, usize)> = variants.iter().map(|(_, one)| older(one)).enumerate().collect();
            order.sort_by_key(|(_, rank)| *rank);
            let lowest = variants.last().map_or(0, |(at, _)| *at);
            for (nth, _) in order {
                let (at, variant) = &variants[nth];
                let number = match variant.known(&self.state, content)? {
                    Some(number) => Some(number),
                    None if variant.is_empty() && self.goes_without(content, &readings[*at], &key)? => None,
                    None => {
                        let places = (&readings[*at], &readings[lowest].stretch.stage);
                        Some(self.record(content, (variant, places), &mut events)?)
                    }
                };
                match number {
                    Some(number) => places.give(readings, (&key, *at), number),
                    None => places.take_away(readings, (&key, *at)),
                }
            }
        }
        Ok(events)
    }

    /// Whether a branch is made of the rest as well where what it brought of one change came to nothing: somebody may have
    /// built on that between.
    fn goes_without(&self, content: &dyn Content, reading: &Reading<'_>, key: &ChangeKey) -> Result<bool, Fault> {
        let stretch = reading.stretch;
        let begins = || stretch.commit(stretch.base).map_or(TreeId::EMPTY, |info| info.tree);
        let mut tree = reading.onto.map_or_else(begins, |line| line.base_tree);
        let others = reading.items.iter().filter(|(item, origin)| item.change != *key || origin.is_none());
        for (item, _) in others {
            let Some(carried) = working::carried(content, &self.state, (tree, item))? else { return Ok(false) };
            tree = carried;
        }
        Ok(tree == reading.tree)
    }

    /// Records what a branch brought as one more revision, made outside: nobody attested it.
    fn record(
        &mut self,
        content: &dyn Content,
        (variant, (reading, origin)): (&Variant, (&Reading<'_>, &StageName)),
        events: &mut Vec<Event>,
    ) -> Result<RevisionNo, Fault> {
        let known = self.state.change(&variant.change).map(|(_, change)| change.clone());
        let stretch = reading.stretch;
        let last = variant.commits.last().and_then(|id| stretch.commit(*id));
        let subject = last.map(CommitInfo::subject).unwrap_or_default();
        let author = last.map_or_else(|| ours(self.snapshot.now), |info| info.author.clone());
        let held = known.as_ref().and_then(|change| change.revision(variant.held?));
        let composer = self.snapshot.composer(content);
        let made = match reading.onto.map(|line| Place { composer, state: &self.state, line }) {
            Some(place) => place.made(variant, held, &reading.items)?,
            None => Made::whole(variant),
        };
        let Made { base_tree, tip_tree, depends_on } = made;
        let same = |one: &&Revision| one.base_tree == base_tree && one.tip_tree == tip_tree;
        if let Some(same) = known.as_ref().and_then(|change| change.revisions.iter().find(same)) {
            return Ok(same.number);
        }
        let base = held.map_or(variant.parent, |held| held.base);
        let tip = match last.filter(|info| info.tree == tip_tree) {
            Some(info) => info.id,
            // A change found in several pieces has no commit of its own yet.
            None => content.commit(&CommitDraft {
                tree: tip_tree,
                parents: vec![base],
                author: author.clone(),
                committer: author.clone(),
                message: format!("{subject}\n"),
            })?,
        };
        let number = known.as_ref().map_or(RevisionNo(1), |change| change.latest().number.next());
        let revision = Revision {
            number,
            base,
            tip,
            base_tree,
            tip_tree,
            author: author.clone(),
            subject: subject.clone(),
            depends_on,
            attested: Vec::new(),
            recorded_at: self.snapshot.now,
            sketch: Some(Sketch::of(&*content.delta(base_tree, tip_tree)?)),
        };
        let owner = UserName::new(author.name);
        let title = stretch.first_own(&variant.commits).map_or(subject, CommitInfo::subject);
        let new = Facts { title, project: None, release: None, owner, parent: None };
        let facts = known.as_ref().map_or(new, |change| change.facts.clone());
        match known {
            Some(_) => self.warnings.push(made_outside(variant, number, &stretch.stage)),
            None if variant.commits.iter().any(|id| unnamed(*id) == variant.change) => {
                self.unnamed.push(variant.change.clone());
            }
            None => {}
        }
        let (origin, voice) = (known_origin(number, origin), Voice::Others);
        let (change, revision) = (variant.change.clone(), Box::new(revision));
        let event = Event::Recorded { change, facts, revision, origin, voice };
        let told = Attribution { by: &self.snapshot.actor.user, at: self.snapshot.now, reason: None };
        self.state.take_all(std::slice::from_ref(&event), told).map_err(Fault::from)?;
        events.push(event);
        Ok(number)
    }

    /// What a branch took out before it was taken in stays out until somebody names it (`SPEC P2`). Changes that are not
    /// known came to nothing.
    fn passing(&self, stretch: &Stretch, passing: &[TakenOff]) -> Vec<Event> {
        let one = |TakenOff { change, commit }: &TakenOff| {
            let (_, known) = self.state.change(change)?;
            let info = stretch.commit(*commit)?;
            let said = stretch.says(info).revision().and_then(|number| known.revision(number));
            let Signature { name, time: at, .. } = &info.committer;
            Some(Event::TakenOutBefore {
                stage: stretch.stage.clone(),
                change: change.clone(),
                revision: said.unwrap_or(known.latest()).number,
                commit: *commit,
                by: UserName::new(name),
                at: *at,
            })
        };
        passing.iter().filter_map(one).collect()
    }

    /// Trees that only taking a branch apart made belong to no commit: a chain of commits holds them.
    fn keep(&self, content: &dyn Content, reading: &Reading<'_>) -> Result<Option<CommitId>, Fault> {
        let stretch = reading.stretch;
        let kept: BTreeSet<TreeId> = stretch.trees().collect();
        let mut tip = None;
        for (item, _) in reading.items.iter().filter(|(_, origin)| origin.is_some()) {
            let Source::Commit { base, theirs } = item.source else { continue };
            for tree in [base, theirs].into_iter().filter(|tree| !kept.contains(tree)) {
                let (parents, message) = (tip.into_iter().collect(), format!("{} on {}\n", item.change, stretch.stage));
                let (author, committer) = (ours(self.snapshot.now), ours(self.snapshot.now));
                tip = Some(content.commit(&CommitDraft { tree, parents, author, committer, message })?);
            }
        }
        Ok(tip)
    }
}

/// A change originates where its first revision was found.
fn known_origin(number: RevisionNo, stage: &StageName) -> Option<StageName> {
    (number == RevisionNo(1)).then(|| stage.clone())
}

/// The changes of which something was read off branches, in the order they were found.
fn found(readings: &[Reading<'_>]) -> Vec<ChangeKey> {
    let mut seen = BTreeSet::new();
    let items = readings.iter().flat_map(|reading| &reading.items).filter(|(_, origin)| origin.is_some());
    items.filter(|(item, _)| seen.insert(item.change.clone())).map(|(item, _)| item.change.clone()).collect()
}

/// Where the items of each change stand in what was read off each branch: there are many of both, and whoever looks for those
/// of one change goes through no other's.
struct Places(Vec<HashMap<ChangeKey, Vec<usize>>>);

impl Places {
    fn of(readings: &[Reading<'_>]) -> Self {
        Self(readings.iter().map(places_in).collect())
    }

    fn of_change(&self, key: &ChangeKey, reading: usize) -> &[usize] {
        self.0[reading].get(key).map_or(&[], Vec::as_slice)
    }

    /// Gives what was read off a branch of a change its revision.
    fn give(&self, readings: &mut [Reading<'_>], (key, at): (&ChangeKey, usize), number: RevisionNo) {
        for nth in self.of_change(key, at) {
            let (item, origin) = &mut readings[at].items[*nth];
            if origin.is_some() {
                item.revision = number;
            }
        }
    }

    /// Takes away what was read off a branch of a change: it came to nothing. All others move up.
    fn take_away(&mut self, readings: &mut [Reading<'_>], (key, at): (&ChangeKey, usize)) {
        readings[at].items.retain(|(item, origin)| item.change != *key || origin.is_none());
        self.0[at] = places_in(&readings[at]);
    }
}

fn places_in(reading: &Reading<'_>) -> HashMap<ChangeKey, Vec<usize>> {
    let mut places: HashMap<ChangeKey, Vec<usize>> = HashMap::new();
    for (nth, (item, _)) in reading.items.iter().enumerate() {
        places.entry(item.change.clone()).or_default().push(nth);
    }
    places
}

fn made_outside(variant: &Variant, number: RevisionNo, stage: &StageName) -> Warning {
    let Variant { change, commits, .. } = variant;
    let by = commits.iter().map(|id| id.0.short().to_string()).collect::<Vec<_>>().join(", ");
    let plural = if commits.len() == 1 { "" } else { "s" };
    let message = format!(
        "{stage} holds {change} at revision {number}, made outside by commit{plural} {by}: nobody attested it, and stages \
         that hold an older one are outdated for it"
    );
    Warning::of(MADE_OUTSIDE, message)
}

fn taken_off(stage: &StageName, taken: &TakenOff) -> Warning {
    let TakenOff { change, commit } = taken;
    let message =
        format!("{change} is off {stage}: commit {} took it out; it can be moved there again", commit.0.short());
    Warning::of(TAKEN_OFF, message)
}

fn ours(now: Time) -> Signature {
    Signature { name: "switchback".into(), email: "switchback@localhost".into(), time: now }
}
