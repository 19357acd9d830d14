//! What a provider says of itself: where it is asked what, and what its signatures are proved with.

use crate::line::away;
use crate::provider::Provider;
use crate::unproved::Unproved;
use openidconnect::EmptyAdditionalProviderMetadata;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{DiscoveryError, IssuerUrl, LogoutProviderMetadata, ProviderMetadata};
use std::sync::{Arc, PoisonError};

/// In milliseconds, how long that is believed.
const BELIEVED: i64 = 60 * 60 * 1000;

/// As it travels.
pub(crate) type Metadata = ProviderMetadata<
    LogoutProviderMetadata<EmptyAdditionalProviderMetadata>,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What is known of a provider.
pub(crate) struct Known {
    pub(crate) metadata: Metadata,
    pub(crate) keys: CoreJsonWebKeySet,
    since: i64,
}

impl Provider {
    /// What is known of it at a moment; it is asked if that is nothing, or too old.
    pub(crate) fn known(&self, now: i64) -> Result<Arc<Known>, Unproved> {
        let known = self.known_already();
        // A clock that was set back makes nothing believed for ever.
        match known.filter(|known| (0..BELIEVED).contains(&now.saturating_sub(known.since))) {
            Some(known) => Ok(known),
            None => self.look(now),
        }
    }

    /// What is known of it without asking.
    pub(crate) fn known_already(&self) -> Option<Arc<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks it anew.
    pub(crate) fn look(&self, now: i64) -> Result<Arc<Known>, Unproved> {
        let issuer = IssuerUrl::new(self.named.issuer.clone()).map_err(|error| away(error.to_string()))?;
        let metadata = Metadata::discover(&issuer, &|request| self.line.ask(request)).map_err(undiscovered)?;
        let keys = metadata.jwks().clone();
        let known = Arc::new(Known { metadata, keys, since: now });
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        Ok(known)
    }
}

fn undiscovered(error: DiscoveryError<Unproved>) -> Unproved {
    match error {
        DiscoveryError::Request(unproved) => unproved,
        DiscoveryError::Response(status, ..) => away(format!("it answers with the status {}", status.as_u16())),
        DiscoveryError::Validation(_) => away("it calls itself by another address than `issuer` says"),
        _ => away("what it says of itself cannot be read"),
    }
}
