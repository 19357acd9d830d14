//! Writes the objects made since the last store as one pack.

use super::ids::to_git;
use super::keep;
use super::objects::{Fresh, Objects};
use super::pack::{Complete, Pack, temporary};
use super::together;
use std::io::{self, BufWriter};
use std::path::Path;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::Oid;
use switchback_machine::disk;

impl Objects {
    /// Writes every object that was made, durably, and forgets them here.
    pub(super) fn store(&self, objects_dir: &Path) -> Result<(), Fault> {
        if self.fresh.borrow().order.is_empty() {
            return Ok(());
        }
        let folder = objects_dir.join("pack");
        let written = self.write_pack(&folder).or_else(|error| match error.kind() {
            // `git gc --prune=now` removes what is being written, too.
            io::ErrorKind::NotFound => self.write_pack(&folder),
            _ => Err(error),
        });
        written.map_err(|error| {
            disk::disk_fault(&error).unwrap_or_else(|| {
                Fault::new(
                    "repository-unwritable",
                    format!("objects cannot be written below {}: {error}", objects_dir.display()),
                    "see that this user may write to the repository",
                )
            })
        })?;
        *self.fresh.borrow_mut() = Fresh::default();
        // Housekeeping: where it fails, nothing is lost, and the next store tries again.
        let _ = together::bring_together(&self.common_dir);
        Ok(())
    }

    /// What the repository has already is written as well, whole and behind the rest: no ref need lead to where it is, and
    /// then a `git gc` at this moment removes it there. The pack is kept from git until refs lead into it.
    fn write_pack(&self, folder: &Path) -> io::Result<()> {
        let fresh = self.fresh.borrow();
        let (there, missing): (Vec<Oid>, Vec<Oid>) =
            fresh.order.iter().copied().partition(|id| self.odb().exists_without_refresh(&to_git(*id)));
        std::fs::create_dir_all(folder)?;
        let file = temporary(folder, "tmp_pack_")?;
        let mut pack = Pack::begin(BufWriter::with_capacity(1 << 16, file.as_file()), fresh.order.len())?;
        for id in &missing {
            pack.add(*id, &fresh.by_id[id])?;
        }
        for id in &there {
            pack.add_whole(*id, &fresh.by_id[id])?;
        }
        let finished = pack.finish()?;
        let complete = Complete::of(file, finished);
        let name = complete.name();
        self.kept.borrow_mut().extend(keep::from_git(folder, &name)?);
        complete.publish()?;
        // One that could not be marked is left to git.
        let _ = together::own(&self.common_dir, &name);
        Ok(())
    }
}
