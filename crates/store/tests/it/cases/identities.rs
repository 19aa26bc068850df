//! Identities: linked, known again, unlinked; the sessions that providers begin and end.

use domain::{MemberRole, Secret, SessionId};
use store::{EndedSessions, Error, Identity, NewUser, ProviderSession};

use crate::cases::invitations::{ann, link, member, new_user};
use crate::cases::sessions::{LIMITS, cookie, new_session};
use crate::site::{Site, now};

const ISSUER: &str = "https://login.example.org";

fn identity(subject: &str) -> Identity {
    Identity { issuer: ISSUER.to_owned(), subject: subject.to_owned() }
}

fn provider_session(subject: &str, sid: &str) -> ProviderSession {
    ProviderSession {
        provider: "contoso".to_owned(),
        identity: identity(subject),
        sid: Some(sid.to_owned()),
        id_token: Some(Secret::new("e30.e30.AA".to_owned())),
    }
}

pub(crate) async fn an_identity_is_one_users(site: Site) {
    let (system, ann) = (site.system(), ann(&site).await);
    let bob = member(&site, &ann, "bob", MemberRole::Viewer).await;
    assert_eq!(system.user_of_identity(&identity("1")).await.unwrap(), None);
    system.link_identity(&ann, &identity("1"), now()).await.unwrap();
    assert_eq!(system.user_of_identity(&identity("1")).await.unwrap(), Some(ann.clone()));
    assert_eq!(system.identities(ann.id).await.unwrap(), [identity("1")]);
    for (user, subject) in [(&bob, "1"), (&ann, "2")] {
        let taken = system.link_identity(user, &identity(subject), now()).await;
        assert!(matches!(taken, Err(Error::Conflict { what: "identity" })), "{subject}");
    }
    let elsewhere = Identity { issuer: "https://other.example.org".to_owned(), ..identity("1") };
    system.link_identity(&bob, &elsewhere, now()).await.unwrap();
    system.begin_session(&ann, new_session(1), now()).await.unwrap();
    assert_eq!(system.unlink_identities(&ann, "operator", now()).await.unwrap(), 1);
    assert_eq!(system.unlink_identities(&ann, "operator", now()).await.unwrap(), 0);
    assert_eq!(system.user_of_identity(&identity("1")).await.unwrap(), None);
    assert!(system.session(cookie(1), LIMITS, now()).await.unwrap().is_none(), "signed out");
}

pub(crate) async fn a_user_may_have_no_password(site: Site) {
    let (system, new) = (site.system(), NewUser { password_hash: None, ..new_user("cyd") });
    let cyd = system.add_user(new.clone(), "identity provider contoso", now()).await.unwrap();
    let person = system.person(cyd.id).await.unwrap().unwrap();
    assert!(person.password_hash.is_none() && !person.user.is_operator);
    assert_eq!(person.user, cyd);
    let twin = system.add_user(new, "identity provider contoso", now()).await;
    assert!(matches!(twin, Err(Error::Conflict { what: "user" })));
}

pub(crate) async fn a_state_signs_in_once(site: Site) {
    let system = site.system();
    for (number, is_fresh) in [(1, true), (1, false), (2, true), (1, false)] {
        assert_eq!(system.use_state(link(number), now()).await.unwrap(), is_fresh, "{number}");
    }
}

pub(crate) async fn a_provider_ends_what_it_began(site: Site) {
    let (system, ann) = (site.system(), ann(&site).await);
    let begin = async |number: u8, follows: Option<ProviderSession>| -> SessionId {
        let new = new_session(number);
        let id = new.id;
        system.begin_session(&ann, new, now()).await.unwrap();
        if let Some(follows) = follows {
            system.note_provider_session(id, &follows, LIMITS, now()).await.unwrap();
        }
        id
    };
    let is_open =
        async |number| system.session(cookie(number), LIMITS, now()).await.unwrap().is_some();
    let first = begin(1, Some(provider_session("1", "a"))).await;
    begin(2, Some(provider_session("1", "b"))).await;
    let own = begin(3, None).await;
    let third = begin(5, Some(provider_session("2", "d"))).await;
    let followed = system.take_provider_session(third).await.unwrap();
    assert_eq!(followed, Some(provider_session("2", "d")));
    for session in [third, own] {
        assert_eq!(system.take_provider_session(session).await.unwrap(), None);
    }
    let end = async |issuer: &str, ended: EndedSessions| {
        system.end_provider_sessions(issuer, &ended, now()).await.unwrap()
    };
    let sid = |sid: &str| EndedSessions::OfSid(sid.to_owned());
    assert_eq!(end("https://other.example.org", sid("a")).await, 0, "another issuer's word");
    assert_eq!(end(ISSUER, sid("a")).await, 1);
    assert_eq!((is_open(1).await, is_open(2).await, is_open(3).await), (false, true, true));
    begin(4, Some(provider_session("1", "c"))).await;
    assert_eq!(system.take_provider_session(first).await.unwrap(), None, "it is over");
    assert_eq!(end(ISSUER, EndedSessions::OfSubject("1".to_owned())).await, 2);
    assert_eq!((is_open(2).await, is_open(3).await, is_open(4).await), (false, true, false));
    system.verify_audit().await.unwrap().unwrap();
}
