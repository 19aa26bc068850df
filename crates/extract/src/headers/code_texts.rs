//! A code and the text of it in two columns of one name, `Supplier Name` and `Supplier Name(T)`, as Unit4
//! writes them.
//!
//! Invariant: only a name of a supplier is told from its reference so; what other codes mean, their texts
//! tell.

use domain::FileType;

use super::column_name::Heading;
use super::normal;
use crate::fields::Field;

/// The end of the heading of a text.
const TEXT_MARK: &str = "(T)";
const NAME: &str = "supplier_name";
const REFERENCE: &str = "supplier_ref";

/// Takes the text for the name and the code for the reference, where the code was taken for the name.
pub(super) fn tell_apart(
    file_type: FileType,
    headings: &[Heading<'_>],
    called: &mut [Option<(Field, usize)>],
) {
    let is = |field: &Option<(Field, usize)>, name: &str| {
        field.is_some_and(|(field, _)| field.name() == name)
    };
    let text_of = |code: &Heading<'_>| {
        headings.iter().position(|text| {
            let name = text.text.trim_end().strip_suffix(TEXT_MARK);
            name.is_some_and(|name| normal(name) == normal(code.text))
        })
    };
    let mut codes = (0..headings.len()).filter(|code| is(&called[*code], NAME));
    let pair = codes.find_map(|code| Some((code, text_of(&headings[code])?)));
    let Some((code, text)) = pair else { return };
    let reference = Field::named(file_type, REFERENCE)
        .filter(|_| called.iter().all(|field| !is(field, REFERENCE)));
    called[text] = called[code];
    called[code] = reference.map(|reference| (reference, 0));
}
