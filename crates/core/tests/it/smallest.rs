//! Who must leave along, and who must come along, held against every set there is (`SPEC D4`, `P11`).

use crate::memory::Memory;
use crate::play::Play;
use crate::properties::{History, Work, works};
use crate::tries::tries;
use crate::world::{Voice, World};
use proptest::prelude::*;
use std::collections::BTreeSet;
use switchback_core::compose::Recomposed;
use switchback_core::compose::carry::Load;
use switchback_core::compose::making::Making;
use switchback_core::compose::trial::Trials;
use switchback_core::compose::{Composer, Composition, Rules};
use switchback_core::depend::needs::{Effort, Trip};
use switchback_core::depend::{closure, needs};
use switchback_core::pipeline::order_by::OrderBy;
use switchback_core::records::line::Line;
use switchback_core::records::promotion::PromotionStatus;
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::{RevisionNo, StageName};
use switchback_core::words::object::TreeId;

type Set = BTreeSet<ChangeIx>;

fn line<'a>(world: &'a World, stage: &str) -> &'a Line {
    &world.state.lines[&StageName::new(stage)]
}

fn ix(world: &World, key: &str) -> ChangeIx {
    world.state.change(&key.into()).map(|(ix, _)| ix).unwrap()
}

/// Every subset of some changes, the empty one too.
fn subsets(of: &[ChangeIx]) -> impl Iterator<Item = Set> {
    (0..1_u32 << of.len())
        .map(move |chosen| of.iter().enumerate().filter(|(at, _)| chosen & (1 << at) != 0).map(|(_, ix)| *ix).collect())
}

fn composer(world: &World) -> Composer<'_> {
    Composer { state: &world.state, content: &world.content as &Memory, rules: Rules::AsRecorded }
}

/// The line made anew from its base without some changes, when everybody else can be carried.
fn rebuilt(world: &World, line: &Line, gone: &Set) -> Option<TreeId> {
    let mut tree = line.base_tree;
    for item in line.items.iter().filter(|item| !gone.contains(&item.change)) {
        let merged = composer(world).carry(tree, item, None).unwrap();
        if !merged.conflicts.is_empty() {
            return None;
        }
        tree = merged.tree;
    }
    Some(tree)
}

/// What the closure says against what all subsets say.
fn expect_smallest(world: &World, asked: &Set) -> Result<(), TestCaseError> {
    let line = line(world, "QA");
    let whole = Composition { base: line.base_tree, tree: line.tree, items: &line.items };
    let closure = closure::closure(composer(world), whole, asked).unwrap();
    prop_assert_eq!(Some(closure.left.tree), rebuilt(world, line, &closure.leaving));
    prop_assert!(asked.is_subset(&closure.leaving));
    let named: Set = closure.dependents.iter().map(|(ix, _)| *ix).chain(asked.iter().copied()).collect();
    prop_assert_eq!(&named, &closure.leaving);
    prop_assert!(closure.dependents.iter().all(|(_, conflicts)| !conflicts.is_empty()));
    let all: Vec<ChangeIx> = line.receipts.iter().collect();
    // Whose edits would come to nothing builds on what leaves too, though it can be carried.
    let goes = |set: &Set| matches!(composer(world).without_voids(whole, set).unwrap(), Recomposed::Left(_));
    let closed = subsets(&all).filter(|set| asked.is_subset(set) && rebuilt(world, line, set).is_some() && goes(set));
    let fewest = closed.map(|set| set.len()).min();
    prop_assert_eq!(fewest, Some(closure.leaving.len()), "{:?} is not the smallest", closure.leaving);
    let plain = closure::plain_closure(composer(world), whole, asked).unwrap();
    prop_assert!(plain.leaving.len() > closure.leaving.len() || plain == closure, "among equals the plain one");
    Ok(())
}

/// Work on two files alone, so that nearly everything meets.
fn crowded() -> impl Strategy<Value = Vec<Work>> {
    let edits = proptest::collection::vec((0_usize..2, 0_usize..3, 0_u8..4), 1..3);
    let work = (proptest::option::weighted(0.7, 0_usize..8), edits).prop_map(|(on, edits)| Work { on, edits });
    proptest::collection::vec(work, 4..9)
}

proptest! {
    #![proptest_config(tries(192))]

    /// `SPEC D4`: no smaller set of changes can leave, and who is named can.
    #[test]
    fn the_closure_is_the_smallest(works in prop_oneof![works(), crowded()], nth in 0_usize..8, other in 0_usize..8) {
        let mut history = History::new(&works, |_| true);
        let (Some(one), Some(two)) = (history.pick(nth), history.pick(other)) else { return Ok(()) };
        let world = history.world();
        let (one, two) = (ix(world, &one), ix(world, &two));
        expect_smallest(world, &Set::from([one]))?;
        expect_smallest(world, &Set::from([one, two]))?;
    }
}

/// A history whose changes are all on DEV and some of them on QA, as far as they fit.
fn partly(works: &[Work], up: &[bool]) -> History {
    let mut history = History::new(works, |_| false);
    for nth in 0..works.len() {
        if history.play.line(&format!("at DEV: US-{nth}")).is_ok() {
            history.keys.push(format!("US-{nth}"));
        }
    }
    for key in history.keys.clone().iter().zip(up).filter(|(_, up)| **up).map(|(key, _)| key) {
        // Whoever does not fit there stays below.
        let _ = history.play.line(&format!("at QA: {key}"));
    }
    history
}

/// Whether some changes go from DEV to QA, in the order of their recording.
fn goes(world: &World, set: &Set) -> bool {
    let changes: Vec<_> = set.iter().map(|ix| (*ix, RevisionNo(1))).collect();
    let (source, stages, excluded) = (StageName::new("DEV"), [StageName::new("QA")], world.pipeline.excluded());
    let load = Load {
        changes: &[],
        resolutions: &[],
        excluded,
        operation: None,
        source: Some(&source),
        making: Making::Suppose,
    };
    world.ask(&Voice::of("root", None), |snapshot, content| {
        Trials::new(snapshot, content, &stages, load).first_stopped(&changes).unwrap().is_none()
    })
}

/// What has to come along to QA with some changes of DEV.
fn missing(world: &World, asked: &Set) -> Option<Set> {
    let (source, stages) = (StageName::new("DEV"), [StageName::new("QA")]);
    let trip = Trip {
        source: &source,
        stages: &stages,
        by: OrderBy::Recorded,
        resolutions: &[],
        excluded: world.pipeline.excluded(),
        effort: Effort::Thorough,
    };
    let going: Vec<ChangeIx> = asked.iter().copied().collect();
    let found = world
        .ask(&Voice::of("root", None), |snapshot, content| needs::missing(snapshot, content, trip, &going).unwrap());
    found.missing().map(|missing| missing.changes.into_iter().collect())
}

proptest! {
    #![proptest_config(tries(192))]

    /// `SPEC P11`: nothing smaller goes, and what is taken along does.
    #[test]
    fn what_comes_along_is_the_smallest(
        works in prop_oneof![works(), crowded()],
        up in proptest::collection::vec(proptest::bool::weighted(0.3), 8),
        nth in 0_usize..8,
        other in 0_usize..8,
    ) {
        let mut history = partly(&works, &up);
        let (Some(one), Some(two)) = (history.pick(nth), history.pick(other)) else { return Ok(()) };
        let world = history.world();
        let (source, destination) = (line(world, "DEV"), line(world, "QA"));
        let below: Vec<ChangeIx> = source.receipts.iter().filter(|ix| !destination.receipts.holds(*ix)).collect();
        let asked: Set = [ix(world, &one), ix(world, &two)].into_iter().filter(|ix| below.contains(ix)).collect();
        let that_go = subsets(&below).filter(|set| asked.is_subset(set) && goes(world, set));
        let fewest = that_go.map(|set| set.len()).min();
        let found = missing(world, &asked);
        let all = found.as_ref().map(|more| more.union(&asked).copied().collect::<Set>());
        prop_assert_eq!(all.as_ref().map(BTreeSet::len), fewest, "{:?} with {:?}", asked, found);
        prop_assert!(all.is_none_or(|all| goes(world, &all)));
    }
}

proptest! {
    #![proptest_config(tries(192))]

    /// `SPEC D4`: what was rewritten stays without what left, the line is still made of its items, and what left may
    /// come again or conflicts for all to see.
    #[test]
    fn what_is_rewritten_stays_without_what_left(works in stacks(), nth in 0_usize..8) {
        let mut history = History::new(&works, |_| true);
        let Some(key) = history.pick(nth) else { return Ok(()) };
        let (held, before) = (history.holds("QA"), history.tree("QA"));
        if !history.step(&format!("demote {key} --to DEV --rewrite-dependents --anyway")) {
            prop_assert_eq!(history.tree("QA"), before);
            return Ok(());
        }
        let stay: BTreeSet<String> = held.iter().filter(|other| **other != key).cloned().collect();
        prop_assert_eq!(history.holds("QA"), stay);
        let world = history.world();
        prop_assert_eq!(Some(line(world, "QA").tree), rebuilt(world, line(world, "QA"), &Set::new()));
        for ix in line(world, "QA").receipts.iter() {
            let revision = world.state.at(ix).revision(line(world, "QA").receipts.revision(ix).unwrap()).unwrap();
            prop_assert!(revision.base_tree != revision.tip_tree);
            prop_assert!(revision.number == RevisionNo(1) || revision.attested.is_empty());
        }
        history.must(&format!("promote {key} --from DEV --to QA"))?;
        let status = history.world().state.promotions[0].status;
        prop_assert!(matches!(status, PromotionStatus::Completed | PromotionStatus::Conflicted), "{:?}", status);
        let there = history.holds("QA").contains(&key);
        prop_assert_eq!(there, status == PromotionStatus::Completed);
    }
}

/// Work that mostly adds lines to what others wrote.
fn stacks() -> impl Strategy<Value = Vec<Work>> {
    let edits = proptest::collection::vec((0_usize..1, 0_usize..5, 1_u8..4), 1..3);
    let work = (proptest::option::weighted(0.8, 0_usize..8), edits).prop_map(|(on, edits)| Work { on, edits });
    proptest::collection::vec(work, 2..6)
}

/// A change that took another's edit back: those after it fit again when both leave.
#[test]
fn what_was_taken_back_may_leave_instead_of_what_came_after() {
    let mut play = Play::default();
    let lines = [
        "pipeline: DEV -> QA",
        "base: a = 1 2 3",
        "change US-1: a = 1 X 3",
        "change US-2 --rebase US-1: a = 1 2 3",
        "change US-3: a = 1 Y 3",
        "change US-4 --rebase US-3: a = 1 Z 3",
        "at DEV, QA: US-1 US-2 US-3 US-4",
    ];
    lines.iter().for_each(|line| play.line(line).unwrap());
    let world = play.world().unwrap();
    let line = line(world, "QA");
    let whole = Composition { base: line.base_tree, tree: line.tree, items: &line.items };
    let closure = closure::closure(composer(world), whole, &Set::from([ix(world, "US-2")])).unwrap();
    assert_eq!(closure.leaving, Set::from([ix(world, "US-1"), ix(world, "US-2")]));
    expect_smallest(world, &Set::from([ix(world, "US-2")])).unwrap();
}
