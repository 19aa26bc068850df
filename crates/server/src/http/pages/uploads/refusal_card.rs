//! Why an upload was refused and what to do about it, as its page says it.
//!
//! Invariant: what is to be done is done on pages; nothing is said of commands.

use domain::{Remedy, Upload, UploadState};

use crate::http::pages::error::sentence;

/// Why it is refused, and the way on.
pub(super) struct RefusalCard {
    pub(super) why: String,
    pub(super) advice: &'static str,
    /// Where it is set what the advice speaks of, for whoever may.
    pub(super) href: Option<String>,
}

pub(super) fn refusal_card(upload: &Upload, (here, may_map): (&str, bool)) -> Option<RefusalCard> {
    let UploadState::Refused { reason, remedy, .. } = &upload.state else { return None };
    let remedy = remedy.unwrap_or(Remedy::MendExtract);
    let is_there = upload.removed_at.is_none();
    Some(RefusalCard {
        why: sentence(reason.trim_end_matches('.')),
        advice: if is_there { advice((remedy, may_map)) } else { SEND_AGAIN },
        href: place(remedy)
            .filter(|_| may_map && is_there)
            .map(|place| format!("{here}/columns#{place}")),
    })
}

const SEND_AGAIN: &str = "Correct the extract and send it again.";

/// The words for whoever may set how files are read, or else for whoever has to ask.
const fn advice(remedy_and_may_map: (Remedy, bool)) -> &'static str {
    match remedy_and_may_map {
        (Remedy::MendExtract, true) => {
            "Correct the extract and send it again, or change how its columns are read and have this file read \
             again."
        }
        (Remedy::MendExtract, false) => SEND_AGAIN,
        (Remedy::MapColumns, true) => {
            "Say which column holds what and have this file read again, or correct the extract and send it again."
        }
        (Remedy::MapColumns | Remedy::BuildIdentifier, false) => {
            "An admin of the organisation can say which column holds what and have this file read again; or \
             correct the extract and send it again."
        }
        (Remedy::BuildIdentifier, true) => {
            "Say which column holds what and have this file read again; a Unique ID may be built of several \
             columns. Or correct the extract and send it again."
        }
        (Remedy::MendMapping, true) => {
            "Change what is set for these files so that it fits this one and have it read again, or correct the \
             extract and send it again."
        }
        (Remedy::ChooseSheet, true) => {
            "Name the sheet that is to be read, or none, and have this file read again."
        }
        (Remedy::ChooseEncoding, true) => {
            "Choose another encoding, or leave it to the files, and have this file read again."
        }
        (Remedy::MendMapping | Remedy::ChooseSheet | Remedy::ChooseEncoding, false) => {
            "An admin of the organisation can change how these files are read and have this one read again; or \
             correct the extract and send it again."
        }
        (Remedy::ReadAgain, _) => {
            "Nothing has to be sent again: when whoever runs this server has seen to it, read this file again."
        }
        (Remedy::Nothing, _) => "Nothing needs to be done.",
    }
}

/// The place on the page of columns.
const fn place(remedy: Remedy) -> Option<&'static str> {
    match remedy {
        Remedy::MendExtract | Remedy::MapColumns | Remedy::MendMapping => Some("mapping"),
        Remedy::BuildIdentifier => Some("f-unique_id"),
        Remedy::ChooseSheet => Some("sheet"),
        Remedy::ChooseEncoding => Some("encoding"),
        Remedy::ReadAgain | Remedy::Nothing => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_advises_a_command() {
        for remedy in Remedy::ALL {
            for may_map in [true, false] {
                let advice = advice((remedy, may_map));
                assert!(!advice.contains("--") && !advice.contains("bursar"), "{advice}");
            }
        }
    }
}
