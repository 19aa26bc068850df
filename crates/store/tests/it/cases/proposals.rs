//! Verdicts that take two people.

use domain::finding::{FindingState, HistoryWord, Remember};
use domain::{AccessScope, MemberRole};
use store::{Decider, DecisionCount, Error, SeenFinding, TokenRecord};

use crate::cases::findings::{checked, key};
use crate::cases::invitations;
use crate::cases::runs::run;
use crate::cases::verdicts::{ann, duplicate, innocent, new_id, standing};
use crate::site::{Site, acme, now, scope, token_record, unit};

const BOB: Decider<'static> =
    Decider { by: "Bob", who: "bob@example.org", at: jiff::Timestamp::UNIX_EPOCH };

/// Above this, two decide; the findings have 1,000, 2,000 and so on at risk.
pub(crate) async fn two_decide_above(site: &Site, above: &str) {
    let above = Some(above.parse().unwrap());
    assert!(site.acme().set_four_eyes(None, above, "ann@example.org", now()).await.unwrap());
    assert!(!site.acme().set_four_eyes(None, above, "ann@example.org", now()).await.unwrap());
}

fn count(decided: usize, proposed: usize) -> DecisionCount {
    DecisionCount { decided, proposed, superseded: 0 }
}

pub(crate) async fn a_verdict_above_the_amount_waits_for_a_second_person(site: Site) {
    let acme = site.acme();
    run(&site, &checked(3), now()).await;
    two_decide_above(&site, "1000").await;
    let bob = || Decider { at: now(), ..BOB };
    let confirmed = duplicate("5");
    // Several at once: each by its own amount.
    let all = [key(1), key(2), key(3)];
    let written = acme.decide(&unit(), &all, &confirmed, new_id, ann()).await.unwrap();
    assert_eq!(written, count(1, 2));
    let waits = standing(&site, 2).await;
    assert_eq!((waits.state, waits.recovered), (FindingState::Open, None));
    assert_eq!(waits.proposal.as_ref().map(|proposal| proposal.by.as_str()), Some("Ann"));
    // Neither the page nor the same verdict lets the proposer confirm it; a form sent twice is no fault.
    let own = acme.confirm(&unit(), &key(2), new_id(), ann()).await;
    assert!(matches!(own, Err(Error::Illegal { .. })), "{own:?}");
    let own = acme.decide(&unit(), [key(2)], &confirmed, new_id, ann()).await;
    assert!(matches!(own, Err(Error::Illegal { .. })), "{own:?}");
    let twice = SeenFinding { key: key(2), entry: Some(0) };
    let twice = acme.decide(&unit(), [twice], &confirmed, new_id, ann()).await.unwrap();
    assert_eq!(twice, count(0, 1));
    acme.confirm(&unit(), &key(2), new_id(), bob()).await.unwrap();
    let decided = standing(&site, 2).await;
    assert_eq!((decided.state, decided.proposal), (FindingState::Confirmed, None));
    assert_eq!(decided.recovered, Some("5".parse().unwrap()));
    // The same verdict of somebody else confirms as well; another is another proposal.
    let other = innocent(Remember::None, None);
    let written = acme.decide(&unit(), [key(3)], &other, new_id, bob()).await.unwrap();
    assert_eq!(written, count(0, 1));
    let written = acme.decide(&unit(), [key(3)], &other, new_id, ann()).await.unwrap();
    assert_eq!(written, count(1, 0));
    assert_eq!(standing(&site, 3).await.state, FindingState::Dismissed);
    let history = acme.finding_history(&unit(), &key(3)).await.unwrap();
    let words: Vec<_> = history.iter().map(|entry| (entry.what, entry.by.as_str())).collect();
    assert_eq!(
        words,
        [
            (HistoryWord::Propose, "Ann"),
            (HistoryWord::Propose, "Bob"),
            (HistoryWord::Verdict, "Ann")
        ]
    );
    let none = acme.confirm(&unit(), &key(3), new_id(), bob()).await;
    assert!(matches!(none, Err(Error::Illegal { .. })), "{none:?}");
    site.system().verify_audit().await.unwrap().unwrap();
}

pub(crate) async fn a_proposal_is_taken_back_and_a_confirmation_too(site: Site) {
    let acme = site.acme();
    run(&site, &checked(2), now()).await;
    two_decide_above(&site, "0").await;
    let bob = || Decider { at: now(), ..BOB };
    acme.decide(&unit(), [key(1)], &duplicate("5"), new_id, ann()).await.unwrap();
    acme.undo(&unit(), &key(1), bob()).await.unwrap();
    assert_eq!(standing(&site, 1).await.proposal, None);
    acme.decide(&unit(), [key(1)], &duplicate("5"), new_id, ann()).await.unwrap();
    acme.confirm(&unit(), &key(1), new_id(), bob()).await.unwrap();
    // Undone, it waits again, and the one who proposed it still cannot confirm it.
    acme.undo(&unit(), &key(1), ann()).await.unwrap();
    let waits = standing(&site, 1).await;
    assert!(waits.state == FindingState::Open && waits.proposal.is_some(), "{waits:?}");
    assert!(acme.confirm(&unit(), &key(1), new_id(), ann()).await.is_err());
    acme.undo(&unit(), &key(1), bob()).await.unwrap();
    assert_eq!(standing(&site, 1).await, domain::finding::Standing::open());
    // What is remembered speaks for later findings of any amount, so it takes two whatever the amount.
    acme.set_four_eyes(Some(&unit()), Some("9999999".parse().unwrap()), "ann", now())
        .await
        .unwrap();
    let remembered = innocent(Remember::Rows, None);
    let written = acme.decide(&unit(), [key(2)], &remembered, new_id, ann()).await.unwrap();
    assert_eq!(written, count(0, 1));
    assert!(acme.remembered_verdicts(&unit(), now()).await.unwrap().is_empty());
    acme.confirm(&unit(), &key(2), new_id(), bob()).await.unwrap();
    assert_eq!(acme.remembered_verdicts(&unit(), now()).await.unwrap().len(), 1);
    let set = acme.four_eyes_settings().await.unwrap();
    assert_eq!((set.everywhere.is_some(), set.units.len()), (true, 1));
    // Below the unit's own amount one decides.
    let one = acme.decide(&unit(), [key(1)], &duplicate("5"), new_id, ann()).await.unwrap();
    assert_eq!(one, count(1, 0));
    site.system().verify_audit().await.unwrap().unwrap();
}

pub(crate) async fn a_token_is_the_person_who_made_it(site: Site) {
    let acme_store = site.acme();
    run(&site, &checked(2), now()).await;
    two_decide_above(&site, "0").await;
    let ann_user = invitations::ann(&site).await;
    invitations::member(&site, &ann_user, "bob", MemberRole::Analyst).await;
    let token = async |made_by: &str| {
        let scope: AccessScope = scope(acme());
        let record = TokenRecord { made_by: Some(made_by.to_owned()), ..token_record(scope) };
        site.system().add_token(&record).await.unwrap();
        record.id.to_string()
    };
    let (hers, also_hers, his) = (
        token("ann@example.org").await,
        token("ann@example.org").await,
        token("bob@example.org").await,
    );
    let by = |who| Decider { by: "a program", who, at: now() };
    let verdict = duplicate("5");
    acme_store.decide(&unit(), [key(1)], &verdict, new_id, by(&hers)).await.unwrap();
    for herself in [by(&also_hers), by("ann@example.org"), by(&hers)] {
        let refused = acme_store.confirm(&unit(), &key(1), new_id(), herself).await;
        assert!(matches!(refused, Err(Error::Illegal { .. })), "{refused:?}");
    }
    acme_store.confirm(&unit(), &key(1), new_id(), by(&his)).await.unwrap();
    assert_eq!(standing(&site, 1).await.state, FindingState::Confirmed);
}

/// Tokens that are older than the record of who makes them: they may be anybody's, the proposer's too.
pub(crate) async fn a_token_that_nobody_is_known_to_have_made_is_no_second_person(site: Site) {
    let store = site.acme();
    run(&site, &checked(2), now()).await;
    two_decide_above(&site, "0").await;
    let old = TokenRecord { made_by: None, ..token_record(scope(acme())) };
    site.system().add_token(&old).await.unwrap();
    let who = old.id.to_string();
    let (program, verdict) = (Decider { by: "a program", who: &who, at: now() }, duplicate("5"));
    store.decide(&unit(), [key(1)], &verdict, new_id, ann()).await.unwrap();
    store.decide(&unit(), [key(2)], &verdict, new_id, program).await.unwrap();
    for (number, second) in [(1, program), (2, ann())] {
        let refused = store.confirm(&unit(), &key(number), new_id(), second).await;
        assert!(matches!(refused, Err(Error::Illegal { .. })), "{number} {refused:?}");
        let refused = store.decide(&unit(), [key(number)], &verdict, new_id, second).await;
        assert!(matches!(refused, Err(Error::Illegal { .. })), "{number} {refused:?}");
        assert_eq!(standing(&site, number).await.state, FindingState::Open);
    }
    // Taken back, it is proposed by somebody who is known.
    store.undo(&unit(), &key(2), ann()).await.unwrap();
    store.decide(&unit(), [key(2)], &verdict, new_id, ann()).await.unwrap();
    store.confirm(&unit(), &key(2), new_id(), Decider { at: now(), ..BOB }).await.unwrap();
}
