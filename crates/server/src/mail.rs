//! E-mail by SMTP, to a server that the operator names.
//!
//! Not for: what a letter says (`deliveries`).
//!
//! Invariant: no password leaves without TLS, and an error names the code that the mail server answered and
//! neither an address nor its words.

use std::time::{Duration, SystemTime};

use domain::{DeliveryId, EmailAddress, Secret};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

/// For each command of a conversation; greylisting and virus scans take some seconds.
const COMMAND_TIME_MAX: Duration = Duration::from_secs(20);

/// The way in which a connection to the mail server is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailEncryption {
    /// From the first byte, as on port 465.
    Tls,
    /// After a command in the clear, as on port 587; refused when the server does not offer it.
    StartTls,
    /// Not at all: for a mail server on the same machine.
    None,
}

/// The mail server, as the operator has set it.
#[derive(Debug, Clone)]
pub struct MailSettings {
    pub host: String,
    pub port: u16,
    pub encryption: MailEncryption,
    /// Signs in with a password; both or none.
    pub user: Option<String>,
    pub password: Option<Secret<String>>,
    /// `bursar@example.org` or `Bursar <bursar@example.org>`
    pub from: String,
    /// The name by which this server greets; that of the machine when absent.
    pub hello: Option<String>,
    /// Authorities in PEM that are trusted beside the system's.
    pub authority: Option<Vec<u8>>,
}

/// Sends e-mail; cheap to clone.
#[derive(Debug, Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidMailSettings {
    #[error("smtp.from is no address: write bursar@example.org or Bursar <bursar@example.org>")]
    From,
    #[error(
        "smtp.user has a password, which must not travel in the clear; set smtp.encryption to starttls or tls"
    )]
    PasswordInTheClear,
    #[error("smtp.user and its password go together; one of them is missing")]
    HalfSignIn,
    #[error("smtp.authority holds no certificate in PEM")]
    Authority,
    #[error("TLS to the mail server cannot be set up")]
    Tls(#[source] lettre::transport::smtp::Error),
}

/// A letter in plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    /// The delivery, by which a receiver knows a letter that comes twice.
    pub(crate) id: DeliveryId,
    pub(crate) to: EmailAddress,
    pub(crate) to_name: String,
    pub(crate) subject: String,
    pub(crate) body: String,
    /// Where letters are turned off.
    pub(crate) unsubscribe: Option<String>,
    pub(crate) at: SystemTime,
}

/// Why a letter was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MailError {
    #[error("the mail server refused it for good ({0})")]
    Refused(u16),
    #[error("the mail server took it not yet ({0})")]
    NotYet(u16),
    #[error("the mail server did not answer in time")]
    TooSlow,
    #[error("the mail server's certificate cannot be trusted, or it offers no TLS")]
    Tls,
    #[error("the mail server cannot be reached")]
    Unreachable,
    #[error("the letter cannot be written as an e-mail")]
    NoMail,
}

impl Mailer {
    pub fn new(settings: &MailSettings) -> Result<Self, InvalidMailSettings> {
        let from = settings.from.parse().map_err(|_no_mailbox| InvalidMailSettings::From)?;
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host.as_str())
                .port(settings.port)
                .timeout(Some(COMMAND_TIME_MAX))
                .tls(tls(settings)?);
        if let Some(hello) = &settings.hello {
            builder = builder.hello_name(ClientId::Domain(hello.clone()));
        }
        match (&settings.user, &settings.password) {
            (None, None) => {}
            (Some(_), Some(_)) if settings.encryption == MailEncryption::None => {
                return Err(InvalidMailSettings::PasswordInTheClear);
            }
            (Some(user), Some(password)) => {
                let credentials = Credentials::new(user.clone(), password.expose().clone());
                builder = builder.credentials(credentials);
            }
            _ => return Err(InvalidMailSettings::HalfSignIn),
        }
        Ok(Self { transport: builder.build(), from })
    }

    pub(crate) async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let message = self.message(mail).ok_or(MailError::NoMail)?;
        match self.transport.send(message).await {
            Ok(_taken) => Ok(()),
            Err(error) => Err(mail_error(&error)),
        }
    }

    /// Tries the connection and signs in, and sends nothing.
    pub async fn test(&self) -> Result<(), String> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(MailError::Unreachable.to_string()),
            Err(error) => Err(mail_error(&error).to_string()),
        }
    }

    fn message(&self, mail: Mail) -> Option<Message> {
        let address: Address = mail.to.as_str().parse().ok()?;
        let to = Mailbox::new(Some(mail.to_name), address);
        let host = self.from.email.domain();
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject)
            .date(mail.at)
            .message_id(Some(format!("<{}@{host}>", mail.id)))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body)
            .ok()?;
        let mut add = |name: &'static str, value: String| {
            let name = HeaderName::new_from_ascii_str(name);
            message.headers_mut().insert_raw(HeaderValue::new(name, value));
        };
        // RFC 3834: nobody's absence note answers it.
        add("Auto-Submitted", "auto-generated".to_owned());
        if let Some(url) = mail.unsubscribe {
            add("List-Unsubscribe", format!("<{url}>"));
        }
        Some(message)
    }
}

fn tls(settings: &MailSettings) -> Result<Tls, InvalidMailSettings> {
    if settings.encryption == MailEncryption::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.authority {
        let authority =
            Certificate::from_pem(pem).map_err(|_no_pem| InvalidMailSettings::Authority)?;
        parameters = parameters.add_root_certificate(authority);
    }
    let parameters = parameters.build_rustls().map_err(InvalidMailSettings::Tls)?;
    Ok(match settings.encryption {
        MailEncryption::Tls => Tls::Wrapper(parameters),
        _ => Tls::Required(parameters),
    })
}

fn mail_error(error: &lettre::transport::smtp::Error) -> MailError {
    let code = error.status().map(u16::from);
    match code {
        Some(code) if error.is_permanent() => MailError::Refused(code),
        Some(code) => MailError::NotYet(code),
        None if error.is_timeout() => MailError::TooSlow,
        None if error.is_tls() => MailError::Tls,
        None => MailError::Unreachable,
    }
}
