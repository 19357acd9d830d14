//! Whose area it is, in `.switchback/identity` (`SPEC A15`).

use super::area::{self, Area, Held};
use crate::identity::{self, Kept};
use switchback_core::ports::target::Identity;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::PlaceId;

const NAME: &str = "identity";

/// The identity an area carries.
pub(super) fn read(area: &Area) -> Result<Option<Identity>, Fault> {
    let Some(home) = area.home() else { return Ok(None) };
    area::load(home, NAME)?.map_or(Ok(None), |bytes| identity::read(&bytes))
}

/// Writes it, unless somebody else did since it was looked at.
pub(super) fn write(held: &Held, identity: &Identity, instead: Option<&PlaceId>) -> Result<(), Fault> {
    let standing = area::load(held.home(), NAME)?.map_or(Ok(None), |bytes| identity::read(&bytes))?;
    match identity::kept(standing.as_ref(), identity, instead) {
        Kept::Already => Ok(()),
        Kept::NotYet => area::replace(held.home(), NAME, &identity::written(identity)?),
        Kept::Other => Err(identity::taken()),
    }
}
