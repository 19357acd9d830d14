//! Why a change cannot be applied to the stage it originates at, and what helps (`SPEC C3`, `P11`): it needs what the stage
//! lacks, or others there build on what it did before, or it has to be settled on its own branch.

use crate::compose::Composer;
use crate::compose::carry::arriving;
use crate::compose::never_held::is_built_on;
use crate::compose::standing::Met;
use crate::compose::trail::Earlier;
use crate::compose::unclear::is_unclear;
use crate::compose::void::{Ground, Onto};
use crate::content::{Conflict, ConflictKind, Content, Merge, PathSet};
use crate::depend::closure;
use crate::ledger::plan::Stop;
use crate::ledger::snapshot::Snapshot;
use crate::records::conflict::MoveConflict;
use crate::records::line::{Item, Line, Source};
use crate::records::receipt::ChangeIx;
use crate::words::details::Details;
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, RevisionNo, StageName};
use crate::words::object::{CommitId, RepoPath, TreeId};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::{Course, Missing, OnBranch, Remedy, Settling, Unheld};
use serde_json::json;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A change on its way to the stage where it originates.
#[derive(Clone, Copy)]
pub struct Originating<'a> {
    /// Which; its newest revision.
    pub change: ChangeIx,
    /// Where.
    pub stage: &'a StageName,
    /// Its branch, where it has one here.
    pub branch: Option<&'a str>,
    /// The revisions of others that its branch is stacked on.
    pub stacked_on: &'a [(ChangeKey, RevisionNo)],
}

/// Asks that the stage has what the change was made on: without it an edit conflicts, or comes to nothing.
///
/// # Errors
/// `depends-on`, naming who made it; a fault of the content.
pub fn has_its_ground(snapshot: &Snapshot<'_>, content: &dyn Content, asked: Originating<'_>) -> Result<(), Stop> {
    let (line, change) = (snapshot.line(asked.stage)?, snapshot.state.at(asked.change));
    let Some(item) = arriving(line, asked.change, change.latest().number) else { return Ok(()) };
    let elsewhere = elsewhere(snapshot, asked, line);
    let earlier: Vec<Earlier<'_>> = elsewhere.values().flat_map(Absent::items).map(Earlier::Lacking).collect();
    let onto = Onto { item: &item, tree: line.tree, earlier: &earlier, within: None };
    let composer = snapshot.composer(content);
    let grounds = composer.grounds(onto)?;
    if grounds.is_empty() && !matches!(item.source, Source::Update { .. }) {
        return Ok(());
    }
    let settled = composer.carry(line.tree, &item, None)?;
    let before: Vec<&Item> = line.items.iter().collect();
    let met = Met {
        begun: line.base_tree,
        tree: line.tree,
        before: &before,
        ties: None,
        earlier: &earlier,
        within: None,
        depth: None,
    };
    let settled = composer.as_never_held(&item, met, settled)?;
    let is_open = |ground: &Ground| settled.conflicts.iter().any(|one| one.names().any(|name| *name == ground.path));
    let open = grounds.into_iter().filter(is_open);
    let mut missing: Vec<Ground> = open.chain(composer.voided(onto, &settled)?).collect();
    if missing.is_empty() {
        let base = change.latest().base_tree;
        let lacking: Vec<&Item> = elsewhere.values().flat_map(Absent::items).collect();
        for conflict in settled.conflicts.iter().filter(|conflict| is_unclear(conflict)) {
            missing.extend(brought(composer, (conflict, base), &lacking)?);
        }
    }
    let mut makers: Vec<ChangeIx> = missing.iter().flat_map(|ground| ground.makers.iter().copied()).collect();
    makers.sort();
    makers.dedup();
    let (Some(ground), Some(first)) = (missing.first(), makers.first()) else { return Ok(()) };
    let holder = elsewhere.get(first).and_then(|absent| absent.holder);
    Err(needs(snapshot, asked, &Lacking { makers: &makers, path: &ground.path, first: (*first, holder), line }).into())
}

/// Who of those that a stage lacks gave a file what a rebased revision has in it, and cannot be told from its own.
fn brought(
    composer: Composer<'_>,
    (conflict, base): (&Conflict, TreeId),
    lacking: &[&Item],
) -> Result<Option<Ground>, Fault> {
    let scope = PathSet::from([conflict.path.clone()]);
    let mut makers = Vec::new();
    for item in lacking {
        let Some((before, after)) = composer.trees(item)? else { continue };
        if !composer.meets(item, &scope)? {
            continue;
        }
        // What is in it goes when it is taken out.
        let merge = Merge { base: after, ours: base, theirs: before, scope: Some(&scope) };
        let without = composer.content.merge(merge)?;
        let stays =
            composer.content.leaf(without.tree, &conflict.path)? == composer.content.leaf(base, &conflict.path)?;
        if !without.conflicts.is_empty() || !stays {
            makers.push(item.change);
        }
    }
    let (path, sides) = (conflict.path.clone(), conflict.sides);
    Ok((!makers.is_empty()).then_some(Ground { path, sides, makers }))
}

/// What a stage lacks of what a change was made on.
struct Lacking<'a> {
    makers: &'a [ChangeIx],
    /// Where that shows.
    path: &'a RepoPath,
    /// The first of them, and the lowest stage that has it, if any has.
    first: (ChangeIx, Option<&'a StageName>),
    line: &'a Line,
}

fn needs(snapshot: &Snapshot<'_>, asked: Originating<'_>, lacking: &Lacking<'_>) -> Refusal {
    let Lacking { makers, path, first: (first, holder), line } = lacking;
    let (key, stage) = (snapshot.state.key(asked.change), asked.stage);
    let changes: Vec<_> = makers.iter().map(|ix| snapshot.state.key(*ix).clone()).collect();
    let is_older = |ix: &ChangeIx| line.receipts.holds(*ix);
    let names = makers.iter().zip(&changes).map(|(ix, key)| match is_older(ix) {
        true => format!("a newer revision of {key}"),
        false => key.to_string(),
    });
    let names = names.collect::<Vec<_>>().join(", ");
    let made = if changes.len() == 1 { "it" } else { "they" };
    let message = format!("{key} needs {names}, which {stage} lacks: {made} made what it edits in {path}");
    let remedy = match holder {
        None => {
            let first = snapshot.state.at(*first);
            Remedy::RecordFirst(Unheld { change: first.key.clone(), tip: first.latest().tip, stage: stage.clone() })
        }
        Some(holder) => {
            let course = course(snapshot, holder, stage);
            // Others may hold the older one as well: which is meant has to be said.
            let from = makers.iter().any(is_older).then(|| (*holder).clone());
            Remedy::BringFirst(Missing { changes, from, to: stage.clone(), course })
        }
    };
    let details = Details::Conflicting { change: key.clone(), stage: stage.clone(), conflicts: json!([]) };
    Refusal::new(Code::DependsOn, message, remedy).with(details)
}

/// A change that a stage lacks, or holds older.
struct Absent<'a> {
    /// The lowest stage that has the newest that any has, if any has it.
    holder: Option<&'a StageName>,
    /// How it got there, revision by revision.
    items: Vec<Cow<'a, Item>>,
}

impl Absent<'_> {
    fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().map(|item| &**item)
    }

    fn newest(&self) -> Option<RevisionNo> {
        self.items().map(|item| item.revision).max()
    }
}

/// What a stage lacks, by change.
type Elsewhere<'a> = BTreeMap<ChangeIx, Absent<'a>>;

/// What other stages hold and this one lacks, or holds older; and what the change is stacked on, whoever holds it.
fn elsewhere<'a>(snapshot: &'a Snapshot<'_>, asked: Originating<'_>, line: &Line) -> Elsewhere<'a> {
    let mut found = Elsewhere::new();
    let stages = snapshot.pipeline.stages().iter().filter(|stage| stage.name != *asked.stage);
    for (stage, other) in stages.filter_map(|stage| Some((&stage.name, snapshot.state.lines.get(&stage.name)?))) {
        // Of most stages all is here, and lines are long.
        if other.receipts.ahead_of(&line.receipts).is_empty() {
            continue;
        }
        let mut here: BTreeMap<ChangeIx, Absent<'a>> = BTreeMap::new();
        for item in other.items.iter().filter(|item| item.change != asked.change && item.source != Source::Held) {
            if line.receipts.revision(item.change).is_none_or(|held| held < item.revision) {
                let absent = here.entry(item.change).or_insert(Absent { holder: Some(stage), items: Vec::new() });
                absent.items.push(Cow::Borrowed(item));
            }
        }
        for (change, absent) in here {
            if found.get(&change).is_none_or(|known| known.newest() < absent.newest()) {
                found.insert(change, absent);
            }
        }
    }
    for key in &snapshot.state.at(asked.change).latest().depends_on {
        let Some((below, known)) = snapshot.state.change(key) else { continue };
        if let Some(item) = arriving(line, below, known.latest().number) {
            found.entry(below).or_insert(Absent { holder: None, items: vec![Cow::Owned(item)] });
        }
    }
    found
}

fn course(snapshot: &Snapshot<'_>, holder: &StageName, to: &StageName) -> Course {
    match snapshot.pipeline.higher(holder, to) {
        true => Course::Down,
        false => Course::Up,
    }
}

/// The "no" to a change that conflicts with what its stage holds; `None` where nothing does.
///
/// # Errors
/// A fault of the content.
pub fn conflicting(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    (asked, conflicts): (Originating<'_>, &[MoveConflict]),
) -> Result<Option<Refusal>, Fault> {
    let (Some(first), Ok(line)) = (conflicts.first(), snapshot.line(asked.stage)) else { return Ok(None) };
    let absent = elsewhere(snapshot, asked, line);
    let stopped = Stopped { snapshot, content, asked, conflicts, line, absent };
    if let Some(no) = stopped.needs_room()? {
        return Ok(Some(no));
    }
    if let Some(no) = stopped.needs_what_it_is_stacked_on()? {
        return Ok(Some(no));
    }
    stopped.is_settled_on_its_branch(first).map(Some)
}

/// A change that conflicts with what its stage holds.
struct Stopped<'a> {
    snapshot: &'a Snapshot<'a>,
    content: &'a dyn Content,
    asked: Originating<'a>,
    conflicts: &'a [MoveConflict],
    line: &'a Line,
    absent: Elsewhere<'a>,
}

impl Stopped<'_> {
    /// The "no" where a file stands in the way which somebody took away whom the stage lacks.
    fn needs_room(&self) -> Result<Option<Refusal>, Fault> {
        let is_blocked = |one: &&MoveConflict| one.kind == ConflictKind::FileFolder;
        let Some(blocked) = self.conflicts.iter().find(is_blocked) else { return Ok(None) };
        let composer = self.snapshot.composer(self.content);
        let mut makers = Vec::new();
        for (change, absent) in &self.absent {
            for item in absent.items() {
                let Some((before, after)) = composer.trees(item)? else { continue };
                let did = self.content.delta(before, after)?;
                if blocked.places.left.iter().any(|path| did.change(path).is_some_and(|one| one.after.is_none())) {
                    makers.push(*change);
                    break;
                }
            }
        }
        let Some(first) = makers.first() else { return Ok(None) };
        let first = (*first, self.absent.get(first).and_then(|absent| absent.holder));
        Ok(Some(self.needs(&makers, &blocked.path, first)))
    }

    /// The "no" where what conflicts was done by a change below on the branch, which no stage holds any more.
    fn needs_what_it_is_stacked_on(&self) -> Result<Option<Refusal>, Fault> {
        let composer = self.snapshot.composer(self.content);
        for (change, absent) in self.absent.iter().filter(|(_, absent)| absent.holder.is_none()) {
            for one in self.conflicts {
                let names = one.names();
                let mut meets = absent.items().map(|item| composer.meets(item, &names));
                if meets.try_fold(false, |found, meets| Ok::<_, Fault>(found || meets?))? {
                    return Ok(Some(self.needs(&[*change], &one.path, (*change, None))));
                }
            }
        }
        Ok(None)
    }

    fn needs(&self, makers: &[ChangeIx], path: &RepoPath, first: (ChangeIx, Option<&StageName>)) -> Refusal {
        needs(self.snapshot, self.asked, &Lacking { makers, path, first, line: self.line })
    }

    /// The "no" to what has to be settled on its own branch.
    fn is_settled_on_its_branch(&self, first: &MoveConflict) -> Result<Refusal, Fault> {
        let Self { snapshot, asked, conflicts, .. } = self;
        let (key, stage) = (snapshot.state.key(asked.change), asked.stage);
        let behind = self.follows_what_is_gone()?;
        let other = first.other_side.as_ref().map_or("the stage's base", |other| other.as_str());
        let why = match behind {
            None => first.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default(),
            Some((below, number, _)) => {
                format!(": its branch follows revision {number} of {below}, which {stage} does not hold")
            }
        };
        let message = format!("{key} conflicts with {other} on {} at {stage}{why}", first.path);
        let remedy = match snapshot.pipeline.stage(stage) {
            None => "bring its branch up to date with the stage's, then record it again".into(),
            Some(known) => Remedy::SettleOnBranch(Box::new(OnBranch {
                change: key.clone(),
                own: asked.branch.map(str::to_owned),
                stage: stage.clone(),
                branch: known.branch.clone(),
                settling: match behind {
                    // Merged, what it did before and what was built on that cannot be told apart any more.
                    _ if self.is_built_on() => Settling::Anew,
                    // What it is stacked on stays left out of it whatever is merged.
                    Some((.., after)) => Settling::Onto { after },
                    None if self.git_settles_one()? => Settling::Mend,
                    None => Settling::Merge,
                },
            })),
        };
        let details = Details::Conflicting { change: key.clone(), stage: stage.clone(), conflicts: json!(conflicts) };
        Ok(Refusal::new(Code::DependsOn, message, remedy).with(details))
    }

    /// Whether others there build on what the change did before.
    fn is_built_on(&self) -> bool {
        let Self { snapshot, asked, conflicts, .. } = self;
        let key = snapshot.state.key(asked.change);
        let others = conflicts.iter().filter_map(|one| one.other_side.as_ref());
        conflicts.iter().any(is_built_on)
            || others.into_iter().any(|other| closure::dependencies_from(snapshot, asked.stage, other).contains(key))
    }

    /// The revision that the branch is stacked on where it edits what that did, and its stage holds another one or none, with
    /// where it ends.
    fn follows_what_is_gone(&self) -> Result<Option<(&ChangeKey, RevisionNo, CommitId)>, Fault> {
        for (below, number) in self.asked.stacked_on {
            let Some((ix, change)) = self.snapshot.state.change(below) else { continue };
            let is_gone = self.line.receipts.revision(ix) != Some(*number);
            let Some(revision) = change.revision(*number).filter(|_| is_gone) else { continue };
            let did = self.content.delta(revision.base_tree, revision.tip_tree)?;
            if self.conflicts.iter().any(|one| did.touches(&one.names())) {
                return Ok(Some((below, *number, revision.tip)));
            }
        }
        Ok(None)
    }

    /// Whether git would merge one of the conflicts by its lines, or may for what it starts from, and let what comes of it
    /// stand.
    fn git_settles_one(&self) -> Result<bool, Fault> {
        let revision = self.snapshot.state.at(self.asked.change).latest();
        if !revision.depends_on.is_empty() {
            // What it is stacked on has no commit on the stage's branch, so git starts from before that.
            return Ok(true);
        }
        let scope: PathSet = self.conflicts.iter().flat_map(MoveConflict::names).collect();
        let (base, theirs) = (revision.base_tree, revision.tip_tree);
        let merged = self.content.merge(Merge { base, ours: self.line.tree, theirs, scope: Some(&scope) })?;
        let settles = |one: &MoveConflict| one.dispute().is_dropped_by_git() || !merged.is_open(&one.path);
        Ok(self.conflicts.iter().any(settles))
    }
}
