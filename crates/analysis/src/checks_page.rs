//! `docs/reference/checks.md`: every check as its folder says it.
//!
//! Not for: how findings are read and what duplicates rest on (`docs/checks.md`). Invariant: the page is
//! made of the folders of the checks, and a test holds it against them; `cargo xtask reference` writes
//! it.

use std::fmt::Write as _;

use domain::check::VerdictWords;
use domain::markdown::in_line;

use crate::checks::{Check, Method};

const HEAD: &str = "# The checks, one by one

What each looks for, what it needs, what can be done about it, and the numbers that an admin may set for a unit.
This page is made by `cargo xtask reference` from the folders of the checks in `crates/analysis/src/checks`; change \
those, not the page.
[What is looked for](../checks.md) says how findings are weighed and read.

| check | finds |
|---|---|
";

/// The whole page.
pub fn checks_page() -> String {
    let mut page = HEAD.to_owned();
    for Check { name, finds, .. } in Check::all() {
        write(&mut page, format_args!("| [`{name}`](#{name}) | {} |\n", in_line(finds)));
    }
    for check in Check::all() {
        write_check(&mut page, check);
    }
    page
}

fn write_check(page: &mut String, check: &Check) {
    let Check { name, title, .. } = check;
    write(page, format_args!("\n## `{name}`\n\n*{title}.*\n{}\n", in_line(check.about)));
    page.push_str("\n| | |\n|---|---|\n");
    let mut say = |what: &str, words: &str| {
        write(page, format_args!("| {what} | {} |\n", in_line(words)));
    };
    say("severity", check.severity.as_str());
    say("lane", check.lane.title());
    say(
        "verdicts",
        match check.verdict {
            VerdictWords::Duplicate => "duplicate, or not a duplicate",
            VerdictWords::Action => "needs action, or explained",
        },
    );
    say("needs", &needs(check));
    say("its claim is", &format!("that {}", check.claim));
    say("its probability is", probability(check.method));
    say(if check.names_risk { "at risk is" } else { "billed is" }, check.at_risk_is());
    say("legitimate if", check.innocent_if);
    if let Some(step) = check.next_step {
        say("what to do first", step);
    }
    if !check.parameters.is_empty() {
        page.push_str("\n| number | is | in | default |\n|---|---|---|---|\n");
        for number in check.parameters {
            let about = in_line(number.about);
            write(
                page,
                format_args!(
                    "| `{}` | {about} | {} | {} |\n",
                    number.name, number.unit, number.default
                ),
            );
        }
    }
}

/// Where the probability of its findings comes from.
const fn probability(method: Method) -> &'static str {
    match method {
        Method::InvoicePairs | Method::SupplierPairs => "weighed by its evidence",
        Method::Sql
        | Method::LookAlikes
        | Method::Sanctions
        | Method::CompanyRegister
        | Method::StatementCredits => {
            "none until a unit has decided on twenty of its findings; then how many were confirmed"
        }
    }
}

/// The columns that must hold something, of each list one.
fn needs(check: &Check) -> String {
    let one_of = |columns: &&[(&str, &str)]| {
        let names = columns.iter().map(|(table, column)| format!("`{table}.{column}`"));
        names.collect::<Vec<_>>().join(" or ")
    };
    check.needs.iter().map(one_of).collect::<Vec<_>>().join("; ")
}

fn write(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("a text takes all that is written to it");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/checks.md");
        let kept = std::fs::read_to_string(path).expect("docs/reference/checks.md is there");
        assert!(
            kept == checks_page(),
            "docs/reference/checks.md is not current: run `cargo xtask reference`"
        );
    }
}
