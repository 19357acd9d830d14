//! The disk that the git directory is on.

use super::{Found, Looked, Subject};
use switchback_engine::premises::Room;

/// Below it somebody is warned, in bytes.
const LEAST: u64 = 1 << 30;

/// The same as a share of the disk: one of so many parts.
const PART: u64 = 20;

/// Room for objects and entries.
pub fn disk(Subject { desk, .. }: &Subject<'_>) -> Looked {
    Ok(scarce(desk.room()?, "the git directory").into_iter().collect())
}

/// What there is to say of a disk with so much room.
pub(super) fn scarce(room: Room, whose: &str) -> Option<Found> {
    let Room { free, total } = room;
    let mebibytes = free >> 20;
    let message = || format!("{mebibytes} MiB are free on the disk of {whose}");
    let step = "free some space: an operation that finds none is refused";
    match (free, free < LEAST || free < total / PART) {
        (0, _) => Some(Found::fault(message(), step)),
        (_, true) => Some(Found::warning(message(), step)),
        (_, false) => None,
    }
}

/// Whether this user may write to it.
pub fn writable(Subject { desk, .. }: &Subject<'_>) -> Looked {
    let fault = desk.writable().err();
    Ok(fault.map(|fault| Found::fault(fault.message, fault.remedy)).into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchback_api::verbs::doctor::Health;

    #[test]
    fn little_room_is_a_warning_and_none_a_fault() {
        let gibibyte = 1 << 30;
        for (free, total, wanted) in [
            (2 * gibibyte, 10 * gibibyte, None),
            (gibibyte - 1, 2 * gibibyte, Some(Health::Warning)),
            (4 * gibibyte, 100 * gibibyte, Some(Health::Warning)),
            (5 * gibibyte, 100 * gibibyte, None),
            (0, 100 * gibibyte, Some(Health::Fault)),
        ] {
            let found = scarce(Room { free, total }, "the git directory");
            assert_eq!(found.map(|wrong| wrong.health), wanted, "{free} of {total}");
        }
    }
}
