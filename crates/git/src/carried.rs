//! A repository that is carried elsewhere: its refs as a text, and one pack with everything they and others lead to. The
//! `git` program reads and checks it, run closed.

use crate::remote::git::{Said, Task};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use switchback_core::words::fault::Fault;

/// How the pack is called.
const PACK: &str = "objects";

/// What to do about a repository that git stumbles over.
const FSCK: &str = "run `git fsck` there to see what is wrong";

/// A repository on this machine, and whether somebody wants the work to stop.
#[derive(Clone, Copy)]
pub struct Carrier<'a> {
    /// Its git directory.
    pub git_dir: &'a Path,
    /// Whether somebody wants the work to stop.
    pub stop: &'a dyn Fn() -> bool,
}

impl Carrier<'_> {
    /// Its refs, one a line, `ID NAME`; in the first line where `HEAD` is, `ref: NAME` or an id.
    ///
    /// # Errors
    /// `git-unavailable`, `repository-unreadable`.
    pub fn refs(&self) -> Result<String, Fault> {
        let head = fs::read_to_string(self.git_dir.join("HEAD")).map_err(|error| self.unreadable(&error))?;
        let refs = self.done(&["for-each-ref"], &[])?;
        let refs = String::from_utf8_lossy(&refs).into_owned();
        // Each is told as `ID TYPE`, a tab, and the name.
        let pairs = refs.lines().filter_map(|line| line.split_once('\t'));
        let lines = pairs.map(|(object, name)| format!("{} {name}\n", object.split(' ').next().unwrap_or_default()));
        Ok(format!("{}\n{}", head.trim(), lines.collect::<String>()))
    }

    /// Packs everything that some refs lead to, and what else is named, into `objects.pack` and `objects.idx` in a folder.
    /// Which of the others are not there, so that nothing could be packed.
    ///
    /// # Errors
    /// `git-unavailable`, `repository-unreadable` where something lacks that others lead to.
    pub fn pack(&self, refs: &str, named: &BTreeSet<String>, into: &Path) -> Result<BTreeSet<String>, Fault> {
        let wanted: String = named.iter().map(|id| format!("{id}\n")).collect();
        let there = self.done(&["cat-file", "--batch-check"], wanted.as_bytes())?;
        let there = String::from_utf8_lossy(&there).into_owned();
        let mut missing = named.clone();
        let tips = refs.lines().skip(1).filter_map(|line| line.split_once(' ')).map(|(id, _)| id);
        let detached = refs.lines().next().filter(|head| !head.starts_with("ref:"));
        let mut roots: BTreeSet<&str> = tips.chain(detached).collect();
        // What is there is told as `ID TYPE SIZE`, what is not as `ID missing`.
        for id in there.lines().filter(|line| !line.ends_with("missing")).filter_map(|line| line.split(' ').next()) {
            missing.remove(id);
            roots.insert(id);
        }
        let roots: String = roots.iter().map(|id| format!("{id}\n")).collect();
        let base = into.join(PACK);
        let words = ["pack-objects", "--revs", "--delta-base-offset", "--quiet", &base.to_string_lossy()];
        let hash = self.done(&words, roots.as_bytes())?;
        let hash = String::from_utf8_lossy(&hash).trim().to_owned();
        for kind in ["pack", "idx"] {
            let made = into.join(format!("{PACK}-{hash}.{kind}"));
            fs::rename(&made, into.join(format!("{PACK}.{kind}"))).map_err(|error| self.unreadable(&error))?;
        }
        // It only says in which order the pack is, for git alone.
        let _ = fs::remove_file(into.join(format!("{PACK}-{hash}.rev")));
        Ok(missing)
    }

    /// Makes the repository anew out of what was carried: everything in the pack is read and hashed, every ref leads to
    /// what is whole.
    ///
    /// # Errors
    /// `git-unavailable`, `backup-damaged`, `repository-unwritable`.
    pub fn unpack(&self, refs: &str, pack: &Path) -> Result<(), Fault> {
        self.undamaged(&["init", "--quiet", "--bare", "."], &[])?;
        let place = self.git_dir.join("objects/pack/pack-carried.pack");
        fs::copy(pack, &place).map_err(|error| self.unwritable(&error))?;
        let hash = self.undamaged(&["index-pack", &place.to_string_lossy()], &[])?;
        let hash = String::from_utf8_lossy(&hash).trim().to_owned();
        for kind in ["pack", "idx"] {
            let named = self.git_dir.join(format!("objects/pack/pack-{hash}.{kind}"));
            fs::rename(place.with_extension(kind), named).map_err(|error| self.unwritable(&error))?;
        }
        let _ = fs::remove_file(place.with_extension("rev"));
        let lines = refs.lines().skip(1).filter_map(|line| line.split_once(' '));
        let made: String = lines.map(|(id, name)| format!("create {name} {id}\n")).collect();
        self.undamaged(&["update-ref", "--stdin"], made.as_bytes())?;
        match refs.lines().next().unwrap_or_default() {
            "" => {}
            head => {
                fs::write(self.git_dir.join("HEAD"), format!("{head}\n")).map_err(|error| self.unwritable(&error))?
            }
        }
        self.undamaged(&["fsck", "--connectivity-only", "--no-dangling", "--no-progress"], &[]).map(drop)
    }

    /// Gives a repository that was unpacked into `.git` its work tree back, laid out as its `HEAD` is.
    ///
    /// # Errors
    /// `git-unavailable`, `backup-damaged`.
    pub fn lay_out(&self, work_tree: &Path) -> Result<(), Fault> {
        self.undamaged(&["config", "core.bare", "false"], &[])?;
        let there = self.run(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], &[])?;
        if !there.is_done {
            return Ok(());
        }
        let tree = format!("--work-tree={}", work_tree.display());
        self.undamaged(&[&tree, "reset", "--quiet", "--hard"], &[]).map(drop)
    }

    fn run(&self, words: &[&str], input: &[u8]) -> Result<Said, Fault> {
        let task = Task { git_dir: self.git_dir, words, input, stop: self.stop };
        task.run()?.ok_or_else(|| {
            Fault::new("backup-stopped", "it was stopped before it was done, and nothing is left of it", "begin again")
        })
    }

    fn done(&self, words: &[&str], input: &[u8]) -> Result<Vec<u8>, Fault> {
        let said = self.run(words, input)?;
        if said.is_done { Ok(said.output) } else { Err(self.unreadable(&complaint(&said))) }
    }

    fn undamaged(&self, words: &[&str], input: &[u8]) -> Result<Vec<u8>, Fault> {
        let said = self.run(words, input)?;
        if said.is_done {
            return Ok(said.output);
        }
        let message = format!("git does not take what the backup holds: {}", complaint(&said));
        Err(Fault::new("backup-damaged", message, "restore from another backup"))
    }

    fn unreadable(&self, why: &dyn std::fmt::Display) -> Fault {
        let message = format!("the repository {} cannot be copied: {why}", self.git_dir.display());
        Fault::new("repository-unreadable", message, FSCK)
    }

    fn unwritable(&self, error: &std::io::Error) -> Fault {
        switchback_machine::disk::disk_fault(error).unwrap_or_else(|| {
            let message = format!("{} cannot be written: {error}", self.git_dir.display());
            Fault::new("repository-unwritable", message, "give the user who runs this write access to that folder")
        })
    }
}

fn complaint(said: &Said) -> String {
    let text = String::from_utf8_lossy(&said.complaint);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.last().copied().unwrap_or("it did not say why").trim().to_owned()
}
