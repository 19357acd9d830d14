//! What is kept of whoever is on the way to a provider, and of who came back for a command line.

use crate::settings::OutsideProvider;
use std::sync::Arc;
use switchback_core::ports::people::fingerprint::Fingerprint;
use switchback_core::words::names::UserName;

/// In milliseconds, how long somebody may be on the way, and how long it lasts what is handed over.
pub const ON_THE_WAY: i64 = 10 * 60 * 1000;

/// Somebody who left for a provider.
pub struct Leaving {
    /// To which.
    pub provider: Arc<OutsideProvider>,
    /// What the provider's word must hold.
    pub nonce: String,
    /// What the code is exchanged with.
    pub verifier: String,
    /// Of what their browser holds.
    pub browser: Fingerprint,
    /// What they want to come of it.
    pub wish: Wish,
}

/// What somebody wants to come of it.
pub enum Wish {
    /// A session of their browser's, which then goes to an address on this server.
    Session {
        /// Where.
        back: String,
    },
    /// That the provider's word lets them in from then on.
    Link {
        /// Who they are.
        person: UserName,
        /// Their session.
        session: Fingerprint,
        /// Where their browser goes then.
        back: String,
    },
    /// That a command line is let in.
    Handover {
        /// Of what the command line proves itself with.
        challenge: Fingerprint,
        /// The port on their machine where it listens; nothing where they carry over by hand what is handed over.
        port: Option<u16>,
    },
}

/// A command line that waits on a port of its machine for what comes of a sign-in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiting {
    /// Where.
    pub port: u16,
    /// What it proves itself with is of this.
    pub challenge: Fingerprint,
}

impl Wish {
    /// Who waits for what comes of it.
    pub fn waiting(&self) -> Option<Waiting> {
        match self {
            Self::Handover { challenge, port: Some(port) } => Some(Waiting { port: *port, challenge: *challenge }),
            Self::Handover { port: None, .. } | Self::Session { .. } | Self::Link { .. } => None,
        }
    }
}

/// Somebody who came back for a command line.
pub struct Handover {
    /// Who they are.
    pub person: UserName,
    /// Of what the command line proves itself with.
    pub challenge: Fingerprint,
}
