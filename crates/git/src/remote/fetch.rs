//! Looks where the remote's branches are, and brings in what differs. One look costs one connection; nothing is fetched
//! where nothing has changed.

use super::copy::Remote;
use super::git::LOOK;
use std::collections::BTreeMap;
use std::time::Duration;
use switchback_core::ports::repository::Repo;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{CommitId, Oid};

/// How long a fetch may take.
const FETCH: Duration = Duration::from_secs(60 * 60);

/// How conflicts were settled travels with the repository, and is taken in by whoever fetches it (`SPEC X5`).
const RESOLUTIONS: &str = "refs/switchback/resolutions";

/// Where refs stand.
type Refs = BTreeMap<String, Oid>;

impl Remote {
    /// Where the remote's branches are, with what else is wanted of it, and which one is its default branch.
    ///
    /// # Errors
    /// What keeps it from answering.
    pub(super) fn listed(&self) -> Result<(Refs, Option<String>), Fault> {
        let words = ["ls-remote", "--symref", "--", self.address(), "HEAD", "refs/heads/*", RESOLUTIONS];
        let said = self.asked(&words, LOOK)?;
        let text = String::from_utf8_lossy(&said);
        let (mut refs, mut default) = (Refs::new(), None);
        for (value, name) in text.lines().filter_map(|line| line.split_once('\t')) {
            match (value.strip_prefix("ref: refs/heads/"), Oid::from_hex(value)) {
                (Some(branch), _) if name == "HEAD" => default = Some(branch.to_owned()),
                (_, Some(id)) if name.starts_with("refs/heads/") || name == RESOLUTIONS => {
                    refs.insert(name.to_owned(), id);
                }
                _ => {}
            }
        }
        Ok((refs, default))
    }

    /// Brings the copy's branches to where the remote's are, whatever was done to them there.
    ///
    /// # Errors
    /// What keeps it from answering; the copy is as it was, or further.
    pub fn refresh(&self, repo: &dyn Repo) -> Result<(), Fault> {
        let _held = self.hold()?;
        let (mut there, default) = self.listed()?;
        let resolutions = there.remove(RESOLUTIONS);
        let here: Refs = repo.references("refs/heads/")?.into_iter().map(|(name, at)| (name, at.0)).collect();
        if here != there {
            let words = ["fetch", "--no-write-fetch-head", "--no-tags", "--prune", "--quiet", "--", self.address()];
            let refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
            self.asked(&[&words[..], &refs[..]].concat(), FETCH)?;
        }
        if let Some(there) = resolutions.filter(|there| !is_known(repo, CommitId(*there))) {
            let refs = format!("+{there}:{RESOLUTIONS}");
            self.asked(
                &["fetch", "--no-write-fetch-head", "--no-tags", "--quiet", "--", self.address(), &refs],
                FETCH,
            )?;
        }
        if self.contact().default_branch != default {
            self.shown_as(default.as_deref())?;
        }
        self.contacts.reached(&self.git_dir, self.now(), default);
        Ok(())
    }
}

/// The branches among what `ls-remote` says.
pub(super) fn heads(listed: &str) -> impl Iterator<Item = (String, Oid)> {
    let pairs = listed.lines().filter_map(|line| line.split_once('\t'));
    pairs.filter_map(|(id, name)| Some((name.starts_with("refs/heads/").then(|| name.to_owned())?, Oid::from_hex(id)?)))
}

/// Whether what is remembered here contains that already.
fn is_known(repo: &dyn Repo, there: CommitId) -> bool {
    match repo.reference(RESOLUTIONS) {
        Ok(Some(here)) => here == there || repo.reaches(here, there).unwrap_or(false),
        _ => false,
    }
}
