//! By which ways somebody can be told.

use crate::settings::Settings;
use std::sync::{Arc, Mutex, PoisonError};
use switchback_core::ports::outbox::Mail;
use switchback_core::ports::people::People;
use switchback_notify::webhook::Webhooks;

/// Who there is, and what can be sent to them.
pub struct Ways {
    /// Who there is.
    pub people: Arc<dyn People>,
    /// As the server was told last.
    means: Mutex<Arc<Means>>,
}

/// With what somebody can be told.
pub struct Means {
    /// What the server was told.
    pub settings: Settings,
    /// Sends webhooks.
    pub webhooks: Webhooks,
}

impl Means {
    /// Those that a server was told of.
    pub fn of(settings: Settings) -> Self {
        let webhooks = Webhooks::new(settings.allowed.clone());
        Self { settings, webhooks }
    }
}

impl Ways {
    /// As a server's configuration says.
    pub fn new(people: Arc<dyn People>, settings: Settings) -> Self {
        Self { people, means: Mutex::new(Arc::new(Means::of(settings))) }
    }

    /// The means there are now. Whoever is at something goes on with those they took.
    pub fn means(&self) -> Arc<Means> {
        Arc::clone(&self.means.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on, as a server's configuration says by now.
    pub fn take_up(&self, settings: Settings) {
        *self.means.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(Means::of(settings));
    }

    /// Whether mail is among them.
    pub fn mail(&self) -> Mail {
        if self.means().settings.mail.is_some() { Mail::SetUp } else { Mail::NotSetUp }
    }
}
