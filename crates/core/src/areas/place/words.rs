//! What is wrong with a place, in words, and the ways out.

use super::Question;
use crate::ports::target::{Identity, Mark};
use crate::records::version::{Place, Version};
use crate::words::details::Details;
use crate::words::names::AreaName;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;

pub(super) use crate::words::remedy::Way;

/// The place is gone, or new, or its own folder is gone.
pub(super) fn lost(asked: Question<'_>) -> Refusal {
    let (name, number) = (asked.area, number(asked));
    let message = format!("{} does not carry {name}'s identity: what {name}@{number} put there is lost", place(asked));
    refuse(asked, Code::AreaLost, message, &[Way::Repair, Way::Adopt, Way::Move])
}

/// An older copy was put back.
pub(super) fn behind(asked: Question<'_>, mark: Mark) -> Refusal {
    let (name, number) = (asked.area, number(asked));
    let message = format!(
        "{} holds {name}@{}, and {name}@{number} was put there: an older copy was put back",
        place(asked),
        mark.version
    );
    refuse(asked, Code::AreaLost, message, &[Way::Repair, Way::Adopt])
}

/// The place is another area's.
pub(super) fn belongs(asked: Question<'_>, identity: &Identity) -> Refusal {
    let (name, owner) = (asked.area, format!("area {} of pipeline {}", identity.area, identity.pipeline));
    let message = format!("{} is the place of {owner}, not of {name}", place(asked));
    let advice =
        "give the area a place of its own; where that other area is no more, move its `.switchback` away first";
    Refusal::new(Code::AreaMoved, message, advice).with(details(asked))
}

/// The place is managed, and by nobody who said so.
pub(super) fn managed_already(asked: Question<'_>, mark: Mark) -> Refusal {
    let message = format!(
        "{} is managed already, at version {}: by another area, or by a ledger that is lost",
        place(asked),
        mark.version
    );
    refuse(asked, Code::AreaMoved, message, &[Way::Adopt])
}

/// It is called as this one is, and another ledger knows it.
pub(super) fn other_ledger(asked: Question<'_>) -> Refusal {
    let name = asked.area;
    let message =
        format!("{} is the place of an area {name} that another ledger keeps, or one that is lost", place(asked));
    refuse(asked, Code::AreaMoved, message, &[Way::Adopt, Way::Repair])
}

/// It stands where the configuration says now, and the last version was made elsewhere.
pub(super) fn moved(asked: Question<'_>, known: &Place) -> Refusal {
    let name = asked.area;
    let message = format!("{name} was moved from `{}` to {}", at(known), place(asked));
    refuse(asked, Code::AreaMoved, message, &[Way::Move])
}

/// It stands where it stood, and the configuration names another place.
pub(super) fn left_behind(asked: Question<'_>, known: &Place) -> Refusal {
    let name = asked.area;
    let message = format!("{} does not carry {name}'s identity: {name} stands at `{}` still", place(asked), at(known));
    refuse(asked, Code::AreaMoved, message, &[Way::Move, Way::Repair, Way::Adopt])
}

/// What stands there is of a version the ledger does not know.
pub(super) fn ahead(asked: Question<'_>, current: &Version) -> Refusal {
    let name = asked.area;
    let mark = asked.mark().map_or_else(String::new, |mark| match mark.commit {
        Some(commit) => format!("{name}@{} ({})", mark.version, commit.0.short()),
        None => format!("{name}@{}", mark.version),
    });
    let known = format!("{name}@{} ({})", current.number, current.commit.0.short());
    let message = format!("{name} is ahead of the ledger: {} holds {mark}, the ledger knows {known}", place(asked));
    refuse(asked, Code::AreaAhead, message, &[Way::RestoreLedger, Way::Adopt, Way::Repair])
}

/// It is where it was.
pub(super) fn stayed(asked: Question<'_>) -> Refusal {
    let name = asked.area;
    let message = format!("{name} stands where it stood, so there is nothing to follow");
    let advice = "move its folder, name the new one in `switchback.toml`, put that in force, and run it again";
    Refusal::new(Code::NothingToMove, message, advice).with(details(asked))
}

fn refuse(asked: Question<'_>, code: Code, message: String, all: &[Way]) -> Refusal {
    // There is no version to fill it from.
    let versionless = asked.line.current().is_none();
    let all: Vec<Way> = all.iter().copied().filter(|way| !(versionless && *way == Way::Repair)).collect();
    Refusal::new(code, message, ways(asked.area, &all)).with(details(asked))
}

pub(super) fn ways(area: &AreaName, ways: &[Way]) -> Remedy {
    Remedy::SettlePlace { area: area.clone(), ways: ways.to_vec() }
}

fn details(asked: Question<'_>) -> Details {
    Details::Place { area: asked.area.clone(), place: asked.here.map(str::to_owned) }
}

fn number(asked: Question<'_>) -> String {
    asked.line.current().map_or_else(String::new, |version| version.number.to_string())
}

fn at(known: &Place) -> &str {
    known.at.as_deref().unwrap_or_default()
}

fn place(asked: Question<'_>) -> String {
    match asked.here {
        Some(dir) => format!("`{dir}`"),
        None => format!("the target of {}", asked.area),
    }
}
