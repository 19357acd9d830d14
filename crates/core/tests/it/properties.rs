//! What holds for every history, tried on random ones.

use crate::play::Play;
use crate::scenarios::replay;
use crate::tries::tries;
use crate::world::{Voice, World};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use switchback_core::areas::revertible;
use switchback_core::compose::{Composer, Composition, Recomposed, Rules};
use switchback_core::content::{Content, Merge, PathSet};
use switchback_core::depend::closure;
use switchback_core::ledger::state::State;
use switchback_core::records::receipt::{ChangeIx, Receipts};
use switchback_core::words::details::Details;
use switchback_core::words::names::{AreaName, RevisionNo, StageName};
use switchback_core::words::object::TreeId;

const FILES: usize = 3;
/// How many lines each file has at first.
const LINES: usize = 6;

/// One random revision: where its branch starts, and what it does to a few lines.
#[derive(Clone, Debug)]
pub struct Work {
    /// Cut from the tip of this earlier change, if there is one.
    pub on: Option<usize>,
    /// File, line, and whether the line is replaced, deleted or followed by a new one.
    pub edits: Vec<(usize, usize, u8)>,
}

fn work() -> impl Strategy<Value = Work> {
    let edits = vec((0..FILES, 0..LINES, 0_u8..4), 1..4);
    (proptest::option::weighted(0.6, 0_usize..8), edits).prop_map(|(on, edits)| Work { on, edits })
}

/// Several pieces of work.
pub fn works() -> impl Strategy<Value = Vec<Work>> {
    vec(work(), 2..8)
}

/// A history on DEV and QA: what fits is there, in order.
pub struct History {
    /// What was played.
    pub play: Play,
    /// What is on both stages, in order.
    pub keys: Vec<String>,
}

impl History {
    /// Records every piece of work, and puts those of `chosen` where they fit.
    pub fn new(works: &[Work], chosen: impl Fn(usize) -> bool) -> Self {
        let mut play = Play::default();
        for line in ["pipeline: DEV -> QA", "area qa-web at QA default", "area qa-lab at QA default rollback=lines"] {
            play.line(line).unwrap();
        }
        let start: Vec<String> = (0..LINES).map(|line| line.to_string()).collect();
        for file in 0..FILES {
            play.line(&format!("base: f{file} = {}", start.join(" "))).unwrap();
        }
        let mut tips: Vec<Vec<Vec<String>>> = Vec::new();
        let mut keys = Vec::new();
        for (nth, work) in works.iter().enumerate() {
            let on = work.on.filter(|on| *on < nth);
            let mut files = on.map_or_else(|| vec![start.clone(); FILES], |on| tips[on].clone());
            work.edits.iter().for_each(|edit| apply(&mut files, nth, *edit));
            let from = on.map(|on| format!(" --rebase US-{on}")).unwrap_or_default();
            let text: Vec<_> = (0..FILES).map(|file| format!("f{file} = {}", files[file].join(" "))).collect();
            play.line(&format!("change US-{nth}{from}: {}", text.join("; "))).unwrap();
            tips.push(files);
            if chosen(nth) && play.line(&format!("at DEV, QA: US-{nth}")).is_ok() {
                keys.push(format!("US-{nth}"));
            }
        }
        Self { play, keys }
    }

    /// A step that may be refused; `true` when it was not.
    pub fn step(&mut self, line: &str) -> bool {
        self.play.line(&format!("> {line}")).unwrap();
        self.play.last.acknowledged = true;
        self.play.last.refusal.is_none()
    }

    /// A step that must be allowed.
    pub fn must(&mut self, line: &str) -> Result<(), TestCaseError> {
        match self.step(line) {
            true => Ok(()),
            false => Err(TestCaseError::fail(format!("{line}: {:?}", self.play.last.refusal))),
        }
    }

    /// Its world.
    pub fn world(&mut self) -> &mut World {
        self.play.world().unwrap()
    }

    /// What a stage or an area shows.
    pub fn tree(&mut self, name: &str) -> TreeId {
        self.world().tree_of(name).unwrap()
    }

    /// What a stage holds.
    pub fn holds(&mut self, stage: &str) -> BTreeSet<String> {
        let state = &self.world().state;
        let line = &state.lines[&StageName::new(stage)];
        line.receipts.iter().map(|ix| state.key(ix).to_string()).collect()
    }

    /// The paths on which QA lacks something that a change did.
    pub fn standing(&mut self, key: &str) -> Option<PathSet> {
        let ours = self.tree("QA");
        let world = self.world();
        let (_, change) = world.state.change(&key.into())?;
        let (base, theirs) = (change.latest().base_tree, change.latest().tip_tree);
        let merged = world.content.merge(Merge { base, ours, theirs, scope: None }).ok()?;
        let lacking = world.content.delta(ours, merged.tree).ok()?;
        let lacking = lacking.changes.iter().map(|one| one.path.clone());
        Some(lacking.chain(merged.conflicts.into_iter().map(|one| one.path)).collect())
    }

    /// One of those on both stages.
    pub fn pick(&self, nth: usize) -> Option<String> {
        (!self.keys.is_empty()).then(|| self.keys[nth % self.keys.len()].clone())
    }
}

/// A change always leaves a mark of its own, so that no revision is empty.
fn apply(files: &mut [Vec<String>], nth: usize, edit: (usize, usize, u8)) {
    let (file, line, kind) = edit;
    let lines = &mut files[file];
    let at = line.min(lines.len() - 1);
    match kind {
        0 if lines.len() > 2 => {
            lines.remove(at);
            lines[0] = format!("{}.{nth}", lines[0]);
        }
        1 => lines.insert(at + 1, format!("n{nth}")),
        // The same edit as another change's may be: removals must not take it from the one that stays.
        2 => lines[at] = format!("{}!", lines[at]),
        _ => lines[at] = format!("x{nth}"),
    }
}

proptest! {
    #![proptest_config(tries(96))]

    /// `SPEC L3`: a demotion leaves what the line would hold had the changes never been applied.
    #[test]
    fn a_demotion_is_a_rebuild_without_it(works in works(), nth in 0_usize..8) {
        let mut history = History::new(&works, |_| true);
        let Some(key) = history.pick(nth) else { return Ok(()) };
        history.must(&format!("demote {key} --to DEV --with-dependents --anyway"))?;
        let stay = history.holds("QA");
        let mut without = History::new(&works, |nth| stay.contains(&format!("US-{nth}")));
        prop_assert_eq!(without.holds("QA"), stay);
        prop_assert_eq!(history.tree("QA"), without.tree("QA"));
    }

    /// `SPEC L8`: what leaves without changing a file was there no more; where it still stands, that is refused, and what
    /// is named stands there afterwards too.
    #[test]
    fn nothing_stays_silently(works in works(), nth in 0_usize..8) {
        let mut history = History::new(&works, |_| true);
        let Some(key) = history.pick(nth) else { return Ok(()) };
        let before = (history.tree("QA"), history.holds("QA"));
        if history.step(&format!("demote {key} --to DEV --with-dependents")) {
            let stands = history.standing(&key).is_some_and(|lacking| lacking.is_empty());
            prop_assert!(history.tree("QA") != before.0 || !stands, "{key} left nothing behind but itself");
            return Ok(());
        }
        let refusal = history.play.last.refusal.clone().unwrap();
        prop_assert_eq!((history.tree("QA"), history.holds("QA")), before);
        let Details::Stays { staying } = *refusal.details else { return Err(TestCaseError::fail(refusal.message)) };
        history.must(&format!("demote {key} --to DEV --with-dependents --anyway"))?;
        for one in staying {
            let lacking = history.standing(one.change.as_str()).unwrap();
            prop_assert!(!history.holds("QA").contains(one.change.as_str()));
            prop_assert!(one.paths.iter().all(|path| !lacking.contains(path)), "{} does not stay", one.change);
        }
    }

    /// `SPEC L5`: promote, demote, promote again is one promotion.
    #[test]
    fn promoting_again_is_promoting_once(works in works(), nth in 0_usize..8) {
        let mut history = History::new(&works, |_| true);
        let Some(key) = history.pick(nth) else { return Ok(()) };
        history.must(&format!("demote {key} --to DEV --with-dependents --anyway"))?;
        let (stay, there) = (history.holds("QA"), history.keys.clone());
        let back: Vec<_> = there.iter().filter(|key| !stay.contains(*key)).cloned().collect();
        history.must(&format!("promote {} --from DEV --to QA", back.join(" ")))?;
        let mut once = History::new(&works, |nth| stay.contains(&format!("US-{nth}")));
        let fits = back.iter().all(|key| once.play.line(&format!("at QA: {key}")).is_ok());
        let all = history.holds("QA").len() == there.len();
        prop_assert!(all || !fits);
        if fits {
            prop_assert_eq!(history.tree("QA"), once.tree("QA"));
        }
        // Where it would conflict, it is taken from the stage that holds the same (`SPEC P11`).
        if all {
            prop_assert_eq!(history.tree("QA"), history.tree("DEV"));
        }
    }

    /// `SPEC D4`: nobody is named who could have stayed.
    #[test]
    fn the_closure_holds_nobody_who_could_stay(works in works(), nth in 0_usize..8) {
        let mut history = History::new(&works, |_| true);
        let Some(key) = history.pick(nth) else { return Ok(()) };
        let world = history.world();
        let line = &world.state.lines[&StageName::new("QA")];
        let asked = world.state.change(&key.as_str().into()).map(|(ix, _)| ix).unwrap();
        let composer = Composer { state: &world.state, content: &world.content, rules: Rules::AsRecorded };
        let whole = Composition { base: line.base_tree, tree: line.tree, items: &line.items };
        let closure = closure::closure(composer, whole, &BTreeSet::from([asked])).unwrap();
        let along: Vec<ChangeIx> = closure.leaving.iter().copied().filter(|ix| *ix != asked).collect();
        for chosen in 0..1_u32 << along.len() {
            let some = along.iter().enumerate().filter(|(at, _)| chosen & (1 << at) != 0).map(|(_, ix)| *ix);
            let leaving: BTreeSet<ChangeIx> = some.chain([asked]).collect();
            let closed = matches!(composer.without_voids(whole, &leaving).unwrap(), Recomposed::Left(_));
            prop_assert_eq!(closed, leaving == closure.leaving, "{:?} of {:?}", leaving, closure.leaving);
        }
    }

    /// `SPEC R4`: what can be rolled back can be deployed again, and then nothing has happened to the files.
    #[test]
    fn rolling_back_and_deploying_again_is_nothing(works in works(), split in 1_usize..5, nth in 0_usize..8) {
        for area in ["qa-web", "qa-lab"] {
            let mut history = History::new(&works, |_| true);
            for keys in history.keys.clone().chunks(split) {
                history.step(&format!("deploy {} --area {area}", keys.join(" ")));
            }
            let live = rollbackable(history.world(), area);
            let Some(number) = live.get(nth % live.len().max(1)) else { continue };
            let before = history.tree(area);
            let line = history.world().state.area(&AreaName::new(area)).clone();
            let moved: Vec<_> = line.versions[*number as usize - 1].changes.iter().map(|one| one.change).collect();
            let keys: Vec<_> = moved.iter().map(|ix| history.world().state.key(*ix).to_string()).collect();
            history.must(&format!("rollback {area}@{number}"))?;
            history.must(&format!("deploy {} --area {area}", keys.join(" ")))?;
            prop_assert_eq!(history.tree(area), before);
        }
    }

    /// `SPEC A3`: an area that holds all changes of its stage has exactly the stage's tree, however they came.
    #[test]
    fn an_area_that_holds_all_is_its_stage(works in works(), order in vec(0_usize..8, 0..8), gone in 0_usize..8) {
        let mut history = History::new(&works, |_| true);
        for nth in &order {
            if let Some(key) = history.pick(*nth) {
                history.step(&format!("deploy {key} --area qa-lab"));
            }
        }
        if let Some(key) = history.pick(gone) {
            history.step(&format!("demote {key} --to DEV --with-dependents --anyway"));
        }
        history.step("deploy --all --area qa-lab");
        let world = history.world();
        let line = &world.state.lines[&StageName::new("QA")];
        let held = world.state.area(&AreaName::new("qa-lab"));
        let all = line.receipts.iter().all(|ix| held.holding(ix).is_some());
        let more = held.held.iter().any(|(ix, _)| !line.receipts.holds(*ix));
        if all && !more && !held.held.is_empty() {
            prop_assert_eq!(history.tree("qa-lab"), history.tree("QA"));
        }
    }

    /// The ledger is the state: read again from any stored form it gives the same.
    #[test]
    fn what_is_stored_gives_the_same_state(works in works(), nth in 0_usize..8) {
        let mut history = History::new(&works, |_| true);
        let Some(key) = history.pick(nth) else { return Ok(()) };
        history.step("grant bob promote-next");
        history.step("deploy --all --area qa-web");
        history.step(&format!("demote {key} --to DEV --with-dependents --anyway --deploy"));
        history.step(&format!("promote {key} --from DEV --to QA --deploy --reason again"));
        let world = history.world();
        replay(&world.entries, &world.state).map_err(TestCaseError::fail)?;
        let bytes = postcard::to_stdvec(&world.state).unwrap();
        prop_assert_eq!(&postcard::from_bytes::<State>(&bytes).unwrap(), &world.state);
        let text = serde_json::to_string(&world.state).unwrap();
        prop_assert_eq!(&serde_json::from_str::<State>(&text).unwrap(), &world.state);
    }

    /// `SPEC P1`: ahead is what the other lacks or holds older.
    #[test]
    fn ahead_is_what_a_table_says(here in model(), there in model()) {
        let naive: Vec<u32> =
            here.iter().filter(|(ix, revision)| there.get(ix).is_none_or(|other| other < *revision)).map(|(ix, _)| *ix).collect();
        prop_assert_eq!(receipts(&here).ahead_of(&receipts(&there)).iter().collect::<Vec<_>>(), naive);
    }
}

fn rollbackable(world: &World, area: &str) -> Vec<u32> {
    let area = world.pipeline.area(&AreaName::new(area)).unwrap();
    let numbers = world.state.area(&area.name).versions.iter().map(|version| version.number);
    let may = |number: &_| {
        world.ask(&Voice::of("root", None), |snapshot, content| {
            revertible::check(snapshot, content, area, *number).is_ok()
        })
    };
    numbers.filter(may).map(|number| number.0).collect()
}

fn model() -> impl Strategy<Value = BTreeMap<u32, u32>> {
    proptest::collection::btree_map(0_u32..12, 1_u32..4, 0..10)
}

fn receipts(model: &BTreeMap<u32, u32>) -> Receipts {
    let mut receipts = Receipts::default();
    model.iter().for_each(|(ix, revision)| receipts.put(ChangeIx(*ix), RevisionNo(*revision)));
    receipts
}
