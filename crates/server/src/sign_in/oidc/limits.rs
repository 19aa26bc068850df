//! Limits of signing in at identity providers, with reasons.

use std::time::Duration;

use jiff::SignedDuration;

/// The length of a provider's name, which stands in addresses.
pub(super) const NAME_BYTES_MAX: usize = 32;
/// The length of an answer of a provider: descriptions, keys and tokens have some kilobytes, an ID token
/// with two hundred groups ten.
pub(super) const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Somebody waits before a white page.
pub(super) const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// Half of it, so that a host that is not there is told from one that is slow.
pub(super) const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// Keys of one provider: the largest publish a dozen.
pub(super) const KEYS_MAX: usize = 64;
/// The length of one token; more than any provider puts into an address or a form.
pub(super) const TOKEN_BYTES_MAX: usize = 32 * 1024;
/// The length of a `sub`: OpenID Connect Core 1.0, section 2.
pub(super) const SUBJECT_BYTES_MAX: usize = 255;
/// The time by which the clocks of the provider and of this machine may differ.
pub(super) const CLOCK_LEEWAY: SignedDuration = SignedDuration::from_secs(60);
/// A token is made when it is asked for, and handed over at once.
pub(super) const TOKEN_AGE_MAX: SignedDuration = SignedDuration::from_mins(10);
/// The time from leaving to coming back: a password, a telephone that lies in the next room, a new password.
pub(crate) const SIGN_IN_TIME_MAX: SignedDuration = SignedDuration::from_mins(15);
/// A client's proof of itself is sent at once and shown to the provider only.
pub(super) const ASSERTION_LASTS: SignedDuration = SignedDuration::from_mins(2);
/// A description is asked for again after so long: addresses move once in years.
pub(super) const DESCRIPTION_AGE_MAX: SignedDuration = SignedDuration::from_hours(1);
/// Keys are asked for again after so long, so that one that was withdrawn is not believed for longer.
pub(super) const KEYS_AGE_MAX: SignedDuration = SignedDuration::from_hours(1);
/// A token with a key that is not known has the keys asked for again, so often at most: a provider
/// publishes a key before it signs with it, and whoever makes up keys is no reason to ask.
pub(super) const KEYS_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(30);
/// A provider that does not answer is asked again after so long.
pub(super) const ASK_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(5);
/// Codes that are exchanged at once: anybody may come back with one that is made up, and each costs a
/// request.
pub(super) const EXCHANGES_MAX: usize = 16;
/// Of these, for one address; with IPv6 for one network: whoever comes back with codes that are made up keeps
/// nobody else from signing in. Behind one address a few people come back within the same second.
pub(super) const EXCHANGES_PER_ADDRESS_MAX: usize = 4;
/// Logout tokens that are looked at at once: providers send them one for each session, and anybody
/// may send one that is made up; they have places of their own, so that nobody waits for them who
/// signs in.
pub(super) const LOGOUTS_MAX: usize = 16;
/// A longer ID token is not kept for signing out: it would not fit into an address.
pub(super) const ID_TOKEN_KEPT_BYTES_MAX: usize = 6 * 1024;
