//! Answers and breakages in words: what happened, what to do next, and the exit code.
//!
//! Not for: deciding whether to try again; that is `retry`.
//!
//! Invariant: every status and every breakage has a sentence, for our server and for the vendor's.

use http::StatusCode;
use http::header::LOCATION;

use crate::net::answer::{Answer, ReceiptMismatch};
use crate::net::target::Target;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::foreign_text::visible;
use crate::source::SourceFault;

mod transport_error;

pub use transport_error::explain_transport_error;

/// A longer address is another fault.
const LOCATION_CHARS_MAX: usize = 200;

/// The meaning of some statuses to whoever sent a file.
struct StatusExplanation {
    statuses: &'static [u16],
    exit: ExitCode,
    what: &'static str,
    next: &'static str,
}

const ROWS: &[StatusExplanation] = &[
    StatusExplanation {
        statuses: &[400],
        exit: ExitCode::Refused,
        what: "the server cannot use the request; most often the file type in the URL is not allowed",
        next: "Use --type APT, Suppliers, Employees, IMS or Payments, and look at the file name.",
    },
    StatusExplanation {
        statuses: &[401],
        exit: ExitCode::Unauthorized,
        what: "the server does not accept the access token",
        next: "Look at it with: bursar token inspect. Copy it again from where it was made, or make a \
               new one: Customer Settings (cog) > Organisation Settings > Access Tokens.",
    },
    StatusExplanation {
        statuses: &[403],
        exit: ExitCode::Forbidden,
        what: "the access token does not allow this customer, unit or type",
        next: "Look at --customer, --unit and --type, or make a token that allows them. When a firewall \
               stands before the server, ask whether it blocks this machine.",
    },
    StatusExplanation {
        statuses: &[404],
        exit: ExitCode::Refused,
        what: "the server knows nothing under this URL",
        next: "Look at the region or --url, and at --customer and --unit (short names, lower case).",
    },
    StatusExplanation {
        statuses: &[405, 411, 417, 422],
        exit: ExitCode::Refused,
        what: "the server does not take the request in this form",
        next: "Look at --url: it may lead to another service, or a proxy may change the request.",
    },
    StatusExplanation {
        statuses: &[407],
        exit: ExitCode::ProxyFailed,
        what: "the proxy wants a user name and password",
        next: "Give them with --proxy http://USER:PASSWORD@HOST:PORT or in HTTPS_PROXY.",
    },
    StatusExplanation {
        statuses: &[409],
        exit: ExitCode::Refused,
        what: "the request conflicts with another; a Bursar server says so while it receives the same file",
        next: "Wait until the other has ended, then send it again: a Bursar server answers with the receipt. \
               If it lasts, ask whoever runs the server.",
    },
    StatusExplanation {
        statuses: &[413],
        exit: ExitCode::TooLarge,
        what: "the file is too large for the server, or for a proxy before it",
        next: "Split the extract, or ask the operator to raise the limit.",
    },
    StatusExplanation {
        statuses: &[414, 431],
        exit: ExitCode::Refused,
        what: "the URL or the headers are too long for the server",
        next: "Give a shorter name with --name, and look at the token with: bursar token inspect.",
    },
    StatusExplanation {
        statuses: &[415],
        exit: ExitCode::MediaTypeRefused,
        what: "the server does not take this media type",
        next: "Leave --content-type out: text/csv is right for all files.",
    },
    StatusExplanation {
        statuses: &[421],
        exit: ExitCode::Refused,
        what: "the server is reached by another name than the one in the URL",
        next: "Look at the host in --url. If it is right, tell whoever runs the server: a Bursar server knows \
               its names by public_url and hosts in bursard.toml.",
    },
    StatusExplanation {
        statuses: &[429],
        exit: ExitCode::Unavailable,
        what: "too many requests at once",
        next: "Send again later, or fewer files at a time.",
    },
    StatusExplanation {
        statuses: &[507],
        exit: ExitCode::Unavailable,
        what: "the server has no room for the file",
        next: "The server's disk is full, and nothing was kept: tell its operator, and send it again when there \
               is room.",
    },
    StatusExplanation {
        statuses: &[520, 521, 522, 523, 524, 525, 526, 527, 530],
        exit: ExitCode::Unavailable,
        what: "Cloudflare, before the server, could not get an answer from it",
        next: "Send again later. If it lasts, ask the operator or the vendor's support.",
    },
];

const OTHER_CLIENT_FAULT: StatusExplanation = StatusExplanation {
    statuses: &[],
    exit: ExitCode::Refused,
    what: "the server refuses the request",
    next: "Look at the command and at the URL with --dry-run.",
};

const OTHER_SERVER_FAULT: StatusExplanation = StatusExplanation {
    statuses: &[],
    exit: ExitCode::Unavailable,
    what: "something went wrong in the server, probably for a while",
    next: "Send again later. If it lasts, ask the operator or the vendor's support.",
};

/// Explains why an answer other than 201 is no receipt.
pub fn explain_answer(answer: &Answer, target: &Target) -> Failure {
    let status = answer.status;
    if status.is_redirection() {
        return explain_redirect(answer, target);
    }
    if status.is_success() {
        return Failure::new(
            ExitCode::NotCreated,
            format!("{}. Only 201 means that the file was received", number(status)),
            "Look at --url: a proxy, a sign-in page or another service may have answered.",
        );
    }
    let row = ROWS.iter().find(|row| row.statuses.contains(&status.as_u16())).unwrap_or(
        if status.is_server_error() { &OTHER_SERVER_FAULT } else { &OTHER_CLIENT_FAULT },
    );
    let what = if answer.is_html() {
        let what = row.what;
        format!(
            "{}. {what}. The answer is a web page, so it came from a proxy or an edge before the \
                 server, not from the service itself",
            number(status)
        )
    } else {
        let usual = answer.usual_refusal().map(|code| code.title().to_owned());
        let said = usual.or_else(|| answer.detail()).unwrap_or_else(|| row.what.to_owned());
        format!("{}. {}", number(status), said.trim_end_matches('.'))
    };
    // The service's own sentence says what to mend; the table's is for servers that say only 400.
    let is_said =
        status == StatusCode::BAD_REQUEST && !answer.is_html() && answer.detail().is_some();
    let mut next = match answer.usual_refusal() {
        Some(code) if is_said => code.advice(),
        _ if is_said => "Mend that, then send it again.",
        _ => row.next,
    }
    .to_owned();
    if let Some(id) = answer.request_id() {
        next = format!("{next} Request: {id}.");
    }
    Failure::new(row.exit, what, next)
}

/// Explains a 201 that speaks of something else than what was sent.
pub fn explain_receipt_mismatch(difference: &ReceiptMismatch) -> Failure {
    Failure::new(
        ExitCode::ReceiptDiffers,
        format!(
            "the server answered 201, but the {} it received is {}, and {} was sent",
            difference.of, difference.received, difference.sent
        ),
        "Something between here and the server changes the file: a proxy that inspects content? Tell \
         the operator, and send it again.",
    )
}

/// Explains a 201 that came before the last byte left.
pub fn explain_early_receipt() -> Failure {
    Failure::new(
        ExitCode::ReceiptDiffers,
        "201, but before the whole file was sent, so the server cannot have it",
        "Look at --url: something other than the service may have answered.",
    )
}

pub fn explain_source(fault: &SourceFault) -> Failure {
    let (exit, next) = match fault {
        SourceFault::Absent => (
            ExitCode::SourceUnreadable,
            "Look at the name and the folder; the job that writes it may not have run.",
        ),
        SourceFault::Folder => {
            (ExitCode::SourceUnreadable, "Name the files in it, such as extracts/*.csv.")
        }
        SourceFault::Empty => (
            ExitCode::NothingToSend,
            "Look at the job that writes it: an extract has at least a line of headings.",
        ),
        SourceFault::Unreadable(_) => (
            ExitCode::SourceUnreadable,
            "Look at its permissions, and whether another program holds it.",
        ),
        SourceFault::Unspoolable(_) => {
            (ExitCode::OutputFailed, "Make room there, or name another folder in TMPDIR.")
        }
        SourceFault::OutboxUnwritable { .. } => (
            ExitCode::OutputFailed,
            "Make room on that disk, and let the user who sends own that folder; another outbox is named \
             with --outbox or BURSAR_OUTBOX.",
        ),
        SourceFault::Changed(_) => (
            ExitCode::SourceChanged,
            "The server kept nothing of it. Send it when the job that writes it has finished; let that \
             job write under another name and rename.",
        ),
    };
    Failure::new(exit, fault.to_string(), next)
}

fn explain_redirect(answer: &Answer, target: &Target) -> Failure {
    let to = answer
        .field(LOCATION.as_str())
        .map_or_else(|| "somewhere else".to_owned(), |place| visible(place, LOCATION_CHARS_MAX));
    Failure::new(
        ExitCode::Redirected,
        format!("{}. {target} points to {to}", number(answer.status)),
        "A redirect is never followed: the token must not go to another host. If the new address is \
         right, give it with --url; a sign-in page of a network (captive portal) also answers so.",
    )
}

fn number(status: StatusCode) -> u16 {
    status.as_u16()
}

#[cfg(test)]
mod tests;
