//! By which ways somebody can be told.

use crate::settings::Settings;
use std::sync::Arc;
use switchback_core::ports::outbox::Mail;
use switchback_core::ports::people::People;
use switchback_notify::webhook::Webhooks;

/// Who there is, and what can be sent to them.
pub struct Ways {
    /// Who there is.
    pub people: Arc<dyn People>,
    /// What the server was told.
    pub settings: Settings,
    /// Sends webhooks.
    pub webhooks: Webhooks,
}

impl Ways {
    /// As a server's configuration says.
    pub fn new(people: Arc<dyn People>, settings: Settings) -> Self {
        let webhooks = Webhooks::new(settings.allowed.clone());
        Self { people, settings, webhooks }
    }

    /// Whether mail is among them.
    pub fn mail(&self) -> Mail {
        if self.settings.mail.is_some() { Mail::SetUp } else { Mail::NotSetUp }
    }
}
