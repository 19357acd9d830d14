//! A random history while it happens: what people do, and what must hold after each deed.

use crate::beside::{composer, rebuilt};
use crate::deeds::{Along, Deed, Edit, File, Files, Side, written};
use crate::meanings::Meanings;
use crate::play::Play;
use crate::world::World;
use std::collections::{BTreeMap, BTreeSet};
use switchback_core::content::{Content, PathSet};
use switchback_core::records::line::Line;
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::{RevisionNo, StageName};
use switchback_core::words::object::{Mode, RepoPath, TreeId};

pub const STAGES: [&str; 3] = ["DEV", "QA", "PROD"];

/// Whose change, on which stage, and which file.
type InConflict = (String, String, String);

/// A history while it happens.
pub struct Orders {
    play: Play,
    pub first: Files,
    meanings: Meanings,
    /// The keys of the changes, by the deeds that made them.
    pub keys: Vec<Option<String>>,
    diary: Vec<String>,
    pub conflicted: usize,
    /// The branches that were cut from what was there at first, as they are by now.
    pub branched: BTreeMap<usize, Files>,
    /// The revisions of which it is known what they say.
    heard: BTreeSet<String>,
    /// Paths on which PROD came to hold what QA does because QA lost a change: it is not looked at again for that.
    left_apart: BTreeSet<RepoPath>,
    /// How many of them there were.
    pub apart: usize,
}

fn at_first() -> Files {
    let files = [
        ("t0", "0 1 2 3 4 5 6 7 8 9"),
        ("t1", "a b c d e f"),
        ("d/t2", "u v w"),
        ("d/t3", "p q r s"),
        ("k0", "a=1 b=1 c=1 d=1 e=1"),
        ("k1", "x=1 y=1"),
    ];
    let file = |text: &str| File { words: text.split(' ').map(str::to_owned).collect(), runs: false };
    files.into_iter().map(|(path, text)| (path.to_owned(), file(text))).collect()
}

impl Orders {
    pub fn begun() -> Self {
        let (mut play, first) = (Play::default(), at_first());
        for line in ["pipeline: DEV -> QA -> PROD", "set file-type=Keyed:k*:structural"] {
            play.line(line).unwrap();
        }
        play.line(&format!("base: {}", written(&Files::new(), &first))).unwrap();
        let meanings = Meanings::new(&first);
        Self {
            play,
            first,
            meanings,
            keys: Vec::new(),
            diary: Vec::new(),
            conflicted: 0,
            branched: BTreeMap::new(),
            heard: BTreeSet::new(),
            left_apart: BTreeSet::new(),
            apart: 0,
        }
    }

    fn world(&mut self) -> &mut World {
        self.play.world().unwrap()
    }

    pub fn line(&mut self, stage: &str) -> Line {
        self.world().state.lines[&StageName::new(stage)].clone()
    }

    pub fn files(&mut self, stage: &str) -> Files {
        let tree = self.line(stage).tree;
        self.files_of(tree)
    }

    fn files_of(&mut self, tree: TreeId) -> Files {
        let world = self.world();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().split_whitespace().map(str::to_owned).collect();
        let file = |(path, leaf): (RepoPath, switchback_core::words::object::Leaf)| {
            let words = text(world.content.read(leaf.id).unwrap());
            (path.to_string(), File { words, runs: leaf.mode == Mode::Executable })
        };
        world.content.leaves(tree).unwrap().into_iter().map(file).collect()
    }

    /// A step that may be refused.
    fn step(&mut self, line: &str) -> Result<bool, String> {
        for stage in &STAGES[1..] {
            let held = self.holds(stage).join(" ");
            self.diary.push(format!("  {stage}: {held}"));
        }
        self.diary.push(line.to_owned());
        self.play.line(&format!("> {line}"))?;
        self.play.last.acknowledged = true;
        if let Some(no) = &self.play.last.refusal {
            self.diary.push(format!("  refused: {}", no.message));
        }
        // What stays of a file that somebody deleted under its old name is told, and no one's meaning.
        let warnings = self.play.last.plans.iter().flat_map(|plan| &plan.warnings);
        let stays = warnings.filter(|one| one.code == "renamed-file-stays");
        let told: Vec<String> =
            stays.filter_map(|one| one.message.split([' ', ',']).nth(2).map(str::to_owned)).collect();
        told.iter().for_each(|path| self.meanings.settle(path));
        Ok(self.play.last.refusal.is_none())
    }

    pub fn holds(&mut self, stage: &str) -> Vec<String> {
        self.revisions(stage).into_iter().map(|(key, _)| key).collect()
    }

    /// What a stage holds at which revisions.
    fn revisions(&mut self, stage: &str) -> Vec<(String, u32)> {
        let line = self.line(stage);
        let state = &self.world().state;
        let mut held: Vec<ChangeIx> = Vec::new();
        for item in &line.items {
            if !held.contains(&item.change) {
                held.push(item.change);
            }
        }
        let at = |ix: ChangeIx| line.receipts.revision(ix).map_or(0, |revision| revision.0);
        held.into_iter().map(|ix| (state.key(ix).to_string(), at(ix))).collect()
    }

    /// The same as what is said is known by: the first revision by the change's key.
    fn said(&mut self, stage: &str) -> Vec<String> {
        let name = |(key, revision): (String, u32)| if revision == 1 { key } else { format!("{key}@{revision}") };
        self.revisions(stage).into_iter().map(name).collect()
    }

    /// What one stage holds and the next does not, by the deeds that made it.
    pub fn lacks(&mut self, from: usize) -> Vec<usize> {
        let below: BTreeMap<String, u32> = self.revisions(STAGES[from]).into_iter().collect();
        let there: BTreeMap<String, u32> = self.revisions(STAGES[from + 1]).into_iter().collect();
        let lacks = |key: &String| below.get(key) > there.get(key);
        (0..self.keys.len()).filter(|nth| self.keys[*nth].as_ref().is_some_and(lacks)).collect()
    }

    pub fn does(&mut self, deed: &Deed) -> Result<(), String> {
        match deed {
            Deed::Push(nth, edits) => self.pushes(*nth, edits),
            Deed::Branch(nth, edits) => self.branches(*nth, edits),
            Deed::Fix(nth, stage, edits) => self.fixes(*nth, STAGES[*stage], edits),
            Deed::Promote(nth, from, side) => {
                let Some(key) = self.key(*nth).filter(|_| self.lacks(*from).contains(nth)) else { return Ok(()) };
                let (from, to) = (STAGES[*from], STAGES[*from + 1]);
                self.moves(&format!("promote {key} --from {from} --to {to} --with-dependencies"), *side)?;
                self.judge()
            }
            Deed::Back(nth, (from, to), side) => {
                let (from, to) = (STAGES[*from], STAGES[*to]);
                let goes = |orders: &mut Self, key: &String| {
                    orders.holds(from).contains(key) && !orders.holds(to).contains(key)
                };
                let Some(key) = self.key(*nth).filter(|key| goes(self, key)) else { return Ok(()) };
                self.moves(&format!("back-promote {key} --from {from} --to {to} --with-dependencies"), *side)?;
                self.judge()
            }
            Deed::Revise(nth, edits) => self.revises(*nth, &self.branched.get(nth).cloned().unwrap_or_default(), edits),
            Deed::Rework(nth, edits) => self.revises(*nth, &self.first.clone(), edits),
            Deed::Demote(nth, down, along) => {
                let (from, to) = [("QA", "DEV"), ("PROD", "QA"), ("PROD", "DEV")][*down];
                let Some(key) = self.key(*nth).filter(|key| self.holds(from).contains(key)) else { return Ok(()) };
                let before = self.line("PROD").tree;
                let along = match along {
                    Along::Leave => "--with-dependents",
                    Along::Stay => "--rewrite-dependents",
                };
                self.step(&format!("demote {key} --from {from} --to {to} {along} --anyway"))?;
                if from == "QA" && self.line("PROD").tree == before {
                    let new = self.differing(1);
                    self.apart += new.iter().filter(|path| !self.left_apart.contains(*path)).count();
                    self.left_apart.extend(new);
                }
                self.judge()
            }
        }
    }

    pub fn key(&self, nth: usize) -> Option<String> {
        self.keys.get(nth).cloned().flatten()
    }

    /// One more change on DEV, cut from what it holds.
    fn pushes(&mut self, nth: usize, edits: &[Edit]) -> Result<(), String> {
        let (before, held) = (self.files("DEV"), self.holds("DEV"));
        let mut after = before.clone();
        let made: Vec<&Edit> = edits.iter().filter(|edit| edit.make(&mut after).is_some()).collect();
        let text = written(&before, &after);
        if text.is_empty() {
            return Ok(());
        }
        self.step(&format!("push DEV -: {text}"))?;
        self.meanings.names(&made, &before);
        // Whoever undoes a change to the letter takes it out again.
        let Some(key) = self.holds("DEV").into_iter().find(|key| !held.contains(key)) else {
            self.forgets();
            return Ok(());
        };
        self.has(nth, key.clone());
        self.meanings.note(&key, (&before, &after));
        self.forgets();
        Ok(())
    }

    fn forgets(&mut self) {
        let held: BTreeSet<String> = STAGES.iter().flat_map(|stage| self.said(stage)).collect();
        self.meanings.retain(&held);
    }

    /// One more change on DEV, cut from what was there at first.
    fn branches(&mut self, nth: usize, edits: &[Edit]) -> Result<(), String> {
        let mut after = self.first.clone();
        // Nobody tells a file that was renamed and edited beyond recognition from one that was deleted.
        let there = self.files("DEV");
        let lost = |edit: &Edit| matches!(edit, Edit::Delete(path) if !there.contains_key(path));
        let made: Vec<&Edit> = edits.iter().filter(|edit| !lost(edit) && edit.make(&mut after).is_some()).collect();
        let text = written(&self.first, &after);
        let key = format!("US-{nth}");
        if text.is_empty() || !self.step(&format!("record {key} --stage DEV: {text}"))? {
            return Ok(());
        }
        self.has(nth, key.clone());
        let first = self.first.clone();
        self.meanings.names(&made, &first);
        self.meanings.note_apart(&key, (&first, &after));
        self.branched.insert(nth, after);
        Ok(())
    }

    /// The next revision of a branch that was cut from what was there at first.
    fn revises(&mut self, nth: usize, before: &Files, edits: &[Edit]) -> Result<(), String> {
        let Some(known) = self.branched.get(&nth).cloned() else { return Ok(()) };
        let mut after = before.clone();
        let there = self.files("DEV");
        let lost = |edit: &Edit| matches!(edit, Edit::Delete(path) if !there.contains_key(path));
        let made: Vec<_> = edits.iter().filter(|edit| !lost(edit) && edit.make(&mut after).is_some()).collect();
        let (text, key) = (written(&self.first, &after), format!("US-{nth}"));
        let is_held = after != known && !text.is_empty() && self.holds("DEV").contains(&key);
        if !is_held || !self.step(&format!("record {key} --stage DEV: {text}"))? {
            return Ok(());
        }
        self.meanings.names(&made, before);
        self.branched.insert(nth, after);
        self.hears();
        self.judge()
    }

    /// Learns what revisions say that nobody told of: those that the tool made.
    fn hears(&mut self) {
        for stage in STAGES {
            for (said, (key, revision)) in self.said(stage).into_iter().zip(self.revisions(stage)) {
                if self.heard.insert(said.clone()) && revision > 1 {
                    let change = self.world().state.change(&key.as_str().into()).unwrap().1.clone();
                    let revision = change.revision(RevisionNo(revision)).unwrap();
                    let (base, tip) = (revision.base_tree, revision.tip_tree);
                    let (before, after) = (self.files_of(base), self.files_of(tip));
                    self.meanings.note_apart(&said, (&before, &after));
                }
            }
        }
    }

    fn has(&mut self, nth: usize, key: String) {
        self.diary.push(format!("  which is {key}"));
        self.keys.resize(self.keys.len().max(nth + 1), None);
        self.keys[nth] = Some(key);
    }

    /// A fix on a stage above: those who push on DEV have not heard of it.
    fn fixes(&mut self, nth: usize, stage: &str, edits: &[Edit]) -> Result<(), String> {
        let (before, held) = (self.files(stage), self.holds(stage));
        let mut after = before.clone();
        let made: Vec<&Edit> = edits.iter().filter(|edit| edit.make(&mut after).is_some()).collect();
        let text = written(&before, &after);
        if text.is_empty() {
            return Ok(());
        }
        self.step(&format!("push {stage} -: {text}"))?;
        self.meanings.names(&made, &before);
        if let Some(key) = self.holds(stage).into_iter().find(|key| !held.contains(key)) {
            self.has(nth, key.clone());
            self.meanings.note_apart(&key, (&before, &after));
        }
        self.forgets();
        self.judge()
    }

    /// Moves one with what it needs; where it conflicts, somebody settles that, or calls it off.
    fn moves(&mut self, line: &str, side: Side) -> Result<(), String> {
        if !self.step(line)? {
            return Ok(());
        }
        let mut rounds = 0;
        while let Some((id, conflicts)) = self.conflicts() {
            self.conflicted += usize::from(rounds == 0);
            rounds += 1;
            let with = match side {
                Side::Ours if rounds < 8 => "--ours",
                Side::Theirs if rounds < 8 => "--theirs",
                _ => {
                    self.step(&format!("promotion cancel {id}"))?;
                    return Ok(());
                }
            };
            self.chooses();
            for (change, stage, path) in conflicts {
                let settled =
                    self.step(&format!("resolve {id} {path} --change {change} --stage {stage} {with} --anyway"))?;
                if !settled || self.conflicts().is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// The promotion that stopped, and on what: who, where, which file.
    fn conflicts(&mut self) -> Option<(String, Vec<InConflict>)> {
        let open = self.world().state.promotions.iter().find(|one| one.status.is_open())?;
        let told =
            open.conflicts.iter().map(|one| (one.change.to_string(), one.stage.to_string(), one.path.to_string()));
        Some((open.id.to_string(), told.collect()))
    }

    /// Somebody says what files in conflict hold, and under which of their names.
    fn chooses(&mut self) {
        let open = self.world().state.promotions.iter().filter(|one| one.status.is_open());
        let conflicts = open.flat_map(|one| &one.conflicts);
        let paths: Vec<RepoPath> = conflicts.flat_map(|one| one.places.all().chain([&one.path])).cloned().collect();
        paths.iter().for_each(|path| self.meanings.settle(&path.to_string()));
    }

    pub fn told(&mut self) -> String {
        let mut told = self.diary.join("\n");
        for stage in STAGES {
            let (holds, files) = (self.holds(stage), self.files(stage));
            told += &format!("\n{stage} holds {}: {}", holds.join(" "), written(&Files::new(), &files));
        }
        told
    }

    /// Every stage is made of its items and holds what they meant, and where two hold the same changes on a path, the path
    /// is the same.
    fn judge(&mut self) -> Result<(), String> {
        self.hears();
        for stage in STAGES {
            let (line, held, files) = (self.line(stage), self.said(stage), self.files(stage));
            self.meanings.judge(stage, &held, &files)?;
            let world = self.world();
            if rebuilt(world, &line) != Some(line.tree) {
                return Err(format!("{stage} is not made of its items"));
            }
        }
        for from in [0, 1] {
            let mut all = self.differing(from);
            all.retain(|path| !self.meanings.is_settled(&path.to_string()));
            if from == 1 {
                self.left_apart.retain(|path| all.contains(path));
                all.retain(|path| !self.left_apart.contains(path));
            }
            if !all.is_empty() {
                return Err(format!("{all:?} of {} and above differ, though the same changes made them", STAGES[from]));
            }
        }
        Ok(())
    }

    /// The paths on which a stage and the one above hold the same changes, and that differ all the same.
    fn differing(&mut self, from: usize) -> Vec<RepoPath> {
        let (below, above) = (self.line(STAGES[from]), self.line(STAGES[from + 1]));
        differing(self.world(), &below, &above)
    }
}

/// The paths on which two lines hold the same changes, and that differ all the same.
fn differing(world: &World, one: &Line, two: &Line) -> Vec<RepoPath> {
    let apart: PathSet =
        world.content.delta(one.tree, two.tree).unwrap().changes.iter().map(|change| change.path.clone()).collect();
    let touching = |line: &Line, path: &RepoPath| -> BTreeSet<(ChangeIx, u32)> {
        let both: Vec<_> = one.items.iter().chain(&two.items).cloned().collect();
        let scope = composer(world).tied(&both, PathSet::from([path.clone()])).unwrap();
        let touch = line.items.iter().filter(|item| !composer(world).touched(item).unwrap().is_disjoint(&scope));
        touch.map(|item| (item.change, item.revision.0)).collect()
    };
    apart.into_iter().filter(|path| touching(one, path) == touching(two, path)).collect()
}
