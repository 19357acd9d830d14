//! `resolve`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::{ArgGroup, Args};
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use switchback_api::verbs::resolve::{Bytes, ResolveRequest, With};
use switchback_api::{Failure, Usage};

/// Settle one conflict; after the last one the promotion goes on by itself
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("with").required(true).args(["ours", "theirs", "file"])))]
#[command(
    after_help = "Examples:\n  switchback resolve P-7 web/index.html --theirs\n  switchback resolve P-7 web/index.html --file merged.html"
)]
pub struct ResolveArguments {
    /// Which promotion
    #[arg(value_name = "P-N")]
    promotion: String,
    /// The path in conflict, as `conflicts` shows it
    path: OsString,
    /// Keep what the destination holds
    #[arg(long)]
    ours: bool,
    /// Take what the change wants
    #[arg(long)]
    theirs: bool,
    /// Take what this file holds
    #[arg(long)]
    file: Option<PathBuf>,
    /// The change, where several conflict on one path
    #[arg(long)]
    change: Option<String>,
}

impl ResolveArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        let with = match (&self.file, self.ours) {
            (Some(file), _) => With::Content(read(file)?),
            (None, true) => With::Ours,
            (None, false) => With::Theirs,
        };
        let path = written(&self.path);
        let request = ResolveRequest { promotion: self.promotion, path, change: self.change, with };
        session.tell(&request, render::operation::answer).await
    }
}

fn read(file: &Path) -> Result<Bytes, Failure> {
    std::fs::read(file).map(Bytes).map_err(|why| {
        Failure::Usage(Usage {
            code: "unreadable-file".to_owned(),
            message: format!("`{}` cannot be read: {why}", file.display()),
            hint: "name the file that holds the settled content".to_owned(),
            place: None,
        })
    })
}

/// Bytes that are no UTF-8 are written `\xNN`, as `conflicts` writes them.
fn written(path: &OsStr) -> String {
    let mut text = String::new();
    for chunk in path.as_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a text cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_no_text_is_written_as_conflicts_writes_it() {
        assert_eq!(written(OsStr::new("web/ü.html")), "web/ü.html");
        assert_eq!(written(OsStr::from_bytes(b"web/\xff.html")), "web/\\xff.html");
    }
}
