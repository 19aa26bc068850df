//! Sending a file in several requests, as a client of the API does.
//!
//! Not for: lines that break; those are real in `bursard`'s tests.

use domain::{AccessScope, FileType, Role};
use futures_util::future::join_all;
use http::Method;
use server::limits::{RESUMABLE_LASTS, RESUMABLE_OPEN_PER_TOKEN_MAX};

use crate::desk::{Answer, Desk};
use crate::workplace::acme;

const CONTENT: &str = "Supplier,Amount\nAlder,1\nBirch,2\n";
const FILE: &str = "/customers/acme/units/acme/Uploads/upload/APT/way_20261123.csv";

/// A sender with a token.
struct Sender {
    desk: Desk,
    bearer: String,
}

impl Sender {
    async fn at(desk: Desk) -> Self {
        let bearer = format!("Bearer {}", desk.token(Role::Uploader, "resumable").await);
        Self { desk, bearer }
    }

    async fn new() -> Self {
        Self::at(Desk::open().await).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut all = vec![("Authorization", self.bearer.as_str())];
        all.extend(headers);
        self.desk.send(method, path, &all, body).await
    }

    async fn begin(&self, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut all = vec![("Content-Type", "text/csv")];
        all.extend(headers);
        self.send(Method::POST, FILE, &all, body).await
    }

    /// The place of a file that is begun.
    async fn begun(&self, headers: &[(&str, &str)]) -> String {
        let mut all = vec![("Upload-Complete", "?0")];
        all.extend(headers);
        let answer = self.begin(&all, "").await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        field(&answer, "location").to_owned()
    }

    async fn append(&self, place: &str, offset: usize, complete: &str, body: &str) -> Answer {
        let offset = offset.to_string();
        let headers = [
            ("Content-Type", "application/partial-upload"),
            ("Upload-Offset", offset.as_str()),
            ("Upload-Complete", complete),
        ];
        self.send(Method::PATCH, place, &headers, body).await
    }

    async fn ask(&self, place: &str) -> Answer {
        self.send(Method::HEAD, place, &[], "").await
    }

    async fn uploads(&self) -> usize {
        let path = "/customers/acme/units/acme/Uploads";
        let listed = self.send(Method::GET, path, &[], "").await.json();
        listed["items"].as_array().unwrap().len()
    }
}

fn field<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

fn sha256_field(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    domain::Sha256Digest::from_bytes(digest.as_ref().try_into().unwrap()).to_field()
}

#[tokio::test]
async fn a_file_comes_in_several_requests_and_is_received_once() {
    let sender = Sender::new().await;
    let offered = sender.send(Method::OPTIONS, FILE, &[], "").await;
    assert_eq!(offered.status, 204);
    assert_eq!(field(&offered, "accept-patch"), "application/partial-upload");
    assert_eq!(field(&offered, "accept-encoding"), "gzip, zstd");
    assert!(field(&offered, "upload-limit").starts_with("max-size="), "{offered:?}");

    let digest = sha256_field(CONTENT.as_bytes());
    let length = CONTENT.len().to_string();
    let place = sender.begun(&[("Upload-Length", &length), ("Repr-Digest", &digest)]).await;
    let (first, rest) = CONTENT.split_at(20);
    let part = sender.append(&place, 0, "?0", first).await;
    assert_eq!((part.status.as_u16(), field(&part, "upload-offset")), (204, "20"));
    let standing = sender.ask(&place).await;
    assert_eq!(standing.status, 204);
    for (name, value) in [
        ("upload-offset", "20"),
        ("upload-complete", "?0"),
        ("upload-length", length.as_str()),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(field(&standing, name), value, "{name}");
    }
    assert_eq!(sender.uploads().await, 0, "it is not whole");
    let whole = sender.append(&place, 20, "?1", rest).await;
    assert_eq!((whole.status.as_u16(), field(&whole, "upload-complete")), (201, "?1"));
    assert_eq!(whole.json()["bytes"], CONTENT.len());
    assert_eq!(field(&whole, "repr-digest"), digest);

    // Whoever did not get the receipt finds it.
    let standing = sender.ask(&place).await;
    assert_eq!(field(&standing, "upload-complete"), "?1");
    assert_eq!(field(&standing, "upload-offset"), length);
    let receipt = sender.send(Method::GET, field(&standing, "location"), &[], "").await;
    assert_eq!(receipt.json()["uploadId"], whole.json()["uploadId"]);
    let again = sender.append(&place, CONTENT.len(), "?1", "").await;
    assert_eq!(
        (again.status.as_u16(), again.json()["code"].clone()),
        (410, "upload_completed".into())
    );
    assert_eq!(field(&again, "location"), field(&standing, "location"));
    let more = sender.append(&place, CONTENT.len(), "?1", "Cedar,3\n").await;
    assert_eq!(more.status, 400);
    assert_eq!(sender.uploads().await, 1);
    let given_up = sender.send(Method::DELETE, &place, &[], "").await;
    assert_eq!((given_up.status.as_u16(), sender.ask(&place).await.status.as_u16()), (204, 404));
    assert_eq!(sender.uploads().await, 1, "what is received stays");
}

#[tokio::test]
async fn a_file_may_come_whole_and_what_cannot_be_unpacked_ends() {
    let sender = Sender::new().await;
    let whole = sender.begin(&[("Upload-Complete", "?1")], CONTENT).await;
    assert_eq!((whole.status.as_u16(), field(&whole, "upload-complete")), (201, "?1"));
    assert_eq!(whole.json()["sha256"].as_str().unwrap().len(), 64);

    let unpacked = sha256_field(CONTENT.as_bytes());
    let place = sender
        .begun(&[("Content-Encoding", "gzip"), ("Unencoded-Digest", unpacked.as_str())])
        .await;
    let broken = sender.append(&place, 0, "?1", CONTENT).await;
    assert_eq!(
        (broken.status.as_u16(), broken.json()["code"].clone()),
        (400, "content_coding_broken".into())
    );
    assert_eq!(field(&broken, "upload-complete"), "?1", "to go on is in vain");
    assert_eq!(sender.ask(&place).await.status, 404);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_keeps_what_there_is() {
    let sender = Sender::new().await;
    let length = CONTENT.len().to_string();
    let place = sender.begun(&[("Upload-Length", &length)]).await;
    sender.append(&place, 0, "?0", "Supplier").await;
    let made_up = "/customers/acme/units/acme/Uploads/resumable/rsm_01k00000000000000000000000";
    for (place, offset, complete, body, status, code) in [
        (place.as_str(), 0, "?1", CONTENT, 409, "offset_mismatched"),
        (&place, 9, "?0", "x", 409, "offset_mismatched"),
        // Longer and shorter than was said.
        (&place, 8, "?1", CONTENT, 400, "request_malformed"),
        (&place, 8, "?1", "x", 400, "request_malformed"),
        (&place, 8, "?0", CONTENT, 400, "request_malformed"),
        (&place, 8, "1", "x", 400, "request_malformed"),
        (made_up, 0, "?1", CONTENT, 404, "resumable_not_found"),
        ("/customers/acme/units/acme/Uploads/resumable/x", 0, "?1", "", 404, "resumable_not_found"),
    ] {
        let refused = sender.append(place, offset, complete, body).await;
        assert_eq!(refused.status, status, "{offset} {complete} {body}: {}", refused.json());
        assert_eq!(refused.json()["code"], code, "{offset} {complete} {body}");
        if status == 409 {
            assert_eq!(field(&refused, "upload-offset"), "8");
        }
    }
    let typeless = [("Upload-Offset", "8"), ("Upload-Complete", "?1")];
    assert_eq!(sender.send(Method::PATCH, &place, &typeless, "x").await.status, 415);
    let suppliers =
        AccessScope { customer: acme(), units: None, types: Some(vec![FileType::Suppliers]) };
    let narrow = sender.desk.token_for(suppliers, Role::Uploader, "narrow").await;
    let below = place.strip_prefix("/customers/acme/units/acme/").unwrap();
    assert_eq!(sender.desk.ask(&narrow, Method::HEAD, below, "").await.status, 403);
    assert_eq!(sender.desk.ask(&narrow, Method::DELETE, below, "").await.status, 403);
    // None of them added or took anything.
    let standing = sender.ask(&place).await;
    assert_eq!(field(&standing, "upload-offset"), "8");
    let whole = sender.append(&place, 8, "?1", &CONTENT[8..]).await;
    assert_eq!(whole.status, 201, "{}", whole.json());
}

#[tokio::test]
async fn what_is_no_extract_ends_and_a_wrong_digest_too() {
    let sender = Sender::new().await;
    let pdf = format!("%PDF-1.7\n{}", "x".repeat(9_000));
    let place = sender.begun(&[]).await;
    let refused = sender.append(&place, 0, "?0", &pdf).await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()["code"].clone()),
        (400, "content_unexpected".into())
    );
    assert_eq!(field(&refused, "upload-complete"), "?1");
    assert_eq!(sender.ask(&place).await.status, 404);

    let place = sender.begun(&[("Repr-Digest", &sha256_field(b"another"))]).await;
    let refused = sender.append(&place, 0, "?1", CONTENT).await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()["code"].clone()),
        (400, "digest_mismatch".into())
    );
    assert_eq!((sender.ask(&place).await.status.as_u16(), sender.uploads().await), (404, 0));
}

#[tokio::test]
async fn a_key_finds_what_was_begun() {
    let sender = Sender::new().await;
    let length = CONTENT.len().to_string();
    let headers = [("Idempotency-Key", "k-1"), ("Upload-Length", length.as_str())];
    let place = sender.begun(&headers).await;
    sender.append(&place, 0, "?0", &CONTENT[..8]).await;
    let again = sender.begin(&[&headers[..], &[("Upload-Complete", "?0")]].concat(), "").await;
    assert_eq!((field(&again, "location"), field(&again, "upload-offset")), (place.as_str(), "8"));
    assert_eq!(again.json()["offset"], 8);
    let whole = sender.append(&place, 8, "?1", &CONTENT[8..]).await;
    assert_eq!(whole.status, 201, "{}", whole.json());
    // In one request with the same key, and however often: one upload.
    let ordinary = sender.begin(&headers[..1], CONTENT).await;
    assert_eq!(ordinary.json()["uploadId"], whole.json()["uploadId"]);
    assert_eq!(ordinary.json()["repeated"], true);
    let known = sender.begin(&[&headers[..], &[("Upload-Complete", "?0")]].concat(), "").await;
    assert_eq!((known.status.as_u16(), field(&known, "upload-complete")), (201, "?1"));
    assert_eq!(sender.uploads().await, 1);
}

#[tokio::test]
async fn so_many_are_under_way_and_for_so_long() {
    let sender = Sender::new().await;
    let mut places = Vec::new();
    for _ in 0..RESUMABLE_OPEN_PER_TOKEN_MAX {
        places.push(sender.begun(&[("Upload-Length", "10")]).await);
    }
    let refused = sender.begin(&[("Upload-Complete", "?0"), ("Upload-Length", "10")], "").await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()["code"].clone()),
        (429, "uploads_too_many".into())
    );
    let too_long = sender.begin(&[("Upload-Complete", "?0"), ("Upload-Length", "99999999999")], "");
    let too_long = too_long.await;
    assert_eq!(too_long.status, 413);
    assert!(field(&too_long, "upload-limit").starts_with("max-size="), "{too_long:?}");
    let standing = sender.ask(&places[0]).await;
    let seconds = RESUMABLE_LASTS.as_secs();
    assert!(field(&standing, "upload-limit").ends_with(&format!("max-age={seconds}")));
    sender.desk.later(seconds);
    let token = sender.ask(&places[0]).await;
    // The token's time was over as well; a new one finds nothing.
    assert_eq!(token.status, 401);
}

#[tokio::test]
async fn below_a_path_the_place_is_below_it_once() {
    let sender = Sender::at(Desk::open_at("https://localhost/bursar").await).await;
    let place = sender.begun(&[]).await;
    assert!(place.starts_with("/bursar/customers/acme/"), "{place}");
    assert_eq!(sender.append(&place, 0, "?0", "Supplier").await.status, 204);
    let whole = sender.append(&place, 8, "?1", &CONTENT[8..]).await;
    assert!(field(&whole, "location").starts_with("/bursar/customers/acme/"), "{whole:?}");
    let standing = sender.ask(&place).await;
    assert!(field(&standing, "location").starts_with("/bursar/customers/"), "{standing:?}");
}

#[tokio::test]
async fn senders_at_once_leave_one_whole_file() {
    let sender = Sender::new().await;
    let place = sender.begun(&[]).await;
    let (first, rest) = CONTENT.split_at(20);
    let answers = join_all((0..6).map(|_| sender.append(&place, 0, "?0", first))).await;
    let added = answers.iter().filter(|answer| answer.status == 204).count();
    let refused = answers.iter().filter(|answer| answer.status == 409).count();
    assert_eq!((added, refused), (1, 5), "{answers:?}");
    let answers = join_all((0..6).map(|_| sender.append(&place, 20, "?1", rest))).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [201, 400, 409, 410].contains(status)), "{statuses:?}");
    let listed = sender.send(Method::GET, "/customers/acme/units/acme/Uploads", &[], "").await;
    let items = listed.json()["items"].as_array().unwrap().clone();
    let expected = sha256_field(CONTENT.as_bytes());
    let path = items[0]["links"]["self"].as_str().unwrap().to_owned();
    let upload = sender.send(Method::GET, &path, &[], "").await.json();
    let digest: domain::Sha256Digest = upload["sha256"].as_str().unwrap().parse().unwrap();
    assert_eq!((items.len(), digest.to_field()), (1, expected));
}
