//! One scenario while it runs: the world, and what the last step came to.

use crate::memory::Memory;
use crate::words::{Command, cut, list};
use crate::world::{Blueprint, Voice, World};
use crate::{declare, expect, step};
use switchback_core::content::Content;
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::plan::{Plan, Stop};
use switchback_core::ops::mass::MassRow;
use switchback_core::words::names::{AreaName, ChangeKey, OperationId, RevisionNo, StageName};
use switchback_core::words::object::{Leaf, Mode, RepoPath, TreeId};
use switchback_core::words::refusal::Refusal;
use switchback_core::words::warning::Warning;

/// What the last step came to.
#[derive(Default)]
pub struct Last {
    /// Plans that were made, in order.
    pub plans: Vec<Plan>,
    /// The "no", if there was one.
    pub refusal: Option<Refusal>,
    /// Whether the scenario expected the "no".
    pub acknowledged: bool,
    /// The rows of a mass preview.
    pub rows: Vec<MassRow>,
}

/// A scenario while it runs.
#[derive(Default)]
pub struct Play {
    /// The configuration so far.
    pub blueprint: Blueprint,
    /// The files every stage starts with.
    pub base: Vec<(RepoPath, Vec<u8>)>,
    world: Option<World>,
    /// What the last step came to.
    pub last: Last,
}

impl Play {
    /// The world; built from the declarations when it is first needed.
    pub fn world(&mut self) -> Result<&mut World, String> {
        if self.world.is_none() {
            self.world = Some(World::new(self.blueprint.clone(), &self.base)?);
        }
        self.world.as_mut().ok_or_else(|| "there is no world".to_owned())
    }

    /// Takes changed declarations into use, if the world exists already.
    pub fn redeclared(&mut self) -> Result<(), String> {
        let blueprint = self.blueprint.clone();
        self.world.as_mut().map_or(Ok(()), |world| world.reconfigure(blueprint))
    }

    /// Runs one line.
    pub fn line(&mut self, line: &str) -> Result<(), String> {
        if let Some(command) = line.strip_prefix("> ") {
            self.settled()?;
            self.last = Last::default();
            self.world()?.told.clear();
            self.world()?.notices.clear();
            return step::take(self, command);
        }
        match declare::take(self, line)? {
            true => Ok(()),
            false => expect::check(self, line),
        }
    }

    /// A "no" nobody expected is a failure.
    pub fn settled(&self) -> Result<(), String> {
        match &self.last.refusal {
            Some(refusal) if !self.last.acknowledged => Err(format!("refused {}: {refusal}", refusal.code)),
            _ => Ok(()),
        }
    }

    /// Keeps what a step came to, and commits it unless it only asks. `true` when it was allowed.
    pub fn keep(&mut self, voice: &Voice, made: Result<Plan, Stop>) -> Result<bool, String> {
        self.keep_or_show(voice, made, &Command::default())
    }

    /// The same; `--dry-run` commits nothing.
    pub fn keep_or_show(&mut self, voice: &Voice, made: Result<Plan, Stop>, how: &Command) -> Result<bool, String> {
        match made {
            Err(Stop::Fault(fault)) => Err(format!("fault {}: {fault}", fault.code)),
            Err(Stop::Refused(refusal)) => {
                self.last.refusal = Some(*refusal);
                Ok(false)
            }
            Ok(plan) => {
                if !how.has("dry-run") {
                    self.world()?.commit(voice, &plan);
                }
                self.last.plans.push(plan);
                Ok(true)
            }
        }
    }

    /// What the last step warned of: its plans, and the versions that were made for it.
    pub fn warnings(&self) -> Vec<&Warning> {
        let made = self.world.iter().flat_map(|world| &world.told);
        self.last.plans.iter().flat_map(|plan| &plan.warnings).chain(made).collect()
    }

    /// The events of the last step.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.last.plans.iter().flat_map(Plan::events_to_come)
    }
}

/// Change keys of a list.
pub fn keys(words: &[String]) -> Vec<ChangeKey> {
    words.iter().map(ChangeKey::new).collect()
}

/// `US-1` or `US-1@2`.
pub fn key_at(word: &str) -> Result<(ChangeKey, Option<RevisionNo>), String> {
    match word.split_once('@') {
        None => Ok((ChangeKey::new(word), None)),
        Some((key, number)) => Ok((ChangeKey::new(key), Some(RevisionNo(parse(number)?)))),
    }
}

/// A number, or why it is none.
pub fn parse<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{text}` is no number"))
}

/// `P-1`, `M-1`, `D-1`.
pub fn operation(text: &str) -> Result<OperationId, String> {
    OperationId::parse(text).ok_or_else(|| format!("`{text}` is no operation"))
}

/// Stage names of a list.
pub fn stages(text: &str) -> Vec<StageName> {
    list(text).iter().map(StageName::new).collect()
}

/// Area names of a list.
pub fn areas(words: &[String]) -> Vec<AreaName> {
    words.iter().map(AreaName::new).collect()
}

/// `1 2 3` is a file of three lines.
pub fn bytes(text: &str) -> Vec<u8> {
    text.split_whitespace().flat_map(|line| [line.as_bytes(), b"\n"].concat()).collect()
}

/// `a = 1 2 3; -b; c > d; *e = 1`: what becomes of some files; a star makes a program.
pub enum Edit {
    /// A file is written.
    Write(RepoPath, Vec<u8>),
    /// A program is written.
    Program(RepoPath, Vec<u8>),
    /// A file is deleted.
    Delete(RepoPath),
    /// A file is renamed.
    Rename(RepoPath, RepoPath),
}

/// Reads edits.
pub fn edits(text: &str) -> Result<Vec<Edit>, String> {
    let one = |part: &str| match part.trim() {
        part if part.starts_with('-') => Ok(Edit::Delete(RepoPath::new(&part[1..]))),
        part if part.contains(" > ") => {
            let (from, to) = cut(part, " > ")?;
            Ok(Edit::Rename(RepoPath::new(from), RepoPath::new(to)))
        }
        part => {
            let (path, text) = cut(part, "=")?;
            Ok(match path.strip_prefix('*') {
                Some(path) => Edit::Program(RepoPath::new(path), bytes(text)),
                None => Edit::Write(RepoPath::new(path), bytes(text)),
            })
        }
    };
    text.split(';').filter(|part| !part.trim().is_empty()).map(one).collect()
}

/// A tree with some edits.
pub fn edited(content: &Memory, base: TreeId, edits: &[Edit]) -> Result<TreeId, String> {
    let fault = |fault: switchback_core::words::fault::Fault| fault.message;
    let mut tree = base;
    for edit in edits {
        let at = |path: &RepoPath| content.leaf(base, path).map_err(fault);
        let changes = match edit {
            Edit::Write(path, bytes) => vec![(path.clone(), Some(content.file(bytes)))],
            Edit::Program(path, bytes) => {
                vec![(path.clone(), Some(Leaf { mode: Mode::Executable, ..content.file(bytes) }))]
            }
            Edit::Delete(path) => vec![(path.clone(), None)],
            Edit::Rename(from, to) => vec![(from.clone(), None), (to.clone(), at(from)?)],
        };
        tree = content.edit(tree, &changes).map_err(fault)?;
    }
    Ok(tree)
}
