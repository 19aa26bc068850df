//! The ways by which people and programs are told of events: the sections `[smtp]` and `[webhooks]`.
//!
//! Not for: what is sent (`server::deliveries`).
//!
//! Invariant: the password of the mail server comes from the environment or a private file, and never stands
//! in the configuration file, which is copied and shown.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use domain::Secret;
use serde::Deserialize;
use server::mail::{MailEncryption, MailSettings, Mailer};
use server::outbound::{InternalNetworks, OutboundClient};
use server::proxies::Network;

use super::private_file;

/// Submission with STARTTLS, and over TLS from the first byte (RFC 8314); relaying on the same machine.
const PORTS: [(EncryptionFile, u16); 3] =
    [(EncryptionFile::Starttls, 587), (EncryptionFile::Tls, 465), (EncryptionFile::None, 25)];
const PASSWORD: &str = "BURSARD_SMTP_PASSWORD";

/// Both ways, as far as they are known before anything is opened.
#[derive(Debug)]
pub(crate) struct Notifications {
    mail: Option<MailSettings>,
    /// The files behind the settings, to be shown.
    mail_authority: Option<PathBuf>,
    internal: Vec<Network>,
    webhook_authority: Option<(PathBuf, Vec<u8>)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SmtpFile {
    host: Option<String>,
    port: Option<u16>,
    encryption: EncryptionFile,
    user: Option<String>,
    password_file: Option<PathBuf>,
    from: Option<String>,
    hello: Option<String>,
    authority: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum EncryptionFile {
    #[default]
    Starttls,
    Tls,
    None,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WebhooksFile {
    /// Networks of one's own that may be posted to, beside the Internet.
    internal: Vec<String>,
    authority: Option<PathBuf>,
}

impl Notifications {
    /// `variable` reads the environment.
    pub(super) fn resolve(
        smtp: SmtpFile,
        webhooks: WebhooksFile,
        variable: impl Fn(&str) -> Option<String>,
    ) -> anyhow::Result<Self> {
        let internal = webhooks.internal.iter().map(|network| network.parse::<Network>());
        let internal = internal.collect::<Result<Vec<_>, _>>();
        let authority = webhooks.authority.map(|path| {
            let pem = fs::read(&path);
            let pem =
                pem.with_context(|| format!("cannot read webhooks.authority {}", path.display()))?;
            anyhow::Ok((path, pem))
        });
        let mail_authority = smtp.authority.clone();
        let notifications = Self {
            mail: smtp.resolve(variable).context("the section [smtp] cannot be used")?,
            mail_authority,
            internal: internal.context("the setting webhooks.internal cannot be used")?,
            webhook_authority: authority.transpose()?,
        };
        // Whatever the parts make of one another is found here as well, before anything is opened.
        notifications.mailer().context("the section [smtp] cannot be used")?;
        Ok(notifications)
    }

    /// The mailer; none where no mail server is named.
    pub(crate) fn mailer(&self) -> anyhow::Result<Option<Mailer>> {
        Ok(self.mail.as_ref().map(Mailer::new).transpose()?)
    }

    pub(crate) fn client(&self) -> anyhow::Result<OutboundClient> {
        let networks = InternalNetworks::new(self.internal.iter().copied());
        let pem = self.webhook_authority.as_ref().map(|(_, pem)| pem.as_slice());
        OutboundClient::new(networks, pem).context("the section [webhooks] cannot be used")
    }

    /// The settings in force, without the password.
    pub(super) fn smtp_json(&self) -> serde_json::Value {
        let mail = self.mail.as_ref();
        let encryption = mail.map(|mail| match mail.encryption {
            MailEncryption::StartTls => "starttls",
            MailEncryption::Tls => "tls",
            MailEncryption::None => "none",
        });
        serde_json::json!({
            "host": mail.map(|mail| &mail.host),
            "port": mail.map(|mail| mail.port),
            "encryption": encryption,
            "user": mail.and_then(|mail| mail.user.as_ref()),
            "from": mail.map(|mail| &mail.from),
            "hello": mail.and_then(|mail| mail.hello.as_ref()),
            "authority": self.mail_authority,
        })
    }

    pub(super) fn webhooks_json(&self) -> serde_json::Value {
        serde_json::json!({
            "internal": self.internal.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "authority": self.webhook_authority.as_ref().map(|(path, _)| path),
        })
    }
}

impl SmtpFile {
    fn resolve(
        self,
        variable: impl Fn(&str) -> Option<String>,
    ) -> anyhow::Result<Option<MailSettings>> {
        let Some(host) = self.host else {
            if self.from.is_some() || self.user.is_some() || self.password_file.is_some() {
                bail!("smtp.host is missing; name the mail server that takes the e-mail");
            }
            return Ok(None);
        };
        let from = self
            .from
            .context("smtp.from is missing; write the address that e-mail is sent from")?;
        let known = PORTS.iter().find(|(encryption, _)| *encryption == self.encryption);
        let (_, usual) = known.expect("every encryption has its port");
        let authority = self.authority.as_ref().map(|path| {
            let read = fs::read(path);
            read.with_context(|| format!("cannot read smtp.authority {}", path.display()))
        });
        Ok(Some(MailSettings {
            host,
            port: self.port.unwrap_or(*usual),
            encryption: match self.encryption {
                EncryptionFile::Starttls => MailEncryption::StartTls,
                EncryptionFile::Tls => MailEncryption::Tls,
                EncryptionFile::None => MailEncryption::None,
            },
            user: self.user,
            password: password(self.password_file.as_deref(), variable)?,
            from,
            hello: self.hello,
            authority: authority.transpose()?,
        }))
    }
}

/// The password: of the environment, else of a file.
fn password(
    file: Option<&Path>,
    variable: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<Option<Secret<String>>> {
    let text = match (variable(PASSWORD), file) {
        (Some(text), _) => text,
        (None, None) => return Ok(None),
        (None, Some(path)) => {
            private_file::check(path, "the password of the mail server")?;
            fs::read_to_string(path)
                .with_context(|| format!("cannot read smtp.password_file {}", path.display()))?
        }
    };
    match text.trim_end_matches(['\r', '\n']) {
        "" => bail!("the password of the mail server is empty"),
        password => Ok(Some(Secret::new(password.to_owned()))),
    }
}
