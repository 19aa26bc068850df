//! Reason codes: an admin adds and retires them, verdicts name them.

use domain::finding::{
    CodedReason, FindingState, NewVerdict, ReasonCode, ReasonRule, Remember, VerdictRequest,
};
use domain::page::PageSize;
use store::{AuditFilter, Decider, DecisionCount, Error};

use crate::cases::findings::{checked, key};
use crate::cases::proposals::two_decide_above;
use crate::cases::runs::run;
use crate::cases::verdicts::{ann, new_id, standing};
use crate::site::{Site, now, unit};

const BY: &str = "ann@example.org";

fn code(text: &str) -> ReasonCode {
    text.parse().unwrap()
}

async fn add(site: &Site, code: &str, words: &str, state: &str) -> Result<(), Error> {
    let reason = CodedReason::new(code, words, state).unwrap();
    site.acme().add_reason_code(&reason, BY, now()).await
}

fn verdict(state: FindingState, reason: &str, because: &str) -> NewVerdict {
    let request = VerdictRequest {
        state,
        because: because.to_owned(),
        reason_code: Some(code(reason)),
        recovered: None,
        above: None,
        remember: Remember::None,
        until: None,
        due: None,
    };
    NewVerdict::new(request, now()).unwrap()
}

fn why<T: std::fmt::Debug>(refused: Result<T, Error>) -> String {
    match refused {
        Err(Error::Illegal { why }) => why,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn codes_are_added_and_retired(site: Site) {
    let acme = site.acme();
    assert!(acme.reason_codes().await.unwrap().reasons().is_empty());
    add(&site, "PRICE", "The price was agreed", "not_duplicate").await.unwrap();
    add(&site, "a-1", "Two deliveries", "not_duplicate").await.unwrap();
    add(&site, "twice", "Keyed twice", "duplicate").await.unwrap();
    let taken = why(add(&site, "Price", "again", "duplicate").await);
    assert!(taken.contains("PRICE is there already (The price was agreed)"), "{taken}");
    assert!(acme.retire_reason_code(&code("price"), BY, now()).await.unwrap());
    assert!(!acme.retire_reason_code(&code("PRICE"), BY, now()).await.unwrap(), "it is already");
    let unknown = acme.retire_reason_code(&code("x"), BY, now()).await;
    assert!(matches!(unknown, Err(Error::NotFound { .. })), "{unknown:?}");
    let taken = why(add(&site, "PRICE", "again", "duplicate").await);
    assert!(taken.contains("retired"), "decisions name it: {taken}");
    let known = acme.reason_codes().await.unwrap();
    let listed: Vec<_> = (known.reasons().iter())
        .map(|reason| (reason.code.as_str(), reason.retired_at.is_some()))
        .collect();
    assert_eq!(listed, [("twice", false), ("a-1", false), ("PRICE", true)]);

    let log = acme.audit_entries(&AuditFilter::default(), PageSize::default(), None).await.unwrap();
    let entries: Vec<_> =
        log.items.iter().take(2).map(|item| (&*item.entry.what, &*item.entry.about)).collect();
    let changes = [("customer.retire_reason_code", "PRICE"), ("customer.add_reason_code", "twice")];
    assert_eq!(entries, changes);
    let stranger = site.store.customer(&"globex".parse().unwrap());
    assert!(stranger.reason_codes().await.unwrap().reasons().is_empty());
    for number in 3..domain::finding::REASON_CODES_MAX {
        add(&site, &format!("r{number}"), "words", "duplicate").await.unwrap();
    }
    let many = why(add(&site, "more", "words", "duplicate").await);
    assert!(many.contains("there are 100 reason codes already"), "{many}");
}

pub(crate) async fn a_verdict_names_a_code_of_its_own(site: Site) {
    let acme = site.acme();
    run(&site, &checked(3), now()).await;
    add(&site, "PRICE", "The price was agreed", "not_duplicate").await.unwrap();
    add(&site, "OLD", "No more", "not_duplicate").await.unwrap();
    acme.retire_reason_code(&code("old"), BY, now()).await.unwrap();
    for (wrong, says) in [
        (verdict(FindingState::Dismissed, "NONE", ""), "there is no reason code NONE"),
        (verdict(FindingState::Dismissed, "old", ""), "the reason code OLD is retired"),
        (verdict(FindingState::Confirmed, "PRICE", ""), "PRICE stands with not_duplicate"),
    ] {
        let refused = why(acme.decide(&unit(), [key(1)], &wrong, new_id, ann()).await);
        assert!(refused.contains(says), "{refused}");
    }
    // A code is a reason wherever one is asked for, and its words are what is kept.
    let rule = ReasonRule { from: "0".parse().unwrap() };
    acme.set_reason_rule(Some(rule), BY, now()).await.unwrap();
    let coded = verdict(FindingState::Dismissed, "price", "");
    acme.decide(&unit(), [key(1)], &coded, new_id, ann()).await.unwrap();
    let decided = standing(&site, 1).await;
    assert_eq!(decided.reason_code, Some(code("PRICE")), "as it was added");
    assert_eq!(decided.because.as_deref(), Some("The price was agreed"));
    let history = acme.finding_history(&unit(), &key(1)).await.unwrap();
    assert_eq!(
        (&history[0].to, history[0].words.as_deref()),
        (&decided, Some("The price was agreed"))
    );
    acme.undo(&unit(), key(1), ann()).await.unwrap();
    assert_eq!(standing(&site, 1).await.reason_code, None);
    let said = verdict(FindingState::Dismissed, "PRICE", "the mail of 3 May");
    acme.decide(&unit(), [key(1)], &said, new_id, ann()).await.unwrap();
    assert_eq!(standing(&site, 1).await.because.as_deref(), Some("the mail of 3 May"));
}

pub(crate) async fn a_proposal_keeps_its_code(site: Site) {
    let acme = site.acme();
    run(&site, &checked(2), now()).await;
    two_decide_above(&site, "1000").await;
    add(&site, "PRICE", "The price was agreed", "not_duplicate").await.unwrap();
    let coded = verdict(FindingState::Dismissed, "PRICE", "");
    let count = acme.decide(&unit(), [key(2)], &coded, new_id, ann()).await.unwrap();
    assert_eq!(count, DecisionCount { proposed: 1, ..DecisionCount::default() });
    // Who confirms confirms what was proposed, whatever became of the code.
    acme.retire_reason_code(&code("PRICE"), BY, now()).await.unwrap();
    let bob = Decider { by: "Bob", who: "bob@example.org", at: now() };
    acme.confirm(&unit(), key(2), new_id(), bob).await.unwrap();
    let decided = standing(&site, 2).await;
    assert_eq!(
        (decided.state, decided.reason_code),
        (FindingState::Dismissed, Some(code("PRICE")))
    );
}
