//! An area and a repository keep apart: a deployment into a repository would be a change nobody made, and a
//! repository inside an area would be deployed over.

use super::faults;
use rustix::fs::{Access, AtFlags, CWD, accessat};
use std::io;
use std::path::{Path, PathBuf};
use switchback_core::words::fault::Fault;

/// Whether an area's root lies apart from the repository and can be written.
pub(super) fn check(root: &Path, repository: &[PathBuf]) -> Result<(), Fault> {
    let place = resolved(root).map_err(|error| faults::place("find", root, error))?;
    for fence in repository {
        let fence = resolved(fence).map_err(|error| faults::place("find", fence, error))?;
        if place.starts_with(&fence) || fence.starts_with(&place) {
            return Err(inside(root, &fence));
        }
    }
    let standing = &nearest(&place);
    if !standing.is_dir() {
        return Err(faults::place("write in", standing, io::Error::from(io::ErrorKind::NotADirectory)));
    }
    let rights = Access::WRITE_OK | Access::EXEC_OK;
    accessat(CWD, standing, rights, AtFlags::EACCESS).map_err(|error| faults::place("write in", standing, error))
}

/// The folder that stands where an area's root is, or is to be made.
pub(super) fn standing(root: &Path) -> io::Result<PathBuf> {
    Ok(nearest(&resolved(root)?))
}

fn nearest(place: &Path) -> PathBuf {
    place.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(place).to_owned()
}

/// The path without links. What does not exist yet is taken by its name.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let mut missing = Vec::new();
    let mut standing = path.as_path();
    loop {
        match standing.canonicalize() {
            Ok(mut found) => {
                found.extend(missing.iter().rev());
                return Ok(found);
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Err(error) => {
                missing.push(standing.file_name().ok_or(error)?);
                standing = standing.parent().unwrap_or(Path::new("/"));
            }
        }
    }
}

fn inside(root: &Path, fence: &Path) -> Fault {
    let message =
        format!("The area `{}` and the repository at `{}` lie one in the other.", root.display(), fence.display());
    Fault::new("area-inside-repository", message, "Give the area a directory of its own, outside the repository.")
}
