//! Who is it: people and their groups, passwords, sessions, API tokens, invitations, and how often somebody may try
//! (`SPEC W3`).
//!
//! Knows no HTTP and no SQL: what is kept comes through the port
//! [`People`](switchback_core::ports::people::People), and what people bring comes in as text. Has no clock: the time is
//! an argument everywhere. What somebody may *do* is the core's to say; here is only who they are, and how far a token
//! lets them go.

mod about;
pub mod change_password;
pub mod fingerprint;
pub mod group;
pub mod invitation;
pub mod not_in;
pub mod outside;
pub mod outside_link;
pub mod password;
pub mod person;
pub mod random;
pub mod secret;
mod seen;
pub mod session;
pub mod sign_in;
pub mod sign_out;
pub mod sweep;
pub mod token;
