//! The exit codes a script can act on. The table in `docs/integrator.md` and `bursar exit-codes`
//! are this one.
//!
//! Invariant: a number never changes its meaning.

use std::process;

macro_rules! exit_codes {
    ($($name:ident = $number:literal, $meaning:literal;)+) => {
        /// The end of a command, as a script sees it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ExitCode { $($name = $number,)+ }

        impl ExitCode {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            pub fn from_number(number: u8) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.number() == number)
            }

            pub const fn number(self) -> u8 { self as u8 }
            pub const fn meaning(self) -> &'static str { match self { $(Self::$name => $meaning,)+ } }
        }
    };
}

exit_codes! {
    Ok = 0, "everything that was asked for was done";
    SomeFailed = 1, "some files were sent and some were not, or they failed for different reasons";
    Usage = 2, "the command, the environment or bursar.toml has to be corrected";
    NothingToSend = 3, "nothing to send: no file was named, or the file is empty or has no rows";
    SourceUnreadable = 4, "the file is not there or cannot be read";
    SourceChanged = 5, "the file changed while it was being sent";
    OutputFailed = 6, "something could not be written on this machine";
    RowsSetAside = 7, "some rows are set aside, or would be; the server takes the others";
    WouldBeRefused = 8, "the server would refuse the content of the file";
    BeingSent = 9, "another bursar is sending the same file at this moment";
    TokenUnusable = 10, "there is no access token, or it is damaged or not kept private";
    TokenExpired = 11, "the access token has expired or is not valid yet";
    Unauthorized = 12, "the server does not accept the access token (401)";
    Forbidden = 13, "the access token does not allow this customer, unit or type (403)";
    TokenExpiresSoon = 14, "the access token expires soon";
    ClockDiffers = 15, "the clock of this machine differs from the server's";
    Refused = 20, "the server refuses the request as it is (400, 404 and the like)";
    TooLarge = 21, "the server refuses the file as too large (413)";
    MediaTypeRefused = 22, "the server refuses the media type (415)";
    Redirected = 23, "the server answered with a redirect, which is never followed";
    NotCreated = 24, "the server answered with success, but not with 201";
    ReceiptDiffers = 25, "what the server says it received is not what was sent";
    Unavailable = 26, "the server was unavailable and stayed so (429 and 5xx)";
    NameUnresolved = 30, "the name of the server cannot be resolved";
    Unreachable = 31, "the server cannot be reached: refused, no route";
    TimedOut = 32, "the server or the line stood still for too long";
    ConnectionLost = 33, "the connection was lost";
    ProxyFailed = 34, "the proxy refused or failed";
    IssuerUnknown = 40, "the certificate is signed by an authority that this machine does not trust";
    CertificateExpired = 41, "the certificate of the server has expired";
    CertificateNotYetValid = 42, "the certificate of the server is not valid yet";
    CertificateNameDiffers = 43, "the certificate is for another host";
    CertificateUnusable = 44, "the certificate cannot be used for another reason";
    TlsFailed = 45, "no common TLS version or cipher suite, or another fault of the TLS handshake";
    CertificateExpiresSoon = 46, "a certificate expires soon";
    FileRefused = 50, "the server received the file, read it and refused what it holds";
    FileHeld = 51, "the server received the file and holds it until a person releases or refuses it";
    NotSeenRead = 52, "the server received the file; whether it was read was not seen in the time allowed";
    ScreenedLook = 60, "an invoice was screened, and somebody is to look before it is paid";
    ScreenedStop = 61, "an invoice was screened, and is not to be paid until somebody has looked";
    OwnFault = 70, "bursar met a fault of its own; the next run goes on from the outbox";
}

impl ExitCode {
    /// The code of a command over several files.
    pub fn combine(codes: &[Self]) -> Self {
        match codes {
            [] => Self::NothingToSend,
            [first, rest @ ..] if rest.iter().all(|code| code == first) => *first,
            _ => Self::SomeFailed,
        }
    }

    /// The whole table, a line per code.
    pub fn table() -> String {
        let lines: Vec<String> = Self::ALL
            .iter()
            .map(|code| format!("{:>4}  {}", code.number(), code.meaning()))
            .collect();
        lines.join("\n")
    }
}

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_code_for_several_files() {
        for (codes, expected) in [
            (&[][..], ExitCode::NothingToSend),
            (&[ExitCode::Ok, ExitCode::Ok], ExitCode::Ok),
            (&[ExitCode::Refused, ExitCode::Refused], ExitCode::Refused),
            (&[ExitCode::Ok, ExitCode::Refused], ExitCode::SomeFailed),
            (&[ExitCode::TooLarge, ExitCode::Refused], ExitCode::SomeFailed),
        ] {
            assert_eq!(ExitCode::combine(codes), expected, "{codes:?}");
        }
    }

    #[test]
    fn the_integrators_guide_has_the_table() {
        let guide = include_str!("../../../../docs/integrator.md");
        let failures = include_str!("../../../../docs/failures.md");
        for code in ExitCode::ALL {
            let row = format!("| {} | {} |", code.number(), code.meaning());
            assert!(guide.contains(&row), "docs/integrator.md lacks: {row}");
            let section = format!("\n## {}\n", code.number());
            let has_section = *code == ExitCode::Ok || failures.contains(&section);
            assert!(has_section, "docs/failures.md lacks a section {}", code.number());
        }
    }
}
