//! Uses of access tokens on their way to the database: nobody who asks for something waits until it is
//! written that they asked.
//!
//! Not for: how often a use is noted; that is for whoever notes it. A run that keeps its findings holds the
//! one writer of SQLite for a second, and all who came in it with one token would wait for the same row.
//!
//! Invariant: of a token its newest use waits, and no other; whoever lists tokens in this process finds it
//! there. One that cannot be written is let go: the next use is noted again.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::TokenId;
use jiff::Timestamp;
use sqlx::AnyPool;

use crate::error::Error;
use crate::rows::storable;

/// The uses that wait: one of a token, and so no more than there are tokens that work.
#[derive(Debug, Default)]
pub(crate) struct TokenUses {
    waiting: Mutex<HashMap<TokenId, TokenUse>>,
    /// Held by whoever writes them.
    turn: tokio::sync::Mutex<()>,
}

/// A use of one token.
#[derive(Debug, Clone, PartialEq, Eq)]
struct TokenUse {
    at: Timestamp,
    /// The address it came from.
    from: String,
}

/// The one who has to see that a use is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UseWriter {
    /// Whoever has just noted it.
    Caller,
    /// Whoever noted the use before, which waits still.
    Another,
}

impl TokenUses {
    pub(super) fn push(&self, id: TokenId, from: &str, at: Timestamp) -> UseWriter {
        let used = TokenUse { at, from: from.to_owned() };
        match self.lock().entry(id) {
            Entry::Vacant(place) => {
                place.insert(used);
                UseWriter::Caller
            }
            Entry::Occupied(mut place) => {
                // Of two questions at once the later may come first.
                if place.get().at < at {
                    place.insert(used);
                }
                UseWriter::Another
            }
        }
    }

    /// Returns once all that waited is written, or one of them could not be. What was taken and is not
    /// written yet is lost with whoever waits here: it is for a task of its own, and for the end of the
    /// process.
    pub(crate) async fn flush(&self, writer: &AnyPool) -> Result<(), Error> {
        let _turn = self.turn.lock().await;
        let waiting = mem::take(&mut *self.lock());
        for (id, TokenUse { at, from }) in waiting {
            write(writer, id, &from, at).await?;
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TokenId, TokenUse>> {
        // Nothing here panics half way through a change.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes a use, unless a later one was written already.
pub(super) async fn write(
    writer: &AnyPool,
    id: TokenId,
    from: &str,
    at: Timestamp,
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE tokens SET last_used_at = $2, last_used_from = $3 \
         WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)",
    )
    .bind(id.to_string())
    .bind(at.as_microsecond())
    .bind(storable(from))
    .execute(writer)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn one_writes_for_all_who_use_a_token_meanwhile() {
        let (uses, at) = (TokenUses::default(), Timestamp::UNIX_EPOCH);
        let [one, other] = [1, 2].map(|random| TokenId::new(at, [random; 10]));
        assert_eq!(uses.push(one, "192.0.2.7", at), UseWriter::Caller);
        let later = at + SignedDuration::from_secs(1);
        assert_eq!(uses.push(one, "192.0.2.8", later), UseWriter::Another);
        assert_eq!(
            uses.push(one, "192.0.2.9", at),
            UseWriter::Another,
            "it came later than it was"
        );
        assert_eq!(uses.push(other, "192.0.2.7", at), UseWriter::Caller);
        let newest = TokenUse { at: later, from: "192.0.2.8".to_owned() };
        assert_eq!(uses.lock()[&one], newest);
        uses.lock().clear();
        assert_eq!(
            uses.push(one, "192.0.2.7", at),
            UseWriter::Caller,
            "it was taken to be written"
        );
    }
}
