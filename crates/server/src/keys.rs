//! The deployment's signing keys: one signs, all that were not retired verify tokens, and checkpoints of
//! the audit log are read by whichever signed them.
//!
//! Invariant: a key is used with the algorithm it was made for, never with the one a token asks for.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Secret;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use store::{KeyAlgorithm, SigningKeyRecord, Store};
use tokio::time::{Instant, sleep_until};

/// A key made by another process (`bursard key rotate`) is in the published set at the latest after this
/// time. A token signed with it is good at once: an unknown key id asks the store.
const RELOAD_EVERY: Duration = Duration::from_mins(1);
/// An id that is not known asks the store no sooner than so long after the last such question: whoever
/// makes ids up, which takes no signature, keeps one query going and no more.
const UNKNOWN_ASKS_AFTER: Duration = Duration::from_millis(100);
/// The point of an uncompressed P-256 key: one byte, then two coordinates of 32 bytes.
const P256_POINT_BYTES: usize = 65;

/// The keys, as they are in the store.
#[derive(Debug)]
pub struct KeyRing {
    store: Store,
    keys: RwLock<Arc<Vec<Key>>>,
    loaded: Mutex<Option<Instant>>,
    /// When the store was last asked because of an unknown id; held while it is asked.
    asked_unknown: tokio::sync::Mutex<Option<Instant>>,
}

/// One key, ready for use.
pub struct Key {
    id: String,
    algorithm: KeyAlgorithm,
    public: Vec<u8>,
    verifying: DecodingKey,
    signing: EncodingKey,
    retired_at: Option<Timestamp>,
}

/// Making or reading keys failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no signing key; make one with: bursard key rotate")]
    NoKey,
    #[error("the system's cryptography refused to make a key")]
    NotMade,
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Key {
    fn from_record(record: SigningKeyRecord) -> Self {
        let private = record.private_key.expose();
        let (verifying, signing) = match record.algorithm {
            KeyAlgorithm::EdDsa => {
                (DecodingKey::from_ed_der(&record.public_key), EncodingKey::from_ed_der(private))
            }
            KeyAlgorithm::Es256 => {
                (DecodingKey::from_ec_der(&record.public_key), EncodingKey::from_ec_der(private))
            }
        };
        Self {
            id: record.kid,
            algorithm: record.algorithm,
            public: record.public_key,
            verifying,
            signing,
            retired_at: record.retired_at,
        }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) const fn retired_at(&self) -> Option<Timestamp> {
        self.retired_at
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        match self.algorithm {
            KeyAlgorithm::EdDsa => Algorithm::EdDSA,
            KeyAlgorithm::Es256 => Algorithm::ES256,
        }
    }

    pub(crate) fn verifying(&self) -> &DecodingKey {
        &self.verifying
    }

    pub(crate) fn signing(&self) -> &EncodingKey {
        &self.signing
    }

    /// The public half as a JWK (RFC 7517, RFC 8037).
    fn to_jwk(&self) -> serde_json::Value {
        let common = |kind: &str, curve: &str, algorithm: &str| {
            serde_json::json!({
                "kty": kind, "crv": curve, "alg": algorithm, "use": "sig", "kid": self.id,
            })
        };
        match self.algorithm {
            KeyAlgorithm::EdDsa => {
                let mut jwk = common("OKP", "Ed25519", "EdDSA");
                jwk["x"] = URL_SAFE_NO_PAD.encode(&self.public).into();
                jwk
            }
            KeyAlgorithm::Es256 => {
                let mut jwk = common("EC", "P-256", "ES256");
                if self.public.len() == P256_POINT_BYTES {
                    jwk["x"] = URL_SAFE_NO_PAD.encode(&self.public[1..33]).into();
                    jwk["y"] = URL_SAFE_NO_PAD.encode(&self.public[33..]).into();
                }
                jwk
            }
        }
    }
}

/// Makes an Ed25519 key and keeps it: from now on it signs. Older keys go on verifying, so tokens in use
/// stay good. Returns its id: `k1`, `k2` and so on.
pub async fn add_key(store: &Store, now: Timestamp) -> Result<String, Error> {
    let system = store.system();
    let id = format!("k{}", system.signing_keys().await?.len() + 1);
    let pair = Ed25519KeyPair::generate().map_err(|_unspecified| Error::NotMade)?;
    let private = pair.to_pkcs8().map_err(|_unspecified| Error::NotMade)?;
    let record = SigningKeyRecord {
        kid: id.clone(),
        algorithm: KeyAlgorithm::EdDsa,
        public_key: pair.public_key().as_ref().to_vec(),
        private_key: Secret::new(private.as_ref().to_vec()),
        created_at: now,
        retired_at: None,
    };
    system.add_signing_key(record).await?;
    Ok(id)
}

impl KeyRing {
    pub async fn load(store: &Store) -> Result<Self, Error> {
        let ring = Self {
            store: store.clone(),
            keys: RwLock::default(),
            loaded: Mutex::new(None),
            asked_unknown: tokio::sync::Mutex::new(None),
        };
        ring.reload().await?;
        Ok(ring)
    }

    /// Runs `with` on the key that signs: the newest that is not retired.
    pub fn with_signer<T>(&self, with: impl FnOnce(&Key) -> T) -> Result<T, Error> {
        self.snapshot().iter().rfind(|key| key.retired_at.is_none()).map(with).ok_or(Error::NoKey)
    }

    /// Runs `with` on the key of this id, retired or not, looking in the store once if it is not known
    /// yet, and now and then in any case: another process may have retired it.
    pub async fn with_key<T>(
        &self,
        id: &str,
        with: impl FnOnce(&Key) -> T,
    ) -> Result<Option<T>, Error> {
        if self.is_due() {
            self.reload().await?;
        }
        if !self.knows(id) {
            self.look_for(id).await?;
        }
        Ok(self.snapshot().iter().find(|key| key.id == id).map(with))
    }

    fn knows(&self, id: &str) -> bool {
        self.snapshot().iter().any(|key| key.id == id)
    }

    /// Looks for a key in the store. All who come while it is asked share the next answer, so that a key of
    /// another process is found at once however many ids are made up.
    async fn look_for(&self, id: &str) -> Result<(), Error> {
        let came = Instant::now();
        let mut asked = self.asked_unknown.lock().await;
        if self.knows(id) || asked.is_some_and(|asked| asked >= came) {
            return Ok(());
        }
        if let Some(asked) = *asked {
            sleep_until(asked + UNKNOWN_ASKS_AFTER).await;
        }
        *asked = Some(Instant::now());
        self.reload().await
    }

    /// All public keys, as a JWK set.
    pub async fn to_jwks(&self) -> Result<serde_json::Value, Error> {
        if self.is_due() {
            self.reload().await?;
        }
        let snapshot = self.snapshot();
        let keys: Vec<_> =
            snapshot.iter().filter(|key| key.retired_at.is_none()).map(Key::to_jwk).collect();
        Ok(serde_json::json!({ "keys": keys }))
    }

    fn is_due(&self) -> bool {
        let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.is_none_or(|loaded| loaded.elapsed() >= RELOAD_EVERY)
    }

    async fn reload(&self) -> Result<(), Error> {
        *self.loaded.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        let mut records = self.store.system().signing_keys().await?;
        records.sort_by_key(|record| record.created_at);
        let keys = records.into_iter().map(Key::from_record).collect();
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        Ok(())
    }

    fn snapshot(&self) -> Arc<Vec<Key>> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
}
