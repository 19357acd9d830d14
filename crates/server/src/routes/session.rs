//! `session`: who am I?

use crate::counter::{Came, Told};
use crate::reception::Reception;
use crate::views::people::present;
use switchback_api::Failure;
use switchback_api::verbs::session::{Present, SessionRequest};

/// Who asks.
pub fn session(_: &Reception, came: &Came, _: SessionRequest) -> Result<Told<Present>, Failure> {
    Ok(present(came.caller()?).into())
}
