//! The configuration file that lies where somebody stands: put in force by `init` and `configure`, and else only compared.

use super::{ConfigDefect, load};
use std::path::PathBuf;

/// The configuration file of a pipeline that lies where its house was entered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AtHand {
    /// Where.
    pub file: PathBuf,
    /// What it will say, where it is about to be written.
    pub begins: Option<String>,
}

impl AtHand {
    /// A file that is there.
    pub fn there(file: PathBuf) -> Self {
        Self { file, begins: None }
    }

    /// What it says.
    ///
    /// # Errors
    /// `config-unreadable`.
    pub fn text(&self) -> Result<String, ConfigDefect> {
        match &self.begins {
            Some(text) => Ok(text.clone()),
            None => load(&self.file),
        }
    }
}
