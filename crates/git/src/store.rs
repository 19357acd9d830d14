//! Writes the objects made since the last store as one pack.

use super::ids::to_git;
use super::objects::{Fresh, Objects};
use super::pack::{Pack, publish, temporary};
use super::together;
use std::io::{self, BufWriter};
use std::path::Path;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::Oid;
use switchback_machine::disk;

impl Objects {
    /// Writes every object that the repository lacks, durably, and forgets them here.
    pub(super) fn store(&self, objects_dir: &Path) -> Result<(), Fault> {
        if self.fresh.borrow().order.is_empty() {
            return Ok(());
        }
        self.write_pack(&objects_dir.join("pack")).map_err(|error| {
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

    fn write_pack(&self, folder: &Path) -> io::Result<()> {
        let fresh = self.fresh.borrow();
        let missing: Vec<Oid> =
            fresh.order.iter().copied().filter(|id| !self.odb().exists_without_refresh(&to_git(*id))).collect();
        if missing.is_empty() {
            return Ok(());
        }
        std::fs::create_dir_all(folder)?;
        let file = temporary(folder, "tmp_pack_")?;
        let mut pack = Pack::begin(BufWriter::with_capacity(1 << 16, file.as_file()), missing.len())?;
        for id in &missing {
            pack.add(*id, &fresh.by_id[id])?;
        }
        let (entries, checksum) = pack.finish()?;
        let name = publish(file, entries, &checksum)?;
        // One that could not be marked is left to git.
        let _ = together::own(&self.common_dir, &name);
        Ok(())
    }
}
