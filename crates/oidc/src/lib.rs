//! Who is it elsewhere: signing in with a provider of identities, by `OpenID` Connect with PKCE (`SPEC W3`).
//!
//! Sends somebody to a provider ([`departure`]), and reads what the provider says of whoever comes back ([`arrival`]).
//! Knows no people, no sessions and nothing of who asks over HTTP: who that is here, and whether they may come in, is
//! said elsewhere. Has no clock: the time is an argument.

pub mod address;
pub mod arrival;
pub mod departure;
mod line;
mod metadata;
pub mod provider;
pub mod unproved;
