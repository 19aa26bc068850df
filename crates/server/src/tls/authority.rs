//! A certificate authority of our own, made at first start so that TLS works with nothing configured.
//!
//! Invariant: private keys are written with mode 0600 before anything names them, and nothing that is
//! there already is overwritten except a certificate of ours that is about to end.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use domain::local_authority;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};

use super::certificate::CertificateFiles;
use super::names;

const AUTHORITY_KEY_FILE: &str = "ca-key.pem";
const CHAIN_FILE: &str = "server.pem";
const KEY_FILE: &str = "server-key.pem";
/// Keys are in it from its first moment.
const FOLDER_MODE: u32 = 0o700;
/// A private authority may live long: whoever trusts it does so by hand, and for the names of this server
/// only.
const AUTHORITY_DAYS: i64 = 3650;
/// Shorter than the 200 days that clients accept of public certificates since March 2026.
pub const CERTIFICATE_DAYS: i64 = 199;
/// A certificate of ours with less than this left is made anew.
const RENEW_DAYS: i64 = 60;
/// Clocks of honest machines differ by less.
const BACKDATE: SignedDuration = SignedDuration::from_hours(1);

/// The certificate and authority that were found or made.
#[derive(Debug)]
pub struct AuthorityFiles {
    pub files: CertificateFiles,
    pub authority: PathBuf,
    pub is_new: bool,
}

/// Making or writing failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot write {}: {source}", path.display())]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    #[error("the end of the certificate is out of range")]
    Time,
    #[error(
        "the authority in {} was made for other names than {names}, and no client would believe a certificate of it \
         for them; take those names out of tls.names, or move that folder away, start again, and let every client \
         trust the new ca.pem",
        folder.display()
    )]
    OtherNames { folder: PathBuf, names: String },
    #[error("{} is no certificate", .0.display())]
    Malformed(PathBuf),
}

impl CertificateFiles {
    /// The pair made here, in `folder`.
    pub fn own(folder: &Path) -> Self {
        Self { chain: folder.join(CHAIN_FILE), key: folder.join(KEY_FILE) }
    }
}

/// Makes an authority and a certificate for `names` in `folder`, unless they are there; renews the
/// certificate when it is about to end, or is for other names.
pub fn make_authority(
    folder: &Path,
    names: &[String],
    now: Timestamp,
) -> Result<AuthorityFiles, Error> {
    let files = CertificateFiles::own(folder);
    let authority = folder.join(local_authority::CERTIFICATE_FILE);
    if authority.exists() && files.chain.exists() && files.key.exists() {
        check_names(folder, names)?;
        let ends = files.load().map(|certificate| certificate.not_after);
        let is_ending = ends.is_ok_and(|ends| {
            ends.duration_since(now) < SignedDuration::from_hours(24 * RENEW_DAYS)
        });
        if is_ending || !names::are_of(&read(&files.chain)?, names) {
            renew_certificate(folder, names, now)?;
        }
        return Ok(AuthorityFiles { files, authority, is_new: false });
    }
    DirBuilder::new()
        .recursive(true)
        .mode(FOLDER_MODE)
        .create(folder)
        .map_err(|source| Error::Unwritable { path: folder.to_owned(), source })?;
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let certificate = authority_params(names, now)?.self_signed(&key)?;
    write(&folder.join(AUTHORITY_KEY_FILE), &key.serialize_pem(), 0o600)?;
    write(&authority, &certificate.pem(), 0o644)?;
    renew_certificate(folder, names, now)?;
    Ok(AuthorityFiles { files, authority, is_new: true })
}

/// Makes a new key and certificate for `names`, signed by the authority in `folder`.
pub fn renew_certificate(folder: &Path, names: &[String], now: Timestamp) -> Result<(), Error> {
    let authority_key = KeyPair::from_pem(&read(&folder.join(AUTHORITY_KEY_FILE))?)?;
    let authority = read(&folder.join(local_authority::CERTIFICATE_FILE))?;
    let issuer = Issuer::from_ca_cert_pem(&authority, authority_key)?;
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params = CertificateParams::new(names.to_vec())?;
    params.distinguished_name = DistinguishedName::new();
    let name = names.first().map_or("localhost", String::as_str);
    params.distinguished_name.push(DnType::CommonName, name);
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    set_validity(&mut params, now, CERTIFICATE_DAYS)?;
    let certificate = params.signed_by(&key, &issuer)?;
    write(&folder.join(KEY_FILE), &key.serialize_pem(), 0o600)?;
    write(&folder.join(CHAIN_FILE), &certificate.pem(), 0o644)
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Unwritable { path: path.to_owned(), source })
}

/// Checks that the authority may speak for these names; one of before it was limited may for all.
fn check_names(folder: &Path, names: &[String]) -> Result<(), Error> {
    let path = folder.join(local_authority::CERTIFICATE_FILE);
    let outside = names::outside(&read(&path)?, names).ok_or(Error::Malformed(path))?;
    if outside.is_empty() {
        return Ok(());
    }
    Err(Error::OtherNames { folder: folder.to_owned(), names: outside.join(", ") })
}

fn authority_params(names: &[String], now: Timestamp) -> Result<CertificateParams, Error> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, local_authority::NAME);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    // Whoever steals its key is this server to those who trust it, and nobody else.
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.name_constraints = Some(names::constraints(names));
    set_validity(&mut params, now, AUTHORITY_DAYS)?;
    Ok(params)
}

fn set_validity(params: &mut CertificateParams, now: Timestamp, days: i64) -> Result<(), Error> {
    let from = now - BACKDATE;
    let to = now.checked_add(SignedDuration::from_hours(24 * days)).map_err(|_far| Error::Time)?;
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let since_epoch = |time: Timestamp| std::time::Duration::try_from(time.as_duration());
    params.not_before = epoch + since_epoch(from).map_err(|_before_1970| Error::Time)?;
    params.not_after = epoch + since_epoch(to).map_err(|_before_1970| Error::Time)?;
    Ok(())
}

/// Writes beside and renames, so that a server that reads just then sees the old or the new file.
fn write(path: &Path, text: &str, mode: u32) -> Result<(), Error> {
    let unwritable = |source| Error::Unwritable { path: path.to_owned(), source };
    let beside = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(mode);
    let mut file = options.open(&beside).map_err(unwritable)?;
    file.write_all(text.as_bytes()).map_err(unwritable)?;
    file.sync_all().map_err(unwritable)?;
    fs::rename(&beside, path).map_err(unwritable)
}
