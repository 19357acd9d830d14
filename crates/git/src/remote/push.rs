//! Moves refs of the remote: each only from where it is known to stand, in one push together or each for itself.

use super::copy::Remote;
use super::outbox::{self, OURS};
use super::said::{self, Answer};
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::time::Duration;
use switchback_core::ports::branches::OPERATIONS;
use switchback_core::ports::repository::Repo;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::CommitId;

/// How long a push may take.
const PUSH: Duration = Duration::from_secs(60 * 60);

/// How many refs go in one push that need not go together: arguments have an end.
const AT_ONCE: usize = 500;

/// Moves a ref only from where it is known to stand.
const LEASE: &str = "--force-with-lease=";

/// Others may have gone on there, too: it is only moved forward.
const SHARED: &str = "refs/switchback/resolutions";

/// A ref of the remote to be moved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Wish {
    /// Its full name.
    pub name: String,
    /// Where it shall stand; `None` deletes it.
    pub to: Option<CommitId>,
    /// From where.
    pub from: From,
}

/// From where a ref is moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum From {
    /// From there and nowhere else.
    Exactly(CommitId),
    /// It is made: nothing has that name.
    Nowhere,
    /// From anything that it contains.
    Behind,
    /// From anywhere: nobody else has a say.
    Anywhere,
}

/// Whether all are moved or none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Together {
    /// All, or none.
    Atomic,
    /// As many as can be.
    Each,
}

impl Wish {
    fn refspec(&self) -> String {
        let to = self.to.map(|to| to.to_string()).unwrap_or_default();
        let force = if self.from == From::Anywhere && self.to.is_some() { "+" } else { "" };
        format!("{force}{to}:{}", self.name)
    }

    fn lease(&self) -> Option<String> {
        match self.from {
            From::Exactly(from) => Some(format!("{LEASE}{}:{from}", self.name)),
            From::Nowhere => Some(format!("{LEASE}{}:", self.name)),
            From::Behind | From::Anywhere => None,
        }
    }
}

impl Remote {
    /// Moves refs of the remote; what became of each.
    ///
    /// # Errors
    /// What keeps it from answering.
    pub(super) fn push(&self, wishes: &[Wish], together: Together) -> Result<BTreeMap<String, Answer>, Fault> {
        let mut found = self.pushed(wishes, together)?;
        let unable = |answer: &Answer| matches!(answer, Answer::Refused(why) if why.contains("atomic"));
        if together == Together::Atomic && (found.is_empty() || found.values().any(unable)) {
            // The other side cannot move several together, and then says nothing of any.
            found = self.pushed(wishes, Together::Each)?;
        }
        for (name, answer) in &found {
            match answer {
                Answer::Done => self.contacts.took(name),
                Answer::Refused(_) => self.contacts.refused(name, &self.unwilling(name, answer)),
                Answer::Stale | Answer::Together => {}
            }
        }
        Ok(found)
    }

    fn pushed(&self, wishes: &[Wish], together: Together) -> Result<BTreeMap<String, Answer>, Fault> {
        let mut words = vec!["push".to_owned(), "--porcelain".to_owned(), "--no-verify".to_owned()];
        words.extend((together == Together::Atomic).then(|| "--atomic".to_owned()));
        words.extend(wishes.iter().filter_map(Wish::lease));
        words.extend(["--".to_owned(), self.address().to_owned()]);
        words.extend(wishes.iter().map(Wish::refspec));
        let said = self.said(&words.iter().map(String::as_str).collect::<Vec<_>>(), PUSH)?;
        let mut found: BTreeMap<String, Answer> = said::answers(&said.output).into_iter().collect();
        let cannot = || String::from_utf8_lossy(&said.complaint).contains("receiving end does not support");
        if !said.is_done && found.is_empty() && !(together == Together::Atomic && cannot()) {
            let fault = said::failure(&self.setup.url, &said.complaint);
            self.contacts.failed(&self.git_dir, self.now(), &fault);
            return Err(fault);
        }
        let words = said::words_of_remote(&said.complaint);
        for answer in found.values_mut() {
            if let Answer::Refused(why) = answer {
                why.push_str(&words);
            }
        }
        Ok(found)
    }

    /// The sentence of a ref that the remote will not move.
    pub(super) fn unwilling(&self, name: &str, answer: &Answer) -> Fault {
        let url = &self.setup.url;
        let why = match answer {
            Answer::Refused(why) => why.as_str(),
            Answer::Done | Answer::Stale | Answer::Together => "it stands elsewhere",
        };
        match name.strip_prefix("refs/heads/") {
            Some(branch) => Fault::new(
                "remote-protected",
                format!("the remote {url} does not let branch {branch} be moved: {why}; the ledger stands"),
                format!("let whom this server comes as push to {branch}; it follows by itself then"),
            ),
            None => Fault::new(
                "remote-refused",
                format!("the remote {url} does not take {name}: {why}"),
                "let whom this server comes as push refs below `refs/switchback/`",
            ),
        }
    }

    /// Brings the refs of ours that moved to the remote.
    ///
    /// # Errors
    /// What keeps the remote from answering, or one of them from being taken: they go later.
    pub(super) fn send(&self, repo: &dyn Repo) -> Result<(), Fault> {
        let _held = self.hold()?;
        let at_rest = outbox::at_rest(&self.git_dir)?;
        let waiting = outbox::waiting(&self.git_dir);
        if waiting.names.is_empty() {
            return Ok(());
        }
        let (mut still, mut unwilling) = (BTreeSet::new(), None);
        let mut wishes = Vec::new();
        for name in waiting.names.iter().filter(|name| name.starts_with(OURS)) {
            let to = repo.reference(name)?;
            if name.starts_with(OPERATIONS) && to.is_some() {
                // It goes when its operation has come to its end.
                still.insert(name.clone());
                continue;
            }
            if let Err(fault) = self.contacts.unless_quiet_about(name) {
                unwilling = Some(fault);
                still.insert(name.clone());
                continue;
            }
            let from = if name == SHARED { From::Behind } else { From::Anywhere };
            wishes.push(Wish { name: name.clone(), to, from });
        }
        drop(at_rest);
        for some in wishes.chunks(AT_ONCE) {
            for (name, answer) in self.push(some, Together::Each)? {
                match answer {
                    Answer::Done => {}
                    // Others went on there: the next fetch brings it, and what both came to is moved then.
                    Answer::Stale => {}
                    Answer::Refused(_) | Answer::Together => {
                        unwilling = Some(self.unwilling(&name, &answer));
                        still.insert(name);
                    }
                }
            }
        }
        outbox::take_away(&self.git_dir, &waiting, &still)?;
        unwilling.map_or(Ok(()), Err)
    }
}
