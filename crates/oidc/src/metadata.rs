//! What a provider says of itself: where it is asked what, and what its signatures are proved with.

use crate::line::{Line, away};
use crate::unproved::Unproved;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, DiscoveryError, IssuerUrl, LogoutProviderMetadata, ProviderMetadata};
use serde::{Deserialize, Serialize};

/// In milliseconds, how long that is believed.
const BELIEVED: i64 = 60 * 60 * 1000;

/// As it travels.
pub(crate) type Metadata = ProviderMetadata<
    LogoutProviderMetadata<SaysWho>,
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

/// What the library does not know of.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct SaysWho {
    /// Whether a browser always brings back which provider sent it (RFC 9207).
    #[serde(default, rename = "authorization_response_iss_parameter_supported")]
    always: bool,
}

impl AdditionalProviderMetadata for SaysWho {}

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

    /// Whether a browser that comes back always says which provider sent it.
    pub(crate) fn says_who(&self) -> bool {
        self.metadata.additional_metadata().additional_metadata.always
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
