//! Failures to sign in.

use domain::{Sha256Digest, SignInSubject};
use jiff::SignedDuration;
use store::SignInAttempt;

use crate::site::{Site, now};

pub(crate) async fn failures_lock_and_a_success_forgets(site: Site) {
    let system = site.system();
    let account = |number| SignInSubject::Account(Sha256Digest::from_bytes([number; 32]));
    let from = |number| [account(number), SignInSubject::Address("203.0.113.9".to_owned())];
    let begin = async |number, seconds| {
        let at = now() + SignedDuration::from_secs(seconds);
        system.begin_sign_in(&from(number), at).await.unwrap()
    };
    for _ in 0..4 {
        assert_eq!(begin(1, 0).await, SignInAttempt::Allowed);
    }
    system.note_sign_in(&from(1), now()).await.unwrap();
    for _ in 0..5 {
        assert_eq!(begin(1, 0).await, SignInAttempt::Allowed, "what was wrong before is forgotten");
    }
    assert!(matches!(begin(1, 29).await, SignInAttempt::LockedUntil(_)));
    assert_eq!(begin(2, 29).await, SignInAttempt::Allowed, "others may");
    assert_eq!(begin(1, 30).await, SignInAttempt::Allowed);
    assert!(matches!(begin(1, 89).await, SignInAttempt::LockedUntil(_)), "twice as long");
    // Of the address: 4 + 5 + 1 + 1 less the one that succeeded.
    for number in 10..30 {
        assert_eq!(begin(number, 0).await, SignInAttempt::Allowed);
    }
    assert!(matches!(begin(50, 0).await, SignInAttempt::LockedUntil(_)), "the address");
    let next_day = 24 * 60 * 60 + 31;
    assert_eq!(begin(50, next_day).await, SignInAttempt::Allowed, "all is forgotten");
}
