//! The ways by which people sign in: the sections `[sign_in]` and `[oidc.NAME]`.
//!
//! Not for: what a provider may be (`server::sign_in::oidc`).
//!
//! Invariant: a client's secret comes from the environment or a private file, and never stands in the
//! configuration file, which is copied and shown.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use domain::{CustomerName, MemberRole, Secret, UnitName};
use serde::Deserialize;
use server::sign_in::oidc::{
    ClaimNames, ClientCredentials, ClientKey, GroupRole, ProviderClient, ProviderSettings,
    Providers, Route,
};
use server::sign_in::{PasswordUse, SignInMethods};

use super::private_file;

/// The scopes of a request unless the file says otherwise.
const SCOPES: [&str; 2] = ["profile", "email"];

/// The ways by which people sign in, as far as it is known before anything is opened.
#[derive(Debug)]
pub(crate) struct SignIn {
    pub(crate) passwords: PasswordUse,
    pub(crate) providers: Vec<ProviderSettings>,
    /// Authorities that are trusted beside the system's, in PEM.
    authority: Option<Vec<u8>>,
    /// The file that they were read from.
    authority_file: Option<PathBuf>,
    /// Where people reach this server.
    site: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SignInFile {
    passwords: PasswordsFile,
    /// Of the providers' certificates, where the system does not know theirs.
    authority: Option<PathBuf>,
}

/// Who signs in with a password.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PasswordsFile {
    #[default]
    Everybody,
    Operators,
}

/// A provider, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderFile {
    title: Option<String>,
    issuer: String,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    /// A private key as PEM, in the place of a secret.
    client_key_file: Option<PathBuf>,
    /// By what the provider knows that key.
    client_key_id: Option<String>,
    scopes: Option<Vec<String>>,
    #[serde(default)]
    claims: ClaimsFile,
    #[serde(default)]
    domains: Vec<String>,
    #[serde(default)]
    trust_domains: bool,
    #[serde(default)]
    require: BTreeMap<String, String>,
    #[serde(default)]
    roles: Vec<RoleFile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ClaimsFile {
    email: Option<String>,
    email_verified: Option<String>,
    name: Option<String>,
    groups: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleFile {
    group: String,
    customer: CustomerName,
    /// Without it the role is for all units.
    unit: Option<UnitName>,
    role: MemberRole,
}

impl SignIn {
    /// `variable` reads the environment.
    pub(super) fn resolve(
        file: SignInFile,
        providers: BTreeMap<String, ProviderFile>,
        site: Option<String>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> anyhow::Result<Self> {
        let passwords = match file.passwords {
            PasswordsFile::Everybody => PasswordUse::Everybody,
            PasswordsFile::Operators => PasswordUse::Operators,
        };
        if providers.is_empty() && passwords == PasswordUse::Operators {
            bail!(
                "sign_in.passwords = \"operators\" leaves nobody else a way in; set a provider first, as [oidc.NAME]"
            );
        }
        if !providers.is_empty() && site.is_none() {
            bail!(
                "[oidc] needs public_url, by which people reach this server: providers send them back to it, and \
                 to no other"
            );
        }
        let providers = providers.into_iter().map(|(name, provider)| {
            let place = format!("the section [oidc.{name}] cannot be used");
            provider.resolve(&name, &variable).context(place)
        });
        let authority = file.authority.as_ref().map(|path| {
            let read = fs::read(path);
            read.with_context(|| format!("cannot read sign_in.authority {}", path.display()))
        });
        let sign_in = Self {
            passwords,
            providers: providers.collect::<anyhow::Result<_>>()?,
            authority: authority.transpose()?,
            authority_file: file.authority,
            site: site.unwrap_or_default(),
        };
        // Whatever several providers make of one another is found here as well, before anything is opened.
        Providers::check(&sign_in.providers).context("the sections [oidc] cannot be used")?;
        Ok(sign_in)
    }

    /// The ways in, with a client that asks providers.
    pub(crate) fn methods(&self) -> anyhow::Result<SignInMethods> {
        if self.providers.is_empty() {
            return Ok(SignInMethods { passwords: self.passwords, providers: Providers::none() });
        }
        let client = ProviderClient::new(Route::SystemProxy, self.authority.as_deref())?;
        let providers = Providers::new(self.providers.clone(), &client, &self.site)?;
        Ok(SignInMethods { passwords: self.passwords, providers })
    }

    /// The settings in force, without secrets.
    pub(super) fn passwords_json(&self) -> serde_json::Value {
        let passwords = match self.passwords {
            PasswordUse::Everybody => "everybody",
            PasswordUse::Operators => "operators",
        };
        serde_json::json!({ "passwords": passwords, "authority": self.authority_file })
    }

    pub(super) fn providers_json(&self) -> serde_json::Value {
        let providers = self.providers.iter().map(|provider| {
            let roles = provider.roles.iter().map(|given| {
                serde_json::json!({
                    "group": given.group, "customer": given.customer, "unit": given.unit,
                    "role": given.role,
                })
            });
            let settings = serde_json::json!({
                "title": provider.title,
                "issuer": provider.issuer.as_str(),
                "client_id": provider.client_id,
                "has_secret": matches!(provider.client_credentials, ClientCredentials::Secret(_)),
                "has_key": matches!(provider.client_credentials, ClientCredentials::Key(_)),
                "redirect_uri": provider.redirect_uri(&self.site),
                "scopes": provider.scopes,
                "domains": provider.domains,
                "trust_domains": provider.trusts_domains,
                "require": provider.required,
                "roles": roles.collect::<Vec<_>>(),
            });
            (provider.name.to_string(), settings)
        });
        providers.collect::<serde_json::Map<_, _>>().into()
    }
}

impl ProviderFile {
    fn resolve(
        self,
        name: &str,
        variable: impl Fn(&str) -> Option<String>,
    ) -> anyhow::Result<ProviderSettings> {
        let secret = secret(name, self.client_secret_file.as_deref(), variable)?;
        let key = self.client_key_file.as_deref();
        let client_credentials = match (secret, key) {
            (Some(_), Some(_)) => bail!(
                "there are a client's secret and a client_key_file; leave one of them out, as the provider knows \
                 the client by one"
            ),
            (Some(secret), None) => ClientCredentials::Secret(secret),
            (None, Some(path)) => ClientCredentials::Key(client_key(path, self.client_key_id)?),
            (None, None) => ClientCredentials::None,
        };
        let usual = ClaimNames::default();
        let scopes = self.scopes.unwrap_or_else(|| SCOPES.map(str::to_owned).into());
        let roles = self.roles.into_iter();
        Ok(ProviderSettings {
            name: name.parse()?,
            title: self.title.unwrap_or_else(|| name.to_owned()),
            issuer: self.issuer.parse()?,
            client_id: self.client_id,
            client_credentials,
            scopes,
            claims: ClaimNames {
                email: self.claims.email.unwrap_or(usual.email),
                email_verified: self.claims.email_verified.unwrap_or(usual.email_verified),
                name: self.claims.name.unwrap_or(usual.name),
                groups: self.claims.groups.unwrap_or(usual.groups),
            },
            domains: self.domains,
            trusts_domains: self.trust_domains,
            required: self.require,
            roles: roles
                .map(|RoleFile { group, customer, unit, role }| GroupRole {
                    group,
                    customer,
                    unit,
                    role,
                })
                .collect(),
        })
    }
}

/// The private key of a client, which only the server may read.
fn client_key(path: &Path, id: Option<String>) -> anyhow::Result<Box<ClientKey>> {
    private_file::check(path, "the client's private key")?;
    let shown = path.display();
    let pem = fs::read_to_string(path).map(Secret::new);
    let pem = pem.with_context(|| format!("cannot read client_key_file {shown}"))?;
    let key = ClientKey::from_pem(pem.expose(), id);
    Ok(Box::new(key.with_context(|| format!("client_key_file {shown} cannot be used"))?))
}

/// The secret of a client: of the environment, else of a file; none for a public client.
fn secret(
    name: &str,
    file: Option<&Path>,
    variable: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<Option<Secret<String>>> {
    let of_environment = variable(&format!("BURSARD_OIDC_{}_SECRET", name.to_ascii_uppercase()));
    let text = match (of_environment, file) {
        (Some(text), _) => text,
        (None, None) => return Ok(None),
        (None, Some(path)) => {
            private_file::check(path, "the client's secret")?;
            fs::read_to_string(path)
                .with_context(|| format!("cannot read client_secret_file {}", path.display()))?
        }
    };
    match text.trim() {
        "" => Err(anyhow!("the client's secret is empty")),
        secret => Ok(Some(Secret::new(secret.to_owned()))),
    }
}
