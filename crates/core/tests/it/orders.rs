//! In which order changes move does not matter: once a stage holds the same changes as its source on a path, the path is
//! the same (`SPEC P11`, `L5`), and holds what each of them meant, whatever merged them. Tried on random histories of a branch in use: every change is cut from what DEV holds by
//! then, so that each may build on any before it.

use crate::beside::{composer, rebuilt};
use crate::play::Play;
use crate::world::World;
use std::collections::{BTreeMap, BTreeSet};
use switchback_core::content::{Content, PathSet};
use switchback_core::records::line::Line;
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::StageName;
use switchback_core::words::object::RepoPath;

/// Numbers that are the same each time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }
}

/// Texts by path; those under `k` are merged by element.
type Files = BTreeMap<String, Vec<String>>;

struct Orders {
    play: Play,
    dice: Dice,
    /// Everything that was ever deleted, so that it may come back.
    gone: Vec<(String, Vec<String>)>,
    count: usize,
    diary: Vec<String>,
    conflicted: usize,
    /// What each change meant, word by word: whether it brought it or took it out.
    meant: BTreeMap<String, Vec<(String, bool)>>,
    /// Words that stood in two places once: nobody says of which of them a change spoke.
    often: BTreeSet<String>,
}

impl Orders {
    fn begun(seed: u64) -> Self {
        let mut play = Play::default();
        for line in ["pipeline: DEV -> QA", "set file-type=Keyed:k*:structural"] {
            play.line(line).unwrap();
        }
        play.line("base: t0 = 0 1 2 3 4 5 6 7 8 9; t1 = a b c d e f; k0 = a=1 b=1 c=1 d=1 e=1; k1 = x=1 y=1").unwrap();
        Self {
            play,
            dice: Dice(seed),
            gone: Vec::new(),
            count: 0,
            diary: Vec::new(),
            conflicted: 0,
            meant: BTreeMap::new(),
            often: BTreeSet::new(),
        }
    }

    fn world(&mut self) -> &mut World {
        self.play.world().unwrap()
    }

    fn line(&mut self, stage: &str) -> Line {
        self.world().state.lines[&StageName::new(stage)].clone()
    }

    fn files(&mut self, stage: &str) -> Files {
        let tree = self.line(stage).tree;
        let world = self.world();
        let leaves = world.content.leaves(tree).unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().split_whitespace().map(str::to_owned).collect();
        leaves.into_iter().map(|(path, leaf)| (path.to_string(), text(world.content.read(leaf.id).unwrap()))).collect()
    }

    /// One more change on DEV.
    fn works(&mut self) {
        let mut edits = Vec::new();
        let mut files = self.files("DEV");
        let (before, held) = (words(&files), self.holds("DEV"));
        for _ in 0..1 + self.dice.throw(2) {
            edits.extend(self.edit(&mut files));
        }
        if !edits.is_empty() {
            self.step(&format!("push DEV -: {}", edits.join("; ")));
            let mut once = BTreeSet::new();
            let all: Vec<String> = self.files("DEV").into_values().flatten().collect();
            self.often.extend(all.into_iter().filter(|word| !once.insert(word.clone())));
            let holds = self.holds("DEV");
            // Whoever undoes a change to the letter takes it out again.
            self.meant.values_mut().for_each(|meant| meant.retain(|(key, _)| holds.contains(key)));
            self.meant.retain(|_, meant| !meant.is_empty());
            let Some(key) = holds.into_iter().find(|key| !held.contains(key)) else { return };
            self.diary.push(format!("  which is {key}"));
            let after = words(&self.files("DEV"));
            for word in before.symmetric_difference(&after) {
                self.meant.entry(word.clone()).or_default().push((key.clone(), after.contains(word)));
            }
        }
    }

    /// One edit of some files, as it is written in a push.
    fn edit(&mut self, files: &mut Files) -> Option<String> {
        self.count += 1;
        let (new, nth) = (format!("n{}", self.count), self.dice.throw(files.len().max(1)));
        let name = files.keys().nth(nth)?.clone();
        match self.dice.throw(12) {
            0 => {
                self.gone.push((name.clone(), files.remove(&name)?));
                return Some(format!("-{name}"));
            }
            1 => {
                files.insert(format!("f{}", self.count), vec![new.clone(), "more".to_owned()]);
                return Some(format!("f{} = {new} more", self.count));
            }
            2 if !self.gone.is_empty() => {
                let nth = self.dice.throw(self.gone.len());
                let (name, lines) = self.gone[nth].clone();
                files.insert(name.clone(), lines.clone());
                return Some(format!("{name} = {}", lines.join(" ")));
            }
            3 if !name.starts_with('k') => {
                let lines = files.remove(&name)?;
                let to = format!("f{}", self.count);
                files.insert(to.clone(), lines.clone());
                return Some(format!("-{name}; {to} = {}", lines.join(" ")));
            }
            _ => {}
        }
        let lines = files.get_mut(&name)?;
        match name.starts_with('k') {
            true => by_key(lines, &new, &mut self.dice),
            false => by_line(lines, new, &mut self.dice),
        }
        Some(format!("{name} = {}", lines.join(" ")))
    }

    /// A step that may be refused.
    fn step(&mut self, line: &str) -> bool {
        let before = self.holds("QA").join(" ");
        self.diary.push(format!("  QA: {before}"));
        self.diary.push(line.to_owned());
        self.play.line(&format!("> {line}")).unwrap();
        self.play.last.acknowledged = true;
        self.play.last.refusal.is_none()
    }

    fn holds(&mut self, stage: &str) -> Vec<String> {
        let line = self.line(stage);
        let state = &self.world().state;
        let mut held: Vec<ChangeIx> = Vec::new();
        for item in line.items {
            if !held.contains(&item.change) {
                held.push(item.change);
            }
        }
        held.into_iter().map(|ix| state.key(ix).to_string()).collect()
    }

    fn lacks(&mut self) -> Vec<String> {
        let there = self.holds("QA");
        self.holds("DEV").into_iter().filter(|key| !there.contains(key)).collect()
    }

    /// Promotes one with what it needs; one that conflicts is called off.
    fn promotes(&mut self, key: &str) -> bool {
        if !self.step(&format!("promote {key} --from DEV --to QA --with-dependencies")) {
            let told = format!("  refused: {:?}", self.play.last.refusal.as_ref().map(|no| no.message.clone()));
            self.diary.push(told);
            return false;
        }
        let open = self.world().state.promotions.iter().find(|one| one.status.is_open()).map(|one| one.id);
        if let Some(id) = open {
            self.conflicted += 1;
            self.step(&format!("promotion cancel {id}"));
        }
        open.is_none()
    }

    /// Moves in any order, and out again, until nothing more goes.
    fn moves(&mut self) {
        for _ in 0..4 + self.dice.throw(6) {
            let (lacks, holds) = (self.lacks(), self.holds("QA"));
            match self.dice.throw(4) {
                0 if !holds.is_empty() => {
                    let key = holds[self.dice.throw(holds.len())].clone();
                    self.step(&format!("demote {key} --from QA --to DEV --with-dependents --anyway"));
                }
                _ if !lacks.is_empty() => {
                    let key = lacks[self.dice.throw(lacks.len())].clone();
                    self.promotes(&key);
                }
                _ => {}
            }
            self.judge();
        }
        for key in self.lacks() {
            if self.lacks().contains(&key) {
                self.promotes(&key);
            }
        }
        self.judge();
    }

    /// What every change meant is there, whatever merged it and in whatever order they came.
    fn keeps_what_was_meant(&mut self) {
        let (there, held) = (words(&self.files("QA")), self.holds("QA"));
        for (word, meant) in self.meant.iter().filter(|(word, _)| !self.often.contains(*word)) {
            // What the first change to speak of it took out was there in the beginning.
            let at_first = meant.first().is_some_and(|(_, brought)| !brought);
            let last = meant.iter().rfind(|(key, _)| held.contains(key)).map_or(at_first, |(_, brought)| *brought);
            let told = || format!("{word}: {meant:?}\nafter\n{}", self.diary.join("\n"));
            assert_eq!(there.contains(word), last, "{}", told());
        }
    }

    /// Where both stages hold the same changes on a path, the path is the same.
    fn judge(&mut self) {
        self.keeps_what_was_meant();
        let (dev, qa) = (self.line("DEV"), self.line("QA"));
        let world = self.play.world().unwrap();
        assert_eq!(rebuilt(world, &qa), Some(qa.tree), "QA is not made of its items\n{}", self.diary.join("\n"));
        let all = differing(world, &dev, &qa);
        let told = || format!("{all:?} differ, though the same changes made them\nafter\n{}", self.diary.join("\n"));
        assert!(all.is_empty(), "{}", told());
    }
}

/// Every word of some files.
fn words(files: &Files) -> BTreeSet<String> {
    files.values().flatten().cloned().collect()
}

/// The paths on which two lines hold the same changes, and that differ all the same.
fn differing(world: &World, one: &Line, two: &Line) -> Vec<RepoPath> {
    let apart: PathSet =
        world.content.delta(one.tree, two.tree).unwrap().changes.iter().map(|change| change.path.clone()).collect();
    let touching = |line: &Line, path: &RepoPath| -> BTreeSet<(ChangeIx, u32)> {
        let scope = composer(world).tied(&line.items, PathSet::from([path.clone()])).unwrap();
        let touch = line.items.iter().filter(|item| !composer(world).touched(item).unwrap().is_disjoint(&scope));
        touch.map(|item| (item.change, item.revision.0)).collect()
    };
    apart.into_iter().filter(|path| touching(one, path) == touching(two, path)).collect()
}

fn by_key(lines: &mut Vec<String>, new: &str, dice: &mut Dice) {
    let at = dice.throw(lines.len().max(1)).min(lines.len().saturating_sub(1));
    match dice.throw(3) {
        0 if lines.len() > 1 => drop(lines.remove(at)),
        1 => lines.insert(at, format!("{new}=1")),
        _ if lines.is_empty() => lines.push(format!("{new}=1")),
        _ => {
            let key = lines[at].split('=').next().unwrap_or_default().to_owned();
            lines[at] = format!("{key}={new}");
        }
    }
}

fn by_line(lines: &mut Vec<String>, new: String, dice: &mut Dice) {
    let at = dice.throw(lines.len().max(1)).min(lines.len().saturating_sub(1));
    match dice.throw(4) {
        0 if lines.len() > 2 => drop(lines.remove(at)),
        // The same line as elsewhere may be.
        1 => lines.insert(at, "skip".to_owned()),
        2 => lines.insert(at, new),
        _ if lines.is_empty() => lines.push(new),
        _ => lines[at] = new,
    }
}

/// The same ones each time; `SWITCHBACK_ORDERS=SEED:CASES` plays others.
fn chosen() -> (u64, u64) {
    let chosen = std::env::var("SWITCHBACK_ORDERS").unwrap_or_else(|_| "11:96".to_owned());
    let (seed, cases) = chosen.split_once(':').unwrap();
    (seed.parse().unwrap(), cases.parse().unwrap())
}

#[test]
fn any_order_of_moves_ends_in_the_tree_of_the_source() {
    let (seed, cases) = chosen();
    let (mut done, mut conflicted, mut moved) = (0, 0, 0);
    for case in 0..cases {
        let mut orders = Orders::begun(seed.wrapping_mul(0x1_0000).wrapping_add(case));
        for _ in 0..4 + orders.dice.throw(8) {
            orders.works();
        }
        orders.moves();
        moved += orders.holds("QA").len();
        conflicted += orders.conflicted;
        if orders.lacks().is_empty() {
            done += 1;
        }
    }
    println!(
        "{done} of {cases} ended with everything there, {moved} changes moved, {conflicted} promotions conflicted"
    );
    assert!(done * 10 >= cases * 9, "{done} of {cases} ended with everything there");
}
