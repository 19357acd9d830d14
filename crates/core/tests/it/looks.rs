//! When somebody looks at what was pushed does not matter (`SPEC L8`).

use crate::beside::{Beside, CHANGES, Edit, FILES, LINES, STAGES, composer};
use crate::tries::tries;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeSet;
use switchback_core::compose::{Composition, Recomposed};
use switchback_core::words::object::TreeId;

/// Which stage, whose change if any, and what it edits.
type Push = (usize, Option<usize>, Edit);

fn pushes() -> impl Strategy<Value = Vec<Push>> {
    let edit = (0..FILES.len(), 0..LINES, 0_u8..5);
    vec((1..STAGES.len(), proptest::option::of(0..CHANGES), edit), 1..6)
}

/// The commits that a stage gets, as a push writes them.
fn commits(beside: &mut Beside, pushes: &[Push], stage: usize) -> Vec<String> {
    let mut files = beside.files(STAGES[stage]);
    let mine = pushes.iter().filter(|push| push.0 == stage);
    let mut commits = Vec::new();
    for (_, change, edit) in mine {
        let edit = beside.edited(&mut files, *edit);
        let name = change.map_or_else(|| "-".to_owned(), |nth| format!("US-{nth}"));
        commits.extend(edit.map(|edit| format!("{name}: {edit}")));
    }
    commits
}

/// What every stage holds and what each of it is made of; a commit's name depends on when it was made.
fn told(beside: &mut Beside) -> Vec<(Vec<String>, TreeId, Vec<Option<TreeId>>)> {
    let mut told = Vec::new();
    for stage in STAGES {
        let line = beside.line(stage);
        let world = beside.world();
        let whole = Composition { base: line.base_tree, tree: line.tree, items: &line.items };
        let (mut names, mut without) = (Vec::new(), Vec::new());
        for ix in line.receipts.iter() {
            let key = world.state.key(ix).to_string();
            names.push(key.split_once("commit-").map_or(key.clone(), |_| "a commit".to_owned()));
            without.push(match composer(world).without(whole, &BTreeSet::from([ix])).unwrap() {
                Recomposed::Left(left) => Some(left.tree),
                Recomposed::Blocked { .. } => None,
            });
        }
        told.push((names, line.tree, without));
    }
    told
}

proptest! {
    #![proptest_config(tries(192))]

    /// Whether somebody looks after each commit or after all of them, and at which stage first, the stages hold the same.
    #[test]
    fn it_does_not_matter_when_somebody_looks(pushes in pushes()) {
        let [mut one, mut two, mut three] = [(); 3].map(|()| Beside::begun());
        let of = |beside: &mut Beside| [1, 2].map(|stage| (STAGES[stage], commits(beside, &pushes, stage)));
        for (stage, commits) in of(&mut one) {
            for commit in commits {
                one.step(&format!("push {stage} {commit}"));
            }
        }
        let mut all = of(&mut two);
        for (stage, commits) in all.iter().filter(|(_, commits)| !commits.is_empty()) {
            two.step(&format!("push {stage} {}", commits.join(" | ")));
        }
        all.reverse();
        for (stage, commits) in all.iter().filter(|(_, commits)| !commits.is_empty()) {
            three.step(&format!("push {stage} {}", commits.join(" | ")));
        }
        let (one, two, three) = (told(&mut one), told(&mut two), told(&mut three));
        prop_assert_eq!(&two, &three, "the stages in another order");
        prop_assert_eq!(&one, &two, "after each commit, or after all");
    }
}
