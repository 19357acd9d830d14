//! The houses of a server: pipelines of several repositories, kept for everybody who is signed in (`SPEC W4`).

use crate::caller;
use crate::entrance::{Beginning, Begun, Keeper};
use crate::failure::{Said, no};
use crate::notices::ways::{Means, Ways};
use crate::remotes::{Kept, RemoteRepository};
use crate::repository::{Identity, Repository, Surroundings, by_name};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use switchback_api::Failure;
use switchback_core::content::Signature;
use switchback_core::ledger::snapshot::Actor;
use switchback_core::ports::people::People;
use switchback_core::ports::progress::Silent;
use switchback_core::ports::witness::Witness;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::UserName;
use switchback_core::words::refusal::closest;
use switchback_core::words::remedy::Remedy;
use switchback_engine::house::House;
use switchback_engine::interrupt::Interrupt;
use switchback_engine::visit::Visit;

/// Keeps the houses of several repositories.
pub struct Shared {
    repositories: Vec<Kept>,
    /// Which pipelines there were when somebody looked last, each with the place of its repository.
    known: Mutex<Vec<(String, usize)>>,
    ways: Arc<Ways>,
}

impl Shared {
    /// Those of repositories in these folders and on these remotes; commits name people as the server knows them.
    ///
    /// # Errors
    /// `repository-unwritable` for the copy of a remote.
    pub fn of(
        (folders, remotes): (Vec<PathBuf>, Vec<RemoteRepository>),
        ways: &Arc<Ways>,
        (interrupt, witness): (&Interrupt, Arc<dyn Witness>),
    ) -> Result<Self, Fault> {
        let (known_to, wrote_to) = (Arc::clone(&ways.people), Arc::clone(&ways.people));
        let means_of = Arc::clone(ways);
        let surroundings = Surroundings {
            people: Arc::new(move |user: &UserName, _: Option<&Identity>| known(&*known_to, user)),
            writers: Arc::new(move |author: &Signature| wrote(&*wrote_to, author)),
            progress: Arc::new(Silent),
            witness,
            interrupt: interrupt.clone(),
            may_call: Arc::new(move |address| means_of.means().settings.allowed.may_call(address)),
        };
        let here = folders.into_iter().map(|folder| Ok(Kept::here(folder, surroundings.clone())));
        let elsewhere = remotes.into_iter().map(|remote| Kept::elsewhere(remote, surroundings.clone()));
        let repositories = here.chain(elsewhere).collect::<Result<_, Fault>>()?;
        Ok(Self { repositories, known: Mutex::default(), ways: Arc::clone(ways) })
    }

    /// Every repository, those too whose copy has yet to come.
    pub fn kept(&self) -> &[Kept] {
        &self.repositories
    }

    /// Every pipeline that has begun; looks where they are.
    ///
    /// # Errors
    /// A fault of a repository or its ledger.
    pub fn pipelines(&self) -> Result<Vec<String>, Fault> {
        let mut all = Vec::new();
        let there = self.repositories.iter().enumerate().filter_map(|(place, kept)| Some((place, kept.there().ok()?)));
        for (place, repository) in there {
            all.extend(repository.pipelines()?.into_iter().map(|pipeline| (pipeline, place)));
        }
        let names = all.iter().map(|(pipeline, _)| pipeline.clone()).collect();
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = all;
        Ok(names)
    }

    /// The pipelines as they were when somebody looked last, each with the place of its repository. Somebody looks after
    /// every write.
    pub fn known(&self) -> Vec<(String, usize)> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn repository_of(&self, pipeline: &str) -> Result<&Repository, Failure> {
        let all = self.pipelines().said()?;
        let known = self.known();
        let found = known.iter().find(|(name, _)| name == pipeline);
        found.and_then(|(_, place)| self.repositories.get(*place)?.there().ok()).ok_or_else(|| {
            let step = match closest(pipeline, &all) {
                Some(name) => Remedy::DidYouMeanPipeline { name },
                None => Remedy::NamePipeline { names: all },
            };
            no("unknown-pipeline", format!("there is no pipeline `{pipeline}` here{}", self.yet_to_come()), step)
        })
    }

    /// How much of each copy has come that is fetched for the first time.
    pub fn coming(&self) -> Vec<u8> {
        self.repositories.iter().filter_map(Kept::coming).collect()
    }

    /// What every repository is called.
    fn names(&self) -> Vec<String> {
        let mut taken = BTreeSet::new();
        let name = |kept: &Kept| {
            let name = kept.name(&taken);
            taken.insert(name.clone());
            name
        };
        self.repositories.iter().map(name).collect()
    }

    /// The repository that a new pipeline begins in.
    fn repository_for(&self, named: Option<&str>) -> Result<&Repository, Failure> {
        let names = || self.names();
        let missing = |message: String| {
            let step = format!("name one of: {}", names().join(", "));
            Err(no("unknown-repository", message, step.as_str()))
        };
        match (named, self.repositories.as_slice()) {
            (None, [only]) => only.there().said(),
            (None, several) => missing(format!("this server keeps {} repositories, and none is named", several.len())),
            (Some(named), all) => match names().iter().position(|name| name == named) {
                Some(place) => all[place].there().said(),
                None => missing(format!("this server keeps no repository that is called `{named}`")),
            },
        }
    }

    /// What is to be known of pipelines that may be in a copy which has yet to come.
    fn yet_to_come(&self) -> String {
        let told = self.repositories.iter().filter_map(|kept| Some(kept.there().err()?.message));
        told.map(|message| format!("; {message}")).collect()
    }
}

impl Keeper for Shared {
    fn open(&self, pipeline: Option<&str>) -> Result<House, Failure> {
        match pipeline {
            Some(name) => self.repository_of(name)?.house(pipeline).said(),
            // What keeps it from having begun is what its door says.
            None => match self.repositories.as_slice() {
                [only] => only.there().said()?.house(None).said(),
                several => {
                    let count = several.len();
                    let message = format!("no pipeline has begun in any of {count} repositories{}", self.yet_to_come());
                    Err(no("unknown-pipeline", message, "begin one, and name the repository that it begins in"))
                }
            },
        }
    }

    fn principal(&self, _named: Option<&str>) -> Result<Actor, Failure> {
        Err(no("not-signed-in", "nobody is signed in", "sign in, or come with a token"))
    }

    fn only(&self) -> Result<Option<String>, Failure> {
        let mut known = self.known();
        if known.is_empty() {
            self.pipelines().said()?;
            known = self.known();
        }
        match known.as_slice() {
            [] => Ok(None),
            [(only, _)] => Ok(Some(only.clone())),
            several => {
                let message = format!("this server keeps {} pipelines, and none is named", several.len());
                let names = several.iter().map(|(name, _)| name.clone()).collect();
                Err(no("unknown-pipeline", message, Remedy::NamePipeline { names }))
            }
        }
    }

    fn means(&self) -> Option<Arc<Means>> {
        Some(self.ways.means())
    }

    fn begin(&self, visit: &Visit, beginning: Beginning<'_>) -> Result<Begun, Failure> {
        let begun = self.repository_for(beginning.repository)?.begin(visit, beginning).said()?;
        self.pipelines().said()?;
        Ok(begun)
    }
}

/// Who wrote a commit: whose address it bears, or else who is called as it says.
fn wrote(people: &dyn People, author: &Signature) -> UserName {
    let known = people.person_at(&author.email).ok().flatten();
    known.map_or_else(|| by_name(author), |person| person.name)
}

/// How commits name somebody: as the server knows them, or by their name alone.
fn known(people: &dyn People, user: &UserName) -> Actor {
    match people.person(user.as_str()) {
        Ok(Some(person)) => {
            let groups = people.groups_of(user).unwrap_or_default();
            let called = people.called(user).unwrap_or_default();
            Actor { groups, ..caller::actor(&person, &called) }
        }
        _ => Actor::new(user.clone(), user.to_string(), format!("{user}@localhost")),
    }
}
