//! Sending somebody to a provider, and telling where they sign out there.

use crate::line::away;
use crate::provider::Provider;
use crate::unproved::Unproved;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient};
use openidconnect::{
    ClientId, CsrfToken, EndSessionUrl, LogoutRequest, Nonce, PkceCodeChallenge, PostLogoutRedirectUrl, RedirectUrl,
    Scope,
};

/// Somebody who leaves for a provider.
pub struct Departure {
    /// Where they go.
    pub address: String,
    /// What the provider's word must hold, so that it is of this sign-in and no other.
    pub nonce: String,
    /// What proves that whoever asks for that word is who sent them (PKCE). It goes nowhere but to the provider.
    pub verifier: String,
}

impl Provider {
    /// Where somebody goes to say who they are, and comes back from to `back` with `state`.
    ///
    /// # Errors
    /// [`Unproved::Away`].
    pub fn depart(&self, state: &str, back: &str, now: i64) -> Result<Departure, Unproved> {
        let known = self.known(now)?;
        let back = RedirectUrl::new(back.to_owned()).map_err(|error| away(error.to_string()))?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let id = ClientId::new(self.named.client_id.clone());
        let client = CoreClient::from_provider_metadata(known.metadata.clone(), id, None).set_redirect_uri(back);
        let state = state.to_owned();
        let asked = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || CsrfToken::new(state), Nonce::new_random)
            .add_scopes(self.named.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(challenge);
        let (address, _, nonce) = asked.url();
        Ok(Departure { address: address.into(), nonce: nonce.secret().clone(), verifier: verifier.into_secret() })
    }

    /// Where somebody signs out at the provider too, and comes back from to `back`; `None` where it has no such place, or
    /// was not asked for one yet.
    pub fn farewell(&self, back: &str) -> Option<String> {
        let known = self.known_already()?;
        let place: EndSessionUrl = known.metadata.additional_metadata().end_session_endpoint.clone()?;
        let back = PostLogoutRedirectUrl::new(back.to_owned()).ok()?;
        let request = LogoutRequest::from(place)
            .set_client_id(ClientId::new(self.named.client_id.clone()))
            .set_post_logout_redirect_uri(back);
        Some(request.http_get_url().into())
    }
}
