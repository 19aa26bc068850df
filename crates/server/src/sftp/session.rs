//! One connection of SSH: who signs in, and the channels that are opened.
//!
//! Invariant: nothing but the subsystem `sftp` is opened, and that only for a credential that works.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use domain::SignInSubject;
use russh::keys::PublicKey;
use russh::server::{Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, VerifiedPublicKey};
use russh::{Channel, ChannelId, ChannelOpenFailure, Pty};
use store::{SignInAttempt, TokenRecord};

use super::Progress;
use super::folder::{Folder, Login};
use super::requests;
use super::spool::Spool;
use crate::App;
use crate::limits::SFTP_CHANNELS_MAX;
use crate::measures::{SignInRefusal, sign_in_refused};
use crate::sftp_credentials::{SftpUser, by_password, by_public_key, is_weak};

/// A session of the protocol, of whoever holds a credential.
pub(super) struct Session {
    app: App,
    spool: Spool,
    address: IpAddr,
    progress: Progress,
    login: Option<Arc<Login>>,
    /// Those that serve nothing yet.
    channels: HashMap<ChannelId, Channel<Msg>>,
    opened: usize,
}

impl Session {
    pub(super) fn new(app: App, spool: Spool, address: IpAddr, progress: Progress) -> Self {
        let channels = HashMap::new();
        Self { app, spool, address, progress, login: None, channels, opened: 0 }
    }

    /// The credential of a password. Failures of one address are counted, as those of people are.
    async fn of_password(
        &self,
        user: &SftpUser,
        password: &str,
    ) -> Result<Option<TokenRecord>, store::Error> {
        let (system, now) = (self.app.store.system(), self.app.clock.now());
        let subjects = [SignInSubject::sftp_address(&self.address.to_string())];
        if let SignInAttempt::LockedUntil(_) = system.begin_sign_in(&subjects, now).await? {
            sign_in_refused(SignInRefusal::Locked);
            return Ok(None);
        }
        let credential = by_password(&self.app.store, user, password, now).await?;
        match credential {
            Some(_) => system.note_sign_in(&subjects, now).await?,
            None => sign_in_refused(SignInRefusal::WrongPassword),
        }
        Ok(credential)
    }

    async fn of_key(
        &self,
        user: &str,
        key: &PublicKey,
    ) -> Result<Option<(SftpUser, TokenRecord)>, store::Error> {
        let Ok(user) = user.parse::<SftpUser>() else { return Ok(None) };
        let now = self.app.clock.now();
        let credential = by_public_key(&self.app.store, &user, key, now).await?;
        Ok(credential.map(|credential| (user, credential)))
    }

    async fn sign_in(&mut self, user: SftpUser, credential: &TokenRecord) -> Auth {
        let (now, from) = (self.app.clock.now(), self.address.to_string());
        let used = self.app.store.system().note_token_used(credential.id, &from, now).await;
        if let Err(error) = used {
            // No reason to refuse it.
            tracing::warn!(%error, token = %credential.id, "the use of a credential was not noted");
        }
        tracing::info!(
            token = %credential.id, customer = %user.customer, unit = %user.unit, address = %self.address,
            "signed in over SFTP"
        );
        self.login = Some(Arc::new(Login { user, token: credential.id }));
        self.progress.is_signed_in.send_replace(true);
        Auth::Accept
    }
}

/// A refusal, with its cause in the log where the server itself is to blame.
fn refused(error: &store::Error) -> Auth {
    tracing::warn!(error = error as &dyn std::error::Error, "nobody can sign in over SFTP now");
    Auth::reject()
}

impl Handler for Session {
    type Error = russh::Error;

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, Self::Error> {
        // Some type the password here: it is no more repeated than the password itself.
        let Ok(user) = user.parse::<SftpUser>() else {
            sign_in_refused(SignInRefusal::UnknownAccount);
            return Ok(Auth::reject());
        };
        Ok(match self.of_password(&user, password).await {
            Ok(Some(credential)) => self.sign_in(user, &credential).await,
            Ok(None) => Auth::reject(),
            Err(error) => refused(&error),
        })
    }

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        // Clients offer all keys they have; what is not known here is no failure.
        if is_weak(offer.algorithm) {
            return Ok(Auth::reject());
        }
        Ok(match self.of_key(user, offer.public_key).await {
            Ok(Some(_)) => Auth::Accept,
            Ok(None) => Auth::reject(),
            Err(error) => refused(&error),
        })
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        if is_weak(key.algorithm) {
            return Ok(Auth::reject());
        }
        Ok(match self.of_key(user, key.public_key).await {
            Ok(Some((user, credential))) => self.sign_in(user, &credential).await,
            Ok(None) => {
                sign_in_refused(SignInRefusal::UnknownAccount);
                Auth::reject()
            }
            Err(error) => refused(&error),
        })
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut russh::server::Session,
    ) -> Result<(), Self::Error> {
        if self.opened >= SFTP_CHANNELS_MAX {
            reply.reject(ChannelOpenFailure::ResourceShortage).await;
            return Ok(());
        }
        self.opened += 1;
        self.channels.insert(channel.id(), channel);
        reply.accept().await;
        Ok(())
    }

    async fn channel_close(
        &mut self,
        channel: ChannelId,
        _session: &mut russh::server::Session,
    ) -> Result<(), Self::Error> {
        drop(self.channels.remove(&channel));
        self.opened = self.opened.saturating_sub(1);
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        channel: ChannelId,
        name: &str,
        session: &mut russh::server::Session,
    ) -> Result<(), Self::Error> {
        let opened = self.channels.remove(&channel).filter(|_| name == "sftp");
        let (Some(opened), Some(login)) = (opened, &self.login) else {
            return session.channel_failure(channel);
        };
        session.channel_success(channel)?;
        let folder = Folder::new(
            self.app.clone(),
            self.spool.clone(),
            Arc::clone(login),
            self.progress.files.clone(),
        );
        let handle = session.handle();
        tokio::spawn(async move {
            if let Err(error) = requests::answer_all(opened.into_stream(), folder).await {
                tracing::debug!(%error, "a channel of SFTP ended");
            }
            // The client may have closed it already.
            handle.exit_status_request(channel, 0).await.unwrap_or_else(|_closed| ());
            handle.eof(channel).await.unwrap_or_else(|_closed| ());
            handle.close(channel).await.unwrap_or_else(|_closed| ());
        });
        Ok(())
    }

    async fn shell_request(
        &mut self,
        channel: ChannelId,
        session: &mut russh::server::Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        _command: &[u8],
        session: &mut russh::server::Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn env_request(
        &mut self,
        channel: ChannelId,
        _name: &str,
        _value: &str,
        session: &mut russh::server::Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn pty_request(
        &mut self,
        channel: ChannelId,
        _terminal: &str,
        _columns: u32,
        _rows: u32,
        _width: u32,
        _height: u32,
        _modes: &[(Pty, u32)],
        session: &mut russh::server::Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }
}
