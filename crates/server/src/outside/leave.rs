//! Somebody leaves for a provider.

use super::kept::{Leaving, ON_THE_WAY, Wish};
use super::{address_of, provider, said};
use crate::failure::Said as _;
use crate::not_in::let_in;
use crate::reception::Reception;
use std::net::IpAddr;
use switchback_api::Failure;
use switchback_core::words::names::Time;
use switchback_people::outside;
use switchback_people::secret::{Kind, Secret};

/// The longest address that a browser goes back to.
const LONGEST: usize = 2000;

/// Begins: where the browser goes, and what it is to hold meanwhile. One that holds something already, from another window,
/// goes on holding it.
///
/// # Errors
/// `unknown-provider`, `sign-in-limited`, `provider-away`.
pub fn begin(
    reception: &Reception,
    name: &str,
    wish: Wish,
    (holds, from): (Option<&str>, IpAddr),
) -> Result<(String, Secret), Failure> {
    let (found, now) = (provider(reception, name)?, reception.clock.now());
    outside::leave(&*reception.people, name, from, now).map_err(let_in)?;
    let state = Secret::new(Kind::State).said()?;
    let browser = match holds.and_then(|text| Secret::parse(Kind::Browser, text)) {
        Some(browser) => browser,
        None => Secret::new(Kind::Browser).said()?,
    };
    let departure = found.provider.depart(state.reveal(), &address_of(&found), now.0);
    let departure = departure.map_err(|unproved| said(name, &unproved))?;
    let leaving = Leaving {
        provider: found,
        nonce: departure.nonce,
        verifier: departure.verifier,
        browser: browser.fingerprint(),
        wish,
    };
    let until = Time(now.0.saturating_add(ON_THE_WAY));
    reception.leavings.keep(state.fingerprint(), leaving, (now, until));
    Ok((departure.address, browser))
}

/// Where a browser goes back to: an address on this server, and on no other.
///
/// # Errors
/// `invalid-request`.
pub fn back_to(asked: Option<&str>) -> Result<String, Failure> {
    let Some(asked) = asked else { return Ok("/".to_owned()) };
    // Browsers read `\` as `/`, pass over control characters, and take what follows `//` for a host.
    let is_plain = asked.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_here = asked.starts_with('/') && !asked.starts_with("//");
    match is_plain && is_here && asked.len() <= LONGEST {
        true => Ok(asked.to_owned()),
        false => Err(Failure::invalid("`return` is no address on this server, which begins with one `/`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_goes_back_to_this_server_alone() {
        for good in ["/", "/shop/where?a=b#c", "/a//b"] {
            assert_eq!(back_to(Some(good)).unwrap(), good);
        }
        for bad in [
            "",
            "shop",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/a b",
            "/\u{e9}",
            "javascript:1",
        ] {
            assert!(back_to(Some(bad)).is_err(), "{bad:?}");
        }
    }
}
