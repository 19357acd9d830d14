//! Somebody comes back from a provider: what it says of them is asked for, and proved.

use crate::line::away;
use crate::metadata::Known;
use crate::provider::Provider;
use crate::unproved::{Unproved, word};
use chrono::{DateTime, Utc};
use openidconnect::core::CoreClientAuthMethod;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, AuthType, AuthorizationCode, ClaimsVerificationError, Client,
    ClientId, ClientSecret, EmptyExtraTokenFields, IdToken, IdTokenClaims, IdTokenFields, IdTokenVerifier, IssuerUrl,
    Nonce, OAuth2TokenResponse as _, PkceCodeVerifier, RedirectUrl, RequestTokenError, SignatureVerificationError,
    StandardErrorResponse, StandardTokenResponse, TokenResponse as _, UserInfoClaims, UserInfoRequest,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// In milliseconds, how far two clocks may be apart.
const APART: i64 = 60_000;

/// Signatures that are believed: those that the provider alone can make. One by a secret that is shared, or by nobody, is
/// none.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What else a provider says, whatever it calls it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Rest(Map<String, Value>);

impl AdditionalClaims for Rest {}

type Told = IdTokenFields<
    Rest,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Word = IdToken<Rest, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Claims = IdTokenClaims<Rest, CoreGenderClaim>;
type Tokens = StandardTokenResponse<Told, CoreTokenType>;
type Refusal = StandardErrorResponse<CoreErrorResponseType>;
type Asking<Auth, Token, Info> = Client<
    Rest,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    Refusal,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    Auth,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    Token,
    Info,
>;
type AskingIt = Asking<openidconnect::EndpointSet, openidconnect::EndpointMaybeSet, openidconnect::EndpointMaybeSet>;

/// Somebody who comes back, and what was kept of them since they left.
#[derive(Clone, Copy)]
pub struct Arrival<'a> {
    /// What the provider gave them to bring.
    pub code: &'a str,
    /// Where they came back to, as it was said when they left.
    pub back: &'a str,
    /// Of their [`Departure`](crate::departure::Departure).
    pub nonce: &'a str,
    /// Of their departure.
    pub verifier: &'a str,
    /// Now, in milliseconds since 1970.
    pub now: i64,
}

/// What a provider says of somebody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// What it calls them for ever. With its address, that is who they are.
    pub subject: String,
    /// What they are called, by the claim that says so.
    pub name: Option<String>,
    /// Their name for others to read.
    pub display_name: Option<String>,
    /// Where mail goes; not where the provider says that nobody proved it.
    pub email: Option<String>,
    /// The groups they are in; none where it does not say.
    pub groups: BTreeSet<String>,
}

impl Provider {
    /// Asks whether it is this provider that sent a browser back, as far as the browser says which did (RFC 9207). Without
    /// it a provider that turned bad could pass another's answer for its own.
    ///
    /// # Errors
    /// [`Unproved::Unsound`] where it was another, or where it is not said and always is; that it is away.
    pub fn sent(&self, issuer: Option<&str>, now: i64) -> Result<(), Unproved> {
        match issuer {
            Some(issuer) if issuer == self.named.issuer => Ok(()),
            Some(_) => Err(unsound("was sent by another provider")),
            None if self.known(now)?.says_who() => Err(unsound("lacks which provider sent it, which it always says")),
            None => Ok(()),
        }
    }

    /// Who it is that came back. What the provider gave them is of use once.
    ///
    /// # Errors
    /// Why nobody knows.
    pub fn receive(&self, arrival: Arrival<'_>) -> Result<Person, Unproved> {
        let known = self.known(arrival.now)?;
        let client = self.client(&known, arrival.back)?;
        let ask = |request| self.line.ask(request);
        let tokens = client
            .exchange_code(AuthorizationCode::new(arrival.code.to_owned()))
            .map_err(|_| away("it does not say where codes are exchanged"))?
            .set_pkce_verifier(PkceCodeVerifier::new(arrival.verifier.to_owned()))
            .request(&ask)
            .map_err(not_given)?;
        let word = tokens.id_token().ok_or_else(|| unsound("holds no ID token"))?;
        let claims = self.proved(known, (word, tokens.access_token()), arrival)?;
        let subject = claims.subject().as_str().to_owned();
        let said = object(&claims)?;
        let names = [&self.named.name_claim, &self.named.groups_claim];
        let (said, more) = match names.iter().all(|name| said.contains_key(name.as_str())) {
            true => (said, Map::new()),
            // Providers may tell there what they do not write into the token.
            false => (said, more_of(&client, tokens.access_token(), claims.subject(), &ask)?),
        };
        Ok(self.person(subject, &|name| said.get(name).or_else(|| more.get(name)).filter(|value| !value.is_null())))
    }

    fn client(&self, known: &Known, back: &str) -> Result<AskingIt, Unproved> {
        let back = RedirectUrl::new(back.to_owned()).map_err(|error| away(error.to_string()))?;
        let id = ClientId::new(self.named.client_id.clone());
        let secret = self.named.client_secret.clone().map(ClientSecret::new);
        let ways = known.metadata.token_endpoint_auth_methods_supported();
        let has = |way| ways.is_some_and(|ways| ways.contains(&way));
        let in_body = has(CoreClientAuthMethod::ClientSecretPost) && !has(CoreClientAuthMethod::ClientSecretBasic);
        let way = if in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        let client = AskingIt::from_provider_metadata(known.metadata.clone(), id, secret);
        Ok(client.set_redirect_uri(back).set_auth_type(way))
    }

    /// What the provider's word says, if it is one. Where no key of the provider proves it, the provider is asked for its
    /// keys again, once: it may have others by now.
    fn proved(
        &self,
        known: Arc<Known>,
        (word, access): (&Word, &AccessToken),
        arrival: Arrival<'_>,
    ) -> Result<Claims, Unproved> {
        let with = |known: &Known| {
            let verifier = self.verifier(known, arrival.now)?;
            let claims = match word.claims(&verifier, &Nonce::new(arrival.nonce.to_owned())) {
                Ok(claims) => claims,
                Err(error) => return Ok(Err(error)),
            };
            self.authorized(claims)?;
            belongs(word, &verifier, (claims, access))?;
            Ok(Ok(claims.clone()))
        };
        match with(&known)? {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey
                | SignatureVerificationError::AmbiguousKeyId(_)
                | SignatureVerificationError::CryptoError(_),
            )) => with(&*self.look(arrival.now)?)?.map_err(|error| unproved(&error)),
            Err(error) => Err(unproved(&error)),
            Ok(claims) => Ok(claims),
        }
    }

    fn verifier(&self, known: &Known, now: i64) -> Result<IdTokenVerifier<'static, CoreJsonWebKey>, Unproved> {
        let issuer = IssuerUrl::new(self.named.issuer.clone()).map_err(|error| away(error.to_string()))?;
        let (id, keys) = (ClientId::new(self.named.client_id.clone()), known.keys.clone());
        let moment = |at: i64| DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default();
        let (early, late) = (moment(now.saturating_sub(APART)), moment(now.saturating_add(APART)));
        // One that is for several is for us only if it says that we asked for it, which is looked at below.
        Ok(IdTokenVerifier::new_public_client(id, issuer, keys)
            .set_allowed_algs(SIGNATURES)
            .set_time_fn(move || early)
            .set_issue_time_verifier_fn(move |at| match at <= late {
                true => Ok(()),
                false => Err("issued in the future".to_owned()),
            })
            .set_other_audience_verifier_fn(|_| true))
    }

    /// Whether the provider's word is for us, and not only passed on to us.
    fn authorized(&self, claims: &Claims) -> Result<(), Unproved> {
        let ours = self.named.client_id.as_str();
        match (claims.authorized_party(), claims.audiences().len()) {
            (Some(party), _) if party.as_str() == ours => Ok(()),
            (None, 1) => Ok(()),
            _ => Err(unsound("was made for another client")),
        }
    }

    fn person<'a>(&self, subject: String, said: &dyn Fn(&str) -> Option<&'a Value>) -> Person {
        let text = |name: &str| said(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        let proved = said("email_verified").is_none_or(|value| *value == Value::Bool(true) || *value == "true");
        let groups = match said(&self.named.groups_claim) {
            Some(Value::String(one)) => BTreeSet::from([one.clone()]),
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => BTreeSet::new(),
        };
        Person {
            subject,
            name: text(&self.named.name_claim).map(str::to_owned),
            display_name: text("name").map(str::to_owned),
            email: text("email").filter(|_| proved).map(str::to_owned),
            groups,
        }
    }
}

/// Whether the token for asking more belongs to the same answer, where the provider says so.
fn belongs(
    word: &Word,
    verifier: &IdTokenVerifier<'_, CoreJsonWebKey>,
    (claims, access): (&Claims, &AccessToken),
) -> Result<(), Unproved> {
    let Some(said) = claims.access_token_hash() else { return Ok(()) };
    let made = word.signing_alg().ok().zip(word.signing_key(verifier).ok());
    let made = made.and_then(|(alg, key)| AccessTokenHash::from_token(access, alg, key).ok());
    if made.as_ref() == Some(said) { Ok(()) } else { Err(unsound("came with an access token of another answer")) }
}

/// What the provider says of somebody beside its word, of the same person.
fn more_of(
    client: &AskingIt,
    access: &AccessToken,
    subject: &openidconnect::SubjectIdentifier,
    ask: &dyn Fn(openidconnect::HttpRequest) -> Result<openidconnect::HttpResponse, Unproved>,
) -> Result<Map<String, Value>, Unproved> {
    let asked: Result<UserInfoRequest<'_, _, _>, _> = client.user_info(access.clone(), Some(subject.clone()));
    let Ok(asked) = asked else { return Ok(Map::new()) };
    let said: UserInfoClaims<Rest, CoreGenderClaim> =
        asked.require_signed_response(false).request(&ask).map_err(|error| match error {
            openidconnect::UserInfoError::Request(unproved) => unproved,
            openidconnect::UserInfoError::ClaimsVerification(error) => unproved_more(&error),
            _ => away("what it says of people cannot be read"),
        })?;
    object(&said)
}

fn unproved_more(error: &ClaimsVerificationError) -> Unproved {
    match error {
        ClaimsVerificationError::InvalidSubject(_) => {
            unsound("is of another person than what its provider says of them")
        }
        error => unproved(error),
    }
}

fn object(said: &impl Serialize) -> Result<Map<String, Value>, Unproved> {
    match serde_json::to_value(said) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(away("what it says of people cannot be read")),
    }
}

fn not_given(error: RequestTokenError<Unproved, Refusal>) -> Unproved {
    match error {
        RequestTokenError::Request(unproved) => unproved,
        RequestTokenError::ServerResponse(said) => Unproved::Denied(word(said.error().as_ref()).to_owned()),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => away("what it answers to a code cannot be read"),
    }
}

fn unproved(error: &ClaimsVerificationError) -> Unproved {
    match error {
        ClaimsVerificationError::Expired(why) if why.contains("future") => {
            Unproved::Clock("is of a time that has not come".to_owned())
        }
        ClaimsVerificationError::Expired(_) => Unproved::Clock("had run out when it came".to_owned()),
        ClaimsVerificationError::InvalidAudience(_) => unsound("was made for another client"),
        ClaimsVerificationError::InvalidIssuer(_) => unsound("is of another issuer"),
        ClaimsVerificationError::InvalidNonce(_) => unsound("is of another sign-in"),
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoSignature) => {
            unsound("is not signed")
        }
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::DisallowedAlg(_)) => {
            unsound("is signed in a way that anybody could sign in")
        }
        ClaimsVerificationError::SignatureVerification(_) => unsound("is signed by nobody whom its provider names"),
        _ => unsound("cannot be read"),
    }
}

fn unsound(why: &str) -> Unproved {
    Unproved::Unsound(why.to_owned())
}
