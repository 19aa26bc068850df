//! What is to be done about a file that is refused, by commands and by whom.
//!
//! Not for: what the refusal itself says.

use domain::Remedy;

/// The sentence for a file that a server refused or would; none where the refusal says all.
pub const fn advice(remedy: Remedy) -> Option<&'static str> {
    match remedy {
        Remedy::MendExtract => None,
        Remedy::MapColumns => Some(
            "Or say what its columns hold: bursar check --type TYPE --write-mapping NEW.toml FILE writes a mapping to start \
             from, and --mapping tries it; an admin sets it on the upload's page, an operator with \
             bursard reading-rules set --mapping.",
        ),
        Remedy::BuildIdentifier => Some(
            "Or say what its columns hold: bursar check --type TYPE --write-mapping NEW.toml FILE writes a mapping to start \
             from, and --mapping tries it; a Unique ID may be built of several columns \
             (unique_id = [\"…\", \"…\"] below [fields]); an admin sets it on the upload's page, an operator with \
             bursard reading-rules set --mapping.",
        ),
        Remedy::MendMapping => {
            Some("Try another mapping with --mapping; an admin sets it on the upload's page.")
        }
        Remedy::ChooseSheet => {
            Some("--sheet tries another, and an admin sets it on the upload's page.")
        }
        Remedy::ChooseEncoding => {
            Some("--encoding tries another, and an admin sets it on the upload's page.")
        }
        Remedy::ReadAgain => Some(
            "Do not send it again: have the operator see to it, then read it again with bursard upload read-again.",
        ),
        Remedy::Nothing => Some("Nothing needs to be done."),
    }
}
