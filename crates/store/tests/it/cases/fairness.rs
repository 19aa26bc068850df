//! Whose job comes first when several customers wait.

use domain::{CustomerName, FileType, JobId, Sender, TokenId, UploadId};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use store::{ClaimedJob, JobKind, NewUpload};

use crate::site::{KID, Site, acme, fence, now, random, scope, token_record};

const LEASE: SignedDuration = SignedDuration::from_mins(60);

/// A customer beside the site's own, and a token of it.
async fn add_customer(site: &Site, name: &str, added_at: Timestamp) -> (CustomerName, TokenId) {
    let name: CustomerName = name.parse().unwrap();
    site.system().add_customer(&name, added_at).await.unwrap();
    let token = token_record(scope(name.clone()));
    assert_eq!(token.kid, KID);
    site.system().add_token(&token).await.unwrap();
    (name, token.id)
}

async fn globex(site: &Site) -> (CustomerName, TokenId) {
    add_customer(site, "globex", now()).await
}

/// A file of a customer's only unit, due from `at` on.
async fn receive(
    site: &Site,
    (customer, token): &(CustomerName, TokenId),
    file_type: FileType,
    at: Timestamp,
) {
    let (store, unit) = (site.store.customer(customer), customer.only_unit());
    let id = UploadId::new(now(), random());
    let writer = store.create_object(&unit, id).await.unwrap();
    let object = writer.finish().await.unwrap().publish().await.unwrap();
    let new = NewUpload {
        id,
        unit,
        file_type,
        file_name: format!("{id}.csv").parse().unwrap(),
        received_at: at,
        sender: Sender::Token(*token),
        idempotency_key: None,
        job: JobId::new(now(), random()),
        trace: None,
    };
    store.receive(object, new).await.unwrap();
}

async fn claim(site: &Site, at: Timestamp) -> Option<ClaimedJob> {
    site.system().claim_job(&JobKind::ALL, at, LEASE, fence()).await.unwrap()
}

async fn claim_for_others(site: &Site, at: Timestamp) -> Option<ClaimedJob> {
    site.system().claim_job_for_last_free_worker(&JobKind::ALL, at, LEASE, fence()).await.unwrap()
}

/// 1,000 files of two ledgers that have been due for an hour.
async fn a_thousand_of_acme(site: &Site) {
    site.by_hand(
        "WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < 1000) \
         INSERT INTO uploads (id, customer, unit, file_type, file_name, bytes, sha256, received_at, \
         token, state) \
         SELECT 'upl_000000000000000000' || CAST(10000000 + i AS TEXT), 'acme', 'acme', \
         CASE WHEN i % 2 = 0 THEN 'APT' ELSE 'Suppliers' END, CAST(i AS TEXT) || '.csv', 1, \
         '0000000000000000000000000000000000000000000000000000000000000000', i, \
         (SELECT MIN(id) FROM tokens WHERE customer = 'acme'), 'received' FROM numbers",
    )
    .await;
    site.by_hand(
        "INSERT INTO jobs (id, kind, customer, unit, ledger, upload, received_at, state, attempts, \
         run_after, enqueued_at) \
         SELECT 'job_' || SUBSTR(id, 5), 'read_upload', customer, unit, file_type, id, received_at, \
         'waiting', 0, received_at, received_at FROM uploads",
    )
    .await;
}

pub(crate) async fn one_file_comes_before_a_thousand_of_another(site: Site) {
    a_thousand_of_acme(&site).await;
    let globex = globex(&site).await;
    let mut at = now();
    for round in 0..5 {
        // All workers are acme's, as nobody else waits; then one file of globex comes, and one job ends.
        let ends = claim(&site, at).await.unwrap();
        assert_eq!(ends.customer, acme());
        let other = claim(&site, at).await.unwrap();
        assert_eq!(other.customer, acme(), "nobody else waits");
        receive(&site, &globex, FileType::Transactions, at).await;
        site.system().finish_job(&ends, at).await.unwrap();
        let next = claim(&site, at).await.unwrap();
        assert_eq!(next.customer.as_str(), "globex", "round {round}");
        for job in [&other, &next] {
            site.system().finish_job(job, at).await.unwrap();
        }
        at += 1.second();
    }
}

pub(crate) async fn customers_take_turns(site: Site) {
    a_thousand_of_acme(&site).await;
    let (globex, initech) = (globex(&site).await, add_customer(&site, "initech", now()).await);
    for place in 0..4 {
        receive(&site, &globex, FileType::Transactions, now() + place.seconds()).await;
        receive(&site, &initech, FileType::Transactions, now() + place.seconds()).await;
    }
    let mut at = now() + 1.minute();
    let mut turns = Vec::new();
    for _ in 0..9 {
        let job = claim(&site, at).await.unwrap();
        turns.push(job.customer.to_string());
        at += 1.second();
        site.system().finish_job(&job, at).await.unwrap();
    }
    let first_three = turns[..3].to_vec();
    assert_eq!(first_three, ["acme", "globex", "initech"], "as they came");
    assert_eq!([&turns[3..6], &turns[6..]], [&first_three[..], &first_three[..]]);
}

pub(crate) async fn nobody_has_more_workers_than_one_who_waits(site: Site) {
    a_thousand_of_acme(&site).await;
    let globex = globex(&site).await;
    for file_type in [FileType::Transactions, FileType::Suppliers, FileType::Employees] {
        receive(&site, &globex, file_type, now()).await;
    }
    let (mut turns, mut at) = (Vec::new(), now());
    while let Some(job) = claim(&site, at).await {
        turns.push(job.customer.to_string());
        at += 1.second();
    }
    assert_eq!(turns, ["acme", "globex", "acme", "globex", "globex"], "acme has two ledgers");
}

pub(crate) async fn the_last_free_worker_is_left_to_others(site: Site) {
    a_thousand_of_acme(&site).await;
    let month_ago = now() - SignedDuration::from_hours(40 * 24);
    let globex = add_customer(&site, "globex", month_ago).await;
    let alone = claim_for_others(&site, now()).await.unwrap();
    let beside = claim_for_others(&site, now()).await.unwrap();
    assert_eq!((&alone.customer, &beside.customer), (&acme(), &acme()), "nobody else is there");
    site.system().finish_job(&beside, now()).await.unwrap();

    receive(&site, &globex, FileType::Transactions, now()).await;
    let globex_has = claim_for_others(&site, now()).await.unwrap();
    assert_eq!(globex_has.customer.as_str(), "globex");
    assert_eq!(claim_for_others(&site, now()).await, None, "each has one");
    site.system().finish_job(&globex_has, now()).await.unwrap();
    assert_eq!(claim_for_others(&site, now()).await, None, "globex may send again");
    let any = claim(&site, now()).await.unwrap();
    assert_eq!(any.customer, acme(), "who is not the last takes what there is");
    for job in [&alone, &any] {
        site.system().finish_job(job, now()).await.unwrap();
    }

    // Two who claim at once see each other.
    let claims =
        (0..12).map(|_| {
            let system = site.system();
            async move {
                system.claim_job_for_last_free_worker(&JobKind::ALL, now(), LEASE, fence()).await
            }
        });
    let claimed = join_all(claims.map(tokio::spawn)).await;
    let claimed: Vec<_> = claimed.into_iter().filter_map(|job| job.unwrap().unwrap()).collect();
    assert_eq!(claimed.len(), 1, "{claimed:?}");
}
