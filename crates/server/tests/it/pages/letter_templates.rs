//! Letter templates: an admin adds, changes and removes those with names, and a letter is written from the
//! one for what it is about, or from the one that is chosen.

use super::recovery::{LETTER, confirm, of_two_suppliers, path};
use crate::browser::{Browser, Page};
use crate::desk::{Desk, key};

const LETTERS: &str = "/settings/acme/letter";
const NAMED: &str = "/settings/acme/letter/named";

async fn add(desk: &Desk, ann: &mut Browser, name: &str, purpose: &str, body: &str) -> Page {
    let fields = [("name", name), ("purpose", purpose), ("subject", "x"), ("body", body)];
    ann.post(desk, NAMED, &fields).await
}

#[tokio::test]
async fn an_admin_writes_letters_with_names() {
    let desk = Desk::with(&of_two_suppliers()).await;
    let mut ann = Browser::ann(&desk).await;
    let begun = ann.get(&desk, NAMED).await;
    for said in ["Yours faithfully", "<option value=\"all\" selected>", "name=\"name\" required"] {
        assert!(begun.text.contains(said), "{said} {}", begun.text);
    }
    let added = add(&desk, &mut ann, "Mahnung <1>", "reminder", "{items}").await;
    assert_eq!(added.location(), format!("{LETTERS}?said=letter-set"));
    for (name, purpose, body, says) in [
        (
            "MAHNUNG <1>",
            "all",
            "{items}",
            "There is a letter template “Mahnung &#60;1&#62;” already",
        ),
        ("*", "all", "{items}", "The name of a letter template is 1 to 60 characters"),
        ("A", "some", "{items}", "Choose what the letter is for."),
        ("A", "credits", "Dear {suplier}, {items}", "{suplier} is no field of a letter"),
    ] {
        let refused = add(&desk, &mut ann, name, purpose, body).await;
        assert_eq!(refused.status, 422, "{name} {}", refused.text);
        let typed = name.replace('<', "&#60;").replace('>', "&#62;");
        for said in [says, body, &format!("value=\"{typed}\"")] {
            assert!(refused.text.contains(said), "{said} {}", refused.text);
        }
    }
    let list = ann.get(&desk, LETTERS).await;
    let link = list.between(&format!("href=\"{NAMED}?"), "\"").unwrap().to_owned();
    assert!(list.text.contains("data-label=\"For\">reminders</td>"), "{}", list.text);
    let form = ann.get(&desk, &format!("{NAMED}?{link}")).await;
    for said in [
        "<h1>Mahnung &#60;1&#62;</h1>",
        "name=\"known\" value=\"Mahnung &#60;1&#62;\"",
        "<option value=\"reminder\" selected>",
    ] {
        assert!(form.text.contains(said), "{said} {}", form.text);
    }
    assert_eq!(ann.get(&desk, &format!("{NAMED}?name=none")).await.status, 404);
    let changed = [
        ("known", "Mahnung <1>"),
        ("purpose", "duplicates"),
        ("subject", "y"),
        ("body", "Again: {items}"),
    ];
    let set = ann.post(&desk, NAMED, &changed).await;
    assert_eq!(set.location(), format!("{LETTERS}?said=letter-set"));
    let again = ann.post(&desk, NAMED, &changed).await;
    assert_eq!(again.location(), format!("{LETTERS}?said=nothing-changed"));
    let list = ann.get(&desk, LETTERS).await;
    assert!(list.text.contains("data-label=\"For\">duplicate payments</td>"), "{}", list.text);

    let remove = format!("{NAMED}/remove");
    let removed = ann.post(&desk, &remove, &[("name", "Mahnung <1>")]).await;
    assert_eq!(removed.location(), format!("{LETTERS}?said=letter-removed"));
    let again = ann.post(&desk, &remove, &[("name", "Mahnung <1>")]).await;
    assert_eq!(again.location(), format!("{LETTERS}?said=nothing-changed"));
    assert!(!ann.get(&desk, LETTERS).await.text.contains("Mahnung"));
    let log = desk.audited().await;
    for what in ["customer.add_letter", "customer.change_letter", "customer.remove_letter"] {
        assert_eq!(log.iter().filter(|entry| *entry == what).count(), 1, "{what} {log:?}");
    }
}

#[tokio::test]
async fn a_letter_is_looked_at_before_it_is_saved() {
    let desk = Desk::with(&of_two_suppliers()).await;
    let mut ann = Browser::ann(&desk).await;
    let typed = [("subject", "Refund {total}"), ("body", "By {name}:\n{items}"), ("preview", "1")];
    let named = [&[("name", "A"), ("purpose", "credits")][..], &typed[..]].concat();
    for (place, fields) in [(LETTERS, &typed[..]), (NAMED, &named[..])] {
        let page = ann.post(&desk, place, fields).await;
        assert_eq!(page.status, 200, "{place}");
        for said in [
            "<dd>Refund \u{a3}4,310.00</dd>",
            "By ann:\n1. Invoice 10983",
            "value=\"Refund {total}\"",
            "By {name}:\n{items}</textarea>",
        ] {
            assert!(page.text.contains(said), "{said} {}", page.text);
        }
    }
    let log = desk.audited().await;
    assert!(!log.iter().any(|what| what.ends_with("_letter")), "{log:?}");
    assert!(ann.get(&desk, LETTERS).await.text.contains("Yours faithfully"));
}

#[tokio::test]
async fn a_letter_is_written_from_the_template_for_what_it_is_about() {
    let mut found = of_two_suppliers();
    found.findings[1].check = "credits_not_taken".to_owned();
    found.findings[1].kind = "credits_not_taken".to_owned();
    let desk = Desk::with(&found).await;
    let mut ann = Browser::ann(&desk).await;
    confirm(&desk, &mut ann, &[1, 2, 3]).await;
    let page = ann.get(&desk, &format!("{LETTER}?supplier=S1")).await;
    assert!(!page.text.contains("<select name=\"template\">"), "{}", page.text);
    for (name, purpose) in [
        ("Rappel", "reminder"),
        ("Credits", "credits"),
        ("Doubles", "duplicates"),
        ("Strangers", "wrong_supplier"),
        ("deutsch", "all"),
    ] {
        let body = format!("{name}: {{items}}");
        let added = add(&desk, &mut ann, name, purpose, &body).await;
        assert_eq!(added.status, 303, "{}", added.text);
    }
    for (query, said) in [
        ("supplier=S1", "Doubles: 1. Invoice 10983"),
        ("supplier=S1", "<dt>Template</dt><dd>Doubles</dd>"),
        ("supplier=S1", "<option value=\"\" selected>"),
        ("supplier=S1", "<input type=\"hidden\" name=\"supplier\" value=\"S1\">"),
        ("supplier=S2", "Credits: 1. Invoice 10983"),
        ("supplier=S1&template=*", "Dear Sir or Madam"),
        ("supplier=S1&template=DEUTSCH", "deutsch: 1. Invoice 10983"),
        ("supplier=S1&template=DEUTSCH", "<option value=\"deutsch\" selected>"),
        ("supplier=S1&template=Rappel", "Rappel: 1. Invoice 10983"),
    ] {
        let page = ann.get(&desk, &format!("{LETTER}?{query}")).await;
        assert!(page.text.contains(said), "{query} {said} {}", page.text);
    }
    // The files are of the letter that is shown.
    let page = ann.get(&desk, &format!("{LETTER}?supplier=S1&template=deutsch")).await;
    let link = page.between("href=\"/at/acme/acme/letter.txt", "\"").unwrap().replace("&#38;", "&");
    let text = ann.get(&desk, &format!("{LETTER}.txt{link}")).await;
    assert!(text.text.starts_with("deutsch: 1."), "{}", text.text);

    // A reminder is a letter of which all was asked for.
    let both = format!("{LETTER}?finding={}&finding={}", key(1), key(3));
    let asked = [("stage", "asked"), ("on", "2026-11-20"), ("due", "2026-12-01")];
    for (number, said) in [(1, "Doubles: 1."), (3, "Rappel: 1.")] {
        let sent = ann.post(&desk, &format!("{}/recovery", path(number)), &asked).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        let page = ann.get(&desk, &both).await;
        assert!(page.text.contains(said), "{said} {}", page.text);
    }
    ann.post(&desk, &format!("{NAMED}/remove"), &[("name", "deutsch")]).await;
    let gone = ann.get(&desk, &format!("{both}&template=deutsch")).await;
    assert_eq!(gone.status, 409);
    assert!(gone.text.contains("no letter template “deutsch” any more"), "{}", gone.text);
}
