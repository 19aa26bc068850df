//! The e-mail that tells a person of an event, or of all of a day.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use domain::CustomerName;
use jiff::Timestamp;
use store::{ReadyDelivery, ReceiverStanding, User};

use super::{AttemptEnd, Courier};
use crate::mail::{Mail, MailError};

/// The page on which a person says what they are told of.
pub(crate) const SETTINGS_PATH: &str = "/me/notifications";

impl Courier {
    pub(super) async fn mail(
        &self,
        customer: &CustomerName,
        user: &User,
        ready: &ReadyDelivery,
    ) -> AttemptEnd {
        let Some(mailer) = &self.0.mailer else {
            let why = "this server sends no e-mail any more".to_owned();
            return AttemptEnd::Never { status: None, why, receiver: ReceiverStanding::Stays };
        };
        let mail = Mail {
            id: ready.delivery.id,
            to: user.email.clone(),
            to_name: user.name.to_string(),
            subject: subject(ready),
            body: self.letter(customer, user, ready),
            unsubscribe: self.url(SETTINGS_PATH),
            at: system_time(self.0.clock.now()),
        };
        match mailer.send(mail).await {
            Ok(()) => AttemptEnd::Sent { status: None },
            Err(error @ (MailError::Refused(_) | MailError::NoMail)) => AttemptEnd::Never {
                status: None,
                why: error.to_string(),
                receiver: ReceiverStanding::Stays,
            },
            Err(error) => AttemptEnd::NotYet { status: None, why: error.to_string() },
        }
    }

    fn letter(&self, customer: &CustomerName, user: &User, ready: &ReadyDelivery) -> String {
        let mut body = format!("Hello {},\n", user.name);
        for (unit, event) in &ready.events {
            let path = format!("/at/{customer}/{}/{}", unit.name, event.path());
            let place = self.url(&path).unwrap_or(path);
            write!(body, "\n{}.\n{place}\n", event.sentence(unit.called()))
                .expect("a String takes everything");
        }
        let settings = self.url(SETTINGS_PATH);
        let settings = settings.unwrap_or_else(|| format!("{SETTINGS_PATH} on your server"));
        write!(body, "\n-- \nBursar. What you are told of, or no e-mail at all: {settings}\n")
            .expect("a String takes everything");
        body
    }
}

fn subject(ready: &ReadyDelivery) -> String {
    match ready.events.as_slice() {
        [(unit, event)] => event.sentence(unit.called()),
        several => format!("Bursar today: {} things", several.len()),
    }
}

fn system_time(at: Timestamp) -> SystemTime {
    let micros = u64::try_from(at.as_microsecond()).expect("no clock stands before 1970");
    SystemTime::UNIX_EPOCH + Duration::from_micros(micros)
}
