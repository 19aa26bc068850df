//! A sentence taken apart by a template with holes.

/// The texts in the holes of a template, `{}` each; none where the sentence is another. The last hole takes
/// the rest.
pub(super) fn holes<'t>(template: &str, sentence: &'t str) -> Option<Vec<&'t str>> {
    let mut parts = template.split("{}");
    let mut rest = sentence.strip_prefix(parts.next()?)?;
    let mut holes = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            let hole = rest.strip_suffix(part)?;
            holes.push(hole);
            return Some(holes);
        }
        let at = rest.find(part)?;
        holes.push(&rest[..at]);
        rest = &rest[at + part.len()..];
    }
    rest.is_empty().then_some(holes)
}

/// `GBP 4,310.00` or `4,310.00` in cents.
pub(super) fn cents(text: &str) -> Option<i64> {
    let figure = text.rsplit(' ').next()?;
    let (whole, part) = figure.split_once('.')?;
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let whole: i64 = whole.trim_start_matches('-').replace(',', "").parse().ok()?;
    (part.len() == 2).then_some(sign * (whole * 100 + part.parse::<i64>().ok()?))
}

/// `1,234`, or a word.
pub(super) fn count(text: &str) -> Option<i64> {
    match text {
        "Two" | "two" => Some(2),
        _ => text.replace(',', "").parse().ok(),
    }
}

#[test]
fn a_template_gives_what_stands_in_its_holes() {
    assert_eq!(holes("{} of {} is {}", "7 of 9 is all"), Some(vec!["7", "9", "all"]));
    assert_eq!(holes("paid {} days after", "paid 5 days after"), Some(vec!["5"]));
    assert_eq!(holes("paid {} days after", "paid 5 days before"), None);
    assert_eq!(holes("nothing", "nothing"), Some(Vec::new()));
    assert_eq!(
        (cents("GBP 4,310.05"), cents("-0.10"), cents("much")),
        (Some(431_005), Some(-10), None)
    );
}
