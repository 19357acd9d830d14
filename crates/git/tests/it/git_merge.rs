//! Merges, judged by git.

use crate::git_histories::{self as histories, Dice, Files, Wildness};
use crate::git_program::Scratch;
use switchback_core::content::{Conflict, ConflictKind, Content as _, Merge};
use switchback_core::words::object::{Oid, RepoPath, TreeId};
use switchback_git::GitRepo;

/// What git said of a merge.
#[derive(Debug)]
pub struct Verdict {
    /// The tree, with what it makes of conflicts.
    pub tree: TreeId,
    /// Whether there were none.
    pub clean: bool,
    /// The paths it has in conflict.
    pub named: Vec<RepoPath>,
}

/// Imports some trees as commits; their ids, in order.
pub fn import(scratch: &Scratch, trees: &[Files]) -> Vec<String> {
    let mut stream = Vec::new();
    for (mark, files) in trees.iter().enumerate() {
        histories::import(&mut stream, mark + 1, files);
    }
    let output = scratch.fed(&["fast-import", "--quiet", "--export-marks=marks"], &stream);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let marks = std::fs::read_to_string(scratch.path().join("marks")).unwrap();
    let mut ids = vec![String::new(); trees.len()];
    for line in marks.lines() {
        let (mark, id) = line.split_once(' ').unwrap();
        ids[mark[1..].parse::<usize>().unwrap() - 1] = id.to_owned();
    }
    ids
}

/// Random merges, one for each seed, as commits in threes: `base, ours, theirs`.
pub fn random(wildness: Wildness, seeds: std::ops::Range<u64>) -> (Scratch, Vec<String>) {
    let mut trees = Vec::new();
    for seed in seeds {
        let dice = &mut Dice::new(seed);
        let base = histories::base(dice);
        let (ours, theirs) = (histories::side(dice, &base, wildness), histories::side(dice, &base, wildness));
        trees.extend([base, ours, theirs]);
    }
    let scratch = Scratch::new();
    let commits = import(&scratch, &trees);
    (scratch, commits)
}

/// Lets git merge `base, ours, theirs` many times over in one process.
pub fn judge(scratch: &Scratch, commits: &[String]) -> Vec<Verdict> {
    let input: String = commits.chunks(3).map(|ids| format!("{} -- {} {}\n", ids[0], ids[1], ids[2])).collect();
    let arguments = [
        "-c",
        "merge.renormalize=false",
        "-c",
        "merge.directoryRenames=conflict",
        "merge-tree",
        "--write-tree",
        "--no-messages",
        "--name-only",
        "--stdin",
    ];
    let output = scratch.fed(&arguments, input.as_bytes());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut fields = output.stdout.split(|byte| *byte == 0);
    let mut verdicts = Vec::new();
    while let Some(status) = fields.next().filter(|status| !status.is_empty()) {
        let tree = Oid::from_hex(std::str::from_utf8(fields.next().unwrap()).unwrap()).unwrap();
        let mut named = Vec::new();
        while let Some(name) = fields.next().filter(|name| !name.is_empty()) {
            named.push(RepoPath::new(name));
        }
        verdicts.push(Verdict { tree: TreeId(tree), clean: status == b"1", named });
    }
    verdicts
}

/// The trees of some commits.
pub fn trees_of(scratch: &Scratch, commits: &[String]) -> Vec<TreeId> {
    let names: String = commits.iter().map(|id| format!("{id}^{{tree}}\n")).collect();
    let listed = scratch.fed(&["cat-file", "--batch-check=%(objectname)"], names.as_bytes());
    let listed = String::from_utf8(listed.stdout).unwrap();
    listed.lines().map(|line| TreeId(Oid::from_hex(line).unwrap())).collect()
}

fn compare(wildness: Wildness, seeds: std::ops::Range<u64>) {
    let (scratch, commits) = random(wildness, seeds.clone());
    let verdicts = judge(&scratch, &commits);
    assert_eq!(verdicts.len(), commits.len() / 3);
    let repo = GitRepo::open(&scratch.path()).unwrap();
    let trees = trees_of(&scratch, &commits);
    let mut wrong = Vec::new();
    let mut careful = 0;
    for ((seed, verdict), ids) in seeds.zip(&verdicts).zip(trees.chunks(3)) {
        let merged = repo.merge(Merge { base: ids[0], ours: ids[1], theirs: ids[2], scope: None }).unwrap();
        let found = merged.conflicts.is_empty().then_some(merged.tree);
        let wanted = verdict.clean.then_some(verdict.tree);
        if verdict.clean && merged.conflicts.iter().any(is_careful) {
            careful += 1;
        } else if found != wanted {
            wrong.push(format!("seed {seed}: git {wanted:?}, found {found:?}, {:?}", merged.conflicts));
        }
    }
    let clean = verdicts.iter().filter(|verdict| verdict.clean).count();
    assert!(careful * 1000 <= verdicts.len(), "too careful: {careful} of {}", verdicts.len());
    assert!(clean * 10 > verdicts.len(), "too few clean merges to mean anything: {clean}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}

/// git may move a file through a renamed folder and on through a renamed file without a word; and where both sides put the
/// same file where one of them moved another to, it drops what the other side made of that. Stopping there is no mistake,
/// as long as it is rare.
fn is_careful(conflict: &Conflict) -> bool {
    conflict.kind == ConflictKind::FolderRename || conflict.dispute().is_dropped_by_git()
}

#[test]
fn edits_merge_as_git_merges_them() {
    compare(Wildness::Edits, 0..2000);
}

#[test]
fn renames_merge_as_git_merges_them() {
    compare(Wildness::Renames, 10_000..12_000);
}

#[test]
fn folders_that_move_merge_as_git_merges_them() {
    compare(Wildness::Everything, 20_000..22_000);
}
