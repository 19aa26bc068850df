//! Sessions: begun, seen, ended, over by themselves.

use domain::{SessionId, Sha256Digest};
use jiff::SignedDuration;
use store::{Error, NewSession, SESSIONS_MAX, SessionLimits};

use crate::cases::invitations::{ann, member};
use crate::site::{Site, now, random};

pub(crate) const LIMITS: SessionLimits = SessionLimits {
    idle_max: SignedDuration::from_mins(60),
    age_max: SignedDuration::from_mins(100),
};

pub(crate) fn cookie(number: u8) -> Sha256Digest {
    Sha256Digest::from_bytes([number; 32])
}

pub(crate) fn new_session(number: u8) -> NewSession {
    NewSession {
        id: SessionId::new(now(), random()),
        secret_hash: cookie(number),
        address: "203.0.113.9".to_owned(),
        agent: "Browser\0".to_owned(),
    }
}

pub(crate) async fn a_session_lasts_and_ends(site: Site) {
    let (system, ann) = (site.system(), ann(&site).await);
    let new = new_session(1);
    system.begin_session(&ann, new.clone(), now()).await.unwrap();
    let found = async |number, minutes| {
        let at = now() + SignedDuration::from_mins(minutes);
        system.session(cookie(number), LIMITS, at).await.unwrap()
    };
    let (session, user) = found(1, 0).await.unwrap();
    assert_eq!(
        (session.id, user, session.agent.as_str()),
        (new.id, ann.clone(), "Browser\u{2400}")
    );
    assert!(found(2, 0).await.is_none());
    assert!(found(1, 59).await.is_some() && found(1, 60).await.is_none(), "idle");
    let later = now() + SignedDuration::from_mins(59);
    system.note_session_seen(new.id, later).await.unwrap();
    assert_eq!(found(1, 60).await.unwrap().0.seen_at.as_second(), later.as_second());
    assert!(found(1, 99).await.is_some() && found(1, 100).await.is_none(), "old");
    system.end_session(&ann, new.id, now()).await.unwrap();
    assert!(found(1, 0).await.is_none());
    let again = system.end_session(&ann, new.id, now()).await;
    assert!(matches!(again, Err(Error::NotFound { what: "session" })));
}

pub(crate) async fn others_are_ended(site: Site) {
    let (system, ann) = (site.system(), ann(&site).await);
    let bob = member(&site, &ann, "bob", domain::MemberRole::Viewer).await;
    let (one, two, bobs) = (new_session(1), new_session(2), new_session(3));
    for (user, new) in [(&ann, &one), (&ann, &two), (&bob, &bobs)] {
        system.begin_session(user, new.clone(), now()).await.unwrap();
    }
    let not_his = system.end_session(&bob, one.id, now()).await;
    assert!(matches!(not_his, Err(Error::NotFound { what: "session" })));
    assert_eq!(system.sessions(ann.id, LIMITS, now()).await.unwrap().len(), 2);
    system.end_other_sessions(&ann, two.id, now()).await.unwrap();
    let left = system.sessions(ann.id, LIMITS, now()).await.unwrap();
    assert_eq!(left.iter().map(|session| session.id).collect::<Vec<_>>(), [two.id]);
    assert_eq!(system.sessions(bob.id, LIMITS, now()).await.unwrap().len(), 1);
}

pub(crate) async fn the_oldest_of_too_many_end(site: Site) {
    let (system, ann) = (site.system(), ann(&site).await);
    let bob = member(&site, &ann, "bob", domain::MemberRole::Viewer).await;
    system.begin_session(&bob, new_session(255), now()).await.unwrap();
    let begun = |number: usize| now() + SignedDuration::from_secs(number.try_into().unwrap());
    for number in 0..SESSIONS_MAX + 2 {
        let new = new_session(number.try_into().unwrap());
        system.begin_session(&ann, new, begun(number)).await.unwrap();
    }
    let left = system.sessions(ann.id, LIMITS, begun(SESSIONS_MAX + 1)).await.unwrap();
    let oldest = left.last().unwrap().begun_at.as_second();
    assert_eq!((left.len(), oldest), (SESSIONS_MAX, begun(2).as_second()));
    assert_eq!(system.sessions(bob.id, LIMITS, now()).await.unwrap().len(), 1, "another's");
}
