//! Promote 100 changes, and demote 1 of 200, beside what git does for the same result.

use std::path::{Path, PathBuf};

use crate::contest::{Contest, Side};
use crate::corpus::{self, Change, Corpus, HOLDING, MOVING};
use crate::git::Git;
use crate::meter::Step;
use crate::plan::Wanted;
use crate::report::Report;

const MERGE_TREE: &str = "git merge-tree --stdin, trees only";

/// Takes both figures on one repository.
pub fn take(corpus: &Corpus, wanted: &Wanted, report: &mut Report) {
    let recorded = wanted.measures_switchback().then(|| record_all(corpus));
    if wanted.includes("promote") {
        promote(corpus, recorded.as_deref(), (wanted, report));
    }
    if wanted.includes("demote") {
        let holding = recorded.map(|recorded| climb(corpus, &recorded));
        demote(corpus, holding.as_deref(), (wanted, report));
    }
}

/// A copy of the home in which every change is recorded on DEV.
fn record_all(corpus: &Corpus) -> PathBuf {
    let place = corpus.fresh(&corpus.home, "recorded");
    let program = corpus::set_up(&place);
    corpus::record(&program, corpus.changes.iter().map(|change| change.key.as_str()));
    place
}

/// The same with every change on QA.
fn climb(corpus: &Corpus, recorded: &Path) -> PathBuf {
    let place = corpus.fresh(recorded, "holding");
    let program = crate::program::Program::at(&place);
    program.done(&["promote", "--all", "--from", "DEV", "--to", "SIT"]);
    program.done(&["promote", "--all", "--from", "SIT", "--to", "QA"]);
    place
}

fn promote(corpus: &Corpus, recorded: Option<&Path>, (wanted, report): (&Wanted, &mut Report)) {
    let moving = &corpus.changes[..MOVING];
    let (list, last) = corpus.merge_list("moving", moving);
    let work = WorkTree::of(corpus, &corpus.root(), "merging");
    let mut sides = Vec::new();
    if let Some(recorded) = recorded {
        sides.push(switchback_promotes(corpus, recorded, &last));
    }
    sides.push(merge_tree(corpus, list));
    let steps: Vec<Step> = moving.iter().map(|change| work.git(&["merge", "-q", "--no-edit", &change.tip])).collect();
    let start = corpus.root();
    sides.push(Side::new("git merge in a work tree", move |_| {
        work.reset(&start);
        steps.clone()
    }));
    let contest = Contest {
        name: "promote 100 changes",
        repository: corpus.name.clone(),
        sides,
        wanted: vec![(MERGE_TREE, 1.5), ("git merge in a work tree", 50.0)],
    };
    report.add(contest.run(wanted));
}

fn switchback_promotes<'a>(corpus: &'a Corpus, recorded: &'a Path, last: &str) -> Side<'a> {
    let place = corpus.folder.join("promoting");
    let last = last.to_owned();
    let look = place.clone();
    let ready = move |_| {
        corpus.fresh(recorded, "promoting");
        let keys = corpus.changes[..MOVING].iter().map(|change| change.key.as_str());
        let line: Vec<&str> = ["promote"].into_iter().chain(keys).chain(["--from", "DEV", "--to", "SIT"]).collect();
        vec![Step::switchback(&place, &line)]
    };
    Side::new("switchback promote", ready).checked(move |_| assert_eq!(Git::at(&look).tree("refs/heads/sit"), last))
}

fn merge_tree(corpus: &Corpus, list: PathBuf) -> Side<'_> {
    Side::new(MERGE_TREE, move |_| {
        let place = corpus.fresh(&corpus.home, "computing");
        let mut step = Step::git(&place, &["merge-tree", "--write-tree", "--stdin"]);
        step.input = Some(list.clone());
        vec![step]
    })
}

fn demote(corpus: &Corpus, holding: Option<&Path>, (wanted, report): (&Wanted, &mut Report)) {
    let leaving = &corpus.changes[corpus.leaving];
    let staying = corpus.changes[..HOLDING].iter().filter(|change| change.key != leaving.key);
    let (list, rebuilt) = corpus.merge_list("staying", staying);
    let (tip, commit) = line_of_commits(corpus);
    let work = WorkTree::of(corpus, &tip, "reverting");
    let mut sides = Vec::new();
    if let Some(holding) = holding {
        sides.push(switchback_demotes(corpus, holding, &rebuilt));
    }
    sides.push(Side::new("git revert in a warm work tree", move |_| {
        work.reset(&tip);
        vec![work.git(&["revert", "--no-edit", &commit])]
    }));
    sides.push(merge_tree(corpus, list));
    let contest = Contest {
        name: "demote 1 of 200",
        repository: corpus.name.clone(),
        sides,
        wanted: vec![("git revert in a warm work tree", 1.0), (MERGE_TREE, 5.0)],
    };
    report.add(contest.run(wanted));
}

fn switchback_demotes<'a>(corpus: &'a Corpus, holding: &'a Path, rebuilt: &str) -> Side<'a> {
    let place = corpus.folder.join("demoting");
    let rebuilt = rebuilt.to_owned();
    let key = corpus.changes[corpus.leaving].key.as_str();
    let look = place.clone();
    let ready = move |_| {
        corpus.fresh(holding, "demoting");
        vec![Step::switchback(&place, &["demote", key, "--from", "QA", "--to", "SIT"])]
    };
    Side::new("switchback demote", ready).checked(move |_| assert_eq!(Git::at(&look).tree("refs/heads/qa"), rebuilt))
}

/// All changes as single commits, one on the other, in the judge's repository: the tip, and the commit of the leaving one.
fn line_of_commits(corpus: &Corpus) -> (String, String) {
    let trees = corpus.trees(&corpus.changes[..HOLDING]);
    let mut commits = vec![corpus.root()];
    for (change, tree) in corpus.changes[..HOLDING].iter().zip(&trees[1..]) {
        let below = commits.last().expect("the first commit");
        commits.push(corpus.judge.line_from(&["commit-tree", tree, "-p", below], subject(change).as_bytes()));
    }
    (commits[HOLDING].clone(), commits[corpus.leaving + 1].clone())
}

fn subject(change: &Change) -> String {
    format!("Apply {}\n", change.key)
}

/// A repository of its own with everything checked out, warm after its first reset.
struct WorkTree {
    place: PathBuf,
}

impl WorkTree {
    fn of(corpus: &Corpus, commit: &str, name: &str) -> Self {
        let place = corpus.folder.join(name);
        std::fs::create_dir_all(&place).expect("a writable target folder");
        let git = Git::at(&place);
        git.line(&["init", "-q", "--initial-branch=main", "."]);
        corpus::borrow(&Git::at(&place), &corpus.judge);
        let work = Self { place };
        work.reset(commit);
        work
    }

    fn git(&self, arguments: &[&str]) -> Step {
        Step::git(&self.place, arguments)
    }

    fn reset(&self, commit: &str) {
        let git = Git::at(&self.place);
        git.line(&["reset", "-q", "--hard", commit]);
        // A fresh stat of every file, so that the run does not pay for the reset.
        git.line(&["status", "--porcelain"]);
    }
}
