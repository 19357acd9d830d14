//! Random pushes, reverts, merges and rewrites beside random moves: whatever is taken in, lines, receipts and branches say
//! the same (`SPEC L8`).

use crate::branches::{info, stretch};
use crate::play::Play;
use crate::tries::tries;
use crate::world::{Voice, World};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use switchback_core::compose::{Composer, Composition, Recomposed, Rules};
use switchback_core::content::{Content, Merge, PathSet};
use switchback_core::ops::adopt::{self, Arrival};
use switchback_core::records::line::Line;
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::StageName;
use switchback_core::words::object::{RepoPath, TreeId};

pub const STAGES: [&str; 3] = ["DEV", "QA", "PROD"];
pub const FILES: [&str; 4] = ["f0", "f1", "f2", "f3"];
/// The last file is not there at first.
const AT_FIRST: usize = 3;
pub const LINES: usize = 6;
pub const CHANGES: usize = 4;

/// One thing that somebody does: which, and with what.
type Deed = (u8, usize, usize, Edit);
/// Which file, which line, and what becomes of it.
pub type Edit = (usize, usize, u8);

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let edit = (0..FILES.len(), 0..LINES, 0_u8..5);
    vec((0_u8..11, 0..STAGES.len(), 0..CHANGES, edit), 3..16)
}

pub struct Beside {
    play: Play,
    /// Where each line was after each step.
    past: Vec<Line>,
    count: usize,
}

impl Beside {
    /// A few changes, the first of them on every stage.
    pub fn begun() -> Self {
        let mut play = Play::default();
        play.line("pipeline: DEV -> QA -> PROD").unwrap();
        let start: Vec<String> = (0..LINES).map(|line| line.to_string()).collect();
        for file in &FILES[..AT_FIRST] {
            play.line(&format!("base: {file} = {}", start.join(" "))).unwrap();
        }
        for nth in 0..CHANGES {
            let mut text = start.clone();
            text[nth] = format!("us{nth}");
            play.line(&format!("change US-{nth}: f{} = {}; own{nth} = mine{nth} 1", nth % AT_FIRST, text.join(" ")))
                .unwrap();
        }
        play.line("at DEV, QA, PROD: US-0").unwrap();
        play.line("at DEV, QA: US-1").unwrap();
        play.line("at DEV: US-2 US-3").unwrap();
        Self { play, past: Vec::new(), count: 0 }
    }

    pub fn world(&mut self) -> &mut World {
        self.play.world().unwrap()
    }

    pub fn line(&mut self, stage: &str) -> Line {
        self.world().state.lines[&StageName::new(stage)].clone()
    }

    /// A step that may be refused.
    pub fn step(&mut self, line: &str) -> bool {
        self.play.line(&format!("> {line}")).unwrap();
        self.play.last.acknowledged = true;
        self.play.last.refusal.is_none()
    }

    /// What an edit makes of a file of a stage, as it is written in a push; nothing where it would do nothing.
    pub fn edited(&mut self, files: &mut BTreeMap<&'static str, Vec<String>>, edit: Edit) -> Option<String> {
        let (file, at, kind) = (FILES[edit.0], edit.1, edit.2);
        self.count += 1;
        let new = format!("x{}", self.count);
        let Some(lines) = files.get_mut(file) else {
            files.insert(file, vec![new.clone(), "more".to_owned()]);
            return Some(format!("{file} = {new} more"));
        };
        let at = at.min(lines.len() - 1);
        match kind {
            0 if lines.len() > 2 => drop(lines.remove(at)),
            1 => lines.insert(at, new),
            2 => {
                files.remove(file);
                return Some(format!("-{file}"));
            }
            // The same edit as another's may be.
            3 => lines[at] = format!("{}!", lines[at]),
            _ => lines[at] = new,
        }
        Some(format!("{file} = {}", files[file].join(" ")))
    }

    pub fn files(&mut self, stage: &str) -> BTreeMap<&'static str, Vec<String>> {
        let tree = self.line(stage).tree;
        let world = self.world();
        let mut files = BTreeMap::new();
        for file in FILES {
            let Some(leaf) = world.content.leaf(tree, &RepoPath::new(file)).unwrap() else { continue };
            let text = String::from_utf8(world.content.read(leaf.id).unwrap()).unwrap();
            files.insert(file, text.split_whitespace().map(str::to_owned).collect());
        }
        files
    }

    /// Does one thing, and says what.
    fn does(&mut self, (kind, stage, change, edit): Deed) -> String {
        let (stage, other) = (STAGES[stage], STAGES[(stage + 1) % STAGES.len()]);
        let mut files = self.files(stage);
        let key = format!("US-{change}");
        let line = match kind {
            0 | 1 => format!("push {stage} {key}: {}", self.edited(&mut files, edit).unwrap_or_default()),
            2 => format!("push {stage} -: {}", self.edited(&mut files, edit).unwrap_or_default()),
            3 => format!("revert {stage} HEAD"),
            4 if self.holds(stage).contains(&key) => format!("revert {stage} {key}"),
            4 | 5 => format!("merge {other} into {stage}"),
            6 => format!("demote {key} --from {stage} --to DEV --with-dependents --anyway"),
            7 => format!("promote {key} --from DEV --to QA"),
            8 => format!("promote {key} --from QA --to PROD"),
            9 => {
                self.count += 1;
                format!("record {key} --stage {stage}: own{change} = mine{change} {}", self.count)
            }
            _ => return self.rewrites(stage, change),
        };
        // The first commit is no one's to revert.
        if line.starts_with("revert") && self.line(stage).items.is_empty() {
            return String::new();
        }
        self.step(&line);
        line
    }

    fn holds(&mut self, stage: &str) -> BTreeSet<String> {
        let line = self.line(stage);
        let world = self.world();
        line.receipts.iter().map(|ix| world.state.key(ix).to_string()).collect()
    }

    /// Somebody sets a branch back to where it was once, and it is adopted.
    fn rewrites(&mut self, stage: &str, nth: usize) -> String {
        let (head, base) = (self.line(stage).head, self.line(stage).base);
        let Some(line) = self.past.iter().rev().filter(|line| line.head != head && line.base == base).nth(nth).cloned()
        else {
            return String::new();
        };
        // Positions of this stage's line alone.
        let world = self.world();
        if !world.entries.iter().any(|entry| format!("{:?}", entry.body.events).contains(&line.head.to_string())) {
            return String::new();
        }
        let name = StageName::new(stage);
        if !self.on_line(&name, &line) {
            return String::new();
        }
        let world = self.world();
        let arrival = Arrival::Rewritten(Box::new(line.clone()), stretch(world, &name, (line.head, line.head)));
        self.takes_in(&arrival);
        format!("{stage} is set back to {}", line.head)
    }

    fn on_line(&mut self, stage: &StageName, line: &Line) -> bool {
        let world = self.world();
        let mut at = world.state.lines[stage].head;
        loop {
            if at == line.head {
                return true;
            }
            match info(world, at).unwrap().parents.first() {
                Some(parent) => at = *parent,
                None => return false,
            }
        }
    }

    fn takes_in(&mut self, arrival: &Arrival) {
        let voice = Voice::of("root", None);
        let made = self.world().ask(&voice, |snapshot, content| adopt::plan(snapshot, content, arrival));
        self.play.keep(&voice, made).unwrap();
    }

    // ------------------------------------------------------------ what must hold

    fn judge(&mut self) -> Result<(), TestCaseError> {
        for stage in STAGES {
            let line = self.line(stage);
            self.past.push(line.clone());
            let world = self.play.world().unwrap();
            let branch = info(world, line.head).unwrap();
            prop_assert_eq!(branch.tree, line.tree, "{} is not as its branch stands", stage);
            prop_assert_eq!(Some(line.tree), rebuilt(world, &line), "{} is not made of its items", stage);
            let changes: BTreeSet<ChangeIx> = line.items.iter().map(|item| item.change).collect();
            prop_assert_eq!(&changes, &line.receipts.iter().collect::<BTreeSet<_>>(), "receipts of {}", stage);
            // What somebody settled by hand is more than a revision says, wherever it goes from there.
            for ix in changes.into_iter().filter(|_| world.by_hand.get() == 0) {
                holds_what_it_says(world, stage, &line, ix)?;
            }
        }
        Ok(())
    }

    /// What a demotion takes is what the changes that leave did, and nothing else: files that none of them touched stay,
    /// and files that nobody else touched are as they were at first.
    fn takes_exactly(&mut self, stage: &str, nth: usize) -> Result<(), TestCaseError> {
        let held: Vec<String> = self.holds(stage).into_iter().collect();
        let Some(key) = held.get(nth % held.len().max(1)) else { return Ok(()) };
        let before = self.line(stage);
        if !self.step(&format!("demote {key} --from {stage} --to DEV --with-dependents --anyway")) {
            return Ok(());
        }
        let after = self.line(stage);
        let world = self.world();
        prop_assert!(!after.receipts.holds(world.state.change(&key.as_str().into()).unwrap().0));
        let touched = |leaves: bool| {
            let of = before.items.iter().filter(|item| after.receipts.holds(item.change) != leaves);
            of.flat_map(|item| composer(world).touched(item).unwrap()).collect::<PathSet>()
        };
        let (gone, stays) = (touched(true), touched(false));
        let scope = composer(world).tied(&before.items, gone.clone()).unwrap();
        for one in &world.content.delta(before.tree, after.tree).unwrap().changes {
            prop_assert!(scope.contains(&one.path), "{} went from {} with {}", one.path, stage, key);
        }
        for path in gone.iter().filter(|path| !stays.contains(*path)) {
            let [first, now] = [before.base_tree, after.tree].map(|tree| world.content.leaf(tree, path).unwrap());
            prop_assert_eq!(first, now, "{} is left at {} of {}", path, stage, key);
        }
        Ok(())
    }

    /// Taking in what is taken in already changes nothing.
    fn again(&mut self) -> Result<(), TestCaseError> {
        for stage in STAGES {
            let (name, before) = (StageName::new(stage), self.line(stage));
            let world = self.world();
            let arrival = Arrival::Pushed(stretch(world, &name, (before.head, before.head)));
            self.takes_in(&arrival);
            let after = self.line(stage);
            prop_assert_eq!((after.tree, &after.items), (before.tree, &before.items), "{} is taken in twice", stage);
        }
        Ok(())
    }
}

pub fn composer(world: &World) -> Composer<'_> {
    Composer { state: &world.state, content: &world.content, rules: Rules::AsRecorded }
}

/// What a line's base and items make; `None` where they conflict.
pub fn rebuilt(world: &World, line: &Line) -> Option<TreeId> {
    let made = composer(world).made_of(line.base_tree, &line.items).unwrap();
    made.stopped.is_empty().then_some(made.tree)
}

/// The revision that a receipt names is what the change did to the branch: the line without it, and its difference
/// carried onto that, is the branch, wherever the two can be merged and nobody came after it.
fn holds_what_it_says(world: &World, stage: &str, line: &Line, ix: ChangeIx) -> Result<(), TestCaseError> {
    let whole = Composition { base: line.base_tree, tree: line.tree, items: &line.items };
    let Recomposed::Left(left) = composer(world).without(whole, &BTreeSet::from([ix])).unwrap() else { return Ok(()) };
    let change = world.state.at(ix);
    let revision = change.revision(line.receipts.revision(ix).unwrap()).unwrap();
    let (base, theirs) = (revision.base_tree, revision.tip_tree);
    let with = world.content.merge(Merge { base, ours: left.tree, theirs, scope: None }).unwrap();
    let first = line.items.iter().position(|item| item.change == ix).unwrap();
    let mut apart = PathSet::new();
    let after = line.items[first..].iter().filter(|item| item.change != ix);
    after.for_each(|item| apart.extend(composer(world).touched(item).unwrap()));
    apart.extend(with.conflicts.iter().map(|conflict| conflict.path.clone()));
    let apart = composer(world).tied(&line.items, apart).unwrap();
    for one in &world.content.delta(with.tree, line.tree).unwrap().changes {
        let (key, number, path) = (&change.key, revision.number, &one.path);
        prop_assert!(apart.contains(path), "{} does not hold {} of {} as revision {} says", stage, path, key, number);
    }
    Ok(())
}

proptest! {
    #![proptest_config(tries(192))]

    #[test]
    fn whatever_is_done_beside_is_told_as_it_is(deeds in deeds(), leaves in (1..STAGES.len(), 0_usize..8)) {
        let mut beside = Beside::begun();
        let mut diary = Vec::new();
        let told = |failed: TestCaseError, diary: &[String]| {
            TestCaseError::fail(format!("{failed}\nafter\n{}", diary.join("\n")))
        };
        for deed in deeds {
            diary.push(beside.does(deed));
            beside.judge().map_err(|failed| told(failed, &diary))?;
        }
        beside.again().map_err(|failed| told(failed, &diary))?;
        diary.push(format!("the change number {} leaves {}", leaves.1, STAGES[leaves.0]));
        beside.takes_exactly(STAGES[leaves.0], leaves.1).map_err(|failed| told(failed, &diary))?;
        beside.judge().map_err(|failed| told(failed, &diary))?;
    }
}

/// What the random ones found once.
#[test]
fn what_was_found_stays_found() {
    let came_to_nothing_but_was_built_on = ["push DEV US-1: f0 = 1 2 us3 4 5", "revert DEV US-0"];
    let took_back_what_replaced_an_older_one = [
        "revert PROD HEAD",
        "push PROD US-1: f0 = 0 1 3 4 5",
        "record US-0 --stage PROD: own0 = mine0 2",
        "merge PROD into QA",
        "revert QA HEAD",
    ];
    let settled_by_what_came_later = [
        "revert PROD HEAD",
        "merge DEV into PROD",
        "push QA US-0: f0 = 1 2 3 4 5",
        "promote US-0 --from QA --to PROD",
        "merge PROD into QA",
        "demote US-0 --from PROD --to DEV --with-dependents --anyway",
    ];
    let deleted_and_gave_back = [
        "push QA US-0: f3 = x1 more",
        "push QA US-3: -f3",
        "record US-3 --stage QA: own3 = mine3 4",
        "demote US-0 --from PROD --to DEV --with-dependents --anyway",
    ];
    let stayed_beside_an_older_one = [
        "push PROD US-1: f3 = x1 more",
        "push PROD US-2: f3 = x2 more",
        "merge DEV into PROD",
        "demote US-2 --from PROD --to DEV --with-dependents --anyway",
    ];
    let deleted_what_left = [
        "push PROD US-0: f3 = x1 more",
        "push PROD US-2: -f3",
        "demote US-0 --from PROD --to DEV --with-dependents --anyway",
        "record US-2 --stage PROD: own2 = mine2 5",
    ];
    let all: [&[&str]; 6] = [
        &came_to_nothing_but_was_built_on,
        &took_back_what_replaced_an_older_one,
        &settled_by_what_came_later,
        &deleted_and_gave_back,
        &stayed_beside_an_older_one,
        &deleted_what_left,
    ];
    for lines in all {
        let mut beside = Beside::begun();
        for line in lines {
            assert!(beside.step(line), "{line}");
            beside.judge().unwrap();
        }
    }
}
