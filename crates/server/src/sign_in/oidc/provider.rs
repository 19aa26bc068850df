//! One provider: its description and keys as they are known just now, and what is asked of it.
//!
//! Not for: whom the answer means here (`account`).
//!
//! Invariant: a provider is asked when somebody signs in and never for a stranger alone more often than the
//! limits say; what it said before counts on while it is silent, but no key for longer than its limit.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::Secret;
use http::HeaderValue;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use url::Url;

use super::attempt::Attempt;
use super::client::{Fault, ProviderClient};
use super::keys::{JwksAnswer, KeySet};
use super::limits::{ASK_AGAIN_AFTER, DESCRIPTION_AGE_MAX, KEYS_AGAIN_AFTER, KEYS_AGE_MAX};
use super::metadata::{Description, Metadata};
use super::refusal::{FaultCode, Refusal};
use super::settings::{ClientCredentials, ProviderSettings};
use super::signed::{Claims, Parties, SignedToken, SignedTokenFault};

/// The kind of a client's proof (RFC 7523, section 2.2).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A provider that people may sign in with.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) settings: ProviderSettings,
    client: ProviderClient,
    /// Where it sends people back to, letter by letter as it is registered there.
    redirect_uri: String,
    /// Where it sends people who have signed out there.
    signed_out_uri: String,
    metadata: Mutex<Answer<Metadata>>,
    keys: Mutex<Answer<KeySet>>,
}

/// Something that a provider said, and when it was asked.
#[derive(Debug)]
struct Answer<T> {
    value: Option<Arc<T>>,
    loaded_at: Option<Timestamp>,
    asked_at: Option<Timestamp>,
}

impl<T> Default for Answer<T> {
    fn default() -> Self {
        Self { value: None, loaded_at: None, asked_at: None }
    }
}

/// The answer of the token endpoint.
#[derive(Deserialize)]
struct TokenAnswer {
    id_token: Option<String>,
    access_token: Option<String>,
}

/// The word of a provider for who somebody is.
pub(super) struct IdentityProof {
    pub(super) claims: Claims,
    pub(super) id_token: Secret<String>,
}

impl Provider {
    pub(super) fn new(settings: ProviderSettings, client: ProviderClient, site: &str) -> Self {
        Self {
            redirect_uri: settings.redirect_uri(site),
            signed_out_uri: format!("{}/sign-in", site.trim_end_matches('/')),
            settings,
            client,
            metadata: Mutex::default(),
            keys: Mutex::default(),
        }
    }

    /// The address at the provider to which a browser leaves.
    pub(super) async fn authorization(
        &self,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<Url, Refusal> {
        let metadata = self.metadata(now).await?;
        let mut url = metadata.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", &self.settings.scope())
            .append_pair("state", &attempt.state())
            .append_pair("nonce", &attempt.nonce())
            .append_pair("code_challenge", &attempt.challenge())
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    /// Returns `true` when an answer that says who gives it, or that has to, is this provider's.
    pub(super) async fn gives(&self, iss: Option<&str>, now: Timestamp) -> Result<bool, Refusal> {
        Ok(match iss {
            Some(iss) => iss == self.settings.issuer.as_str(),
            None => !self.metadata(now).await?.names_itself,
        })
    }

    /// Exchanges a code for what the provider says of whoever has it.
    pub(super) async fn vouched(
        &self,
        attempt: &Attempt,
        code: &str,
        now: Timestamp,
    ) -> Result<IdentityProof, Refusal> {
        let metadata = self.metadata(now).await?;
        let answer = self.exchange(&metadata, (attempt, code), now).await?;
        let id_token = Secret::new(answer.id_token.unwrap_or_default());
        let unverified = SignedToken::parse(&id_token).map_err(Refusal::Unbelievable)?;
        let keys = self.keys_for(&unverified, &metadata, now).await?;
        let verified = unverified.id_token(&keys, self.parties(&metadata), &attempt.nonce(), now);
        let mut claims = verified.map_err(Refusal::Unbelievable)?;
        if let (Some(url), Some(access)) = (&metadata.userinfo, &answer.access_token)
            && self.is_something_missing(&claims)
        {
            self.complete(&mut claims, url, access).await?;
        }
        Ok(IdentityProof { claims, id_token })
    }

    /// The claims of a token by which the provider ends sessions.
    pub(super) async fn logged_out(
        &self,
        token: &Secret<String>,
        now: Timestamp,
    ) -> Result<Claims, Refusal> {
        let unverified = SignedToken::parse(token).map_err(Refusal::Unbelievable)?;
        let metadata = self.metadata(now).await?;
        let keys = self.keys_for(&unverified, &metadata, now).await?;
        let claims = unverified.logout_token(&keys, self.parties(&metadata), now);
        claims.map_err(Refusal::Unbelievable)
    }

    /// The address at the provider at which somebody signs out there as well; none where it has none, or
    /// cannot be asked for it.
    pub(super) async fn end_session(
        &self,
        id_token: Option<&Secret<String>>,
        now: Timestamp,
    ) -> Option<Url> {
        let mut url = self.metadata(now).await.ok()?.end_session.clone()?;
        let mut query = url.query_pairs_mut();
        query.append_pair("client_id", &self.settings.client_id);
        query.append_pair("post_logout_redirect_uri", &self.signed_out_uri);
        if let Some(id_token) = id_token {
            query.append_pair("id_token_hint", id_token.expose());
        }
        drop(query);
        Some(url)
    }

    fn parties<'p>(&'p self, metadata: &'p Metadata) -> Parties<'p> {
        Parties {
            issuer: self.settings.issuer.as_str(),
            client: &self.settings.client_id,
            algorithms: metadata.algorithms.as_deref(),
        }
    }

    /// The form that exchanges a code, and the header with the client's credentials where they go there.
    fn token_request(
        &self,
        metadata: &Metadata,
        (attempt, code): (&Attempt, &str),
        now: Timestamp,
    ) -> Result<(String, Option<HeaderValue>), Refusal> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("code_verifier", &attempt.verifier());
        let client = self.settings.client_id.as_str();
        let mut credentials = None;
        match &self.settings.client_credentials {
            ClientCredentials::Secret(secret) if !metadata.takes_secret_in_form => {
                credentials = Some(basic(client, secret));
            }
            ClientCredentials::Secret(secret) => {
                form.append_pair("client_id", client).append_pair("client_secret", secret.expose());
            }
            ClientCredentials::Key(key) => {
                let parties = (client, self.settings.issuer.as_str());
                let assertion = key.assertion(parties, &attempt.assertion_id(), now);
                let assertion = assertion.ok_or(Refusal::Unreachable)?;
                form.append_pair("client_id", client)
                    .append_pair("client_assertion_type", ASSERTION_TYPE)
                    .append_pair("client_assertion", assertion.expose());
            }
            ClientCredentials::None => {
                form.append_pair("client_id", client);
            }
        }
        Ok((form.finish(), credentials))
    }

    async fn exchange(
        &self,
        metadata: &Metadata,
        exchanged: (&Attempt, &str),
        now: Timestamp,
    ) -> Result<TokenAnswer, Refusal> {
        let (form, credentials) = self.token_request(metadata, exchanged, now)?;
        let answer = self.client.post(&metadata.token, form, credentials).await;
        answer.map_err(|fault| {
            self.log(&fault, "a code was not taken");
            match fault {
                Fault::Status { error, .. } => Refusal::NoToken(FaultCode::new(error.as_deref())),
                _ => Refusal::Unreachable,
            }
        })
    }

    /// Returns `true` when a claim that is wanted stands at the userinfo endpoint, where many
    /// providers put what an ID token need not hold.
    fn is_something_missing(&self, claims: &Claims) -> bool {
        let names = &self.settings.claims;
        !claims.all.contains_key(&names.email)
            || (!self.settings.roles.is_empty() && claims.list(&names.groups).is_none())
    }

    async fn complete(&self, claims: &mut Claims, url: &Url, access: &str) -> Result<(), Refusal> {
        let more: Map<String, Value> = self.client.get_as(url, access).await.map_err(|fault| {
            self.log(&fault, "no userinfo");
            Refusal::Unreachable
        })?;
        if more.get("sub").and_then(Value::as_str) != claims.subject.as_deref() {
            return Err(Refusal::Unbelievable(SignedTokenFault::Subject));
        }
        // Whether an address was verified is said of the address that stands beside it, and of no other.
        let names = &self.settings.claims;
        let own_email = claims.all.get(&names.email);
        let is_of_another = own_email.is_some_and(|own| more.get(&names.email) != Some(own));
        for (name, value) in more {
            if !(is_of_another && name == names.email_verified) {
                claims.all.entry(name).or_insert(value);
            }
        }
        Ok(())
    }

    async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, Refusal> {
        let mut cached = self.metadata.lock().await;
        if let Some(value) = cached.fresh(DESCRIPTION_AGE_MAX, now) {
            return Ok(value);
        }
        if cached.may_ask(ASK_AGAIN_AFTER, now) {
            cached.asked_at = Some(now);
            match self.described().await {
                Ok(value) => return Ok(cached.set(value, now)),
                Err(why) => {
                    let provider = self.settings.name.as_str();
                    tracing::warn!(provider, why, "no description of an identity provider");
                }
            }
        }
        cached.value.clone().ok_or(Refusal::Unreachable)
    }

    async fn described(&self) -> Result<Metadata, String> {
        let url = self.settings.issuer.description();
        let description: Description =
            self.client.get(&url).await.map_err(|fault| fault.to_string())?;
        Metadata::of(description, &self.settings.issuer).map_err(|why| why.to_string())
    }

    /// Keys among which is the one that a token was signed with, if the provider has it.
    async fn keys_for(
        &self,
        token: &SignedToken<'_>,
        metadata: &Metadata,
        now: Timestamp,
    ) -> Result<Arc<KeySet>, Refusal> {
        let mut cached = self.keys.lock().await;
        let fresh = cached.fresh(KEYS_AGE_MAX, now);
        if let Some(keys) = fresh.as_ref().filter(|keys| token.is_signed_with_one_of(keys)) {
            return Ok(Arc::clone(keys));
        }
        let wait = if fresh.is_some() { KEYS_AGAIN_AFTER } else { ASK_AGAIN_AFTER };
        if cached.may_ask(wait, now) {
            cached.asked_at = Some(now);
            let answer = self.client.get::<JwksAnswer>(&metadata.keys).await;
            match answer.map(KeySet::of) {
                Ok(keys) if !keys.is_empty() => return Ok(cached.set(keys, now)),
                Ok(_) => {
                    let provider = self.settings.name.as_str();
                    tracing::warn!(
                        provider,
                        "an identity provider publishes no key that can be used"
                    );
                }
                Err(fault) => self.log(&fault, "no keys of an identity provider"),
            }
        }
        cached.fresh(KEYS_AGE_MAX, now).ok_or(Refusal::Unreachable)
    }

    fn log(&self, fault: &Fault, what: &str) {
        let (provider, error) = (self.settings.name.as_str(), fault as &dyn std::error::Error);
        tracing::warn!(provider, error, "{what}");
    }
}

impl<T> Answer<T> {
    fn fresh(&self, age_max: jiff::SignedDuration, now: Timestamp) -> Option<Arc<T>> {
        let is_fresh = self.loaded_at.is_some_and(|at| now.duration_since(at) < age_max);
        self.value.clone().filter(|_value| is_fresh)
    }

    fn may_ask(&self, after: jiff::SignedDuration, now: Timestamp) -> bool {
        self.asked_at.is_none_or(|at| now.duration_since(at) >= after)
    }

    fn set(&mut self, value: T, now: Timestamp) -> Arc<T> {
        let value = Arc::new(value);
        self.value = Some(Arc::clone(&value));
        self.loaded_at = Some(now);
        value
    }
}

/// The credentials of a client in a header, each part encoded as in a form (RFC 6749, section 2.3.1).
fn basic(client: &str, secret: &Secret<String>) -> HeaderValue {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(client), encoded(secret.expose()));
    let value = HeaderValue::try_from(format!("Basic {}", BASE64.encode(pair)));
    let mut value = value.expect("base 64 is ASCII");
    value.set_sensitive(true);
    value
}
