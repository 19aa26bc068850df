//! What scrolls sideways is scrolled by keys too: it can be focused, or something in it can.

use std::path::Path;

const REGIONS: [&str; 2] = ["<div class=\"table-wrap", "<div class=\"scroll"];
/// What takes the focus by itself; the rows of a ledger begin with a link each.
const FOCUSABLE: [&str; 7] =
    ["<a ", "<button", "<input", "<select", "<summary", "<textarea", "{% include \"row.html\" %}"];

/// The template without what is there under a condition only.
fn unconditional(template: &str) -> String {
    let mut text = template.to_owned();
    while let Some(end) = text.find("{% endif %}") {
        let begin = text[..end].rfind("{% if ").expect("a condition begins");
        text.replace_range(begin..end + "{% endif %}".len(), "");
    }
    text
}

#[test]
fn what_scrolls_can_be_focused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut looked_at = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for region in REGIONS.iter().flat_map(|begin| text.split(begin).skip(1)) {
            let (tag, rest) = region.split_once('>').unwrap();
            let is_named = tag.contains("tabindex=\"0\" role=\"region\" aria-label=\"");
            let table = unconditional(rest.split_once("</table>").unwrap().0);
            let is_focusable = FOCUSABLE.iter().any(|begin| table.contains(begin));
            assert!(is_named || is_focusable, "{}: {tag}", path.display());
            assert_eq!(is_named, tag.contains("tabindex"), "{}: {tag}", path.display());
            looked_at += 1;
        }
    }
    assert!(looked_at > 50, "{looked_at}");
}

#[test]
fn the_list_stays_while_somebody_types_in_the_bar_below_it() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/bursar.css");
    let css = std::fs::read_to_string(path).unwrap();
    let place = |rule: &str| css.find(rule).unwrap_or_else(|| panic!("{rule}"));
    // Both are as specific: the later one counts.
    let padding =
        place("html:has(input[name=\"finding\"]:checked) { scroll-padding-bottom: 6rem; }");
    assert!(padding < place("html:has(.bulk:focus-within) { scroll-padding-bottom: 0; }"));
}

#[test]
fn a_narrow_queue_says_when_a_payment_is_due() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/queue.css");
    let css = std::fs::read_to_string(path).unwrap();
    let of_window = |begin: &str| {
        let (_, rules) = css.split_once(begin).unwrap_or_else(|| panic!("{begin}"));
        rules.split("\n}").next().unwrap().to_owned()
    };
    let phone = of_window("@media (max-width: 44rem) {");
    let hidden = phone.find("td.paid, .queue td.age").unwrap();
    let due = phone.find(".queue td.paid:has(.note) { display: block; grid-area: paid; }").unwrap();
    assert!(hidden < due, "{phone}");
    // A row with its state and one without have a line for it.
    assert_eq!(phone.matches("\"tick paid paid paid\"").count(), 2, "{phone}");
    let tablet = of_window("@media (min-width: 44.01rem) and (max-width: 54rem) {");
    assert!(tablet.contains(".paid { display: table-cell;"), "{tablet}");
}
