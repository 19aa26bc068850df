//! An identity provider that says whatever it is told, truth or not.
//!
//! Not for: a provider as it should be; the tests of `bursard` start one that others wrote.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::Secret;
use http::{HeaderMap, StatusCode};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use server::sign_in::oidc::{
    ClaimNames, ClientCredentials, ProviderClient, ProviderSettings, Providers, Route,
};
use server::sign_in::{PasswordUse, SignInMethods};
use tokio::net::TcpListener;

/// The one code that it takes.
pub(crate) const CODE: &str = "good-code";
pub(crate) const SITE: &str = "https://bursar.example.org";

#[derive(Clone)]
pub(crate) struct Issuer {
    pub(crate) url: String,
    words: Arc<Mutex<Words>>,
}

/// Its answers, and the questions it was asked.
struct Words {
    key: Key,
    description: Value,
    id_token: String,
    challenge: String,
    userinfo: Value,
    asked: BTreeMap<&'static str, usize>,
    /// The last form of the token endpoint, with its header of credentials.
    form: BTreeMap<String, String>,
}

struct Key {
    id: String,
    signing: EncodingKey,
    point: Vec<u8>,
}

impl Key {
    fn new(id: &str) -> Self {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref()).unwrap();
        Self {
            id: id.to_owned(),
            signing: EncodingKey::from_ec_der(document.as_ref()),
            point: pair.public_key().as_ref().to_vec(),
        }
    }

    fn jwk(&self) -> Value {
        let (x, y) = (BASE64.encode(&self.point[1..33]), BASE64.encode(&self.point[33..]));
        json!({"kty": "EC", "crv": "P-256", "kid": self.id, "use": "sig", "alg": "ES256", "x": x, "y": y})
    }
}

impl Issuer {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let words = Words {
            key: Key::new("k1"),
            description: json!({
                "issuer": url,
                "authorization_endpoint": format!("{url}/authorize"),
                "token_endpoint": format!("{url}/token"),
                "jwks_uri": format!("{url}/keys"),
                "userinfo_endpoint": format!("{url}/userinfo"),
                "end_session_endpoint": format!("{url}/end"),
            }),
            id_token: String::new(),
            challenge: String::new(),
            userinfo: json!({}),
            asked: BTreeMap::new(),
            form: BTreeMap::new(),
        };
        let issuer = Self { url, words: Arc::new(Mutex::new(words)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    fn words(&self) -> MutexGuard<'_, Words> {
        self.words.lock().unwrap()
    }

    fn count(&self, what: &'static str) {
        *self.words().asked.entry(what).or_default() += 1;
    }

    /// Counts the requests for something: `description`, `keys`, `token` or `userinfo`.
    pub(crate) fn requests_for(&self, what: &str) -> usize {
        self.words().asked.get(what).copied().unwrap_or_default()
    }

    pub(crate) fn describe(&self, member: &str, value: Value) {
        self.words().description[member] = value;
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let words = self.words();
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(words.key.id.clone());
        jsonwebtoken::encode(&header, claims, &words.key.signing).unwrap()
    }

    /// Its public key in the place of a shared secret.
    pub(crate) fn public_key(&self) -> Vec<u8> {
        self.words().key.point.clone()
    }

    /// Signs with another key from now on, and publishes that alone.
    pub(crate) fn rotate(&self, id: &str) {
        self.words().key = Key::new(id);
    }

    /// Sets the answer to whoever has the verifier of this challenge.
    pub(crate) fn will_answer(&self, challenge: &str, id_token: String) {
        let mut words = self.words();
        challenge.clone_into(&mut words.challenge);
        words.id_token = id_token;
    }

    pub(crate) fn will_tell(&self, userinfo: Value) {
        self.words().userinfo = userinfo;
    }

    /// The last request for a token.
    pub(crate) fn form(&self) -> BTreeMap<String, String> {
        self.words().form.clone()
    }

    pub(crate) fn settings(&self, name: &str) -> ProviderSettings {
        ProviderSettings {
            name: name.parse().unwrap(),
            title: "Contoso".to_owned(),
            issuer: self.url.parse().unwrap(),
            client_id: "bursar client".to_owned(),
            client_credentials: ClientCredentials::Secret(Secret::new("hunter 2:".to_owned())),
            scopes: vec!["profile".to_owned(), "email".to_owned()],
            claims: ClaimNames::default(),
            domains: vec!["example.org".to_owned()],
            trusts_domains: false,
            required: BTreeMap::new(),
            roles: Vec::new(),
        }
    }
}

pub(crate) fn methods(providers: Vec<ProviderSettings>, passwords: PasswordUse) -> SignInMethods {
    let client = ProviderClient::new(Route::Direct, None).unwrap();
    SignInMethods { passwords, providers: Providers::new(providers, &client, SITE).unwrap() }
}

async fn describe(State(issuer): State<Issuer>) -> Json<Value> {
    issuer.count("description");
    Json(issuer.words().description.clone())
}

async fn keys(State(issuer): State<Issuer>) -> Json<Value> {
    issuer.count("keys");
    Json(json!({ "keys": [issuer.words().key.jwk()] }))
}

async fn userinfo(
    State(issuer): State<Issuer>,
    headers: HeaderMap,
) -> Result<Json<Value>, StatusCode> {
    issuer.count("userinfo");
    if headers.get("authorization").is_none_or(|value| value != "Bearer access") {
        return Err(StatusCode::UNAUTHORIZED);
    }
    Ok(Json(issuer.words().userinfo.clone()))
}

async fn token(
    State(issuer): State<Issuer>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, Json<Value>) {
    issuer.count("token");
    let mut form: BTreeMap<String, String> =
        form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    if let Some(credentials) = headers.get("authorization") {
        form.insert("authorization".to_owned(), credentials.to_str().unwrap().to_owned());
    }
    let mut words = issuer.words();
    words.form = form;
    let verifier = words.form["code_verifier"].as_bytes();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier);
    if words.form["code"] != CODE || BASE64.encode(digest) != words.challenge {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"})));
    }
    let answer =
        json!({"access_token": "access", "token_type": "Bearer", "id_token": words.id_token});
    (StatusCode::OK, Json(answer))
}
