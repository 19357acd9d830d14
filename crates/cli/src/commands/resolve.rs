//! `resolve`: the words it takes.

use crate::handover::sides::Markers;
use crate::handover::{editor, merge_tool};
use crate::render;
use crate::session::{Session, Told};
use clap::{ArgGroup, Args};
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use switchback_api::conflict::Conflict;
use switchback_api::verbs::conflicts::ConflictsRequest;
use switchback_api::verbs::resolve::{Bytes, ResolveRequest, With};
use switchback_api::{Failure, Usage};

/// Settle conflicts; after the last one the promotion goes on by itself
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("with").required(true).args(["ours", "theirs", "base", "file", "proposed", "reuse", "editor", "tool"])))]
#[command(
    after_help = "Examples:\n  switchback resolve P-7 web/index.html --theirs\n  switchback resolve P-7 web/index.html --file merged.html\n  switchback resolve P-7 --tool meld"
)]
pub struct ResolveArguments {
    /// Which promotion
    #[arg(value_name = "P-N")]
    promotion: String,
    /// The path in conflict, as `conflicts` shows it; --editor and --tool take all, one by one, if none is named
    #[arg(required_unless_present_any = ["editor", "tool"])]
    path: Option<OsString>,
    /// Keep what the destination holds
    #[arg(long)]
    ours: bool,
    /// Take what the change wants
    #[arg(long)]
    theirs: bool,
    /// Take what both started from
    #[arg(long)]
    base: bool,
    /// Take what this file holds
    #[arg(long)]
    file: Option<PathBuf>,
    /// Take what is proposed, as `conflicts` shows it
    #[arg(long)]
    proposed: bool,
    /// Take what a resolution about another file makes of it, as `conflicts` shows it
    #[arg(long, value_name = "ID")]
    reuse: Option<String>,
    /// Settle it in the editor git is configured for
    #[arg(long)]
    editor: bool,
    /// Settle it in a merge tool that git knows; the configured one if none is named
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    tool: Option<String>,
    /// The change, where several conflict on one path
    #[arg(long)]
    change: Option<String>,
    /// The stage, where the path conflicts on several
    #[arg(long)]
    stage: Option<String>,
    /// Take a result that breaks a structured file, or holds conflict markers
    #[arg(long)]
    anyway: bool,
}

impl ResolveArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        let with = match &self.file {
            Some(file) => With::Content(read(file)?),
            None if self.reuse.is_some() => With::Reuse(self.reuse.clone().unwrap_or_default()),
            None if self.proposed => With::Proposed,
            None if self.ours => With::Ours,
            None if self.base => With::Base,
            None if self.theirs => With::Theirs,
            None => return self.by_hand(session).await,
        };
        let path = self.path.as_deref().map(written).unwrap_or_default();
        self.settle(session, Which { path, change: self.change.clone(), stage: self.stage.clone() }, with).await
    }

    /// One conflict after the other, in a program of the person's own. After each the promotion may go on, and what is
    /// left be another.
    async fn by_hand(self, session: &Session) -> Result<Told, Failure> {
        let asked = ConflictsRequest {
            promotion: self.promotion.clone(),
            to_settle: true,
            path: self.path.as_deref().map(written),
            change: self.change.clone(),
            stage: self.stage.clone(),
        };
        let markers = if self.anyway { Markers::Take } else { Markers::Refuse };
        let mut last: Option<(Conflict, Told)> = None;
        loop {
            let open = session.ask(&asked).await;
            let conflict = match (open, last.take()) {
                // After the last one there is nothing left to settle, and what was settled is the answer.
                (Err(Failure::Refused(_)), Some((_, told))) => return Ok(told),
                (open, before) => {
                    last = before;
                    open?.view.conflicts.into_iter().next()
                }
            };
            let Some(conflict) = conflict else { break };
            // A dry run settles nothing, so the same one would come for ever.
            if last.as_ref().is_some_and(|(before, _)| *before == conflict) {
                break;
            }
            let content = match &self.tool {
                Some(tool) => merge_tool::merged(session.dir(), tool, &conflict, markers)?,
                None => editor::edited(session.dir(), &conflict, markers)?,
            };
            let (change, stage) = (Some(conflict.change.clone()), Some(conflict.stage.clone()));
            let which = Which { path: conflict.path.clone(), change, stage };
            let told = self.settle(session, which, With::Content(Bytes(content))).await?;
            last = Some((conflict, told));
        }
        last.map(|(_, told)| told).ok_or_else(|| Failure::bug("a promotion waits for nothing".to_owned()))
    }

    async fn settle(&self, session: &Session, which: Which, with: With) -> Result<Told, Failure> {
        let (Which { path, change, stage }, promotion) = (which, self.promotion.clone());
        let request = ResolveRequest { promotion, path, change, stage, with, anyway: self.anyway };
        session.tell(&request, render::operation::answer).await
    }
}

/// Which conflict.
struct Which {
    path: String,
    change: Option<String>,
    stage: Option<String>,
}

fn read(file: &Path) -> Result<Bytes, Failure> {
    std::fs::read(file).map(Bytes).map_err(|why| {
        Failure::Usage(Usage {
            code: "unreadable-file".to_owned(),
            message: format!("`{}` cannot be read: {why}", file.display()),
            hint: "name the file that holds the settled content".to_owned(),
            remedy: None,
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
