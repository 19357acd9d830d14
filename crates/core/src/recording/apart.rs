//! A change's own difference, apart from what its branch was built on: the tree that it starts from, and who of those
//! left out it cannot do without (`SPEC C1`).

use crate::compose::ground::{self, Below};
use crate::content::entry::Taken;
use crate::content::{Conflict, Merge};
use crate::ledger::plan::Stop;
use crate::recording::as_well::made_as_well;
use crate::recording::begun::begun_with;
use crate::recording::history::{History, Passed, deed};
use crate::recording::own::{Head, Own, Whose, carries_others};
use crate::recording::sight::{LeftOut, Sight};
use crate::recording::squashed::{Squashed, squashed};
use crate::records::change::Revision;
use crate::records::resolution::{Resolution, Settler};
use crate::words::details::CarriedCommit;
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, RevisionNo, StageName};
use crate::words::object::{CommitId, Leaf, RepoPath, TreeId};
use crate::words::refusal::Refusal;
use crate::words::remedy::{OnBranch, Remedy, Settling};
use std::collections::{BTreeMap, BTreeSet};

/// What to put where.
type Edits = Vec<(RepoPath, Option<Leaf>)>;

/// What a branch starts from once everything is left out that is not its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Apart {
    /// The tree it starts from: what the base branch and others gave it.
    pub base_tree: TreeId,
    /// The commit of that tree; `None` where none has it.
    pub base: Option<CommitId>,
    /// What is left out of it.
    pub left_out: Vec<LeftOut>,
    /// The changes that it builds on.
    pub depends_on: Vec<ChangeKey>,
    /// The revisions of others that the branch is stacked on.
    pub stacked_on: Vec<(ChangeKey, RevisionNo)>,
    /// Commits that are its own by their parents alone: what they did came from stages' branches.
    pub squashed: Vec<CommitId>,
}

/// Parts a branch's own difference from the rest.
///
/// # Errors
/// `carries-others` where what was merged has become one with what the change did; a fault of the content.
pub fn apart(sight: Sight<'_>) -> Result<Apart, Stop> {
    let (merged, whole) = given(sight)?;
    let mut came = came_along(sight);
    let Squashed { commits: squashed, mut brought } = squashed(sight)?;
    let known: BTreeSet<&ChangeKey> = came.iter().map(|one| &one.change).collect();
    brought.retain(|one| !known.contains(&one.change));
    let given = with_brought(sight, merged, &brought)?;
    came.extend(brought);
    let base_tree = without_itself(sight, given, &came)?;
    let left_out: Vec<LeftOut> = came.into_iter().filter(|one| one.change != sight.history.change).collect();
    let (again, stacked): (Vec<_>, Vec<_>) =
        below(sight).into_iter().partition(|(_, revision)| revision.depends_on.contains(&sight.history.change));
    let stacked_on_others = stacked.iter().map(|(key, revision)| (key.clone(), revision.number)).collect();
    let mut depends_on: Vec<ChangeKey> = stacked.into_iter().map(|(key, _)| key).collect();
    // What that stands on is below those as well.
    depends_on.extend(stacked_on(sight).into_iter().flat_map(|earlier| earlier.depends_on.iter().cloned()));
    let again = again.into_iter().map(|(key, revision)| (key, revision.number));
    let others = again.chain(left_out.iter().map(|one| (one.change.clone(), one.revision)));
    let as_well = made_as_well(sight, base_tree, (&left_out, &squashed))?;
    for key in needed(sight, base_tree, others)?.into_iter().chain(as_well) {
        if !depends_on.contains(&key) {
            depends_on.push(key);
        }
    }
    let base = whole.filter(|_| base_tree == merged);
    Ok(Apart { base_tree, base, left_out, depends_on, stacked_on: stacked_on_others, squashed })
}

/// What was given, with what came by squashed merges, which no commit leads to.
fn with_brought(sight: Sight<'_>, given: TreeId, brought: &[LeftOut]) -> Result<TreeId, Stop> {
    let mut tree = given;
    for one in brought {
        let Some(theirs) = revision(sight, one) else { continue };
        let merge = Merge { base: theirs.base_tree, ours: tree, theirs: theirs.tip_tree, scope: None };
        tree = met(sight, merge)?;
    }
    Ok(tree)
}

/// What the branch was given: the base branch and every head, merged; with the commit that holds exactly that.
fn given(sight: Sight<'_>) -> Result<(TreeId, Option<CommitId>), Stop> {
    let base = &sight.history.base;
    let (mut tree, mut whole, mut last) = (base.tree, Some(base.id), base.id);
    for head in sight.own.heads.iter().filter_map(|head| sight.history.commits.get(&head.commit)) {
        let shared = (sight.nearest)(last, head.id)?;
        match shared {
            Some(shared) if Some(shared.id) == whole => (tree, whole) = (head.tree, Some(head.id)),
            shared => {
                let base = shared.map_or(TreeId::EMPTY, |info| info.tree);
                (tree, whole) = (met(sight, Merge { base, ours: tree, theirs: head.tree, scope: None })?, None);
            }
        }
        last = head.id;
    }
    Ok((tree, whole))
}

/// Two heads merged. Where they conflict, whoever merged them on the branch and took one of the two made no edit.
fn met(sight: Sight<'_>, heads: Merge<'_>) -> Result<TreeId, Stop> {
    let merged = sight.content.merge(heads)?;
    let mut settled = Vec::new();
    for conflict in merged.conflicts {
        match taken(sight, &conflict)? {
            Some(edits) => settled.extend(edits),
            None => return Err(entangled(sight, &conflict.path)?.into()),
        }
    }
    Ok(sight.content.edit(merged.tree, &settled)?)
}

/// What the side makes of a conflict that the branch took: content and place, or at least what the path holds.
fn taken(sight: Sight<'_>, conflict: &Conflict) -> Result<Option<Edits>, Fault> {
    let leaf = |path: &RepoPath| sight.content.leaf(sight.history.tip.tree, path);
    for side in [Taken::Ours, Taken::Theirs] {
        let entry = conflict.dispute().entry(side);
        let edits = Resolution::of((&conflict.path, conflict.sides), entry, Settler::Person).edits();
        let stand = edits.iter().map(|(path, wanted)| Ok(leaf(path)? == *wanted)).collect::<Result<Vec<_>, Fault>>()?;
        if !stand.contains(&false) {
            return Ok(Some(edits));
        }
    }
    let stands = leaf(&conflict.path)?;
    let is_one = stands == conflict.sides.ours || stands == conflict.sides.theirs;
    Ok(is_one.then(|| vec![(conflict.path.clone(), stands)]))
}

/// Which changes came along with stages' branches, as those held them there.
fn came_along(sight: Sight<'_>) -> Vec<LeftOut> {
    let reached = sight.history.reached(sight.own.heads.iter().map(|head| head.commit));
    let mut came = Came::default();
    for passed in &sight.history.passed {
        let gone = said_on(sight.history, (passed, &reached), &mut came);
        let items = sight.state.lines.get(&passed.stage).into_iter().flat_map(|line| &line.items);
        for item in items.filter(|item| reached.contains(&item.commit)) {
            let change = sight.state.key(item.change).clone();
            if !gone.contains(&change) && !came.knows(&change) {
                came.push(LeftOut { change, revision: item.revision, stage: passed.stage.clone() });
            }
        }
    }
    let mut all: Vec<LeftOut> = came.all.into_iter().flatten().collect();
    all.retain(|one| revision(sight, one).is_some());
    all
}

/// What came along by now, in the order it came. Whole stages may have: nothing here looks through all of it for one.
#[derive(Default)]
struct Came {
    all: Vec<Option<LeftOut>>,
    /// Where those of a change stand, with which stage each came.
    places: BTreeMap<ChangeKey, Vec<(StageName, usize)>>,
}

impl Came {
    fn push(&mut self, one: LeftOut) {
        self.places.entry(one.change.clone()).or_default().push((one.stage.clone(), self.all.len()));
        self.all.push(Some(one));
    }

    fn knows(&self, change: &ChangeKey) -> bool {
        self.places.get(change).is_some_and(|places| !places.is_empty())
    }

    /// Takes out the first of a change that came with a stage.
    fn take_out(&mut self, change: &ChangeKey, stage: &StageName) {
        let Some(places) = self.places.get_mut(change) else { return };
        if let Some(at) = places.iter().position(|(with, _)| with == stage) {
            self.all[places.remove(at).1] = None;
        }
    }
}

/// What commits of ours on a stage's branch say that they brought; those that were taken out again are the answer.
fn said_on(
    history: &History,
    (passed, reached): (&Passed, &BTreeSet<CommitId>),
    came: &mut Came,
) -> BTreeSet<ChangeKey> {
    let mut gone = BTreeSet::new();
    for commit in passed.commits.iter().rev().filter(|id| reached.contains(id)) {
        let Some(deed) = history.commits.get(commit).and_then(deed) else { continue };
        came.take_out(&deed.change, &passed.stage);
        match deed.revision {
            Some(revision) if !deed.removes => {
                gone.remove(&deed.change);
                came.push(LeftOut { change: deed.change, revision, stage: passed.stage.clone() });
            }
            _ => drop(gone.insert(deed.change)),
        }
    }
    gone
}

/// The revisions that the branch is stacked on, with whose they are. One that is itself stacked on an older revision of the
/// change is needed only where the change edits what it did.
fn below(sight: Sight<'_>) -> Vec<(ChangeKey, &Revision)> {
    let revision = |head: &Head| {
        let Whose::Change(key) = &head.whose else { return None };
        let revisions = &sight.state.change(key)?.1.revisions;
        Some((key.clone(), revisions.iter().rfind(|one| one.tip == head.commit)?))
    };
    sight.own.heads.iter().filter_map(revision).collect()
}

fn revision<'a>(sight: Sight<'a>, one: &LeftOut) -> Option<&'a Revision> {
    sight.state.change(&one.change)?.1.revision(one.revision)
}

/// What was given without what the change itself gave before: the branch began with an earlier revision of it, one comes
/// back with a stage's branch, or others were stacked on it. It stays the change's own.
fn without_itself(sight: Sight<'_>, given: TreeId, came: &[LeftOut]) -> Result<TreeId, Stop> {
    let with_stage = came.iter().rfind(|one| one.change == sight.history.change);
    let came = with_stage.and_then(|one| Some((revision(sight, one)?, Some(one))));
    let begun = begun_with(sight)?;
    let begun = begun.as_ref().and_then(|one| Some((revision(sight, one)?, Some(one))));
    let below = stacked_on(sight).map(|earlier| (earlier, None));
    let newest = came.into_iter().chain(begun).chain(below).max_by_key(|(earlier, _)| earlier.number);
    let Some((earlier, with_stage)) = newest else { return Ok(given) };
    let back = Merge { base: earlier.tip_tree, ours: given, theirs: earlier.base_tree, scope: None };
    let merged = sight.content.merge(back)?;
    let Some(conflict) = merged.conflicts.first() else { return Ok(merged.tree) };
    if sight.own.commits.is_empty() {
        // Nothing is new, so nothing needs to be told apart.
        return Ok(given);
    }
    Err(match with_stage {
        Some(itself) => {
            Refusal { remedy: anew(sight, itself.stage.clone()), ..entangled(sight, &conflict.path)? }.into()
        }
        None => between(sight, earlier, &conflict.path)?.into(),
    })
}

/// What others did who are stacked on an earlier revision of the change has become one with what that did.
fn between(sight: Sight<'_>, earlier: &Revision, path: &RepoPath) -> Result<Refusal, Fault> {
    let history = sight.history;
    let mut carried = Vec::new();
    for (change, revision) in below(sight) {
        let delta = sight.content.delta(revision.base_tree, revision.tip_tree)?;
        if delta.changes.iter().any(|one| one.path == *path) {
            carried.push(CarriedCommit { commit: revision.tip, change, subject: revision.subject.clone() });
        }
    }
    // What it did before is its own as well.
    let before = history.reached([earlier.tip]);
    let commits = history.order.iter().filter(|id| before.contains(id) || sight.own.commits.contains(id));
    let commits = commits.filter(|id| history.names_it(**id)).copied().collect();
    let own = Own { commits, heads: Vec::new() };
    Ok(carries_others(history, &own, carried))
}

/// The newest revision of the change itself that others were stacked on, who now lie between.
fn stacked_on(sight: Sight<'_>) -> Option<&Revision> {
    let (_, change) = sight.state.change(&sight.history.change)?;
    let stacks = sight.own.heads.iter().filter(|head| matches!(head.whose, Whose::Change(_)));
    let reached = sight.history.reached(stacks.map(|head| head.commit));
    change.revisions.iter().rfind(|one| reached.contains(&one.tip))
}

/// What helps where what came with a stage cannot be told from the change's own any more: what is new becomes a change of
/// its own.
fn anew(sight: Sight<'_>, stage: StageName) -> Remedy {
    let history = sight.history;
    let passed = history.passed.iter().find(|passed| passed.stage == stage);
    Remedy::SettleOnBranch(Box::new(OnBranch {
        change: history.change.clone(),
        own: history.branch.clone(),
        branch: passed.map_or_else(|| history.base_branch.clone(), |passed| passed.branch.clone()),
        stage,
        settling: Settling::Anew,
    }))
}

/// The changes among some that the change's own edits need.
fn needed(
    sight: Sight<'_>,
    base_tree: TreeId,
    others: impl Iterator<Item = (ChangeKey, RevisionNo)>,
) -> Result<Vec<ChangeKey>, Fault> {
    let below = |(change, revision): (ChangeKey, RevisionNo)| {
        let theirs = sight.state.outline(sight.state.change(&change)?.0, revision)?;
        Some(Below { change, trees: theirs.trees(), sketch: theirs.sketch() })
    };
    let others: Vec<Below<'_>> = others.filter_map(below).collect();
    ground::needed(sight.content, (base_tree, sight.history.tip.tree), &others)
}

/// What was merged has become one with what the change did: who brought it is named. Those are recorded, and commits that
/// settled them with the rest apply to nothing: what helps is to record what is new by itself.
fn entangled(sight: Sight<'_>, path: &RepoPath) -> Result<Refusal, Fault> {
    let history = sight.history;
    let mut carried = Vec::new();
    let mut brought = BTreeSet::new();
    for one in came_along(sight).into_iter().filter(|one| one.change != history.change) {
        let Some(theirs) = revision(sight, &one) else { continue };
        let delta = sight.content.delta(theirs.base_tree, theirs.tip_tree)?;
        if delta.changes.iter().any(|change| change.path == *path) {
            let subject = format!("on {path}, from {}", one.stage);
            carried.push(CarriedCommit { commit: theirs.tip, change: one.change, subject });
            brought.insert(one.stage);
        }
    }
    if carried.is_empty() {
        let merges = sight.own.commits.iter().filter_map(|id| history.commits.get(id));
        carried.extend(merges.filter(|info| info.parents.len() > 1).map(|info| CarriedCommit {
            commit: info.id,
            change: history.change.clone(),
            subject: format!("merged on {path}"),
        }));
        brought.extend(sight.own.heads.iter().filter_map(|head| match &head.whose {
            Whose::Stage(stage) => Some(stage.clone()),
            Whose::Change(_) => None,
        }));
    }
    if carried.is_empty() {
        // It follows others who built on what the change did before.
        carried.extend(sight.own.heads.iter().map(|head| CarriedCommit {
            commit: head.commit,
            change: match &head.whose {
                Whose::Change(key) => key.clone(),
                Whose::Stage(_) => history.change.clone(),
            },
            subject: format!("on {path}"),
        }));
    }
    let refused = carries_others(history, sight.own, carried);
    let lowest = history.passed.iter().map(|passed| &passed.stage).find(|stage| brought.contains(*stage));
    Ok(match lowest {
        Some(stage) => Refusal { remedy: anew(sight, stage.clone()), ..refused },
        None => refused,
    })
}
