//! Which server `user`, `group` and `token` are about: one that is named, or the one that keeps its own on this machine.

use clap::Args;
use std::path::{Path, PathBuf};

/// Names the folder, for who may not know a token of that server: whoever may write it needs none.
const DATA: &str = "SWITCHBACK_DATA";

/// Where the server keeps its own.
#[derive(Args, Debug)]
pub struct Console {
    /// The server's own folder, worked on without a token; `SWITCHBACK_DATA` if not said, else that beside the ledger of `-C`
    #[arg(long, value_name = "DIR", global = true, conflicts_with = "server")]
    data: Option<PathBuf>,
    /// What that server is told about itself, where it is started with `--config`; DIR/server.toml in its folder if not said
    #[arg(long, value_name = "FILE", global = true, conflicts_with = "server")]
    config: Option<PathBuf>,
}

impl Console {
    /// The folder that somebody named.
    pub fn data(&self) -> Option<PathBuf> {
        let named = || std::env::var_os(DATA).filter(|folder| !folder.is_empty()).map(PathBuf::from);
        self.data.clone().or_else(named)
    }

    /// The file that somebody named.
    pub fn config(&self) -> Option<&Path> {
        self.config.as_deref()
    }
}
