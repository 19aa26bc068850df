//! Signing in at an identity provider by OpenID Connect: the code flow with PKCE.
//!
//! Not for: pages and cookies (`http::pages::oidc`).
//!
//! Invariant: nobody is signed in but by an ID token that answers the very request that this browser left
//! with, once. No code and no token is in a log, an error or the audit log.

mod account;
pub(crate) mod attempt;
mod client;
mod client_key;
mod keys;
mod limits;
mod metadata;
pub(crate) mod provider;
pub(crate) mod refusal;
mod settings;
mod signed;

use std::net::{IpAddr, Ipv4Addr};

use domain::{AuditEntry, Secret};
use jiff::Timestamp;
use store::{EndedSessions, ProviderSession, User};
use tokio::sync::Semaphore;
use url::Url;

pub use client::{ClientError, ProviderClient, Route};
pub use client_key::ClientKey;
pub use settings::{
    ClaimNames, ClientCredentials, GroupRole, InvalidSettings, Issuer, ProviderName,
    ProviderSettings,
};

use self::account::Account;
use self::attempt::Attempt;
pub(crate) use self::limits::SIGN_IN_TIME_MAX;
use self::limits::{
    EXCHANGES_MAX, EXCHANGES_PER_ADDRESS_MAX, ID_TOKEN_KEPT_BYTES_MAX, LOGOUTS_MAX,
};
use self::provider::Provider;
use self::refusal::{FaultCode, Refusal};
use self::signed::Claims;
use super::Error;
use super::links::{self, SECRET_BYTES};
use super::session::Browser;
use crate::App;
use crate::measures;
use crate::places::{ConnectionPlace, ConnectionPlaces, OwnPlace};

/// The address in the place of one that nobody knows: all of whom it is not known share one.
const NO_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// The providers that people may sign in with; none unless an operator sets them.
#[derive(Debug)]
pub struct Providers {
    known: Vec<Provider>,
    exchanges: ConnectionPlaces,
    logouts: Semaphore,
}

/// The query with which a provider sends somebody back.
#[derive(Debug, Default)]
pub(crate) struct Callback {
    pub(crate) code: Option<Secret<String>>,
    pub(crate) state: String,
    pub(crate) iss: Option<String>,
    pub(crate) error: Option<String>,
}

/// Somebody who may be signed in.
#[derive(Debug)]
pub(crate) struct SignedIn {
    pub(crate) user: User,
    pub(crate) next: String,
    pub(crate) follows: ProviderSession,
}

impl Providers {
    pub fn none() -> Self {
        let exchanges = ConnectionPlaces::new(EXCHANGES_MAX, EXCHANGES_PER_ADDRESS_MAX);
        Self { known: Vec::new(), exchanges, logouts: Semaphore::new(LOGOUTS_MAX) }
    }

    /// Checks what no setting of one provider alone can show.
    pub fn check(settings: &[ProviderSettings]) -> Result<(), InvalidSettings> {
        settings::check(settings)
    }

    /// `site` is the address by which people reach this server, such as `https://bursar.example.org`.
    pub fn new(
        settings: Vec<ProviderSettings>,
        client: &ProviderClient,
        site: &str,
    ) -> Result<Self, InvalidSettings> {
        Self::check(&settings)?;
        let provider = |settings| Provider::new(settings, client.clone(), site);
        Ok(Self { known: settings.into_iter().map(provider).collect(), ..Self::none() })
    }

    /// Places for the exchange of a code by whoever comes from an address; none when as many are taken as
    /// there are, or as one may have.
    fn exchange(&self, browser: &Browser) -> Option<(ConnectionPlace, OwnPlace)> {
        let address = browser.address.parse().unwrap_or_else(|_no_address| NO_ADDRESS);
        let own = self.exchanges.take_own(address)?;
        Some((self.exchanges.take()?, own))
    }

    pub(crate) fn all(&self) -> &[Provider] {
        &self.known
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Provider> {
        self.known.iter().find(|provider| provider.settings.name.as_str() == name)
    }
}

/// Begins: where the browser goes, and what it holds meanwhile.
pub(crate) async fn begin(
    app: &App,
    provider: &Provider,
    next: &str,
) -> Result<(Url, Attempt), Refusal> {
    let now = app.clock.now();
    let name = provider.settings.name.clone();
    let attempt = Attempt::new(name, next.to_owned(), &app.randomness, now);
    let begun = provider.authorization(&attempt, now).await;
    begun.map(|url| (url, attempt)).inspect_err(|refusal| log(provider, refusal))
}

/// Finds out who has come back.
pub(crate) async fn finish(
    app: &App,
    provider: &Provider,
    (callback, attempt): (Callback, Option<Attempt>),
    browser: &Browser,
) -> Result<Result<SignedIn, Refusal>, Error> {
    let mut vouched_for = None;
    let came = (callback, attempt);
    let outcome = recognise(app, provider, came, browser, &mut vouched_for).await?;
    if let Err(refusal) = &outcome {
        log(provider, refusal);
        measures::sign_in_refused(refusal.measured());
        if refusal.is_audited() {
            let about = account::about(vouched_for.as_ref());
            note_refusal(app, provider, (refusal, about), browser).await?;
        }
    }
    Ok(outcome)
}

async fn recognise(
    app: &App,
    provider: &Provider,
    (callback, attempt): (Callback, Option<Attempt>),
    browser: &Browser,
    vouched_for: &mut Option<Claims>,
) -> Result<Result<SignedIn, Refusal>, Error> {
    let now = app.clock.now();
    let (attempt, code) = match answered(provider, callback, attempt, now).await {
        Ok(answered) => answered,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let vouched = {
        let Some(_places) = app.sign_in.providers.exchange(browser) else {
            return Ok(Err(Refusal::Busy));
        };
        match provider.vouched(&attempt, code.expose(), now).await {
            Ok(vouched) => vouched,
            Err(refusal) => return Ok(Err(refusal)),
        }
    };
    let claims = vouched_for.insert(vouched.claims);
    if !app.store.system().use_state(attempt.state_digest(), now).await? {
        return Ok(Err(Refusal::Replayed));
    }
    let Account { user, identity, has_joined } =
        match account::user(app, provider, claims, &attempt.next).await? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
    let is_short = |token: &Secret<String>| token.expose().len() <= ID_TOKEN_KEPT_BYTES_MAX;
    let follows = ProviderSession {
        provider: provider.settings.name.to_string(),
        identity,
        sid: claims.text("sid").map(str::to_owned),
        id_token: Some(vouched.id_token).filter(is_short),
    };
    let next = if has_joined { "/".to_owned() } else { attempt.next };
    Ok(Ok(SignedIn { user, next, follows }))
}

/// The code of an answer to the request with which this browser left.
async fn answered(
    provider: &Provider,
    callback: Callback,
    attempt: Option<Attempt>,
    now: Timestamp,
) -> Result<(Attempt, Secret<String>), Refusal> {
    let attempt = attempt.ok_or(Refusal::NotBegunHere)?;
    if !attempt.is_of(&provider.settings.name) {
        return Err(Refusal::MixedUp);
    }
    if !attempt.is_state(&callback.state) {
        return Err(Refusal::NotBegunHere);
    }
    if attempt.is_over(now) {
        return Err(Refusal::TooLate);
    }
    if !provider.gives(callback.iss.as_deref(), now).await? {
        return Err(Refusal::MixedUp);
    }
    if let Some(error) = &callback.error {
        return Err(Refusal::Denied(FaultCode::new(Some(error))));
    }
    match callback.code {
        Some(code) => Ok((attempt, code)),
        None => Err(Refusal::Denied(FaultCode::new(None))),
    }
}

/// The address at a provider at which somebody signs out there as well; none where there is nothing to sign
/// out of.
pub(crate) async fn sign_out_address(app: &App, follows: &ProviderSession) -> Option<Url> {
    let provider = app.sign_in.providers.find(&follows.provider)?;
    provider.end_session(follows.id_token.as_ref(), app.clock.now()).await
}

/// Ends the sessions of which a provider says by a logout token that they are over.
pub(crate) async fn log_out(
    app: &App,
    provider: &Provider,
    token: &Secret<String>,
) -> Result<Result<u64, Refusal>, Error> {
    let now = app.clock.now();
    let claims = {
        let Ok(_permit) = app.sign_in.providers.logouts.try_acquire() else {
            return Ok(Err(Refusal::Busy));
        };
        match provider.logged_out(token, now).await {
            Ok(claims) => claims,
            Err(refusal) => {
                log(provider, &refusal);
                return Ok(Err(refusal));
            }
        }
    };
    let ended = match (claims.text("sid").map(str::to_owned), claims.subject) {
        (Some(sid), _) => EndedSessions::OfSid(sid),
        (None, Some(subject)) => EndedSessions::OfSubject(subject),
        (None, None) => return Ok(Ok(0)),
    };
    let issuer = provider.settings.issuer.as_str();
    Ok(Ok(app.store.system().end_provider_sessions(issuer, &ended, now).await?))
}

fn log(provider: &Provider, refusal: &Refusal) {
    let (provider, why) = (provider.settings.name.as_str(), refusal.code());
    tracing::info!(provider, why, "nobody was signed in by an identity provider");
}

async fn note_refusal(
    app: &App,
    provider: &Provider,
    (refusal, about): (&Refusal, String),
    browser: &Browser,
) -> Result<(), Error> {
    let entry = AuditEntry {
        at: app.clock.now(),
        who: account::by(provider),
        what: "user.sign_in_refused".to_owned(),
        about,
        customer: None,
        details: serde_json::json!({
            "issuer": provider.settings.issuer.as_str(),
            "why": refusal.code(),
            "address": browser.address,
        }),
    };
    Ok(app.store.system().audit(&entry).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_codes_keep_nobody_else_from_signing_in() {
        let providers = Providers::none();
        let from = |address: &str| {
            let (address, agent) = (address.to_owned(), String::new());
            providers.exchange(&Browser { address, agent, known_by: None })
        };
        let mut taken: Vec<_> =
            (1..=EXCHANGES_PER_ADDRESS_MAX).map(|at| from(&format!("2001:db8::{at}"))).collect();
        assert!(taken.iter().all(Option::is_some));
        assert!(from("2001:db8::ffff").is_none(), "the network has its places");
        assert!(from("2001:db8:1::1").is_some() && from("198.51.100.7").is_some());
        // Logout tokens, which anybody sends, take none of them.
        let _logouts = providers.logouts.try_acquire_many(LOGOUTS_MAX.try_into().unwrap()).unwrap();
        assert!(from("198.51.100.7").is_some());
        taken.pop();
        assert!(from("2001:db8::ffff").is_some());
    }
}
