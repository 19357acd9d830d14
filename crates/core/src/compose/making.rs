//! Files that a program makes, which are made again where both sides changed them (`SPEC X2`): once everything else is
//! settled, so that the program finds what the merge made of the rest.

use crate::compose::settle::{Distrusted, Occasion, Settled, own};
use crate::compose::{Composer, Rules};
use crate::compose::{Recomposed, Remainder};
use crate::content::entry::Taken;
use crate::content::filetype::{FileType, Strategy};
use crate::content::remake::{Program, Remake};
use crate::content::{Blended, Conflict, ConflictKind, PathSet};
use crate::records::line::Item;
use crate::records::resolution::{Redecided, Resolution, Settler};
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath, TreeId};
use crate::words::warning::Warning;

/// The warning about a file of a program that nobody made again.
const BY_LINE: &str = "merged-by-line";

/// Whether programs are run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Making {
    /// They are: this is what will stand there.
    Run,
    /// As if each had found its file right: for trials, and for whoever only looks.
    Suppose,
}

impl Composer<'_> {
    /// The same with the programs run that make files again.
    #[must_use]
    pub fn running(self) -> Self {
        self.making(Making::Run)
    }

    /// The same with the programs run, or not.
    #[must_use]
    pub fn making(mut self, how: Making) -> Self {
        if let Rules::Now { making, .. } = &mut self.rules {
            *making = how;
        }
        self
    }

    fn is_running(&self) -> bool {
        matches!(self.rules, Rules::Now { making: Making::Run, .. })
    }

    /// The program that makes a path again, with the type of the file.
    pub(super) fn maker(&self, path: &RepoPath) -> Option<(&FileType, &Program)> {
        let Rules::Now { types, excluded, .. } = self.rules else { return None };
        let file_type = types.of(path).filter(|one| one.strategy == Strategy::Regenerate)?;
        let program = file_type.regenerate.as_ref().filter(|_| !excluded.has(path, Some(file_type)))?;
        Some((file_type, program))
    }

    /// Takes back what a merge of lines made of a file that a program makes: it is right by luck alone. Where no program is
    /// named, a person makes it when a change arrives; what stays when another leaves is told about, for a demotion must
    /// not wait for it.
    pub(super) fn distrusted(
        &self,
        blended: Blended,
        (item, occasion): (&Item, Occasion),
        settled: &mut Settled,
    ) -> Result<Distrusted, Fault> {
        let Rules::Now { types, .. } = self.rules else { return Ok(Distrusted::No(blended)) };
        let path = &blended.path;
        if !types.of(path).is_some_and(FileType::is_made) || own(item, path, &blended.sides).is_some() {
            return Ok(Distrusted::No(blended));
        }
        if occasion == Occasion::Stays && self.maker(path).is_none() {
            let message = format!("{path} was put together line by line: have its program make it again");
            settled.warnings.push((blended.path, Warning::of(BY_LINE, message)));
            return Ok(Distrusted::Told);
        }
        // Nobody may mistake the merged text for a result.
        settled.tree = self.content.edit(settled.tree, &[(path.clone(), blended.sides.ours)])?;
        Ok(Distrusted::Yes(Conflict::new(blended.path, ConflictKind::Content, blended.sides)))
    }

    /// Makes files again, one after the other; their paths hold ours by now.
    pub(super) fn make_again(&self, conflicts: Vec<Conflict>, settled: &mut Settled) -> Result<(), Fault> {
        if !settled.conflicts.is_empty() {
            // They are nobody's to settle: once the rest is, they are made again.
            return Ok(());
        }
        for conflict in conflicts {
            let Some((file_type, program)) = self.maker(&conflict.path) else { continue };
            match self.one_made_again(&conflict, settled.tree, (file_type, program))? {
                Ok(made) => {
                    settled.tree = self.content.edit(settled.tree, &made.edits())?;
                    settled.decided.push(made);
                }
                Err(why) => settled.conflicts.push(Conflict { why: Some(why), ..conflict }),
            }
        }
        Ok(())
    }

    /// Makes again what was supposed while a line was composed anew, now that everything is there.
    pub(super) fn make_last(&self, mut left: Remainder, items: &[Item]) -> Result<Recomposed, Fault> {
        if !self.is_running() {
            return Ok(Recomposed::Left(left));
        }
        let mut done = PathSet::new();
        for at in (0..left.decided.len()).rev() {
            let Redecided { commit, resolution } = left.decided[at].clone();
            let path = resolution.at.as_ref().unwrap_or(&resolution.path).clone();
            let Some((file_type, program)) = self.maker(&path) else { continue };
            let is_its = matches!(&resolution.by, Settler::Type { name, .. } if *name == file_type.name);
            let Some(supposed) = resolution.result.filter(|_| is_its && done.insert(path.clone())) else { continue };
            if self.content.leaf(left.tree, &path)? != Some(supposed) {
                // Somebody who came later holds it as their own.
                continue;
            }
            match self.content.remake(Remake { path: &path, tree: left.tree, by: program })? {
                Ok(id) => {
                    let made = Some(Leaf { id, ..supposed });
                    left.tree = self.content.edit(left.tree, &[(path, made)])?;
                    left.decided[at].resolution.result = made;
                }
                Err(why) => {
                    let item = items.iter().find(|item| item.commit == commit);
                    let Some(change) = item.map(|item| item.change) else { continue };
                    let conflict = Conflict::new(resolution.path, ConflictKind::Content, resolution.sides);
                    return Ok(Recomposed::Blocked {
                        change,
                        conflicts: vec![Conflict { why: Some(why), ..conflict }],
                    });
                }
            }
        }
        Ok(Recomposed::Left(left))
    }

    fn one_made_again(
        &self,
        conflict: &Conflict,
        tree: TreeId,
        (file_type, program): (&FileType, &Program),
    ) -> Result<Result<Resolution, String>, Fault> {
        let by = Settler::Type { name: file_type.name.clone(), strategy: file_type.strategy };
        let told = (&conflict.path, conflict.sides);
        let ours = Resolution::of(told, conflict.dispute().entry(Taken::Ours), by.clone());
        if !self.is_running() {
            return Ok(Ok(ours));
        }
        let path = ours.at.as_ref().unwrap_or(&conflict.path);
        let tree = self.content.edit(tree, &ours.edits())?;
        let made = self.content.remake(Remake { path, tree, by: program })?;
        Ok(made.map(|id| Resolution::of(told, conflict.dispute().entry(Taken::Content(id)), by)))
    }
}
