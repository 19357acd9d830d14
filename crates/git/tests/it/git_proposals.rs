//! What is proposed for conflicts, judged by what the history really became: two edits of one file arrive in the other
//! order, every conflict is settled as proposed, and in the end there must be what the history has.
//!
//! `SWITCHBACK_HISTORY=REPOSITORY` judges a recorded one too: every two consecutive edits of every file.

use crate::git_histories::Dice;
use crate::git_program::{Scratch, git};
use std::collections::BTreeMap;
use switchback_core::compose::making::Making;
use switchback_core::compose::propose::Proposed;
use switchback_core::compose::{Composer, Recall, Rules};
use switchback_core::content::filetype::{Excluded, FileTypes};
use switchback_core::content::proposal::Proposal;
use switchback_core::content::{Content as _, Merge};
use switchback_core::ledger::state::State;
use switchback_core::records::resolution::Resolutions;
use switchback_core::words::object::{Leaf, Mode, RepoPath, TreeId};
use switchback_git::GitRepo;

/// How often each kind was part of a whole way to the very end, to the same lines in another order, and to another end.
type Score = BTreeMap<String, [u32; 3]>;

struct Judge {
    repo: GitRepo,
    score: Score,
    /// Where nothing was proposed.
    asked: u32,
    wrong: Vec<String>,
}

impl Judge {
    fn new(repo: GitRepo) -> Self {
        Self { repo, score: Score::new(), asked: 0, wrong: Vec::new() }
    }

    fn tree(&self, path: &RepoPath, text: &[u8]) -> TreeId {
        let leaf = Leaf { mode: Mode::File, id: self.repo.blob(text).unwrap() };
        self.repo.edit(TreeId::EMPTY, &[(path.clone(), Some(leaf))]).unwrap()
    }

    /// Carries an edit onto a text; what was proposed where it conflicts, or `None` where nothing is.
    fn carried(&self, path: &RepoPath, [base, ours, theirs]: [&[u8]; 3]) -> Option<(Vec<u8>, Option<Proposed>)> {
        let trees = [base, ours, theirs].map(|text| self.tree(path, text));
        let merged = self.repo.merge(Merge { base: trees[0], ours: trees[1], theirs: trees[2], scope: None }).unwrap();
        let text = |leaf: Leaf| self.repo.read(leaf.id).unwrap();
        let Some(conflict) = merged.conflicts.first() else {
            return Some((text(self.repo.leaf(merged.tree, path).unwrap()?), None));
        };
        let (state, types, excluded) = (State::default(), FileTypes::default(), Excluded::default());
        let (remembered, making) = (&Resolutions::default(), Making::Suppose);
        let rules = Rules::Now { types: &types, excluded: &excluded, remembered, making, recall: Recall::All };
        let composer = Composer { state: &state, content: &self.repo, rules };
        let proposed = composer.proposal(conflict.dispute(), &Proposal::all()).unwrap()?;
        Some((text(proposed.leaf), Some(proposed)))
    }

    /// Two edits that come in the other order.
    fn swapped(&mut self, path: &str, [first, second, third]: [&[u8]; 3]) {
        let path = RepoPath::new(path);
        let mut kinds = Vec::new();
        let mut carry = |texts: [&[u8]; 3]| {
            let (text, proposed) = self.carried(&path, texts)?;
            kinds.extend(proposed.into_iter().flat_map(|one| one.kinds));
            Some(text)
        };
        let there = carry([second, first, third]).and_then(|later| carry([first, &later, second]));
        let Some(there) = there else {
            self.asked += 1;
            return;
        };
        let end = match () {
            () if there == third => 0,
            () if sorted(&there) == sorted(third) => 1,
            () => 2,
        };
        for kind in Proposal::ALL.iter().filter(|(_, kind)| kinds.contains(kind)) {
            self.score.entry(kind.0.to_owned()).or_default()[end] += 1;
        }
        if !kinds.is_empty() && end == 2 {
            self.wrong.push(format!("{path} by {kinds:?}"));
        }
    }
}

/// The lines of a text, in an order that says nothing.
fn sorted(text: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<_> = text.split(|byte| *byte == b'\n').collect();
    lines.sort_unstable();
    lines
}

/// One edit of a file of pointers, lists and prose.
fn edited(dice: &mut Dice, text: &str, nth: u32) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = |lines: &[String], key: &str| lines.iter().position(|line| line.starts_with(key));
    match dice.below(4) {
        0 => {
            let name = ["  image: shop/web:1.", "  version: 2."][dice.below(2)];
            if let Some(line) = at(&lines, name) {
                lines[line] = format!("{name}{nth}.{}", dice.below(3));
            }
        }
        1 => {
            let place = lines.iter().position(|line| line == "imports:").unwrap_or_default() + 1;
            let mut imports: Vec<String> =
                lines[place..].iter().take_while(|line| line.starts_with("  - ")).cloned().collect();
            let count = imports.len();
            imports.push(format!("  - part{:03}", dice.below(900)));
            imports.sort();
            imports.dedup();
            lines.splice(place..place + count, imports);
        }
        2 => lines.insert(2 + dice.below(2), format!("  note{nth}: {}", dice.below(9))),
        _ => {
            let line = dice.below(2);
            lines[line] = format!("{} {nth}", lines[line].split(' ').next().unwrap_or_default());
        }
    }
    lines.join("\n") + "\n"
}

const BEGUN: &str = "title 0\nowner 0\nspec:\n  image: shop/web:1.0.0\n  version: 2.0.0\nimports:\n  - part001\n  - part400\n  - \
                     part899\nend\n";

/// Of what is proposed on random histories, less than one in fifty ends otherwise than the history did.
#[test]
fn proposals_end_where_a_random_history_did() {
    let scratch = Scratch::new();
    let mut judge = Judge::new(GitRepo::open(&scratch.path()).unwrap());
    for seed in 0..400 {
        let dice = &mut Dice::new(90_000 + seed);
        let first = (1..4).fold(BEGUN.to_owned(), |text, nth| edited(dice, &text, nth));
        let second = edited(dice, &first, 5);
        let third = edited(dice, &second, 6);
        judge.swapped("file.txt", [first.as_bytes(), second.as_bytes(), third.as_bytes()]);
    }
    let (right, wrong) = judge.score.values().fold((0, 0), |sum, one| (sum.0 + one[0], sum.1 + one[2]));
    assert!(right > 30 && wrong * 50 <= right, "{:?} of {}: {:?}", judge.score, judge.asked, judge.wrong);
}

/// Judges a recorded history, where one is named.
#[test]
fn proposals_end_where_a_recorded_history_did() {
    let Ok(folder) = std::env::var("SWITCHBACK_HISTORY") else { return };
    let folder = std::path::PathBuf::from(folder);
    let said = |arguments: &[&str]| git(&folder, arguments).output().unwrap().stdout;
    let log = said(&["log", "--reverse", "--first-parent", "--no-renames", "--format=", "--raw", "--no-abbrev", "-m"]);
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&log).lines().filter(|line| line.starts_with(":100")) {
        let (meta, path) = line.split_once('\t').unwrap_or_default();
        let ids: Vec<_> = meta.split(' ').collect();
        if let [_, "100644" | "100755", _, after, _] = ids[..] {
            versions.entry(path.to_owned()).or_default().push(after.to_owned());
        }
    }
    let scratch = Scratch::new();
    let mut judge = Judge::new(GitRepo::open(&scratch.path()).unwrap());
    for (path, ids) in versions {
        let texts: Vec<Vec<u8>> = ids.iter().map(|id| said(&["cat-file", "-p", id])).collect();
        for three in texts.windows(3).filter(|three| three.iter().all(|text| text.len() < 1 << 20)) {
            judge.swapped(&path, [&three[0], &three[1], &three[2]]);
        }
    }
    println!("asked {}, right, reordered and wrong {:?}\n{}", judge.asked, judge.score, judge.wrong.join("\n"));
}
