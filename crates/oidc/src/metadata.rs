//! What a provider says of itself: where it is asked what, and what its signatures are proved with.

use crate::line::{Line, away};
use crate::unproved::Unproved;
use openidconnect::EmptyAdditionalProviderMetadata;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{DiscoveryError, IssuerUrl, LogoutProviderMetadata, ProviderMetadata};

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

impl Known {
    /// Whether that is still believed at a moment. A clock that was set back makes nothing believed for ever.
    pub(crate) fn holds(&self, now: i64) -> bool {
        (0..BELIEVED).contains(&now.saturating_sub(self.since))
    }

    /// Asks a provider for it.
    pub(crate) fn ask(issuer: &str, line: &Line, now: i64) -> Result<Self, Unproved> {
        let issuer = IssuerUrl::new(issuer.to_owned()).map_err(|error| away(error.to_string()))?;
        let metadata = Metadata::discover(&issuer, &|request| line.ask(request)).map_err(undiscovered)?;
        let keys = metadata.jwks().clone();
        Ok(Self { metadata, keys, since: now })
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
