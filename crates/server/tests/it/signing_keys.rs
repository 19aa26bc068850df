//! The keys that sign access tokens: made by another process, and asked for by ids that nobody made.

use futures_util::future::join_all;
use server::keys;
use tokio::time::{Duration, Instant, timeout};

use crate::desk::{Desk, now};

#[tokio::test]
async fn made_up_ids_share_one_question_and_hide_no_key() {
    let desk = Desk::open().await;
    let ring = &desk.app.keys;
    // One after the other they would take four seconds: each waits for a tenth of one.
    let made_up = (0..40).map(|number| async move {
        let id = format!("made-up-{number}");
        assert!(ring.with_key(&id, |_key| ()).await.unwrap().is_none());
    });
    let began = Instant::now();
    join_all(made_up).await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    // Another process has made a key, and tokens of it come at once.
    let id = keys::add_key(&desk.app.store, now()).await.unwrap();
    let stranger = async {
        loop {
            ring.with_key("made-up", |_key| ()).await.unwrap();
        }
    };
    let found = ring.with_key(&id, |key| key.id().to_owned());
    let found = tokio::select! {
        () = stranger => panic!("it goes on for ever"),
        found = timeout(Duration::from_secs(5), found) => found.unwrap().unwrap(),
    };
    assert_eq!(found.as_deref(), Some(id.as_str()));
}
