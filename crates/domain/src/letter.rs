//! The letter by which a supplier is asked for money: a template of text with fields in braces, and the
//! letter that it makes.
//!
//! Not for: which findings a letter is about, or sending it.
//!
//! Invariant: a [`LetterTemplate`] names known fields only and has a place for what it asks for; filled in,
//! nothing of a value is read as a field, and a subject is one line.

mod named;

use serde::Serialize;

pub use named::{
    InvalidLetterPurpose, InvalidLetterTemplateName, LETTER_TEMPLATE_NAME_CHARS_MAX,
    LETTER_TEMPLATES_MAX, LetterPurpose, LetterTemplateName, LetterTemplates, NamedLetterTemplate,
};

use crate::template::{self, Piece, pieces};

/// The days that are left for an answer unless somebody says otherwise.
pub const DAYS_TO_ANSWER: i32 = 14;
/// Longer subjects are cut by the programs that show them.
pub const LETTER_SUBJECT_CHARS_MAX: usize = 200;
/// Two pages of print.
pub const LETTER_BODY_CHARS_MAX: usize = 8_000;

const USUAL_SUBJECT: &str = "Please refund or credit {total}: {count} of your invoices";
const USUAL_BODY: &str = "{supplier}\n\n{today}\n\nDear Sir or Madam,\n\n\
    By our records we were charged more than once for the following, or it is owed to us. Where our records \
    have a day of payment, it stands beside the invoice.\n\n\
    {items}\n\n\
    In all: {total}\n\n\
    Please send us a credit note or refund {total} by {due}, and quote the numbers above. If you think that \
    something of it is right as it is, please tell us why.\n\n\
    Yours faithfully,\n{name}\n{organisation}\n{email}\n";

/// A letter with fields in braces, such as `{supplier}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LetterTemplate {
    subject: String,
    body: String,
}

/// The values of the fields of one letter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LetterValues {
    pub supplier: String,
    pub reference: String,
    pub today: String,
    pub due: String,
    pub items: String,
    pub total: String,
    pub count: String,
    pub name: String,
    pub email: String,
    pub organisation: String,
}

/// A letter, filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub body: String,
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLetterTemplate {
    #[error("{{{0}}} is no field of a letter; the fields are {fields}", fields = field_names())]
    UnknownField(String),
    #[error("the letter has to say what is asked for: put {{items}} where that is to stand")]
    NoItems,
    /// A letter is as long as its list, however often the template could name it.
    #[error("the letter says what is asked for more than once: keep one {{items}}")]
    ItemsTwice,
    #[error("the subject is empty; write one")]
    NoSubject,
    #[error("the subject has more than {LETTER_SUBJECT_CHARS_MAX} characters; shorten it")]
    SubjectTooLong,
    #[error("the letter has more than {LETTER_BODY_CHARS_MAX} characters; shorten it")]
    BodyTooLong,
}

type FieldOf = for<'v> fn(&'v LetterValues) -> &'v str;

/// The fields, each with what it is and where its value is.
const FIELDS: [(&str, &str, FieldOf); 10] = [
    ("supplier", "the name of the supplier", |values| &values.supplier),
    ("reference", "the number of the supplier in the ERP", |values| &values.reference),
    ("today", "the day of the letter", |values| &values.today),
    ("due", "the day by which an answer is asked for", |values| &values.due),
    ("items", "the invoices, each with number, day and amount", |values| &values.items),
    ("total", "the money that is asked for", |values| &values.total),
    ("count", "how many invoices it is about", |values| &values.count),
    ("name", "who writes it", |values| &values.name),
    ("email", "the address of who writes it", |values| &values.email),
    ("organisation", "the unit that is written for", |values| &values.organisation),
];

impl LetterTemplate {
    pub fn new(subject: &str, body: &str) -> Result<Self, InvalidLetterTemplate> {
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        if subject.is_empty() {
            return Err(InvalidLetterTemplate::NoSubject);
        }
        if subject.chars().count() > LETTER_SUBJECT_CHARS_MAX {
            return Err(InvalidLetterTemplate::SubjectTooLong);
        }
        // As forms send the ends of lines.
        let body = body.replace("\r\n", "\n").replace('\r', "\n");
        if body.chars().count() > LETTER_BODY_CHARS_MAX {
            return Err(InvalidLetterTemplate::BodyTooLong);
        }
        let mut items = 0;
        for piece in pieces(&subject).into_iter().chain(pieces(&body)) {
            let Piece::Field(name) = piece else { continue };
            if !FIELDS.iter().any(|(known, ..)| *known == name) {
                return Err(InvalidLetterTemplate::UnknownField(name.to_owned()));
            }
            items += usize::from(name == "items");
        }
        match items {
            0 => Err(InvalidLetterTemplate::NoItems),
            1 => Ok(Self { subject, body }),
            _ => Err(InvalidLetterTemplate::ItemsTwice),
        }
    }

    pub fn subject(&self) -> &str {
        &self.subject
    }

    pub fn body(&self) -> &str {
        &self.body
    }

    pub fn fill(&self, values: &LetterValues) -> Letter {
        let subject = filled(&self.subject, values);
        Letter {
            subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
            body: filled(&self.body, values),
        }
    }

    /// The names of the fields and what each is.
    pub fn fields() -> impl Iterator<Item = (&'static str, &'static str)> {
        FIELDS.iter().map(|(name, about, _)| (*name, *about))
    }
}

impl Default for LetterTemplate {
    /// The letter while nobody has set another.
    fn default() -> Self {
        Self { subject: USUAL_SUBJECT.to_owned(), body: USUAL_BODY.to_owned() }
    }
}

fn field_names() -> String {
    let names: Vec<String> = FIELDS.iter().map(|(name, ..)| format!("{{{name}}}")).collect();
    names.join(", ")
}

fn filled(text: &str, values: &LetterValues) -> String {
    template::filled(text, |name| {
        let field = FIELDS.iter().find(|(known, ..)| *known == name);
        let (_, _, value) = field.expect("a template names known fields only");
        value(values).to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_in() {
        let usual = LetterTemplate::default();
        assert_eq!(LetterTemplate::new(usual.subject(), usual.body()), Ok(usual));
        let template =
            LetterTemplate::new("{total}\n{supplier}", "{ {Name} {} {items}\r\n{items").unwrap();
        let values = LetterValues {
            supplier: "A {total}\r\nBcc: x".to_owned(),
            total: "£1.00".to_owned(),
            items: "Invoice {7}".to_owned(),
            ..LetterValues::default()
        };
        let letter = template.fill(&values);
        assert_eq!(letter.subject, "£1.00 A {total} Bcc: x");
        assert_eq!(letter.body, "{ {Name} {} Invoice {7}\n{items");
    }

    #[test]
    fn what_is_no_template_is_said() {
        use InvalidLetterTemplate::{
            BodyTooLong, ItemsTwice, NoItems, NoSubject, SubjectTooLong, UnknownField,
        };
        for (subject, body, why) in [
            (" ", "{items}", NoSubject),
            ("x", "Dear {suplier}, {items}", UnknownField("suplier".to_owned())),
            ("x", "Dear {supplier}", NoItems),
            ("{items}", "{items}", ItemsTwice),
            (&"x".repeat(LETTER_SUBJECT_CHARS_MAX + 1), "{items}", SubjectTooLong),
            ("x", &"x".repeat(LETTER_BODY_CHARS_MAX + 1), BodyTooLong),
        ] {
            assert_eq!(LetterTemplate::new(subject, body), Err(why), "{subject}");
        }
        let unknown = UnknownField("suplier".to_owned()).to_string();
        assert!(
            unknown.starts_with("{suplier} is no field of a letter; the fields are {supplier},")
        );
    }
}
