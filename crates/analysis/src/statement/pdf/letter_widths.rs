//! The widths of letters in a PDF's fonts, spelt out one by one.
//!
//! `pdf-extract` 0.12 misreads the short form, `first last width` (ISO 32000-1, 9.7.4.3): it takes the first
//! letter for the last and for the width. Letters then have the default width, often none, and the words of a
//! line run into each other.
//!
//! Not for: widths of simple fonts, which have no short form.

use pdf_extract::{Document, Object, ObjectId};

/// Identifiers of letters have two bytes.
const LETTERS_MAX: i64 = 1 << 16;

/// Writes the widths of all fonts in the long form, a list for each range.
pub(super) fn spell_out(document: &mut Document) {
    let fonts: Vec<(ObjectId, Object)> = document
        .objects
        .iter()
        .filter_map(|(id, object)| {
            let widths = object.as_dict().ok()?.get(b"W").ok()?;
            let (_, widths) = document.dereference(widths).ok()?;
            Some((*id, Object::Array(spelt_out(widths.as_array().ok()?)?)))
        })
        .collect();
    for (id, widths) in fonts {
        if let Some(Ok(font)) = document.objects.get_mut(&id).map(Object::as_dict_mut) {
            font.set("W", widths);
        }
    }
}

/// The widths with a list for each range; none where they are not as the standard has them.
fn spelt_out(widths: &[Object]) -> Option<Vec<Object>> {
    let mut rest = widths;
    let mut all = Vec::new();
    while let [first, next, others @ ..] = rest {
        if matches!(next, Object::Array(_)) {
            all.extend([first.clone(), next.clone()]);
            rest = others;
            continue;
        }
        let (width, others) = others.split_first()?;
        let letters = next.as_i64().ok()? - first.as_i64().ok()? + 1;
        let letters = usize::try_from(letters.clamp(0, LETTERS_MAX)).ok()?;
        all.extend([first.clone(), Object::Array(vec![width.clone(); letters])]);
        rest = others;
    }
    rest.is_empty().then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_lists() {
        let list = |widths: &[i64]| Object::Array(widths.iter().map(|one| (*one).into()).collect());
        let short: Vec<Object> = vec![
            3.into(),
            list(&[500, 600]),
            7.into(),
            9.into(),
            250.into(),
            20.into(),
            list(&[1]),
        ];
        let long = vec![
            3.into(),
            list(&[500, 600]),
            7.into(),
            list(&[250, 250, 250]),
            20.into(),
            list(&[1]),
        ];
        assert_eq!(spelt_out(&short), Some(long));
        assert_eq!(spelt_out(&[3.into(), 5.into()]), None, "a range without a width");
        assert_eq!(spelt_out(&[3.into()]), None);
        let backwards = spelt_out(&[9.into(), 7.into(), 250.into()]);
        assert_eq!(backwards, Some(vec![9.into(), list(&[])]));
    }
}
