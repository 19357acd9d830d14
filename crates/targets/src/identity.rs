//! The document that says whose place it is, alike for every target (`SPEC A15`).

use serde::{Deserialize, Serialize};
use switchback_core::ports::target::Identity;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::PlaceId;

/// The format of the document.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Document {
    format: u32,
    #[serde(flatten)]
    identity: Identity,
}

#[derive(Deserialize)]
struct Head {
    format: u32,
}

/// What the document says. One that cannot be read says nothing: the place is as one that lost it.
///
/// # Errors
/// `area-newer`.
pub(crate) fn read(bytes: &[u8]) -> Result<Option<Identity>, Fault> {
    match serde_json::from_slice::<Head>(bytes) {
        Ok(head) if head.format > FORMAT => {
            let message = "A newer Switchback wrote the area's identity.";
            Err(Fault::new("area-newer", message, "Use that version of Switchback here too."))
        }
        Ok(_) => Ok(serde_json::from_slice::<Document>(bytes).ok().map(|document| document.identity)),
        Err(_) => Ok(None),
    }
}

/// The document.
///
/// # Errors
/// None that is known of: names and numbers can be written.
pub(crate) fn written(identity: &Identity) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(&Document { format: FORMAT, identity: identity.clone() })
        .map_err(|error| Fault::new("area-io", error.to_string(), "Report this."))
}

/// Whether an identity stands already, or may be written.
pub(crate) enum Kept {
    /// It stands.
    Already,
    /// What stands there is what is to be replaced.
    NotYet,
    /// Somebody else wrote another since it was looked at.
    Other,
}

/// Compares what stands with what is to be written, and with what it is to replace.
pub(crate) fn kept(standing: Option<&Identity>, wanted: &Identity, instead: Option<&PlaceId>) -> Kept {
    match standing {
        Some(identity) if identity == wanted => Kept::Already,
        standing if standing.map(|identity| &identity.id) == instead => Kept::NotYet,
        _ => Kept::Other,
    }
}

/// Somebody else wrote another identity since it was looked at.
pub(crate) fn taken() -> Fault {
    let message = "Another area's identity was written to the place since it was looked at.";
    Fault::new("area-changed", message, "Run it again; whose place it is is judged anew.")
}
