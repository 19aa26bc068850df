//! Events, those who are told of them, and deliveries on their way.

use std::collections::BTreeSet;

use domain::finding::{
    FindingState, NewRecovery, NewVerdict, ReceivedAmount, RecoveryRequest, RecoveryStage,
    Remember, VerdictRequest,
};
use domain::page::PageSize;
use domain::{
    DeliveryId, FindingKey, Formats, MemberRole, NotificationEvent, NotificationKind,
    NotificationSettings, Secret, Timing, WebhookBody, WebhookId,
};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::{
    ClaimedJob, Decider, DeliveryIds, DeliveryRecipient, DeliveryState, DeliveryTarget, Error,
    JobKind, Mailing, ReceiverStanding, SeenFinding, WEBHOOKS_MAX, Webhook,
};

use crate::cases::findings::{checked, key};
use crate::cases::invitations;
use crate::cases::runs::run;
use crate::cases::verdicts::{ann, new_id};
use crate::site::{Site, at, fence, new_job, now, random, unit};

fn ids() -> DeliveryIds {
    DeliveryIds { delivery: DeliveryId::new(now(), random()), job: new_job() }
}

pub(crate) fn webhook(kinds: &[NotificationKind]) -> Webhook {
    Webhook {
        id: WebhookId::new(now(), random()),
        unit: None,
        url: "https://hooks.example/secret".parse().unwrap(),
        secret: Secret::new("whsec_AAAA".to_owned()),
        body: WebhookBody::Slack,
        kinds: kinds.iter().copied().collect(),
        above: Some("2000".parse().unwrap()),
        off_why: None,
        made_by: "ann@example.org".to_owned(),
        made_at: at("2026-11-23T10:00:00Z"),
    }
}

pub(crate) async fn tell_all(site: &Site) {
    while site.system().tell_next(Mailing::On, &ids, now()).await.unwrap() {}
}

async fn claim(site: &Site, moment: Timestamp) -> Option<ClaimedJob> {
    let lease = SignedDuration::from_mins(5);
    site.system().claim_job(&[JobKind::Deliver], moment, lease, fence()).await.unwrap()
}

pub(crate) async fn deliveries_of_one_moment_go_in_the_order_of_their_ids(site: Site) {
    let acme = site.acme();
    acme.add_webhook(&webhook(&[NotificationKind::HoldAdded])).await.unwrap();
    run(&site, &checked(5), now()).await;
    for number in 1..=5 {
        let all = BTreeSet::new();
        acme.hold(&unit(), [key(number)], &all, "look first", ann()).await.unwrap();
    }
    tell_all(&site).await;
    let mut sent = Vec::new();
    while let Some(job) = claim(&site, now()).await {
        sent.push(job.id.to_string());
        assert!(claim(&site, now()).await.is_none(), "one at a time");
        site.system().delivered(&job, Some(200), now()).await.unwrap();
    }
    let mut in_order = sent.clone();
    in_order.sort();
    assert_eq!((sent.len(), &sent), (5, &in_order));
}

pub(crate) async fn an_event_is_told_once_to_each_who_is_to_know(site: Site) {
    let acme = site.acme();
    let ann = invitations::ann(&site).await;
    let bob = invitations::member(&site, &ann, "bob", MemberRole::Analyst).await;
    let eve = invitations::member(&site, &ann, "eve", MemberRole::Viewer).await;
    let kinds = [NotificationKind::NewFindings, NotificationKind::Mentioned];
    let hook = webhook(&kinds);
    acme.add_webhook(&hook).await.unwrap();
    let settings = NotificationSettings {
        timings: [(NotificationKind::NewFindings, Timing::Daily)].into(),
        above: Some("3000".parse().unwrap()),
    };
    acme.set_notification_settings(eve.id, &settings, now()).await.unwrap();
    assert_eq!(acme.notification_settings(eve.id).await.unwrap(), settings);
    // Findings of 1,000, 2,000 and 3,000.
    run(&site, &checked(3), now()).await;
    let by = Decider { by: "Ann", who: ann.email.as_str(), at: now() };
    let named = acme.comment(&unit(), key(1), "@bob and @ann, look, not @dee", by).await.unwrap();
    assert_eq!((named.told, named.unknown), (1, 1), "whoever writes is not told");
    tell_all(&site).await;
    tell_all(&site).await;

    let posted = acme.deliveries(None, PageSize::default(), None).await.unwrap().items;
    let events: Vec<_> = posted.iter().map(|delivery| delivery.event.clone().unwrap()).collect();
    assert!(
        matches!(&events[0], NotificationEvent::Mentioned { by, .. } if by == "Ann"),
        "{events:?}"
    );
    assert!(matches!(events[1], NotificationEvent::NewFindings { findings: 2, .. }), "{events:?}");
    assert_eq!(events.len(), 2);
    let hers = acme.deliveries_to(eve.id).await.unwrap();
    assert_eq!(hers.len(), 1);
    assert_eq!(hers[0].state, DeliveryState::Daily);
    assert!(
        matches!(hers[0].event, Some(NotificationEvent::NewFindings { findings: 1, .. })),
        "{hers:?}"
    );
    let his = acme.deliveries_to(bob.id).await.unwrap();
    assert!(matches!(his[0].event, Some(NotificationEvent::Mentioned { .. })), "{his:?}");
    assert!(acme.deliveries_to(ann.id).await.unwrap().is_empty(), "her own words");

    // All of a day in one letter, and only for whom it is.
    let system = site.system();
    system.collect_daily(now(), &ids, now()).await.unwrap();
    assert_eq!(acme.deliveries_to(eve.id).await.unwrap()[0].state, DeliveryState::Daily);
    let later = now() + SignedDuration::from_hours(24);
    for _ in 0..2 {
        system.collect_daily(later, &ids, later).await.unwrap();
    }
    let mut letters = Vec::new();
    while let Some(job) = claim(&site, later).await {
        let ready = system.ready_delivery(&job).await.unwrap();
        if let Some(DeliveryRecipient::Person(user)) = &ready.to {
            letters.push((user.id, ready.events.len()));
        }
        system.delivered(&job, None, later).await.unwrap();
    }
    letters.sort_unstable();
    let mut wanted = [(bob.id, 1), (eve.id, 1)];
    wanted.sort_unstable();
    assert_eq!(letters, wanted);
    assert_eq!(acme.deliveries_to(eve.id).await.unwrap()[0].state, DeliveryState::Sent);
}

pub(crate) async fn whoever_a_reason_names_is_told(site: Site) {
    let acme = site.acme();
    let ann = invitations::ann(&site).await;
    let bob = invitations::member(&site, &ann, "bob", MemberRole::Analyst).await;
    let eve = invitations::member(&site, &ann, "eve", MemberRole::Analyst).await;
    run(&site, &checked(2), now()).await;
    let told = async |person| {
        let events = acme.notifications_for(person).await.unwrap();
        let named = |event: &NotificationEvent| match event {
            NotificationEvent::Mentioned { by, .. } => Some(by.clone()),
            _ => None,
        };
        events.iter().filter_map(|(_, event, _)| named(event)).collect::<Vec<String>>()
    };
    let by = Decider { by: "Ann", who: ann.email.as_str(), at: now() };
    let verdict = |because: &str| {
        let request = VerdictRequest {
            state: FindingState::Confirmed,
            because: because.to_owned(),
            reason_code: None,
            recovered: None,
            above: None,
            remember: Remember::None,
            until: None,
            due: None,
        };
        NewVerdict::new(request, now()).unwrap()
    };
    let seen = SeenFinding { key: key(1), entry: Some(0) };
    for _ in 0..2 {
        let found = [seen.clone()];
        acme.decide(&unit(), found, &verdict("@bob saw it, @ann"), new_id, by).await.unwrap();
    }
    assert_eq!(told(bob.id).await, ["Ann"], "sent twice, it is told once");
    assert!(told(ann.id).await.is_empty(), "her own words");
    // Of a verdict that takes two people they are told as it is proposed, and once.
    acme.set_four_eyes(None, Some("0".parse().unwrap()), "ann@example.org", now()).await.unwrap();
    acme.decide(&unit(), [key(2)], &verdict("as @eve says"), new_id, by).await.unwrap();
    let second = Decider { by: "Bob", who: bob.email.as_str(), at: now() };
    acme.confirm(&unit(), &key(2), new_id(), second).await.unwrap();
    assert_eq!(told(eve.id).await, ["Ann"]);
    let step = RecoveryRequest {
        stage: RecoveryStage::Asked,
        amount: None,
        above: None,
        amount_is: ReceivedAmount::All,
        on: None,
        reference: String::new(),
        due: None,
        words: "with @eve".to_owned(),
    };
    let step = NewRecovery::new(step, "2026-11-23".parse().unwrap()).unwrap();
    acme.step_recovery(&unit(), [key(2)], &step, second).await.unwrap();
    assert_eq!(told(eve.id).await.len(), 2);
}

pub(crate) async fn a_delivery_waits_and_is_tried_again(site: Site) {
    let acme = site.acme();
    let ann = invitations::ann(&site).await;
    let bob = invitations::member(&site, &ann, "bob", MemberRole::Analyst).await;
    let hook = webhook(&[NotificationKind::Assigned]);
    acme.add_webhook(&hook).await.unwrap();
    run(&site, &checked(2), now()).await;
    let by = Decider { by: "Ann", who: ann.email.as_str(), at: now() };
    acme.assign_all(&unit(), [key(1), key(2)], Some("bob@example.org"), by).await.unwrap();
    let system = site.system();
    // One behind the other: of one moment any could be the first.
    let mut told_at = now() - SignedDuration::from_mins(1);
    while system.tell_next(Mailing::On, &ids, told_at).await.unwrap() {
        told_at += SignedDuration::from_secs(1);
    }
    let mut to_hook = Vec::new();
    let mut to_bob = Vec::new();
    let mut jobs = Vec::new();
    // Of one receiver one at a time.
    while let Some(job) = claim(&site, now()).await {
        let ready = system.ready_delivery(&job).await.unwrap();
        match ready.delivery.target {
            DeliveryTarget::Webhook(_) => to_hook.push(job.clone()),
            DeliveryTarget::Person(_) => to_bob.push(job.clone()),
        }
        jobs.push(job);
    }
    assert_eq!((to_hook.len(), to_bob.len()), (1, 1));
    // Before the lease of what goes to Bob has lapsed, which would be claimed first.
    let again = now() + SignedDuration::from_mins(2);
    let first = &to_hook[0];
    system.delivery_put_back(first, (Some(503), "answered 503"), again, now()).await.unwrap();
    let lost = system.delivered(first, Some(200), now()).await;
    assert!(matches!(lost, Err(Error::LeaseLost)), "{lost:?}");
    // The other one does not wait for it.
    let second = claim(&site, now()).await.unwrap();
    assert_ne!(second.about, first.about);
    let gone = ReceiverStanding::Gone;
    system.delivery_failed(&second, (Some(410), "gone"), gone, now()).await.unwrap();
    let known = acme.webhooks().await.unwrap();
    assert_eq!(known[0].off_why.as_deref(), Some("gone"));
    // It is for a webhook that is off by now.
    let third = claim(&site, again).await.unwrap();
    assert_eq!((third.about.clone(), third.attempts), (first.about.clone(), 2));
    assert_eq!(system.ready_delivery(&third).await.unwrap().to, None);
    let stays = ReceiverStanding::Stays;
    system.delivery_failed(&third, (None, "off"), stays, again).await.unwrap();
    // Whoever may see the unit no more is told nothing more of it.
    acme.remove_member(bob.id, "ann@example.org", now()).await.unwrap();
    assert_eq!(system.ready_delivery(&to_bob[0]).await.unwrap().to, None);
    let log = acme.deliveries(Some(hook.id), PageSize::default(), None).await.unwrap().items;
    let states: Vec<_> = log.iter().map(|delivery| (delivery.state, delivery.status)).collect();
    assert_eq!(states, [(DeliveryState::Failed, Some(410)), (DeliveryState::Failed, None)]);
    acme.redeliver(log[0].id, ids(), "ann@example.org", now()).await.unwrap();
    let unknown = acme.redeliver(ids().delivery, ids(), "ann@example.org", now()).await;
    assert!(matches!(unknown, Err(Error::NotFound { what: "delivery" })), "{unknown:?}");
    let stranger = site.store.customer(&"globex".parse().unwrap());
    let foreign = stranger.redeliver(log[0].id, ids(), "eve@example.org", now()).await;
    assert!(matches!(foreign, Err(Error::NotFound { .. })), "{foreign:?}");
    acme.remove_webhook(hook.id, "ann@example.org", now()).await.unwrap();
    assert!(acme.deliveries(None, PageSize::default(), None).await.unwrap().items.is_empty());
}

pub(crate) async fn webhooks_are_an_admins(site: Site) {
    let acme = site.acme();
    let hook = webhook(&[NotificationKind::RunFailed]);
    acme.add_webhook(&hook).await.unwrap();
    assert_eq!(acme.webhooks().await.unwrap(), std::slice::from_ref(&hook));
    let nowhere = Webhook { unit: Some("leeds".parse().unwrap()), ..webhook(&[]) };
    let refused = acme.add_webhook(&nowhere).await;
    assert!(matches!(refused, Err(Error::NotFound { what: "unit" })), "{refused:?}");
    for _ in 1..WEBHOOKS_MAX {
        acme.add_webhook(&webhook(&[])).await.unwrap();
    }
    let full = acme.add_webhook(&webhook(&[])).await;
    assert!(matches!(full, Err(Error::Illegal { .. })), "{full:?}");
    let by = "ann@example.org";
    assert!(acme.switch_webhook(hook.id, Some("no more"), by, now()).await.unwrap());
    assert!(!acme.switch_webhook(hook.id, Some("no more"), by, now()).await.unwrap());
    assert!(acme.switch_webhook(hook.id, None, by, now()).await.unwrap());
    let secret = Secret::new("whsec_BBBB".to_owned());
    acme.renew_webhook_secret(hook.id, &secret, by, now()).await.unwrap();
    let renewed = acme.webhooks().await.unwrap().into_iter().find(|known| known.id == hook.id);
    assert_eq!(renewed.unwrap().secret.expose(), "whsec_BBBB");
    let stranger = site.store.customer(&"globex".parse().unwrap());
    let foreign = stranger.remove_webhook(hook.id, by, now()).await;
    assert!(matches!(foreign, Err(Error::NotFound { what: "webhook" })), "{foreign:?}");
    let log = site.system().audit_entries(PageSize::default(), None).await.unwrap();
    let text = format!("{log:?}");
    assert!(text.contains("hooks.example") && !text.contains("whsec_"), "{text}");
    assert!(!text.contains("/secret"), "the address leads to where anybody may post: {text}");
}

pub(crate) async fn what_nobody_does_is_noted_once(site: Site) {
    let acme = site.acme();
    let ann = invitations::ann(&site).await;
    run(&site, &checked(1), now()).await;
    site.receive("a_1.csv", b"1").await;
    let hook = webhook(&[NotificationKind::Overdue, NotificationKind::FeedSilent]);
    acme.add_webhook(&hook).await.unwrap();
    site.by_hand("UPDATE findings SET due = 20779").await;
    let system = site.system();
    let (today, before): (Date, _) =
        ("2026-11-23".parse().unwrap(), now() - SignedDuration::from_hours(1));
    for _ in 0..2 {
        system.note_due(&|_zone| today, now()).await.unwrap();
        system.note_silent_feeds(before, now()).await.unwrap();
        tell_all(&site).await;
    }
    let log = async || acme.deliveries(None, PageSize::default(), None).await.unwrap().items;
    let noted = log().await;
    assert_eq!(noted.len(), 1, "{noted:?}");
    assert!(matches!(noted[0].event, Some(NotificationEvent::Overdue { .. })), "{noted:?}");
    let later = now() + SignedDuration::from_secs(1);
    for _ in 0..2 {
        system.note_silent_feeds(later, later).await.unwrap();
        tell_all(&site).await;
    }
    let noted = log().await;
    assert!(matches!(noted[0].event, Some(NotificationEvent::FeedSilent { .. })), "{noted:?}");
    assert_eq!(noted.len(), 2);
    let hers = acme.deliveries_to(ann.id).await.unwrap();
    assert_eq!(hers.len(), 2, "as an admin she is told of both: {hers:?}");
}

pub(crate) async fn what_is_due_goes_by_the_day_of_whoever_has_it(site: Site) {
    const AHEAD: &str = "Pacific/Auckland";
    let (acme, system) = (site.acme(), site.system());
    let hers = invitations::ann(&site).await;
    let formats = Formats { time_zone: Some(AHEAD.to_owned()), ..Formats::default() };
    system.set_formats(&hers, &formats, now()).await.unwrap();
    run(&site, &checked(2), now()).await;
    acme.assign(&unit(), key(1), Some(hers.email.as_str()), ann()).await.unwrap();
    let kinds = [NotificationKind::DueSoon, NotificationKind::Overdue];
    acme.add_webhook(&webhook(&kinds)).await.unwrap();
    // The 24th of November 2026.
    site.by_hand("UPDATE findings SET due = 20781").await;
    for (today, told) in [
        ("2026-11-21", &[][..]),
        ("2026-11-22", &["due_soon 1"]),
        ("2026-11-23", &["due_soon 1", "due_soon 2"]),
        ("2026-11-24", &["due_soon 1", "due_soon 2", "overdue 1"]),
        ("2026-11-25", &["due_soon 1", "due_soon 2", "overdue 1", "overdue 2"]),
    ] {
        let today: Date = today.parse().unwrap();
        let tomorrow = today.tomorrow().unwrap();
        let today_in = |zone: Option<&str>| if zone == Some(AHEAD) { tomorrow } else { today };
        for _ in 0..2 {
            system.note_due(&today_in, now()).await.unwrap();
            tell_all(&site).await;
        }
        let posted = acme.deliveries(None, PageSize::default(), None).await.unwrap().items;
        let number = |of: &FindingKey| if *of == key(1) { 1 } else { 2 };
        let mut events: Vec<String> = posted
            .iter()
            .map(|delivery| match delivery.event.as_ref().unwrap() {
                NotificationEvent::DueSoon { finding, .. } => {
                    format!("due_soon {}", number(finding))
                }
                NotificationEvent::Overdue { finding, .. } => {
                    format!("overdue {}", number(finding))
                }
                other => panic!("{other:?}"),
            })
            .collect();
        events.sort();
        assert_eq!(events, told, "{today}");
    }
}
