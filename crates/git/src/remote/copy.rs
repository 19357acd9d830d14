//! The bare copy of a remote: where it is, what it is a copy of, and how it begins.

use super::contact::Contacts;
use super::git::{self, LOOK, Program};
use super::outbox;
use super::reach::MayCall;
use super::said;
use super::setup::{Setup, settings};
use super::url::LocalRemotes;
use std::fs::{self, File};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use switchback_core::ports::branches::{Contact, OPERATIONS};
use switchback_core::ports::repository::RefMove;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;

/// How long the first fetch may take.
const FIRST: Duration = Duration::from_secs(12 * 60 * 60);

/// What a remote does not know itself.
pub struct Surroundings {
    /// The time.
    pub now: Box<dyn Fn() -> Time + Send + Sync>,
    /// Whether somebody wants the work to stop.
    pub stop: Box<dyn Fn() -> bool + Send + Sync>,
    /// Which addresses of the network it may call: nobody's name leads it to what is beside the server.
    pub may_call: Arc<MayCall>,
    /// Who hears how much of a first fetch has come, in parts of a hundred.
    pub came: Box<dyn Fn(u8) + Send + Sync>,
}

/// A remote, and the copy of it that is worked in.
pub struct Remote {
    pub(super) git_dir: PathBuf,
    pub(super) setup: Setup,
    pub(super) contacts: Contacts,
    surroundings: Surroundings,
}

impl Remote {
    /// The remote that a repository is a copy of; `None` where it is a repository of its own.
    ///
    /// # Errors
    /// `remote-address-refused`, `remote-credential-unusable` for what somebody wrote there.
    pub fn of(git_dir: &Path, surroundings: Surroundings) -> Result<Option<Self>, Fault> {
        match fs::read_to_string(settings(git_dir)) {
            Ok(text) => Ok(Some(Self::new(git_dir, Setup::read(&text)?, surroundings))),
            Err(_) => Ok(None),
        }
    }

    fn new(git_dir: &Path, setup: Setup, surroundings: Surroundings) -> Self {
        let (local, others) = (setup.local, Arc::clone(&surroundings.may_call));
        // Where a remote may be a folder of this machine, it may be a program of it as well.
        let is_here = move |address: IpAddr| local == LocalRemotes::Allowed && address.is_loopback();
        let may_call = Arc::new(move |address| is_here(address) || others(address));
        let surroundings = Surroundings { may_call, ..surroundings };
        let (git_dir, contacts) = (git_dir.to_owned(), Contacts::of(git_dir));
        Self { git_dir, setup, contacts, surroundings }
    }

    /// Makes the copy of a remote where there is none, which takes as long as a clone; where there is one, it is a copy of
    /// this from now on. Nobody sees one that is not whole.
    ///
    /// # Errors
    /// What keeps it from being fetched, `repository-unwritable`; a copy that is there needs no remote.
    pub fn keep(place: &Path, setup: &Setup, surroundings: Surroundings) -> Result<(), Fault> {
        let unwritable = |error: std::io::Error| unwritable(place, &error);
        if !place.exists() {
            let beside = place.with_extension("coming");
            if beside.exists() {
                // Whoever began it is dead: there is one server to a folder.
                fs::remove_dir_all(&beside).map_err(unwritable)?;
            }
            fs::create_dir_all(beside.join("switchback")).map_err(unwritable)?;
            fs::write(settings(&beside), setup.written()).map_err(unwritable)?;
            let remote = Self::new(&beside, setup.clone(), surroundings);
            remote.begin()?;
            return fs::rename(&beside, place).map_err(unwritable);
        }
        match fs::read_to_string(settings(place)) {
            Ok(text) if text == setup.written() => Ok(()),
            _ => fs::create_dir_all(place.join("switchback"))
                .and_then(|()| fs::write(settings(place), setup.written()))
                .map_err(unwritable),
        }
    }

    fn begin(&self) -> Result<(), Fault> {
        git::here(&self.git_dir, &["init", "--bare", "--quiet", "."])?;
        let (heads, default) = self.listed()?;
        let mut words = vec!["fetch", "--no-write-fetch-head", "--no-tags", "--progress", "--", self.address()];
        words.extend(["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]);
        // What an earlier copy brought there is wanted as well, and what it was about to do: it may have died before it could.
        words.push("+refs/switchback/*:refs/switchback/*");
        let under_way = self.asked(&["ls-remote", "--", self.address(), &format!("{OPERATIONS}*")], LOOK)?;
        let under_way = String::from_utf8_lossy(&under_way).into_owned();
        let names = under_way.lines().filter_map(|line| Some(line.split_once('\t')?.1.to_owned()));
        let noted: Vec<RefMove> = names.map(|name| RefMove { name, from: None, to: None }).collect();
        drop(outbox::note(&self.git_dir, &noted)?);
        if !heads.is_empty() {
            let heard = |said: &[u8]| said::came(said).into_iter().for_each(&*self.surroundings.came);
            self.asked_by(&Program { heard: &heard, ..self.program() }, &words, FIRST)?;
        }
        self.shown_as(default.as_deref())?;
        self.contacts.reached(&self.git_dir, self.now(), default);
        Ok(())
    }

    /// How it stands with it.
    pub fn contact(&self) -> Contact {
        self.contacts.told(&self.setup.url)
    }

    pub(super) fn address(&self) -> &str {
        self.setup.url.as_str()
    }

    pub(super) fn now(&self) -> Time {
        (self.surroundings.now)()
    }

    pub(super) fn program(&self) -> Program<'_> {
        let heard = &git::unheard;
        let Surroundings { stop, may_call, .. } = &self.surroundings;
        Program { git_dir: &self.git_dir, setup: &self.setup, stop: &**stop, may_call: &**may_call, heard }
    }

    /// Asks the remote something through git; what it said.
    ///
    /// # Errors
    /// What keeps it from answering, which is known to everybody from then on.
    pub(super) fn asked(&self, words: &[&str], patience: Duration) -> Result<Vec<u8>, Fault> {
        self.asked_by(&self.program(), words, patience)
    }

    fn asked_by(&self, program: &Program<'_>, words: &[&str], patience: Duration) -> Result<Vec<u8>, Fault> {
        let asked = program.run(words, patience).and_then(|said| said.or_failure(&self.setup.url));
        asked.inspect_err(|fault| self.contacts.failed(&self.git_dir, self.now(), fault))
    }

    /// The same where what it would not take is an answer too.
    pub(super) fn said(&self, words: &[&str], patience: Duration) -> Result<git::Said, Fault> {
        self.program().run(words, patience).inspect_err(|fault| self.contacts.failed(&self.git_dir, self.now(), fault))
    }

    /// Held while refs of the copy follow those of the remote, or go there: what is seen of it must not be older than what
    /// is known.
    ///
    /// # Errors
    /// `repository-unwritable`.
    pub(super) fn hold(&self) -> Result<File, Fault> {
        let path = self.git_dir.join("switchback").join("remote.lock");
        let held = File::create(path).and_then(|file| file.lock().map(|()| file));
        held.map_err(|error| unwritable(&self.git_dir, &error))
    }

    /// The copy's own default branch is the remote's.
    pub(super) fn shown_as(&self, default: Option<&str>) -> Result<(), Fault> {
        match default {
            Some(name) => git::here(&self.git_dir, &["symbolic-ref", "HEAD", &format!("refs/heads/{name}")]),
            None => Ok(()),
        }
    }
}

fn unwritable(place: &Path, error: &std::io::Error) -> Fault {
    switchback_machine::disk::disk_fault(error).unwrap_or_else(|| {
        Fault::new(
            "repository-unwritable",
            format!("{} cannot be written: {error}", place.display()),
            "give the user who runs this write access to that folder",
        )
    })
}
