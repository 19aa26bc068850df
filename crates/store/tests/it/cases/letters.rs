//! The letters by which suppliers are asked for money.

use domain::letter::LETTER_TEMPLATES_MAX;
use domain::page::PageSize;
use domain::{LetterPurpose, LetterTemplate, LetterTemplateName, NamedLetterTemplate};
use store::{AuditFilter, Error};

use crate::site::{Site, now};

pub(crate) async fn a_letter_is_as_an_admin_wrote_it(site: Site) {
    let acme = site.acme();
    let usual = LetterTemplate::default();
    assert_eq!(acme.letter_template().await.unwrap(), usual);
    let own = LetterTemplate::new("Refund {total}", "Dear {supplier},\n{items}\0").unwrap();
    for (wanted, changes) in
        [(None, false), (Some(&own), true), (Some(&usual), true), (None, true), (None, false)]
    {
        let set = acme.set_letter_template(wanted, "ann@example.org", now()).await.unwrap();
        assert_eq!(set, changes);
    }
    acme.set_letter_template(Some(&own), "ann@example.org", now()).await.unwrap();
    let kept = acme.letter_template().await.unwrap();
    assert_eq!(
        (kept.subject(), kept.body()),
        ("Refund {total}", "Dear {supplier},\n{items}\u{2400}")
    );
    let log = acme.audit_entries(&AuditFilter::default(), PageSize::default(), None).await.unwrap();
    let entry = &log.items[0].entry;
    assert_eq!(entry.what, "customer.set_letter");
    assert_eq!(entry.details["is"]["subject"], "Refund {total}");
    let stranger = site.store.customer(&"globex".parse().unwrap());
    let set = stranger.set_letter_template(Some(&own), "eve@example.org", now()).await;
    assert!(matches!(set, Err(Error::NotFound { .. })), "{set:?}");
    site.by_hand("UPDATE letter_templates SET body = 'Dear {nobody}'").await;
    let damaged = acme.letter_template().await;
    assert!(
        matches!(damaged, Err(Error::Corrupt { table: "letter_templates", .. })),
        "{damaged:?}"
    );
}

fn named(name: &str, purpose: LetterPurpose, body: &str) -> NamedLetterTemplate {
    let template = LetterTemplate::new("Refund {total}", body).unwrap();
    NamedLetterTemplate { name: name.parse().unwrap(), purpose, template }
}

fn why<T: std::fmt::Debug>(refused: Result<T, Error>) -> String {
    match refused {
        Err(Error::Illegal { why }) => why,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn letters_with_names_stand_beside_the_one_for_all(site: Site) {
    let (acme, by) = (site.acme(), "ann@example.org");
    let usual = LetterTemplate::new("Refund", "Dear {supplier},\n{items}").unwrap();
    acme.set_letter_template(Some(&usual), by, now()).await.unwrap();
    let reminder = named("Erste Mahnung", LetterPurpose::Reminder, "{items}\0");
    acme.add_named_letter(&reminder, by, now()).await.unwrap();
    acme.add_named_letter(&named("credit", LetterPurpose::Credits, "{items}"), by, now())
        .await
        .unwrap();
    let taken = named("ERSTE MAHNUNG", LetterPurpose::All, "{items}");
    let refused = why(acme.add_named_letter(&taken, by, now()).await);
    assert!(refused.contains("\u{201c}Erste Mahnung\u{201d} already"), "{refused}");

    let kept = acme.letter_templates().await.unwrap();
    assert_eq!(*kept.usual(), usual, "the one for all letters stays");
    let listed: Vec<_> =
        kept.named().iter().map(|of| (of.name.as_str(), of.purpose, of.template.body())).collect();
    assert_eq!(
        listed,
        [
            ("credit", LetterPurpose::Credits, "{items}"),
            ("Erste Mahnung", LetterPurpose::Reminder, "{items}\u{2400}"),
        ]
    );
    for (wanted, changes) in [
        (named("erste mahnung", LetterPurpose::Reminder, "Again: {items}"), true),
        (named("Erste Mahnung", LetterPurpose::Reminder, "Again: {items}"), false),
        (named("Erste Mahnung", LetterPurpose::All, "Again: {items}"), true),
    ] {
        let changed = acme.change_named_letter(&wanted, by, now()).await.unwrap();
        assert_eq!(changed, changes, "{wanted:?}");
    }
    let kept = acme.letter_templates().await.unwrap();
    let name: LetterTemplateName = "Erste Mahnung".parse().unwrap();
    assert_eq!(
        kept.get(&name),
        Some(&named("Erste Mahnung", LetterPurpose::All, "Again: {items}")),
        "it keeps its name"
    );
    let unknown = named("Dritte Mahnung", LetterPurpose::All, "{items}");
    let unknown = acme.change_named_letter(&unknown, by, now()).await;
    assert!(matches!(unknown, Err(Error::NotFound { .. })), "{unknown:?}");
    assert!(acme.remove_named_letter(&name, by, now()).await.unwrap());
    assert!(!acme.remove_named_letter(&name, by, now()).await.unwrap(), "it is gone already");

    let log = acme.audit_entries(&AuditFilter::default(), PageSize::default(), None).await.unwrap();
    let entries: Vec<&str> = log.items.iter().take(5).map(|item| &*item.entry.what).collect();
    let (added, changed) = ("customer.add_letter", "customer.change_letter");
    assert_eq!(entries, ["customer.remove_letter", changed, changed, added, added]);
    assert_eq!(log.items[0].entry.about, "Erste Mahnung");
    assert_eq!(log.items[0].entry.details["was"]["body"], "Again: {items}");

    let stranger = site.store.customer(&"globex".parse().unwrap());
    assert!(stranger.letter_templates().await.unwrap().named().is_empty());
    let set = stranger.add_named_letter(&reminder, "eve@example.org", now()).await;
    assert!(matches!(set, Err(Error::NotFound { .. })), "{set:?}");
    for number in 1..LETTER_TEMPLATES_MAX {
        let more = named(&format!("more {number}"), LetterPurpose::All, "{items}");
        acme.add_named_letter(&more, by, now()).await.unwrap();
    }
    let many = why(acme.add_named_letter(&reminder, by, now()).await);
    assert!(many.contains("there are 30 letter templates already"), "{many}");
    site.by_hand("UPDATE named_letter_templates SET purpose = 'none'").await;
    let damaged = acme.letter_templates().await;
    assert!(
        matches!(damaged, Err(Error::Corrupt { table: "named_letter_templates", .. })),
        "{damaged:?}"
    );
}
