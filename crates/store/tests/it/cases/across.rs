//! The comparison of a customer's units: asked for once, done once, and nobody else's.

use domain::finding::{AcrossOutcome, AcrossState};
use jiff::SignedDuration;
use store::{Decider, Error};

use crate::site::{Site, now, unit};

pub(crate) async fn a_comparison_is_done_once(site: Site) {
    let (store, system) = (site.acme(), site.store.system());
    let lease = SignedDuration::from_secs(60);
    let ann = Decider { by: "Ann", who: "ann@example.org", at: now() };
    assert_eq!(store.across_run().await.unwrap(), None);
    assert_eq!(system.claim_across(now(), lease, 1).await.unwrap(), None);

    store.ask_across(&ann).await.unwrap();
    store.ask_across(&Decider { by: "Bob", ..ann }).await.unwrap();
    let run = store.across_run().await.unwrap().unwrap();
    assert_eq!((run.asked_by.as_str(), &run.state), ("Ann", &AcrossState::Waiting));

    let first = system.claim_across(now(), lease, 1).await.unwrap().unwrap();
    assert_eq!(system.claim_across(now(), lease, 2).await.unwrap(), None, "it is somebody's");
    let later = now() + SignedDuration::from_secs(61);
    let second = system.claim_across(later, lease, 2).await.unwrap().unwrap();
    let outcome = AcrossOutcome::default();
    let lost = system.finish_across(&first, &[unit()], Ok(&outcome), later).await;
    assert!(matches!(lost, Err(Error::LeaseLost)), "{lost:?}");
    system.finish_across(&second, &[unit()], Ok(&outcome), later).await.unwrap();
    let run = store.across_run().await.unwrap().unwrap();
    let AcrossState::Done { units, findings, .. } = run.state else { panic!("{run:?}") };
    assert_eq!((units, findings.len()), (vec![unit()], 0));

    let stranger = site.store.customer(&"globex".parse().unwrap());
    assert_eq!(stranger.across_run().await.unwrap(), None);
    store.ask_across(&ann).await.unwrap();
    let third = system.claim_across(later, lease, 3).await.unwrap().unwrap();
    system.finish_across(&third, &[], Err("the disk is full"), later).await.unwrap();
    let run = store.across_run().await.unwrap().unwrap();
    assert!(matches!(run.state, AcrossState::Failed { .. }), "{run:?}");
}
