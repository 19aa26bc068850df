//! Where the store keeps rows and objects, as URLs an operator writes.
//!
//! Not for: reading a configuration file or the environment; the programs do that.
//! Invariant: neither `Display` nor `Debug` of anything here shows a password or a key.

mod environment;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use domain::Secret;
use object_store::aws::AmazonS3ConfigKey;
use object_store::azure::AzureConfigKey;

/// All the store needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    pub database: DatabaseUrl,
    pub objects: ObjectsUrl,
}

/// `sqlite:PATH` or `postgres://user:password@host/database`.
#[derive(Clone)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(Secret<String>),
}

/// `file:PATH`, `s3://bucket/prefix` or `az://container/prefix`.
#[derive(Debug, Clone)]
pub enum ObjectsUrl {
    Local(PathBuf),
    S3(Bucket),
    Azure(Bucket),
}

/// A bucket (S3) or container (Azure Blob) and the prefix of our keys in it.
#[derive(Debug, Clone)]
pub struct Bucket {
    pub name: String,
    /// Empty, or without slashes at its ends.
    pub prefix: String,
    /// Option names of the service (`aws_region`, `azure_storage_account_name`, …) and their
    /// values.
    pub options: Secret<BTreeMap<String, String>>,
    /// Options that the environment gives; they count where `options` says nothing.
    pub environment: Secret<BTreeMap<String, String>>,
}

/// Text that is not such a URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct InvalidUrl {
    expected: &'static str,
}

/// An option that the service has not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{name} is no option of {service}; the names are those that the object_store crate gives them, such as \
     aws_access_key_id or azure_storage_account_name"
)]
pub struct UnknownOption {
    name: String,
    service: &'static str,
}

const DATABASE_FORMS: InvalidUrl =
    InvalidUrl { expected: "sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE" };
const OBJECTS_FORMS: InvalidUrl =
    InvalidUrl { expected: "file:PATH, s3://BUCKET/PREFIX or az://CONTAINER/PREFIX" };
const REDACTED: &str = "…";

impl ObjectsUrl {
    /// Sets the options of the service; the local disk has none.
    pub fn with_options(
        mut self,
        options: BTreeMap<String, String>,
    ) -> Result<Self, UnknownOption> {
        let (service, is_known): (_, fn(&str) -> bool) = match &self {
            Self::Local(_) => return Ok(self),
            Self::S3(_) => ("S3", |name| name.parse::<AmazonS3ConfigKey>().is_ok()),
            Self::Azure(_) => ("Azure Blob", |name| name.parse::<AzureConfigKey>().is_ok()),
        };
        if let Some(name) = options.keys().find(|name| !is_known(name)) {
            return Err(UnknownOption { name: name.clone(), service });
        }
        if let Self::S3(bucket) | Self::Azure(bucket) = &mut self {
            bucket.options = Secret::new(options);
        }
        Ok(self)
    }

    /// Adds what the environment holds under the service's own names (`AWS_REGION`,
    /// `AZURE_STORAGE_ACCOUNT_NAME`, …), as its other tools take it. What the options set wins, and
    /// credentials are never of both.
    #[must_use]
    pub fn with_environment(
        mut self,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let service = match &self {
            Self::Local(_) => return self,
            Self::S3(_) => environment::S3,
            Self::Azure(_) => environment::AZURE,
        };
        if let Self::S3(bucket) | Self::Azure(bucket) = &mut self {
            let found = service.options(variables, bucket.options.expose());
            bucket.environment = Secret::new(found);
        }
        self
    }

    /// The names of the options that the environment sets.
    pub fn environment_names(&self) -> Vec<&str> {
        match self {
            Self::Local(_) => Vec::new(),
            Self::S3(bucket) | Self::Azure(bucket) => {
                bucket.environment.expose().keys().map(String::as_str).collect()
            }
        }
    }

    /// The names of the options that are set; their values may be secret.
    pub fn option_names(&self) -> Vec<&str> {
        match self {
            Self::Local(_) => Vec::new(),
            Self::S3(bucket) | Self::Azure(bucket) => {
                bucket.options.expose().keys().map(String::as_str).collect()
            }
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = InvalidUrl;
    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            return file_path(path).map(Self::Sqlite).ok_or(DATABASE_FORMS);
        }
        let is_postgres = ["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
        if is_postgres {
            Ok(Self::Postgres(Secret::new(text.to_owned())))
        } else {
            Err(DATABASE_FORMS)
        }
    }
}

impl FromStr for ObjectsUrl {
    type Err = InvalidUrl;
    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        if let Some(path) = text.strip_prefix("file:") {
            return file_path(path).map(Self::Local).ok_or(OBJECTS_FORMS);
        }
        if let Some(rest) = text.strip_prefix("s3://") {
            return Bucket::parse(rest).map(Self::S3);
        }
        if let Some(rest) = text.strip_prefix("az://") {
            return Bucket::parse(rest).map(Self::Azure);
        }
        Err(OBJECTS_FORMS)
    }
}

impl Bucket {
    fn parse(rest: &str) -> Result<Self, InvalidUrl> {
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if name.is_empty() || name.contains(['@', ':', '?']) {
            return Err(OBJECTS_FORMS);
        }
        Ok(Self {
            name: name.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            options: Secret::new(BTreeMap::new()),
            environment: Secret::new(BTreeMap::new()),
        })
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => f.write_str(&without_password(url.expose())),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for ObjectsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, bucket) = match self {
            Self::Local(path) => return write!(f, "file:{}", path.display()),
            Self::S3(bucket) => ("s3", bucket),
            Self::Azure(bucket) => ("az", bucket),
        };
        write!(f, "{scheme}://{}", bucket.name)?;
        if !bucket.prefix.is_empty() {
            write!(f, "/{}", bucket.prefix)?;
        }
        Ok(())
    }
}

/// Takes `PATH`, `//PATH` and `///PATH` as people write them.
fn file_path(text: &str) -> Option<PathBuf> {
    let path = text.strip_prefix("//").unwrap_or(text);
    (!path.is_empty()).then(|| PathBuf::from(path))
}

/// Hides what stands between the user's name and the last `@`, and every parameter's value: it is
/// better to show too little than to guess what a mistyped URL means.
fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    let (user, place) = match rest.rsplit_once('@') {
        Some((user, place)) => (Some(user), place),
        None => (None, rest),
    };
    let user = match user.map(|user| user.split_once(':').ok_or(user)) {
        Some(Ok((name, _password))) => format!("{name}:{REDACTED}@"),
        Some(Err(name)) => format!("{name}@"),
        None => String::new(),
    };
    match place.split_once('?') {
        Some((place, _)) => format!("{scheme}://{user}{place}?{REDACTED}"),
        None => format!("{scheme}://{user}{place}"),
    }
}

#[cfg(test)]
mod tests;
