//! One fsync serves all who wait; a failure reaches all it served.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;

use super::*;

#[test]
fn many_waiters_share_a_few_fsyncs() {
    static SYNCS: AtomicUsize = AtomicUsize::new(0);
    static GATE: Mutex<()> = Mutex::new(());
    let group = Arc::new(GroupSync::with(|_| {
        drop(GATE.lock().unwrap());
        SYNCS.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }));
    let folder = Path::new("/somewhere");
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    let waiters = {
        let closed = GATE.lock().unwrap();
        let _entered = runtime.enter();
        let waiters: Vec<_> = (0..32)
            .map(|_| {
                let group = Arc::clone(&group);
                let mut waiter = Box::pin(async move { group.sync(folder).await });
                // The first poll joins the queue; the gate keeps every fsync from ending before.
                let waker = futures_util::task::noop_waker();
                let mut context = std::task::Context::from_waker(&waker);
                assert!(waiter.as_mut().poll(&mut context).is_pending());
                waiter
            })
            .collect();
        drop(closed);
        waiters
    };
    for answer in runtime.block_on(join_all(waiters)) {
        answer.unwrap();
    }
    // Ending it waits for whoever serves: the queue goes after the last answer.
    drop(runtime);
    // The first may have begun while the others were still joining: those need a second.
    let syncs = SYNCS.load(Ordering::SeqCst);
    assert!((1..=2).contains(&syncs), "{syncs} fsyncs for 32 waiters");
    assert!(group.lock().is_empty());
}

#[tokio::test]
async fn a_failed_fsync_fails_all_and_the_next_begins_anew() {
    static FAILS: AtomicUsize = AtomicUsize::new(1);
    let group = Arc::new(GroupSync::with(|_| {
        match FAILS.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) {
            Ok(_) => Err(io::ErrorKind::StorageFull.into()),
            Err(_none_left) => Ok(()),
        }
    }));
    let folder = Path::new("/somewhere");
    assert!(matches!(group.sync(folder).await, Err(Error::Full)));
    group.sync(folder).await.unwrap();
}

#[tokio::test]
async fn a_panic_fails_all_who_wait_and_the_next_begins_anew() {
    static PANICS: AtomicUsize = AtomicUsize::new(1);
    let group = Arc::new(GroupSync::with(|folder| {
        let left = PANICS.swap(0, Ordering::SeqCst);
        assert_eq!(left, 0, "nothing is known of {}", folder.display());
        Ok(())
    }));
    let folder = Path::new("/somewhere");
    assert!(matches!(group.sync(folder).await, Err(Error::Internal(_))));
    // The queue goes with the panic, a moment after the answer.
    while !group.lock().is_empty() {
        tokio::task::yield_now().await;
    }
    group.sync(folder).await.unwrap();
}

#[tokio::test]
async fn a_folder_that_is_gone_is_an_error() {
    let group = Arc::new(GroupSync::new());
    let gone = tempfile::tempdir().unwrap().path().join("gone");
    assert!(matches!(group.sync(&gone).await, Err(Error::Io(_))));
}
