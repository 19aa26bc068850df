//! A letter as a message that mail programs open as a draft (RFC 5322, MIME).
//!
//! Invariant: no value makes a header of its own, and every line is short and of ASCII, whatever a supplier
//! is called.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::{EmailAddress, Letter};
use jiff::Timestamp;

use crate::http::pages::format;

/// Octets of text in an encoded word, so that it has at most 75 characters (RFC 2047).
const WORD_BYTES: usize = 42;
/// Octets in a line of 76 characters of base64.
const LINE_BYTES: usize = 57;

/// `X-Unsent` lets Outlook open it as a draft; others take it for one without a sender.
pub(super) fn message(letter: &Letter, to: &[EmailAddress], now: Timestamp) -> String {
    let mut message = String::new();
    if !to.is_empty() {
        let to: Vec<&str> = to.iter().map(EmailAddress::as_str).collect();
        message += "To: ";
        message += &to.join(",\r\n ");
        message += "\r\n";
    }
    message += "Subject: ";
    message += &encoded(&letter.subject);
    message += "\r\nDate: ";
    message += &format::mail_date(now);
    message += "\r\n";
    message.push_str(
        "X-Unsent: 1\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n",
    );
    let body = letter.body.replace('\n', "\r\n");
    for line in body.as_bytes().chunks(LINE_BYTES) {
        message.push_str(&BASE64.encode(line));
        message.push_str("\r\n");
    }
    message
}

/// A text of a header: as it is where it is plain and short, else in encoded words.
fn encoded(text: &str) -> String {
    const PLAIN_MAX: usize = 60;
    let is_plain = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if is_plain && text.len() <= PLAIN_MAX && !text.contains("=?") {
        return text.to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for character in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
        if word.len() + character.len_utf8() > WORD_BYTES {
            words.push(std::mem::take(&mut word));
        }
        word.push(character);
    }
    words.push(word);
    let words: Vec<String> =
        words.iter().map(|word| format!("=?utf-8?B?{}?=", BASE64.encode(word))).collect();
    words.join("\r\n ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-03T09:05:00Z".parse().unwrap()
    }

    #[test]
    fn a_letter_is_a_message() {
        let letter = Letter {
            subject: "Please refund £10.00".to_owned(),
            body: "Dear Müller,\nthank you.\n".to_owned(),
        };
        let to = ["a@example.org".parse().unwrap()];
        let written = message(&letter, &to, now());
        let (head, body) = written.split_once("\r\n\r\n").unwrap();
        assert_eq!(
            head,
            "To: a@example.org\r\nSubject: =?utf-8?B?UGxlYXNlIHJlZnVuZCDCozEwLjAw?=\r\n\
             Date: Tue, 03 Nov 2026 09:05:00 +0000\r\nX-Unsent: 1\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64"
        );
        let body = BASE64.decode(body.replace("\r\n", "")).unwrap();
        assert_eq!(String::from_utf8(body).unwrap(), "Dear Müller,\r\nthank you.\r\n");
        let unaddressed = message(&letter, &[], now());
        assert!(unaddressed.starts_with("Subject: "), "{unaddressed}");
    }

    proptest! {
        #[test]
        fn no_text_makes_a_header(subject in "\\PC{0,120}|[\\r\\n a-z:=?]{0,40}", body in "\\PC{0,300}") {
            let letter = Letter { subject, body };
            let written = message(&letter, &[], now());
            let (head, _) = written.split_once("\r\n\r\n").unwrap();
            let names: Vec<&str> = head
                .split("\r\n")
                .filter(|line| !line.starts_with(' '))
                .map(|line| line.split(':').next().unwrap())
                .collect();
            prop_assert_eq!(names, [
                "Subject", "Date", "X-Unsent", "MIME-Version", "Content-Type",
                "Content-Transfer-Encoding",
            ]);
            for line in written.split("\r\n") {
                prop_assert!(line.is_ascii() && line.len() <= 78, "{}", line);
            }
        }
    }
}
