//! How many pages are made at once: whoever asks for one while that many are made waits for a turn, in the
//! order of asking.
//!
//! A page asks the database several times. Where 200 readers queue before each of those questions, a page
//! of six waits six times while one of two is done after two, and the slowest take many times the middle.
//! In one queue before the first question all wait alike, and no page is begun that nobody can work on.
//!
//! Not for: how many requests are let in (`admission`, `places`).
//!
//! Invariant: a page that takes long gives its turn back, so a few of those keep nobody out.

use std::pin::pin;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::limits::{PAGE_TURN_TIME_MAX, PAGES_AT_ONCE};

static TURNS: Semaphore = Semaphore::const_new(PAGES_AT_ONCE);

/// Makes a page when it is its turn; the turn ends with the page, or before where it takes long.
pub(super) async fn take<P>(page: impl Future<Output = P>) -> P {
    make(page, &TURNS, PAGE_TURN_TIME_MAX).await
}

async fn make<P>(page: impl Future<Output = P>, turns: &Semaphore, longest: Duration) -> P {
    let turn = turns.acquire().await.expect("the turns are never closed");
    let mut page = pin!(page);
    let made = timeout(longest, &mut page).await;
    drop(turn);
    match made {
        Ok(page) => page,
        Err(_takes_long) => page.await,
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_page_waits_for_its_turn() {
        let turns = Semaphore::new(1);
        let held = turns.acquire().await.unwrap();
        let mut page = pin!(make(ready("page"), &turns, PAGE_TURN_TIME_MAX));
        assert_eq!(page.as_mut().now_or_never(), None);
        drop(held);
        assert_eq!(page.await, "page");
        assert_eq!(turns.available_permits(), 1);
    }

    #[tokio::test]
    async fn a_page_that_takes_long_keeps_nobody_out() {
        let turns = Semaphore::new(1);
        let mut long = pin!(make(pending::<&str>(), &turns, Duration::ZERO));
        assert_eq!(long.as_mut().now_or_never(), None);
        tokio::select! {
            never = &mut long => panic!("made {never}"),
            page = make(ready("page"), &turns, PAGE_TURN_TIME_MAX) => assert_eq!(page, "page"),
        }
    }
}
