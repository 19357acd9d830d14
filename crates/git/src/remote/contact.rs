//! How it stands with a remote: when it was seen last, since when it is away, what it will not take. Kept beside the copy,
//! so that a server that begins anew while the remote is away can say since when.

use super::url::RemoteUrl;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use switchback_core::ports::branches::Contact;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;

/// How long what goes on by itself leaves a remote alone that did not take something.
const QUIET: Duration = Duration::from_secs(30);

/// What can be said of a remote that is away; a fault that was kept is one of these.
const AWAY: [&str; 5] =
    ["remote-unreachable", "remote-denied", "remote-untrusted", "remote-credential-unusable", "remote-address-refused"];

/// What is known of a remote.
#[derive(Default)]
pub(super) struct Known {
    fetched: Option<Time>,
    away: Option<(Time, Fault)>,
    /// By ref, with when it was tried last; `None` once it is worth another try.
    refused: BTreeMap<String, (Option<Instant>, Fault)>,
    default_branch: Option<String>,
    default_was: Option<String>,
    trouble: Option<(Instant, Fault)>,
}

/// The same, for everybody who has to do with it.
pub(super) struct Contacts(Mutex<Known>);

impl Contacts {
    /// What was known when somebody looked last.
    pub(super) fn of(git_dir: &Path) -> Self {
        let text = std::fs::read_to_string(path(git_dir)).unwrap_or_default();
        let said = |key: &str| {
            let mut pairs = text.lines().filter_map(|line| line.split_once(' '));
            pairs.find(|(word, _)| *word == key).map(|(_, value)| value.to_owned())
        };
        let time = |text: String| text.parse().ok().map(Time);
        let away = said("away").and_then(|text| {
            let mut words = text.splitn(3, ' ');
            let (at, code, message) = (words.next()?, words.next()?, words.next()?);
            let code = AWAY.into_iter().find(|known| *known == code)?;
            Some((Time(at.parse().ok()?), Fault::new(code, message, hint())))
        });
        Self(Mutex::new(Known {
            fetched: said("fetched").and_then(time),
            away,
            default_branch: said("default"),
            default_was: said("was"),
            ..Known::default()
        }))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It answered, and this is its default branch.
    pub(super) fn reached(&self, git_dir: &Path, at: Time, default_branch: Option<String>) {
        let mut known = self.known();
        known.fetched = Some(at);
        (known.away, known.trouble) = (None, None);
        known.refused.values_mut().for_each(|(tried, _)| *tried = None);
        if known.default_branch != default_branch {
            let was = std::mem::replace(&mut known.default_branch, default_branch);
            known.default_was = was.or(known.default_was.take());
        }
        keep(git_dir, &known);
    }

    /// It did not answer, or would not let anybody in.
    pub(super) fn failed(&self, git_dir: &Path, at: Time, fault: &Fault) {
        let mut known = self.known();
        known.trouble = Some((Instant::now(), fault.clone()));
        if AWAY.contains(&fault.code) {
            let since = known.away.as_ref().map_or(at, |(since, _)| *since);
            known.away = Some((since, fault.clone()));
            keep(git_dir, &known);
        }
    }

    /// It will not take a ref.
    pub(super) fn refused(&self, name: &str, fault: &Fault) {
        let mut known = self.known();
        known.refused.insert(name.to_owned(), (Some(Instant::now()), fault.clone()));
    }

    /// It took a ref.
    pub(super) fn took(&self, name: &str) {
        self.known().refused.remove(name);
    }

    /// What it said a moment ago, when it was away: for what need not be tried again and again.
    pub(super) fn unless_quiet(&self) -> Result<(), Fault> {
        match &self.known().trouble {
            Some((at, fault)) if at.elapsed() < QUIET => Err(fault.clone()),
            _ => Ok(()),
        }
    }

    /// The same of one ref that it did not take.
    pub(super) fn unless_quiet_about(&self, name: &str) -> Result<(), Fault> {
        match self.known().refused.get(name) {
            Some((Some(at), fault)) if at.elapsed() < QUIET => Err(fault.clone()),
            _ => Ok(()),
        }
    }

    /// The same for others.
    pub(super) fn told(&self, url: &RemoteUrl) -> Contact {
        let known = self.known();
        Contact {
            remote: url.to_string(),
            fetched: known.fetched,
            away: known.away.clone(),
            refused: known.refused.values().map(|(_, fault)| fault.clone()).collect(),
            default_branch: known.default_branch.clone(),
            default_was: known.default_was.clone(),
        }
    }
}

fn hint() -> &'static str {
    "it is tried again by itself; see that the host answers"
}

/// One that cannot be written only makes somebody know less at the next start.
fn keep(git_dir: &Path, known: &Known) {
    let mut text = String::new();
    let mut line = |key: &str, value: String| {
        let _ = writeln!(text, "{key} {}", value.replace('\n', " "));
    };
    known.fetched.into_iter().for_each(|at| line("fetched", at.0.to_string()));
    known.away.iter().for_each(|(at, fault)| line("away", format!("{} {} {}", at.0, fault.code, fault.message)));
    known.default_branch.iter().for_each(|name| line("default", name.clone()));
    known.default_was.iter().for_each(|name| line("was", name.clone()));
    let new = path(git_dir).with_extension("new");
    let _ = std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, path(git_dir)));
}

fn path(git_dir: &Path) -> std::path::PathBuf {
    git_dir.join("switchback").join("contact")
}
