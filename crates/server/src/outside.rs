//! Signing in by the word of a provider of identities (`SPEC W3`): a browser is sent there, and what it brings back is
//! worth a session, a link, or something that is handed over to a command line.
//!
//! Of whoever is on the way it is kept for ten minutes what the provider's answer must hold. The browser is known by a
//! cookie, the sign-in by the `state` that comes back; each is of use once.

mod arrive;
mod browse;
mod describe;
pub mod kept;
mod leave;
pub mod shortly;

pub use arrive::admitted;
pub use browse::routes;
pub use describe::describe;
pub use leave::{back_to, begin};

use crate::failure::no;
use crate::reception::Reception;
use crate::settings::OutsideProvider;
use std::sync::Arc;
use switchback_api::address::BASE;
use switchback_api::{Failure, Fault};
use switchback_oidc::unproved::Unproved;

/// A provider that this server knows, by its name.
///
/// # Errors
/// `unknown-provider`.
pub fn provider(reception: &Reception, name: &str) -> Result<Arc<OutsideProvider>, Failure> {
    let means = reception.ways.means();
    let found = means.settings.providers.iter().find(|one| one.provider.name() == name);
    found.cloned().ok_or_else(|| {
        let message = format!("this server knows no provider named `{name}`");
        no("unknown-provider", message, format!("{BASE}/sign-in names those there are"))
    })
}

/// Where a provider sends people back to.
pub fn address_of(provider: &OutsideProvider) -> String {
    format!("{}{BASE}/sign-in/oidc/{}/callback", provider.back, provider.provider.name())
}

/// Says why nobody knows who came back.
pub fn said(provider: &str, unproved: &Unproved) -> Failure {
    match unproved {
        Unproved::Away(why) => Failure::Fault(Fault {
            code: "provider-away".to_owned(),
            message: format!("the provider `{provider}` was not to be asked: {why}"),
            hint: "try again; an administrator of the server finds the reason in its log".to_owned(),
            remedy: None,
        }),
        Unproved::Denied(word) => {
            let message = format!("the provider `{provider}` does not let you in here: {word}");
            no("provider-denied", message, "sign in there again, or ask whoever runs it")
        }
        Unproved::Unsound(why) => {
            let message = format!("what the provider `{provider}` says of you {why}");
            no("identity-unproved", message, "begin to sign in again; where it stays so, ask whoever runs the provider")
        }
        Unproved::Clock(why) => {
            let message =
                format!("what the provider `{provider}` says of you {why}: its clock or the server's is wrong");
            no("provider-clock", message, "begin to sign in again; where it stays so, have both clocks set")
        }
    }
}
