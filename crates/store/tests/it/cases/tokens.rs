//! Tokens' records and the keys that sign.

use domain::{AccessScope, FileType};
use store::{DatabaseUrl, Error, KeyAlgorithm, Store, TokenRecord, TokenStanding};

use crate::site::{KID, Site, acme, at, key_record, now, scope, token_record, unit};

pub(crate) async fn tokens_come_back_and_are_revoked(site: Site) {
    let system = site.system();
    let mut narrow = token_record(AccessScope {
        customer: acme(),
        units: Some(vec![unit()]),
        types: Some(vec![FileType::Transactions, FileType::Employees]),
    });
    narrow.issued_at = at("2026-11-02T00:00:00Z");
    system.add_token(&narrow).await.unwrap();
    let again = system.add_token(&narrow).await;
    assert!(matches!(again, Err(Error::Conflict { what: "token" })), "{again:?}");
    assert_eq!(system.token(narrow.id).await.unwrap().as_ref(), Some(&narrow));

    let ids = |tokens: Vec<TokenRecord>| tokens.iter().map(|t| t.id).collect::<Vec<_>>();
    assert_eq!(ids(system.tokens(None).await.unwrap()), [narrow.id, site.token]);
    assert_eq!(ids(system.tokens(Some(&acme())).await.unwrap()), [narrow.id, site.token]);
    let other = system.tokens(Some(&"globex".parse().unwrap())).await.unwrap();
    assert_eq!(other, []);

    let moment = at("2026-11-23T11:00:00Z");
    let stranger = site.store.customer(&"globex".parse().unwrap());
    let refused = stranger.revoke_token(narrow.id, "eve@example.org", moment).await;
    assert!(matches!(refused, Err(Error::NotFound { what: "token" })), "{refused:?}");
    assert!(site.acme().revoke_token(narrow.id, "ann@example.org", moment).await.unwrap());
    assert!(!system.revoke_token(narrow.id, "operator", now()).await.unwrap());
    let revoked = system.token(narrow.id).await.unwrap().unwrap();
    assert_eq!(revoked.revoked_at, Some(moment));
    let unknown = token_record(scope(acme())).id;
    assert_eq!(system.token(unknown).await.unwrap(), None);
    let missing = system.revoke_token(unknown, "operator", now()).await;
    assert!(matches!(missing, Err(Error::NotFound { what: "token" })), "{missing:?}");
}

pub(crate) async fn a_tokens_last_use_is_kept(site: Site) {
    let system = site.system();
    let noon = at("2026-11-23T12:00:00Z");
    system.note_token_used(site.token, "192.0.2.7", noon).await.unwrap();
    // One that was on its way for longer does not turn the clock back.
    system.note_token_used(site.token, "192.0.2.8", now()).await.unwrap();
    let token = system.token(site.token).await.unwrap().unwrap();
    assert_eq!(
        (token.last_used_at, token.last_used_from.as_deref()),
        (Some(noon), Some("192.0.2.7"))
    );
}

/// As two questions with one token beside a run that keeps its findings.
pub(crate) async fn nobody_waits_until_the_use_of_a_token_is_noted(site: Site) {
    use sqlx::Connection as _;
    let (system, noon) = (site.system(), at("2026-11-23T12:00:00Z"));
    let begin = match &site.config.database {
        DatabaseUrl::Sqlite(_) => "BEGIN IMMEDIATE",
        DatabaseUrl::Postgres(_) => "BEGIN; UPDATE tokens SET label = label",
    };
    let mut busy = site.connect().await;
    sqlx::raw_sql(begin).execute(&mut busy).await.unwrap();
    system.note_token_used_later(site.token, "192.0.2.7", now());
    system.note_token_used_later(site.token, "192.0.2.8", noon);
    let used = async || system.token(site.token).await.unwrap().unwrap().last_used_at;
    assert_eq!(used().await, None, "somebody else writes, and the token is read all the same");
    sqlx::raw_sql("ROLLBACK").execute(&mut busy).await.unwrap();
    busy.close().await.unwrap();
    let listed = system.tokens(None).await.unwrap();
    let noted = (listed[0].last_used_at, listed[0].last_used_from.as_deref());
    assert_eq!(noted, (Some(noon), Some("192.0.2.8")), "whoever lists tokens finds the newest");

    // An end of the process in good order loses none.
    let evening = at("2026-11-23T18:00:00Z");
    system.note_token_used_later(site.token, "192.0.2.9", evening);
    site.store.close().await;
    let again = Store::open(&site.config).await.unwrap();
    let token = again.system().token(site.token).await.unwrap().unwrap();
    assert_eq!(token.last_used_at, Some(evening));
    again.close().await;
}

pub(crate) async fn a_token_needs_what_it_names(site: Site) {
    let mut other_unit = token_record(scope(acme()));
    other_unit.scope.units = Some(vec!["mars".parse().unwrap()]);
    let mut other_key = token_record(scope(acme()));
    "lost".clone_into(&mut other_key.kid);
    let other_customer = token_record(scope("globex".parse().unwrap()));
    for (token, named) in
        [(other_unit, "unit"), (other_key, "signing key"), (other_customer, "customer")]
    {
        match site.system().add_token(&token).await {
            Err(Error::NotFound { what }) => assert_eq!(what, named),
            other => panic!("{named}: {other:?}"),
        }
        assert_eq!(site.system().token(token.id).await.unwrap(), None);
    }
}

pub(crate) async fn signing_keys_come_back_and_retire(site: Site) {
    let system = site.system();
    let mut second = key_record("key-2", at("2026-11-24T00:00:00Z"));
    second.algorithm = KeyAlgorithm::Es256;
    system.add_signing_key(second.clone()).await.unwrap();
    let again = system.add_signing_key(second.clone()).await;
    assert!(matches!(again, Err(Error::Conflict { what: "signing key" })), "{again:?}");

    let moment = at("2026-11-25T00:00:00Z");
    assert!(system.retire_signing_key(KID, moment).await.unwrap());
    assert!(!system.retire_signing_key(KID, now()).await.unwrap());
    let missing = system.retire_signing_key("lost", moment).await;
    assert!(matches!(missing, Err(Error::NotFound { what: "signing key" })), "{missing:?}");

    let keys = system.signing_keys().await.unwrap();
    assert_eq!(keys[0], second);
    assert_eq!((keys[1].kid.as_str(), keys[1].retired_at), (KID, Some(moment)));
    assert!(!format!("{keys:?}").contains("255, 0, 7"));

    // With a key end the tokens that it signed.
    let token = TokenRecord { kid: KID.to_owned(), ..token_record(scope(acme())) };
    system.add_token(&token).await.unwrap();
    let read = system.token(token.id).await.unwrap().unwrap();
    assert_eq!(read.standing(now()), TokenStanding::KeyRetired { at: moment });
    assert!(!read.works(now()) && token.works(now()));
    let listed = system.tokens(None).await.unwrap();
    assert!(listed.contains(&read), "{listed:?}");
}
