//! Credentials of SFTP: passwords and public keys of a unit, made here and recognised when they come back.
//!
//! Not for: connections (`sftp`), or what is kept of a credential (`store`).
//!
//! Invariant: a password is made of random bytes, shown once and kept as its digest; nobody chooses one. A
//! credential sends files of one unit and does nothing else.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE32_NOPAD, Encoding};
use domain::{AccessScope, CustomerName, Role, Secret, TokenId, UnitName};
use jiff::Timestamp;
use russh::keys::ssh_key::public::KeyData;
use russh::keys::{Algorithm, HashAlg, PublicKey};
use store::{SftpSecret, Store, TokenRecord};

use crate::Randomness;
use crate::keys::{self, KeyRing};
use crate::sha256::sha256;

/// Random bytes of a password: nobody guesses 160 bits, and their 32 characters fit into every field for one.
const PASSWORD_BYTES: usize = 20;
/// Shorter keys of RSA can be broken (NIST SP 800-131A).
const RSA_BITS_MIN: u32 = 2048;
/// A public key as OpenSSH writes it: of RSA with 16,384 bits 2,800 characters.
const PUBLIC_KEY_BYTES_MAX: usize = 4096;
/// The sign between customer and unit in the name of a user.
const NAME_SIGN: char = '.';

/// The user that a client of SFTP signs in as: `acme.north`, or `acme` for the unit of the
/// customer's own name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SftpUser {
    pub customer: CustomerName,
    pub unit: UnitName,
}

/// A text that names no user of SFTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a user of SFTP is called as its customer and its unit are, such as acme.north")]
pub struct InvalidSftpUser;

/// A public key that may sign in, and its fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshPublicKey {
    text: String,
    fingerprint: String,
}

/// Why a public key is not taken. Each sentence says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyRefusal {
    #[error(
        "this is a private key, which belongs to the machine that sends and to nobody else: make a new pair, as \
         this one was shown, and paste the public half, the file that ends in .pub"
    )]
    Private,
    #[error(
        "this is no public key as OpenSSH writes it; paste the one line of the file that ends in .pub, such as \
         ssh-ed25519 AAAA…; of PuTTY the text in the field at the top"
    )]
    NotAKey,
    #[error("a key of {algorithm} is not taken; make one with: ssh-keygen -t ed25519")]
    Algorithm { algorithm: String },
    #[error(
        "a key of RSA has to have {RSA_BITS_MIN} bits or more; make one with: ssh-keygen -t ed25519"
    )]
    Short,
}

/// A credential to be made.
#[derive(Debug)]
pub struct NewSftpCredential {
    pub id: TokenId,
    pub user: SftpUser,
    /// The name that the person who makes it gives it.
    pub label: String,
    /// A user's address, or `operator` for a command.
    pub made_by: String,
    pub expires_at: Timestamp,
    /// None: a password is made.
    pub public_key: Option<SshPublicKey>,
}

impl fmt::Display for SftpUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.customer.as_str() == self.unit.as_str() {
            return self.customer.fmt(f);
        }
        write!(f, "{}{NAME_SIGN}{}", self.customer, self.unit)
    }
}

impl FromStr for SftpUser {
    type Err = InvalidSftpUser;
    fn from_str(text: &str) -> Result<Self, InvalidSftpUser> {
        let (customer, unit) = text.split_once(NAME_SIGN).unwrap_or((text, text));
        Ok(Self {
            customer: customer.parse().map_err(|_no_name| InvalidSftpUser)?,
            unit: unit.parse().map_err(|_no_name| InvalidSftpUser)?,
        })
    }
}

impl FromStr for SshPublicKey {
    type Err = PublicKeyRefusal;
    fn from_str(text: &str) -> Result<Self, PublicKeyRefusal> {
        let text = text.trim();
        if text.contains("PRIVATE KEY") || text.starts_with("PuTTY-User-Key-File") {
            return Err(PublicKeyRefusal::Private);
        }
        if text.len() > PUBLIC_KEY_BYTES_MAX || text.lines().count() != 1 {
            return Err(PublicKeyRefusal::NotAKey);
        }
        let key = PublicKey::from_openssh(text).map_err(|_not_a_key| PublicKeyRefusal::NotAKey)?;
        match key.key_data() {
            KeyData::Ed25519(_) | KeyData::Ecdsa(_) => {}
            KeyData::Rsa(rsa) if rsa.key_size() >= RSA_BITS_MIN => {}
            KeyData::Rsa(_) => return Err(PublicKeyRefusal::Short),
            other => {
                let algorithm = other.algorithm().to_string();
                return Err(PublicKeyRefusal::Algorithm { algorithm });
            }
        }
        Self::from_key(&key).ok_or(PublicKeyRefusal::NotAKey)
    }
}

impl SshPublicKey {
    /// The key without its comment; none of one that cannot be written.
    fn from_key(key: &PublicKey) -> Option<Self> {
        let text = PublicKey::new(key.key_data().clone(), "").to_openssh().ok()?;
        let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
        Some(Self { text: text.trim().to_owned(), fingerprint })
    }

    /// The fingerprint as `ssh-keygen -l` shows it.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

/// Makes a credential. The password, where it has one, is returned once and kept nowhere.
///
/// # Errors
/// Those of [`store::SystemStore::add_token`].
pub async fn add(
    store: &Store,
    keys: &KeyRing,
    randomness: &Randomness,
    new: NewSftpCredential,
    now: Timestamp,
) -> Result<Option<Secret<String>>, keys::Error> {
    let (secret, password) = if let Some(key) = new.public_key {
        (SftpSecret::PublicKey(key.text), None)
    } else {
        let password = password(randomness);
        let digest = sha256(password.expose().as_bytes());
        (SftpSecret::Password(digest), Some(password))
    };
    let record = TokenRecord {
        id: new.id,
        scope: AccessScope {
            customer: new.user.customer,
            units: Some(vec![new.user.unit]),
            types: None,
        },
        role: Role::Uploader,
        label: new.label,
        // Every record names a key; that of a credential never signed anything.
        kid: keys.with_signer(|key| key.id().to_owned())?,
        key_retired_at: None,
        issued_at: now,
        not_before: now,
        expires_at: new.expires_at,
        revoked_at: None,
        made_by: Some(new.made_by),
        last_used_at: None,
        last_used_from: None,
        sftp: Some(secret),
    };
    store.system().add_token(&record).await?;
    Ok(password)
}

fn password(randomness: &Randomness) -> Secret<String> {
    let encoding: &Encoding = &BASE32_NOPAD;
    let text = encoding.encode(&randomness.bytes::<PASSWORD_BYTES>());
    Secret::new(text.to_ascii_lowercase())
}

/// The credential that a password is of; none where no working one of the user has it.
pub(crate) async fn by_password(
    store: &Store,
    user: &SftpUser,
    password: &str,
    now: Timestamp,
) -> Result<Option<TokenRecord>, store::Error> {
    let secret = SftpSecret::Password(sha256(password.as_bytes()));
    find(store, user, &secret, now).await
}

/// The credential that a public key is of; none where no working one of the user has it.
pub(crate) async fn by_public_key(
    store: &Store,
    user: &SftpUser,
    key: &PublicKey,
    now: Timestamp,
) -> Result<Option<TokenRecord>, store::Error> {
    let Some(key) = SshPublicKey::from_key(key) else { return Ok(None) };
    find(store, user, &SftpSecret::PublicKey(key.text), now).await
}

/// Returns `true` for a signature with SHA-1, which can be forged.
pub(crate) fn is_weak(algorithm: &Algorithm) -> bool {
    matches!(algorithm, Algorithm::Rsa { hash: None } | Algorithm::Dsa)
}

async fn find(
    store: &Store,
    user: &SftpUser,
    secret: &SftpSecret,
    now: Timestamp,
) -> Result<Option<TokenRecord>, store::Error> {
    let credentials = store.system().sftp_credentials(&user.customer, &user.unit).await?;
    let is_it = |credential: &TokenRecord| {
        credential.sftp.as_ref() == Some(secret) && credential.works(now)
    };
    Ok(credentials.into_iter().find(is_it))
}

/// The proof that a credential asks for, in words, with the fingerprint of a key.
pub fn proof_words(record: &TokenRecord) -> String {
    match &record.sftp {
        Some(SftpSecret::PublicKey(text)) => match text.parse::<SshPublicKey>() {
            Ok(key) => {
                let algorithm = text.split(' ').next().unwrap_or("key");
                format!("{algorithm} {}", key.fingerprint)
            }
            Err(_by_another_version) => "key".to_owned(),
        },
        Some(SftpSecret::Password(_)) => "password".to_owned(),
        None => "access token".to_owned(),
    }
}

#[cfg(test)]
mod tests;
