//! Names in whose place a publisher says that it keeps them back: `REDACTED PERSONAL DATA`.
//!
//! Not for: texts that stand for no number (`evidence::habits::Placeholders`, which go by their use).
//!
//! Invariant: a name is withheld only where it says so. A firm that destroys confidential papers has a name.

use domain::text::fold;

/// Words that no firm is called by, in languages that public bodies publish in.
const SAY_SO: [&str; 23] = [
    "REDACTED",
    "REDACTION",
    "WITHHELD",
    "ANONYMISED",
    "ANONYMIZED",
    "UNDISCLOSED",
    "ANONYMISIERT",
    "GESCHWARZT",
    "UNKENNTLICH",
    "ANONYMISE",
    "ANONYMISEE",
    "CAVIARDE",
    "ANONIMIZADO",
    "ANONIMIZADA",
    "ANONIMIZZATO",
    "OMISSIS",
    "GEANONIMISEERD",
    "ANONYMISERET",
    "ANONYMISERT",
    "ANONYMISERAD",
    "SEKRETESS",
    "ZANONIMIZOWANO",
    "ANONYMIZOVANO",
];
/// Names that say so as a whole, and whose words a firm may be called by.
const NAMES: [&str; 13] = [
    "PERSONAL DATA",
    "PERSONAL INFORMATION",
    "CONFIDENTIAL",
    "ANONYMOUS",
    "PRIVATE INDIVIDUAL",
    "INDIVIDUAL",
    "NAME REMOVED",
    "NOT DISCLOSED",
    "DATA PROTECTION",
    "PERSONENBEZOGENE DATEN",
    "DONNEES PERSONNELLES",
    "DATOS PERSONALES",
    "PERSOONSGEGEVENS",
];

/// Returns `true` for a name that says that somebody's is kept back.
pub(in crate::run) fn is_withheld(name: &str) -> bool {
    let folded = fold(name);
    let is_between = |c: char| !c.is_alphanumeric();
    let words: Vec<&str> = folded.split(is_between).filter(|word| !word.is_empty()).collect();
    words.iter().any(|word| SAY_SO.contains(word)) || NAMES.contains(&words.join(" ").as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_withheld_where_it_says_so() {
        for (name, expected) in [
            ("REDACTED PERSONAL DATA", true),
            ("Redacted - Section 40(2)", true),
            ("Name withheld", true),
            ("[Anonymisée]", true),
            ("Geschwärzt", true),
            ("Personal data", true),
            ("Confidential", true),
            ("Confidential Shredding Ltd", false),
            ("Personal Data Services Ltd", false),
            ("Individual Care Homes Ltd", false),
            ("Redac Ltd", false),
            ("", false),
        ] {
            assert_eq!(is_withheld(name), expected, "{name}");
        }
    }
}
