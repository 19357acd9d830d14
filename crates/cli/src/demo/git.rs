//! Makes the shop's repository with the `git` program, out of reach of anybody's own configuration of git.

use crate::demo::folder::Folder;
use crate::demo::shop::{BRANCHES, CHANGES, CONFIGURATION, Change, FILES};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use switchback_api::{Failure, Fault};

/// When the first commit was made, in seconds since 1970; each further one an hour later.
const FIRST: u64 = 1_767_600_000;
const HOUR: u64 = 3600;
/// What would lead git to another repository than the one in its working directory.
const LEADS_AWAY: [&str; 6] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_DEFAULT_HASH"];

type Tree = BTreeMap<&'static str, String>;

/// Makes the repository: the shop on every stage's branch, and one branch for each change.
///
/// # Errors
/// `git-unavailable`, or `git-failed` with what git said.
pub fn make(folder: &Folder) -> Result<(), Failure> {
    git(folder.root(), &["init", "--quiet", "--template=", "repo"], "")?;
    let repository = folder.repository();
    git(&repository, &["symbolic-ref", "HEAD", "refs/heads/main"], "")?;
    for (key, value) in
        [("user.name", "Release Desk"), ("user.email", "desk@shop.example"), ("commit.gpgSign", "false")]
    {
        git(&repository, &["config", key, value], "")?;
    }
    git(&repository, &["fast-import", "--quiet"], &history())?;
    git(&repository, &["reset", "--quiet", "--hard"], "")
}

fn git(repository: &Path, words: &[&str], input: &str) -> Result<(), Failure> {
    let mut command = Command::new("git");
    command.args(words).current_dir(repository);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_TERMINAL_PROMPT", "0");
    for name in LEADS_AWAY {
        command.env_remove(name);
    }
    let mut child = command.spawn().map_err(|why| unavailable(&why))?;
    // A git that ends before it has read everything says why itself.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().map_err(|why| failed(words[0], &why.to_string()))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(failed(words[0], String::from_utf8_lossy(&output.stderr).trim())),
    }
}

/// Every commit and branch, as `git fast-import` reads them.
fn history() -> String {
    let mut stream = String::new();
    let mut first: Tree = FILES.iter().map(|(path, text)| (*path, (*text).to_owned())).collect();
    first.insert("switchback.toml", CONFIGURATION.to_owned());
    let [base, others @ ..] = BRANCHES;
    commit(&mut stream, &Commit { branch: base, author: "Ada Berg", message: "Open the shop", at: FIRST }, None);
    files(&mut stream, &first);
    for branch in others {
        // Writing to a text cannot fail.
        let _ = writeln!(stream, "reset refs/heads/{branch}\nfrom refs/heads/{base}\n");
    }
    let mut trees: BTreeMap<&str, Tree> = BTreeMap::new();
    for (change, number) in CHANGES.iter().zip(1..) {
        let tree = edited(trees.get(change.on.unwrap_or_default()).unwrap_or(&first), change);
        let branch = branch(change.key);
        let from = change.on.map_or_else(|| base.to_owned(), self::branch);
        let made = Commit { branch: &branch, author: change.author, message: change.title, at: FIRST + number * HOUR };
        commit(&mut stream, &made, Some(&from));
        files(&mut stream, &tree);
        trees.insert(change.key, tree);
    }
    stream.push_str("done\n");
    stream
}

/// The branch of a change.
pub fn branch(key: &str) -> String {
    format!("feature/{key}")
}

struct Commit<'a> {
    branch: &'a str,
    author: &'a str,
    message: &'a str,
    at: u64,
}

fn commit(stream: &mut String, made: &Commit<'_>, from: Option<&str>) {
    let Commit { branch, author, message, at } = made;
    let mail = author.to_lowercase().replace(' ', ".");
    let who = format!("{author} <{mail}@shop.example> {at} +0000");
    let _ = writeln!(stream, "commit refs/heads/{branch}\nauthor {who}\ncommitter {who}");
    let _ = writeln!(stream, "data {}\n{message}", message.len());
    if let Some(from) = from {
        let _ = writeln!(stream, "from refs/heads/{from}");
    }
}

fn files(stream: &mut String, tree: &Tree) {
    for (path, text) in tree {
        let _ = writeln!(stream, "M 100644 inline {path}\ndata {}\n{text}", text.len());
    }
    stream.push('\n');
}

fn edited(before: &Tree, change: &Change) -> Tree {
    let mut tree = before.clone();
    for edit in change.edits {
        let text = tree.entry(edit.path).or_default();
        *text = text.replacen(edit.old, edit.new, 1);
    }
    tree
}

fn unavailable(why: &std::io::Error) -> Failure {
    Failure::Fault(Fault {
        code: "git-unavailable".to_owned(),
        message: format!("the `git` program cannot be run: {why}"),
        hint: "install git, or add it to the PATH".to_owned(),
        remedy: None,
    })
}

fn failed(word: &str, said: &str) -> Failure {
    Failure::Fault(Fault {
        code: "git-failed".to_owned(),
        message: format!("`git {word}` failed: {said}"),
        hint: "mend that, remove the folder, and run it again".to_owned(),
        remedy: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edit_finds_its_place() {
        let mut trees: BTreeMap<&str, Tree> = BTreeMap::new();
        let first: Tree = FILES.iter().map(|(path, text)| (*path, (*text).to_owned())).collect();
        for change in &CHANGES {
            let before = trees.get(change.on.unwrap_or_default()).unwrap_or(&first);
            for edit in change.edits {
                let text = before.get(edit.path).map_or("", String::as_str);
                assert!(text.contains(edit.old), "{} does not find {:?} in {}", change.key, edit.old, edit.path);
            }
            trees.insert(change.key, edited(before, change));
        }
    }
}
