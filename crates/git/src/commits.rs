//! Commits: made of drafts, read into what they say; and who git says is committing.

use super::faults::failed;
use super::ids::from_git;
use super::objects::Objects;
use gix::objs::Kind as ObjectKind;
use std::fmt::Write as _;
use switchback_core::content::{CommitDraft, Signature};
use switchback_core::ports::repository::CommitInfo;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;
use switchback_core::words::object::{CommitId, TreeId};

/// Writes a draft down as git does. Times are kept to the second, in UTC.
pub(super) fn make(git: &gix::Repository, objects: &Objects, draft: &CommitDraft) -> Result<CommitId, Fault> {
    let mut text = format!("tree {}\n", draft.tree);
    // Writing to a text cannot fail.
    for parent in &draft.parents {
        let _ = writeln!(text, "parent {parent}");
    }
    let _ = writeln!(text, "author {}", line(&draft.author));
    let _ = writeln!(text, "committer {}", line(&draft.committer));
    text.push('\n');
    text.push_str(draft.message.trim_matches('\0'));
    let bytes = text.replace('\0', "\u{fffd}").into_bytes();
    // Walks through history are gix's, so it must know the commit too.
    let written = gix::objs::Write::write_buf(&git.objects, ObjectKind::Commit, &bytes);
    written.map_err(|error| failed(git, "making a commit", &error))?;
    objects.make(ObjectKind::Commit, bytes).map(CommitId)
}

/// `Name <address> seconds zone`, without the characters that git reserves.
fn line(signature: &Signature) -> String {
    let clean = |text: &str| -> String {
        let kept: String = text.chars().filter(|char| !matches!(char, '<' | '>' | '\n' | '\0')).collect();
        kept.trim_matches(|char: char| char.is_whitespace() || ".,:;\"'\\".contains(char)).to_owned()
    };
    let seconds = signature.time.0.div_euclid(1000).max(0);
    format!("{} <{}> {seconds} +0000", clean(&signature.name), clean(&signature.email))
}

/// Reads what a commit says.
pub(super) fn read(objects: &Objects, id: CommitId) -> Result<CommitInfo, Fault> {
    let bytes = objects.read(id.0, ObjectKind::Commit)?;
    let damaged =
        || Fault::new("object-unreadable", format!("commit {id} is damaged"), "run `git fsck` in the repository");
    let commit = gix::objs::CommitRef::from_bytes(&bytes, gix::hash::Kind::Sha1).map_err(|_| damaged())?;
    let person = |who: gix::actor::SignatureRef<'_>| {
        let seconds = who.time().map_or(0, |time| time.seconds);
        Signature { name: who.name.to_string(), email: who.email.to_string(), time: Time(seconds * 1000) }
    };
    Ok(CommitInfo {
        id,
        tree: TreeId(from_git(&commit.tree())),
        parents: commit.parents().map(|parent| CommitId(from_git(&parent))).collect(),
        author: person(commit.author().map_err(|_| damaged())?),
        committer: person(commit.committer().map_err(|_| damaged())?),
        message: commit.message.to_string(),
    })
}

/// The person git is configured for, the way git looks for them.
pub(super) fn identity(opened: &gix::Repository) -> Option<(String, String)> {
    // Merging needs no configuration but the repository's own, so all of it is read only here.
    let options = gix::open::Options::default().permissions(gix::open::Permissions::all()).open_path_as_is(true);
    let git = gix::open_opts(opened.git_dir(), options).ok()?;
    // gix's own look-up also tells the time, for which it reads the system's table of time zones.
    let config = git.config_snapshot();
    let find = |variable: &str, keys: [&str; 2]| {
        let configured = || keys.iter().find_map(|key| config.string(*key)).map(|value| value.to_string());
        std::env::var(variable).ok().or_else(configured)
    };
    Some((
        find("GIT_COMMITTER_NAME", ["committer.name", "user.name"])?,
        find("GIT_COMMITTER_EMAIL", ["committer.email", "user.email"])?,
    ))
}
