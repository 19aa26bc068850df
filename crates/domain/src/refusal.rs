//! Why a request was refused: a stable code, and what follows from it.
//!
//! Not for: problems of rows and files after receipt; those are found by reading.
//!
//! Invariant: the status, the title and whether to try again follow from the code alone, so the same
//! refusal looks the same everywhere, and a client can act on it without reading English.

use std::fmt;
use std::str::FromStr;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal, $retryable:literal, $title:literal, $advice:literal;)+) => {
        /// Every refusal the API knows. The text is the contract; it never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum RefusalCode { $($(#[$doc])* $name,)+ }

        impl RefusalCode {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $text,)+ } }
            /// The HTTP status.
            pub const fn status(self) -> u16 { match self { $(Self::$name => $status,)+ } }
            /// Returns `true` when the same request may succeed later.
            pub const fn is_retryable(self) -> bool { match self { $(Self::$name => $retryable,)+ } }
            pub const fn title(self) -> &'static str { match self { $(Self::$name => $title,)+ } }
            /// The advice to whoever sent the request.
            pub const fn advice(self) -> &'static str { match self { $(Self::$name => $advice,)+ } }
        }
    };
}

codes! {
    RequestMalformed = "request_malformed", 400, false, "The request cannot be understood",
        "Correct what the detail names and send it again.";
    HostMalformed = "host_malformed", 400, false, "The request does not say whom it is for",
        "Send one Host header with the name and port of the URL; a proxy in between passes on the one that it was sent.";
    AuthorizationAmbiguous = "authorization_ambiguous", 400, false, "The Authorization header is malformed",
        "Send exactly one header of the form Authorization: Bearer <token>.";
    FileTypeUnknown = "file_type_unknown", 400, false, "The file type in the URL is not allowed",
        "Use APT, Suppliers, Employees, IMS or Payments in the URL, written exactly so.";
    FileNameUnusable = "file_name_unusable", 400, false, "The file name in the URL cannot be used",
        "Use letters, digits, - and _, with a timestamp inside and .csv, .tsv, .txt, .xlsx, .xls, .ods or .xml at the end.";
    ContentUnexpected = "content_unexpected", 400, false, "The content is not what the file name says",
        "Send the extract itself, with the extension that fits it.";
    ContentCodingBroken = "content_coding_broken", 400, false, "The compressed body cannot be unpacked",
        "Send the file uncompressed, or compress it again.";
    DigestMalformed = "digest_malformed", 400, false, "A digest header cannot be read",
        "Send sha-256=:<base64>: or leave the header out.";
    DigestMismatch = "digest_mismatch", 400, true, "What arrived is not what was sent",
        "Nothing was kept. Send the file again; if it happens twice, something on the way changes it.";
    BodyIncomplete = "body_incomplete", 400, true, "The body ended too early",
        "Nothing was kept. Send the file again.";
    IdempotencyKeyMalformed = "idempotency_key_malformed", 400, false, "The Idempotency-Key header cannot be read",
        "Send 1 to 255 visible ASCII characters, in double quotes or without, or leave the header out.";
    TokenMissing = "token_missing", 401, false, "No access token was sent",
        "Send the header Authorization: Bearer <token>.";
    TokenInvalid = "token_invalid", 401, false, "The access token is not valid",
        "Copy the token again from where it was made; also invisible characters round it count.";
    TokenExpired = "token_expired", 401, false, "The access token has expired",
        "Make a new access token and use that.";
    TokenNotYetValid = "token_not_yet_valid", 401, true, "The access token is not valid yet",
        "Wait until it is, or look at the clock of the machine that made it.";
    TokenRevoked = "token_revoked", 401, false, "The access token was revoked",
        "Make a new access token and use that.";
    ScopeInsufficient = "scope_insufficient", 403, false, "The access token does not allow this",
        "Look at the customer, unit and type in the URL, or make a token that allows them.";
    RoleInsufficient = "role_insufficient", 403, false, "The access token's role does not allow this",
        "Make a token of the role that the detail names, as an admin under Access Tokens or with bursard token issue.";
    NotFound = "not_found", 404, false, "There is nothing here",
        "Look at the URL: /customers/<customer>/units/<unit>/Uploads/upload/<type>/<file name>.";
    UploadNotFound = "upload_not_found", 404, false, "There is no such upload",
        "List the unit's uploads to find it.";
    ResumableNotFound = "resumable_not_found", 404, false, "There is no such file on its way",
        "It was given up, its time was over, or parts of it were lost: begin it again with a POST.";
    FindingNotFound = "finding_not_found", 404, false, "There is no such finding",
        "List the unit's findings to find it.";
    RunNotFound = "run_not_found", 404, false, "There is no such run",
        "List the unit's runs to find it.";
    VerdictNotFound = "verdict_not_found", 404, false, "There is no such remembered verdict",
        "List the unit's remembered verdicts; it may have ended.";
    MethodNotAllowed = "method_not_allowed", 405, false, "The method is not allowed here",
        "Use one of the methods in the Allow header.";
    BodyTooSlow = "body_too_slow", 408, true, "The body arrived too slowly",
        "Nothing was kept. Send the file again, over a faster line or compressed with gzip.";
    IdempotencyKeyInUse = "idempotency_key_in_use", 409, true, "The same Idempotency-Key is being received now",
        "Wait for the first request to end, then repeat it to get its receipt.";
    OffsetMismatched = "offset_mismatched", 409, false, "The file stands elsewhere than the request begins",
        "Ask with HEAD where it stands, and go on from there.";
    DecisionImpossible = "decision_impossible", 409, false, "This cannot be decided so",
        "Look at the finding as it stands now, and decide otherwise.";
    ExportTooLarge = "export_too_large", 409, false, "That is too much for one file",
        "Narrow it with filters, such as min_probability, check or state.";
    LedgerTooLarge = "ledger_too_large", 409, false, "The ledger is too large to screen against",
        "Upload the invoices and let a run of the checks look at them, or split the unit.";
    PaymentFileImpossible = "payment_file_impossible", 409, false, "There is no file without the held payments",
        "Take the list of the held payments instead, and have them left out where the file is made.";
    UploadCompleted = "upload_completed", 410, false, "The file is received already",
        "Look at it at the Location of the answer; nothing is to be sent any more.";
    FindingChanged = "finding_changed", 412, false, "The finding was changed since it was looked at",
        "Look at the finding as it stands now, then decide again with its new ETag.";
    BodyTooLarge = "body_too_large", 413, false, "The file is too large",
        "Split the extract, or ask the operator to raise the limit.";
    UrlTooLong = "url_too_long", 414, false, "The URL is too long",
        "Shorten it: leave out filters, or ask for less at once.";
    MediaTypeUnsupported = "media_type_unsupported", 415, false, "The media type is not allowed",
        "Send the file itself with Content-Type: text/csv.";
    ContentCodingUnsupported = "content_coding_unsupported", 415, false, "The Content-Encoding is not known",
        "Send the file uncompressed, or with Content-Encoding: gzip or zstd.";
    ExpectationUnknown = "expectation_unknown", 417, false, "The Expect header is not known",
        "Send Expect: 100-continue or leave the header out.";
    HostUnknown = "host_unknown", 421, false, "The request is for another host",
        "Use the URL that people reach this server by. The operator adds other names to hosts in bursard.toml, or has the proxy pass on the Host header that it was sent.";
    IdempotencyKeyReused = "idempotency_key_reused", 422, false, "The Idempotency-Key belongs to another file",
        "Use a new key for a new file, or leave the header out: repeats are recognised without it.";
    HeaderTooLarge = "header_too_large", 431, false, "The header of the request is too large",
        "Leave out what the server does not need, such as cookies of other sites.";
    UploadsTooMany = "uploads_too_many", 429, true, "Too many uploads at once for this customer",
        "Try again after the time in Retry-After.";
    RequestsTooMany = "requests_too_many", 429, true, "Too many requests at once from this address",
        "Try again after the time in Retry-After.";
    UploadsTooFrequent = "uploads_too_frequent", 429, true, "Too many uploads by this access token",
        "Try again after the time in Retry-After; several small extracts may go into one file.";
    Internal = "internal", 500, true, "Something went wrong in the server",
        "Nothing was kept. Try again later; if it goes on, tell the operator the request id.";
    Busy = "busy", 503, true, "The server is busy or stopping",
        "Try again after the time in Retry-After.";
    StorageFull = "storage_full", 507, true, "The server has no room for the file",
        "Nothing was kept. Tell the operator; try again later.";
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no refusal's code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the code of a refusal")]
pub struct InvalidRefusalCode;

impl FromStr for RefusalCode {
    type Err = InvalidRefusalCode;
    fn from_str(text: &str) -> Result<Self, InvalidRefusalCode> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text).ok_or(InvalidRefusalCode)
    }
}

crate::id::text_serde!(RefusalCode, named { "type": "string", "enum": RefusalCode::ALL });

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_distinct_and_whole() {
        let texts: HashSet<_> = RefusalCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), RefusalCode::ALL.len());
        for code in RefusalCode::ALL {
            assert!((400..600).contains(&code.status()));
            assert!(code.advice().ends_with('.') && !code.title().ends_with('.'), "{code:?}");
            // Pages show it as well.
            assert!(!code.advice().contains(" --"), "{code:?}");
            if code.status() >= 500 {
                assert!(code.is_retryable(), "{code:?}");
            }
        }
    }
}
