//! Where the throw-away pipeline is: a folder with the repository and, beside it, the areas.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use switchback_api::{Failure, Fault, Usage};

/// A folder that holds nothing else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder named, or a new one below the system's folder for temporary files.
    ///
    /// # Errors
    /// `folder-not-empty`, or `folder-unwritable`.
    pub fn make(named: Option<PathBuf>) -> Result<Self, Failure> {
        let root = match named {
            Some(named) => {
                fs::create_dir_all(&named).map_err(|why| unwritable(&named, &why))?;
                let root = fs::canonicalize(&named).map_err(|why| unwritable(&named, &why))?;
                let mut inside = fs::read_dir(&root).map_err(|why| unwritable(&root, &why))?;
                if inside.next().is_some() {
                    return Err(not_empty(&root));
                }
                root
            }
            None => {
                let made = tempfile::Builder::new().prefix("switchback-demo-").tempdir();
                made.map_err(|why| unwritable(&std::env::temp_dir(), &why))?.keep()
            }
        };
        Ok(Self { root })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Removes the folder again, if nothing came to be in it.
    pub fn remove_if_empty(&self) {
        // A folder that holds something is not removed, and then there is something to look at.
        let _ = fs::remove_dir(&self.root);
    }

    /// The repository.
    pub fn repository(&self) -> PathBuf {
        self.root.join("repo")
    }

    /// What the server keeps, and where.
    pub fn data(&self) -> PathBuf {
        self.root.join("server")
    }

    /// Where the areas are; `shop.rs` names them in the configuration, relative to the repository.
    pub fn areas(&self) -> PathBuf {
        self.root.join("areas")
    }
}

fn not_empty(root: &Path) -> Failure {
    Failure::Usage(Usage {
        code: "folder-not-empty".to_owned(),
        message: format!("{} is not empty", root.display()),
        hint: "name a folder that does not exist yet, or none".to_owned(),
        remedy: None,
        place: None,
    })
}

fn unwritable(folder: &Path, why: &io::Error) -> Failure {
    Failure::Fault(Fault {
        code: "folder-unwritable".to_owned(),
        message: format!("the folder {} cannot be used: {why}", folder.display()),
        hint: "name another one: `switchback demo DIR`".to_owned(),
        remedy: None,
    })
}
