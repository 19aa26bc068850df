//! `sqlserver://user:password@host:port/database?ca-file=…` taken apart.

use std::borrow::Cow;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use tiberius::{AuthMethod, Config};
use url::Url;

use crate::inputs::query::fault::Fault;

/// The port that SQL Server has unless it is told another.
const PORT: u16 = 1433;
const FORM: &str = "sqlserver://user:password@host:1433/database";

/// The place of a SQL Server, and how to sign in to it.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::inputs::query) struct ServerUrl {
    pub(super) host: String,
    pub(super) port: u16,
    database: Option<String>,
    user: String,
    password: String,
    /// Certificates to trust besides the operating system's, PEM or DER.
    ca_file: Option<PathBuf>,
    /// The name in the server's certificate where it is not the host.
    certificate_name: Option<String>,
}

impl ServerUrl {
    pub(in crate::inputs::query) fn parse(url: &str) -> Result<Self, Fault> {
        let unusable = |what: &str| Fault::BadUrl(format!("{what}; the form is {FORM}"));
        let parsed = Url::parse(url)
            .map_err(|fault| unusable(&format!("the URL of the database is not one: {fault}")))?;
        let decoded = |text: &str, what: &str| {
            let decoded = percent_decode_str(text).decode_utf8();
            decoded
                .map(Cow::into_owned)
                .map_err(|_not_text| unusable(&format!("the {what} is not UTF-8")))
        };
        let host = parsed.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| unusable("the URL of the database names no host"))?;
        let user = decoded(parsed.username(), "user")?;
        let password = decoded(parsed.password().unwrap_or_default(), "password")?;
        if user.is_empty() || password.is_empty() {
            return Err(unusable(
                "the URL of the database names no user and password; sign-in with a Windows account goes \
                 by ODBC",
            ));
        }
        let database = decoded(parsed.path().trim_start_matches('/'), "database")?;
        let (mut ca_file, mut certificate_name) = (None, None);
        for (key, value) in parsed.query_pairs() {
            match key.as_ref() {
                "ca-file" => ca_file = Some(PathBuf::from(value.into_owned())),
                "certificate-name" => certificate_name = Some(value.into_owned()),
                other => {
                    let what = format!("{other} is not known; ca-file and certificate-name are");
                    return Err(unusable(&what));
                }
            }
        }
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: parsed.port().unwrap_or(PORT),
            database: Some(database).filter(|name| !name.is_empty()),
            user,
            password,
            ca_file,
            certificate_name,
        })
    }

    pub(super) fn config(&self) -> Result<Config, Fault> {
        let mut config = Config::new();
        config.host(&self.host);
        config.port(self.port);
        config.authentication(AuthMethod::sql_server(&self.user, &self.password));
        if let Some(database) = &self.database {
            config.database(database);
        }
        if let Some(name) = &self.certificate_name {
            config.hostname_in_certificate(name);
        }
        if let Some(path) = &self.ca_file {
            let certificates = std::fs::read(path).map_err(|fault| {
                Fault::BadUrl(format!("the ca-file {} cannot be read: {fault}", path.display()))
            })?;
            config.trust_cert_ca_bundle(certificates);
        }
        Ok(config)
    }
}

impl std::fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerUrl")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
