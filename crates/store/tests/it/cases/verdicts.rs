//! What people decide about findings: verdicts, undoing, who works on it, what is remembered.

use domain::finding::{
    FindingState, HistoryEntry, HistoryWord, NewVerdict, Remember, Standing, VerdictRequest,
    VerdictScope,
};
use domain::{MemberRole, UnitName, VerdictId};
use jiff::{Timestamp, ToSpan as _};
use store::{Decider, Error, SeenFinding};

use crate::cases::findings::{checked, finding, key};
use crate::cases::invitations;
use crate::cases::runs::run;
use crate::site::{Site, now, random, unit};

/// The name of who decides, and their address.
const ANN: (&str, Option<&str>) = ("Ann", Some("ann@example.org"));

pub(crate) fn ann() -> Decider<'static> {
    Decider { by: "Ann", who: "ann@example.org", at: now() }
}

/// The address of a member who decides.
async fn bob(site: &Site) -> String {
    let ann = invitations::ann(site).await;
    invitations::member(site, &ann, "bob", MemberRole::Analyst).await.email.to_string()
}

pub(crate) fn new_id() -> VerdictId {
    VerdictId::new(now(), random())
}

pub(crate) fn duplicate(recovered: &str) -> NewVerdict {
    verdict(VerdictRequest {
        state: FindingState::Confirmed,
        because: "the supplier agrees".to_owned(),
        reason_code: None,
        recovered: Some(recovered.parse().unwrap()),
        above: None,
        remember: Remember::None,
        until: None,
        due: None,
    })
}

pub(crate) fn innocent(remember: Remember, until: Option<Timestamp>) -> NewVerdict {
    verdict(VerdictRequest {
        state: FindingState::Dismissed,
        because: "rent".to_owned(),
        reason_code: None,
        recovered: None,
        above: None,
        remember,
        until,
        due: None,
    })
}

pub(crate) fn asked() -> NewVerdict {
    verdict(VerdictRequest {
        state: FindingState::NeedsInformation,
        because: "asked purchasing".to_owned(),
        reason_code: None,
        recovered: None,
        above: None,
        remember: Remember::None,
        until: None,
        due: None,
    })
}

fn verdict(request: VerdictRequest) -> NewVerdict {
    NewVerdict::new(request, now()).unwrap()
}

pub(crate) async fn standing(site: &Site, number: usize) -> Standing {
    site.acme().finding(&unit(), &key(number)).await.unwrap().unwrap().standing
}

async fn remembered(site: &Site, moment: Timestamp) -> Vec<VerdictScope> {
    let kept = site.acme().remembered_verdicts(&unit(), moment).await.unwrap();
    kept.into_iter().map(|kept| kept.verdict.of).collect()
}

pub(crate) async fn a_verdict_is_kept_with_its_evidence(site: Site) {
    let acme = site.acme();
    run(&site, &checked(1), now()).await;
    acme.decide(&unit(), &[key(1)], &duplicate("4310.00"), new_id, ann()).await.unwrap();
    let decided = standing(&site, 1).await;
    assert_eq!(decided.state, FindingState::Confirmed);
    assert_eq!(decided.recovered, Some("4310.00".parse().unwrap()));
    let bob = bob(&site).await;
    acme.assign(&unit(), &key(1), Some(&bob), ann()).await.unwrap();
    acme.comment(&unit(), &key(1), "asked\0 them", ann()).await.unwrap();
    acme.set_recovered(&unit(), &key(1), Some("4000".parse().unwrap()), ann()).await.unwrap();
    acme.assign(&unit(), &key(1), None, ann()).await.unwrap();

    let history = acme.finding_history(&unit(), &key(1)).await.unwrap();
    let told: Vec<_> = history.iter().map(|entry| (entry.entry, entry.what)).collect();
    let expected = [
        (1, HistoryWord::Verdict),
        (2, HistoryWord::Assign),
        (3, HistoryWord::Comment),
        (4, HistoryWord::Recovered),
        (5, HistoryWord::Assign),
    ];
    assert_eq!(told, expected);
    let is_anns = |entry: &HistoryEntry| (&*entry.by, entry.who.as_deref()) == ANN;
    assert!(history.iter().all(is_anns));
    assert_eq!((&history[0].from, &history[0].to), (&Standing::open(), &decided));
    assert_eq!(history[0].finding, Some(finding(1)));
    assert_eq!(history[2].words.as_deref(), Some("asked\u{2400} them"));
    for pair in history.windows(2) {
        assert_eq!(pair[0].to, pair[1].from, "each goes on where the one before ended");
    }
    let unknown = acme.comment(&unit(), &key(2), "x", ann()).await;
    assert!(matches!(unknown, Err(Error::NotFound { .. })), "{unknown:?}");
    let stranger = site.store.customer(&"other".parse().unwrap());
    let theirs = stranger.decide(&unit(), &[key(1)], &duplicate("1"), new_id, ann()).await;
    assert!(matches!(theirs, Err(Error::NotFound { .. })), "{theirs:?}");
}

pub(crate) async fn verdicts_are_taken_back_one_by_one(site: Site) {
    let acme = site.acme();
    run(&site, &checked(1), now()).await;
    let rows = innocent(Remember::Rows, None);
    acme.decide(&unit(), &[key(1)], &rows, new_id, ann()).await.unwrap();
    let first = standing(&site, 1).await;
    assert_eq!(remembered(&site, now()).await.len(), 1);
    acme.decide(&unit(), &[key(1)], &duplicate("5"), new_id, ann()).await.unwrap();
    assert_eq!(remembered(&site, now()).await, [], "the later verdict takes its place");
    let assignee = Some(bob(&site).await);
    acme.assign(&unit(), &key(1), assignee.as_deref(), ann()).await.unwrap();

    acme.undo(&unit(), &key(1), ann()).await.unwrap();
    assert_eq!(standing(&site, 1).await, Standing { assignee: assignee.clone(), ..first });
    assert_eq!(remembered(&site, now()).await.len(), 1, "and what it remembered speaks again");
    acme.undo(&unit(), &key(1), ann()).await.unwrap();
    assert_eq!(standing(&site, 1).await, Standing { assignee, ..Standing::open() });
    assert_eq!(remembered(&site, now()).await, []);
    let nothing = acme.undo(&unit(), &key(1), ann()).await;
    assert!(matches!(nothing, Err(Error::Illegal { .. })), "{nothing:?}");
    let undone = acme.finding_history(&unit(), &key(1)).await.unwrap();
    let undone: Vec<_> = undone.into_iter().filter_map(|entry| entry.undoes).collect();
    assert_eq!(undone, [2, 1]);
}

pub(crate) async fn what_makes_no_sense_is_refused(site: Site) {
    let acme = site.acme();
    let mut found = checked(1);
    found.findings[0].pattern = None;
    run(&site, &found, now()).await;
    let recovered = acme.set_recovered(&unit(), &key(1), Some("1".parse().unwrap()), ann()).await;
    assert!(matches!(recovered, Err(Error::Illegal { .. })), "{recovered:?}");
    let pattern = innocent(Remember::Pattern, None);
    let pattern = acme.decide(&unit(), &[key(1)], &pattern, new_id, ann()).await;
    let Err(Error::Illegal { why }) = pattern else { panic!("{pattern:?}") };
    assert!(why.contains("remember its rows instead"), "{why}");
    assert_eq!(acme.finding_history(&unit(), &key(1)).await.unwrap(), []);
    assert_eq!(standing(&site, 1).await, Standing::open());
}

pub(crate) async fn verdicts_are_remembered_until_they_end(site: Site) {
    let acme = site.acme();
    run(&site, &checked(3), now()).await;
    let until = now() + 1.hour();
    for (number, remember, until) in
        [(1, Remember::Rows, Some(until)), (2, Remember::Pattern, None), (3, Remember::None, None)]
    {
        let verdict = innocent(remember, until);
        acme.decide(&unit(), &[key(number)], &verdict, new_id, ann()).await.unwrap();
    }
    let (id, suppliers) = (vec!["1".to_owned()], Vec::new());
    let rows = VerdictScope::Rows { finding: key(1), rows: id, suppliers };
    let pattern = VerdictScope::Pattern { pattern: "acme|rent".to_owned() };
    assert_eq!(remembered(&site, now()).await, [pattern.clone(), rows]);
    assert_eq!(remembered(&site, until).await, [pattern]);
    let for_pattern = acme.remembered_for_pattern(&unit(), "acme|rent", until).await.unwrap();
    assert_eq!(for_pattern.map(|kept| kept.decided_on), Some(key(2)));
    let for_other = acme.remembered_for_pattern(&unit(), "acme", until).await.unwrap();
    assert_eq!(for_other, None);
    for (kind, but, decided) in [
        (("duplicate_invoices", "same_number"), key(1), (0, 1)),
        (("duplicate_invoices", "same_number"), key(2), (0, 0)),
        (("benford", "benford"), key(1), (0, 0)),
    ] {
        assert_eq!(acme.decided_of_kind(&unit(), kind, &but).await.unwrap(), decided, "{kind:?}");
    }
    let kept = acme.remembered_verdicts(&unit(), until).await.unwrap().remove(0);
    assert_eq!((kept.decided_on, kept.because.as_str()), (key(2), "rent"));
    let stranger = site.store.customer(&"other".parse().unwrap());
    for (ended, is_found) in [
        (stranger.end_verdict(&unit(), kept.verdict_id, ann()).await, false),
        (acme.end_verdict(&unit(), kept.verdict_id, ann()).await, true),
        (acme.end_verdict(&unit(), kept.verdict_id, ann()).await, false),
    ] {
        assert_eq!(ended.is_ok(), is_found, "{ended:?}");
    }
    assert_eq!(remembered(&site, until).await, []);
    assert_eq!(standing(&site, 2).await.state, FindingState::Dismissed, "the finding keeps it");
}

pub(crate) async fn several_are_decided_or_none(site: Site) {
    let acme = site.acme();
    run(&site, &checked(3), now()).await;
    let verdict = innocent(Remember::Rows, None);
    let unknown = acme.decide(&unit(), &[key(1), key(9)], &verdict, new_id, ann()).await;
    assert!(matches!(unknown, Err(Error::NotFound { .. })), "{unknown:?}");
    assert_eq!(standing(&site, 1).await, Standing::open());
    let twice = [key(1), key(2), key(1)];
    acme.decide(&unit(), &twice, &verdict, new_id, ann()).await.unwrap();
    assert_eq!(acme.finding_history(&unit(), &key(1)).await.unwrap().len(), 1);
    assert_eq!(remembered(&site, now()).await.len(), 2);
    assert_eq!(standing(&site, 3).await, Standing::open());
}

pub(crate) async fn a_finding_is_given_to_who_decides(site: Site) {
    let acme = site.acme();
    run(&site, &checked(1), now()).await;
    let bob = bob(&site).await;
    let members = acme.members().await.unwrap();
    let admin = &members
        .iter()
        .find(|member| member.membership.everywhere == Some(MemberRole::Admin))
        .unwrap()
        .user;
    invitations::member(&site, admin, "viv", MemberRole::Viewer).await;
    for nobody in ["Bob", "bob", "eve@example.org", "viv@example.org", "Nobody Known <x>"] {
        let given = acme.assign(&unit(), &key(1), Some(nobody), ann()).await;
        assert!(matches!(given, Err(Error::Illegal { .. })), "{nobody}: {given:?}");
    }
    assert_eq!(standing(&site, 1).await.assignee, None);
    acme.assign(&unit(), &key(1), Some("Bob@Example.org"), ann()).await.unwrap();
    assert_eq!(standing(&site, 1).await.assignee, Some(bob));
    // Who decides in another unit only does not decide here.
    let uk: UnitName = "uk".parse().unwrap();
    site.system().add_unit(&crate::site::acme(), &uk, "operator", now()).await.unwrap();
    let uma = invitations::member(&site, admin, "uma", MemberRole::Viewer).await;
    let decides = Some(MemberRole::Analyst);
    acme.set_unit_role(uma.id, &uk, decides, "operator", now()).await.unwrap();
    let given = acme.assign(&unit(), &key(1), Some("uma@example.org"), ann()).await;
    assert!(matches!(given, Err(Error::Illegal { .. })), "{given:?}");
    acme.set_unit_role(uma.id, &unit(), decides, "operator", now()).await.unwrap();
    acme.assign(&unit(), &key(1), Some("uma@example.org"), ann()).await.unwrap();
}

pub(crate) async fn two_decide_at_once_and_one_is_told(site: Site) {
    use HistoryWord::{Comment, Undo, Verdict};
    let acme = site.acme();
    run(&site, &checked(1), now()).await;
    let seen = |entry| SeenFinding { key: key(1), entry: Some(entry) };
    let bob = Decider { by: "Bob", who: "bob@example.org", at: now() };
    let (confirmed, dismissed) = (duplicate("5"), innocent(Remember::None, None));
    let unit = unit();
    let (one, two) = tokio::join!(
        acme.decide(&unit, [seen(0)], &confirmed, new_id, ann()),
        acme.decide(&unit, [seen(0)], &dismissed, new_id, bob)
    );
    let late = match (one, two) {
        (Ok(_), Err(late)) | (Err(late), Ok(_)) => late,
        both => panic!("{both:?}"),
    };
    let Error::Superseded { latest } = late else { panic!("{late:?}") };
    assert_eq!((latest.entry, latest.what), (1, Verdict));
    assert_eq!(acme.finding(&unit, &key(1)).await.unwrap().unwrap().last_entry, 1);

    // Whoever has seen it decides; a duplicate that stays one keeps what came back of it.
    acme.decide(&unit, [seen(1)], &confirmed, new_id, ann()).await.unwrap();
    let silent = verdict(VerdictRequest {
        recovered: None,
        because: String::new(),
        ..confirmed.get().clone()
    });
    acme.decide(&unit, [seen(2)], &silent, new_id, bob).await.unwrap();
    let standing = standing(&site, 1).await;
    assert_eq!((standing.recovered, standing.because), (Some("5".parse().unwrap()), None));
    for _ in 0..2 {
        acme.comment(&unit, seen(3), "asked", ann()).await.unwrap();
        acme.undo(&unit, seen(4), ann()).await.unwrap();
    }
    let history = acme.finding_history(&unit, &key(1)).await.unwrap();
    let whats: Vec<_> = history.iter().map(|entry| entry.what).collect();
    assert_eq!(whats, [Verdict, Verdict, Verdict, Comment, Undo], "each was written once");
}

pub(crate) async fn several_are_decided_but_those_that_changed(site: Site) {
    let acme = site.acme();
    run(&site, &checked(4), now()).await;
    let seen = |number: usize| SeenFinding { key: key(number), entry: Some(0) };
    let cid = Decider { by: "Cid", who: "cid@example.org", at: now() };
    acme.decide(&unit(), [key(1)], &duplicate("7"), new_id, cid).await.unwrap();
    let all = [1, 2, 3].map(seen);
    let verdict = innocent(Remember::None, None);
    let refused = acme.decide(&unit(), all.clone(), &verdict, new_id, ann()).await;
    assert!(matches!(refused, Err(Error::Superseded { .. })), "{refused:?}");
    assert_eq!(standing(&site, 2).await, Standing::open());
    let count = acme.decide_unchanged(&unit(), all.clone(), &verdict, new_id, ann()).await.unwrap();
    assert_eq!((count.decided, count.proposed, count.superseded), (2, 0, 1));
    assert_eq!(standing(&site, 1).await.recovered, Some("7".parse().unwrap()), "it is Cid's");
    // Sent twice, it is written once.
    let again = acme.decide_unchanged(&unit(), all.clone(), &verdict, new_id, ann()).await.unwrap();
    assert_eq!((again.decided, again.superseded), (2, 1));
    assert_eq!(acme.finding_history(&unit(), &key(2)).await.unwrap().len(), 1);
    let bob = bob(&site).await;
    let left = acme.assign_unchanged(&unit(), [4, 1].map(seen), Some(&bob), ann()).await.unwrap();
    assert_eq!((left, standing(&site, 4).await.assignee), (1, Some(bob)));

    let decided = acme.decided_at(&unit(), now(), "ann@example.org").await.unwrap();
    assert_eq!(decided.len(), 2, "{decided:?}");
    acme.comment(&unit(), &key(3), "asked", cid).await.unwrap();
    let undone = acme.undo_decided_at(&unit(), now(), ann()).await.unwrap();
    assert_eq!((undone.undone, undone.superseded, undone.undecided), (1, 1, 0));
    assert_eq!(standing(&site, 2).await, Standing::open());
    assert_eq!(standing(&site, 3).await.state, FindingState::Dismissed, "somebody spoke of it");
    let undone = acme.undo_all(&unit(), [1, 3, 4].map(key), ann()).await.unwrap();
    assert_eq!((undone.undone, undone.superseded, undone.undecided), (2, 0, 1));
    let stale = acme.undo_all(&unit(), [seen(1)], ann()).await;
    assert!(stale.is_ok(), "taken back twice by the same person, it is once");
}
