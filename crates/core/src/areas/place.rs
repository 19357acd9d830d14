//! Whose place it is that an area deploys to (`SPEC A15`). A place carries an identity; one that carries none, or
//! another's, or holds what the ledger does not know, is not deployed to.

use crate::ports::target::{Identity, List, Mark, Standing};
use crate::records::area_line::AreaLine;
use crate::records::deployment::DeploymentKind;
use crate::records::version::{Place, Version};
use crate::words::details::Details;
use crate::words::names::{AreaName, PlaceId};
use crate::words::refusal::{Code, Refusal};
use std::path::Path;

mod words;

/// What is asked: whether this is the area's place.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The pipeline's name.
    pub pipeline: &'a str,
    /// The area.
    pub area: &'a AreaName,
    /// Where the configuration says that it is, as written there; `None` where a program knows.
    pub here: Option<&'a str>,
    /// Its versions.
    pub line: &'a AreaLine,
    /// What the place says of itself.
    pub found: &'a Standing,
    /// What the place says of itself that the last version was made at, where the configuration names another now.
    pub former: Option<&'a Standing>,
}

/// What a deployment may rely on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Claim {
    /// The identity stands there as it should.
    Stands(PlaceId),
    /// It has to be written first: this one where it is given, else a new one.
    Write(Option<PlaceId>),
}

/// Whether a deployment of this kind may use the place.
///
/// # Errors
/// `area-lost`, `area-moved`, `area-ahead`; for a place that is followed `nothing-to-move` where it was not moved.
pub fn claim(asked: Question<'_>, kind: &DeploymentKind) -> Result<Claim, Refusal> {
    if let Some(refusal) = of_another(asked) {
        return Err(refusal);
    }
    match kind {
        // Both say what is to stand there, whatever does; so it is this area's place from then on.
        DeploymentKind::Repair | DeploymentKind::Adopt => Ok(match asked.known_there() {
            Some(identity) => asked.named(identity),
            None => Claim::Write(None),
        }),
        DeploymentKind::Move => asked.followed(),
        _ => asked.stands(),
    }
}

/// What keeps an area from being in step with its place; `None` where it was never deployed to.
pub fn problem(asked: Question<'_>) -> Option<Refusal> {
    asked.line.current()?;
    claim(asked, &DeploymentKind::Deploy).err()
}

/// Whether the place is another area's: then nothing is done to it, not even what a dead worker left is undone.
pub fn of_another(asked: Question<'_>) -> Option<Refusal> {
    let identity = asked.found.identity.as_ref()?;
    let other = asked.known_there().is_none() && !asked.is_named(identity);
    other.then(|| words::belongs(asked, identity))
}

impl<'a> Question<'a> {
    /// The identity that the ledger knows, where it is found.
    fn known_there(self) -> Option<&'a Identity> {
        let known = self.line.place()?;
        self.found.identity.as_ref().filter(|identity| identity.id == known.id)
    }

    /// Whether an identity names this area of this pipeline.
    fn is_named(self, identity: &Identity) -> bool {
        identity.pipeline == self.pipeline && identity.area == *self.area
    }

    /// An identity of this area, whatever it was called when it was written.
    fn named(self, identity: &Identity) -> Claim {
        match self.is_named(identity) {
            true => Claim::Stands(identity.id.clone()),
            false => Claim::Write(Some(identity.id.clone())),
        }
    }

    fn stands(self) -> Result<Claim, Refusal> {
        let Some(identity) = &self.found.identity else { return self.unmarked() };
        match (self.line.current(), self.line.place()) {
            // An identity was written here before, and nothing came of it.
            (None, _) if self.mark().is_none() => Ok(Claim::Stands(identity.id.clone())),
            (None, _) => Err(words::other_ledger(self)),
            (Some(_), Some(known)) if known.id != identity.id => Err(match self.mark() {
                None => words::lost(self),
                Some(_) => words::other_ledger(self),
            }),
            (Some(_), Some(known)) if self.is_elsewhere(known) => Err(words::moved(self, known)),
            (Some(current), _) => self.in_step(current).map(|()| self.named(identity)),
        }
    }

    /// A place that says nothing of itself: new, or lost, or of a program that wrote no identities.
    fn unmarked(self) -> Result<Claim, Refusal> {
        let Some(current) = self.line.current() else {
            return match self.mark() {
                None => Ok(Claim::Write(None)),
                Some(mark) => Err(words::managed_already(self, mark)),
            };
        };
        match (self.line.place(), self.found.list) {
            (Some(known), _) => Err(match self.former.is_some_and(|former| carries(former, known)) {
                true => words::left_behind(self, known),
                false => words::lost(self),
            }),
            (None, List::Missing) => Err(words::lost(self)),
            (None, _) => self.in_step(current).map(|()| Claim::Write(None)),
        }
    }

    /// Whether what stands there is the version the ledger knows.
    fn in_step(self, current: &Version) -> Result<(), Refusal> {
        let Some(mark) = self.mark() else { return Ok(()) };
        let same = mark.commit.is_none_or(|commit| commit == current.commit);
        match mark.version.cmp(&current.number) {
            std::cmp::Ordering::Equal if same => Ok(()),
            std::cmp::Ordering::Less => Err(words::behind(self, mark)),
            std::cmp::Ordering::Equal | std::cmp::Ordering::Greater => Err(words::ahead(self, current)),
        }
    }

    /// The place was moved, and the configuration names where it stands now.
    fn followed(self) -> Result<Claim, Refusal> {
        match (self.known_there(), self.line.place()) {
            // It keeps its id: a new one could not be taken back by a worker that takes over after a crash.
            (Some(identity), Some(known)) if self.is_elsewhere(known) => Ok(self.named(identity)),
            (Some(_), _) => Err(words::stayed(self)),
            (None, _) => Err(self.stands().err().unwrap_or_else(|| words::stayed(self))),
        }
    }

    fn mark(self) -> Option<Mark> {
        match self.found.list {
            List::Of(mark) => Some(mark),
            List::Missing | List::Damaged | List::Rebuilt => None,
        }
    }

    /// Whether the configuration names another place than the one the last version was made at.
    fn is_elsewhere(self, known: &Place) -> bool {
        known.at.as_deref().zip(self.here).is_some_and(|(then, now)| Path::new(then) != Path::new(now))
    }
}

fn carries(standing: &Standing, known: &Place) -> bool {
    standing.identity.as_ref().is_some_and(|identity| identity.id == known.id)
}

/// Where the last version was made, if the configuration names another place now.
pub fn former<'a>(line: &'a AreaLine, here: Option<&str>) -> Option<&'a str> {
    let then = line.place()?.at.as_deref()?;
    (Path::new(then) != Path::new(here?)).then_some(then)
}

/// A refusal for want of anything to adopt: nothing of the area stands there.
pub fn nothing_stands(area: &AreaName) -> Refusal {
    let message = format!("nothing of what {area} should hold stands at its place, so there is nothing to adopt");
    Refusal::new(Code::AreaLost, message, words::ways(area, &[words::Way::Repair]))
        .with(Details::Area { area: area.clone() })
}
