//! What one client of SFTP sees and does: the folders of its unit.
//!
//! Invariant: every request is answered; a file is closed or renamed only once it is received, and one that
//! cannot be is refused in a sentence.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use domain::{FileName, FileType, Sender, TokenId, Upload};
use jiff::Timestamp;
use russh_sftp::extensions::HardlinkExtension;
use russh_sftp::protocol::{
    Attrs, File, FileAttributes, Handle, Name, Open, OpenFlags, Packet, Rename, StatusCode,
    Version, Write,
};
use store::{CustomerStore, UploadFilter, UploadOrder};
use tokio::sync::watch;
use tokio::time::Instant;

use super::incoming::{IncomingFile, IncomingFileGuard, WholeFile};
use super::listing::{entry, folder_attributes, received_attributes, waiting_attributes};
use super::path::{FilePlace, PathTarget, absolute, folders, resolve};
use super::refusal::{Refusal, done};
use super::spool::{Owner, Spool, WaitingFile};
use crate::App;
use crate::intake::{self, FileSource, Offer};
use crate::limits::{SFTP_LISTED_AT_ONCE, SFTP_LISTED_MAX, SFTP_OPEN_FILES_MAX};
use crate::sftp_credentials::SftpUser;

/// Renames over what is there, which is what clients mean by a rename.
const POSIX_RENAME: &str = "posix-rename@openssh.com";

/// The sender who has signed in.
#[derive(Debug)]
pub(super) struct Login {
    pub(super) user: SftpUser,
    pub(super) token: TokenId,
}

/// The folders of a unit, as one channel has them open.
#[derive(Debug)]
pub(super) struct Folder {
    app: App,
    store: CustomerStore,
    spool: Spool,
    login: Arc<Login>,
    owner: Owner,
    files: watch::Sender<usize>,
    open: HashMap<String, OpenHandle>,
    handles_made: u64,
}

#[derive(Debug)]
enum OpenHandle {
    Writing(Box<IncomingFile>),
    /// The files of a folder that are yet to be told, the last first.
    Listing(Vec<File>),
}

type Answer = Result<Packet, Refusal>;

impl Folder {
    pub(super) fn new(
        app: App,
        spool: Spool,
        login: Arc<Login>,
        files: watch::Sender<usize>,
    ) -> Self {
        let SftpUser { customer, unit } = login.user.clone();
        let store = app.store.customer(&customer);
        let (open, handles_made) = (HashMap::new(), 0);
        Self { app, store, spool, login, owner: (customer, unit), files, open, handles_made }
    }

    pub(super) async fn answer(&mut self, request: Packet) -> Packet {
        let id = request.get_request_id();
        self.try_answer(id, request).await.unwrap_or_else(|refusal| refusal.packet(id))
    }

    async fn try_answer(&mut self, id: u32, request: Packet) -> Answer {
        match request {
            Packet::Init(_) => Ok(Packet::Version(version())),
            Packet::Open(open) => self.open(open).await.inspect_err(|why| self.note_refused(why)),
            Packet::Write(write) => self.write(write).await,
            Packet::Close(close) => self.close(id, &close.handle).await,
            Packet::OpenDir(folder) => self.open_folder(id, &folder.path).await,
            Packet::ReadDir(folder) => self.read_folder(id, &folder.handle),
            Packet::Stat(stat) => self.attributes(id, &stat.path).await,
            Packet::Lstat(stat) => self.attributes(id, &stat.path).await,
            Packet::Fstat(stat) => {
                let bytes = self.writing(&stat.handle)?.bytes();
                let attrs = waiting_attributes(bytes, self.now());
                Ok(Packet::Attrs(Attrs { id, attrs }))
            }
            // Times and modes of files are the server's own; clients set them after every upload.
            Packet::SetStat(_) | Packet::FSetStat(_) => Ok(done(id)),
            Packet::RealPath(path) => {
                let files = vec![File::dummy(absolute(&path.path))];
                Ok(Packet::Name(Name { id, files }))
            }
            Packet::Rename(Rename { oldpath, newpath, .. }) => {
                self.rename(id, &oldpath, &newpath).await
            }
            Packet::Extended(extended) if extended.request == POSIX_RENAME => {
                let mut data = Bytes::from(extended.data);
                let paths: HardlinkExtension = russh_sftp::de::from_bytes(&mut data)
                    .map_err(|_malformed| Refusal::failed("the rename names no two paths"))?;
                self.rename(id, &paths.oldpath, &paths.newpath).await
            }
            Packet::Remove(remove) => self.remove(id, &remove.filename).await,
            Packet::MkDir(folder) => self.make_folder(&folder.path),
            Packet::RmDir(_) => Err(Refusal::denied("the folders stay as they are")),
            _ => Err(Refusal::unsupported()),
        }
    }

    fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    fn resolve(&self, path: &str) -> Option<PathTarget> {
        resolve(&self.login.user.unit, path)
    }

    fn file_place(&self, path: &str) -> Result<FilePlace, Refusal> {
        match self.resolve(path) {
            Some(PathTarget::File(place)) => Ok(place),
            Some(_) => Err(Refusal::failed("this is a folder")),
            None => Err(Refusal::new(
                StatusCode::NoSuchFile,
                format!(
                    "files go into {unit}/Transactions, {unit}/Suppliers, {unit}/Employees, {unit}/IMS or \
                     {unit}/Payments",
                    unit = self.login.user.unit
                ),
            )),
        }
    }

    fn writing(&mut self, handle: &str) -> Result<&mut IncomingFile, Refusal> {
        match self.open.get_mut(handle) {
            Some(OpenHandle::Writing(file)) => Ok(file),
            _ => Err(Refusal::failed("nothing is open for writing under this handle")),
        }
    }

    fn keep_open(&mut self, id: u32, handle: OpenHandle) -> Packet {
        self.handles_made += 1;
        let name = self.handles_made.to_string();
        self.open.insert(name.clone(), handle);
        Packet::Handle(Handle { id, handle: name })
    }

    /// Refuses once more than a client needs is open.
    fn check_open(&self) -> Result<(), Refusal> {
        if self.open.len() < SFTP_OPEN_FILES_MAX {
            return Ok(());
        }
        Err(Refusal::failed(format!(
            "{SFTP_OPEN_FILES_MAX} files are open, which is as many as may be"
        )))
    }

    async fn open(&mut self, request: Open) -> Answer {
        let Open { id, filename, pflags, .. } = request;
        if !pflags.contains(OpenFlags::WRITE) {
            return Err(Refusal::denied(
                "files that were sent are not given back; the page Uploads has them",
            ));
        }
        self.check_open()?;
        let place = self.file_place(&filename)?;
        self.check_credential().await?;
        if !place.is_part() {
            self.offer(&place)?;
            self.count_upload()?;
        }
        let permit = intake::admit(&self.app, &self.owner.0, None)?;
        let guard = IncomingFileGuard::begin(&self.files);
        // What is written anew takes the place of what waited; what is gone on with keeps its bytes.
        let waiting = self.spool.take(&self.owner, &place, self.now());
        let waiting = waiting.filter(|_| !pflags.contains(OpenFlags::TRUNCATE));
        let file = match waiting {
            Some(waiting) => IncomingFile::go_on(place, waiting, permit, guard).await?,
            None => IncomingFile::begin(place, self.spool.make_file()?, permit, guard),
        };
        Ok(self.keep_open(id, OpenHandle::Writing(Box::new(file))))
    }

    async fn write(&mut self, request: Write) -> Answer {
        let Write { id, handle, offset, data } = request;
        let app = self.app.clone();
        self.writing(&handle)?.write(&app, offset, &data).await?;
        Ok(done(id))
    }

    async fn close(&mut self, id: u32, handle: &str) -> Answer {
        match self.open.remove(handle) {
            Some(OpenHandle::Writing(file)) => {
                // Its place among the uploads is held until it is received.
                let whole = file.finish().await?;
                self.settle(whole).await?;
                Ok(done(id))
            }
            Some(OpenHandle::Listing(_)) => Ok(done(id)),
            None => Err(Refusal::failed("nothing is open under this handle")),
        }
    }

    /// Receives a whole file, or lets it wait under the name of a part.
    async fn settle(&self, whole: WholeFile) -> Result<(), Refusal> {
        let WholeFile { place, path, bytes } = whole;
        if place.is_part() {
            let waiting = WaitingFile { path, bytes, since: self.now() };
            return self.spool.keep(&self.owner, place, waiting);
        }
        self.receive(&place, &path).await
    }

    async fn receive(&self, place: &FilePlace, path: &std::path::Path) -> Result<(), Refusal> {
        let offer = self.offer(place)?;
        let source = FileSource::open(path).await?;
        let received = intake::receive(&self.app, &self.store, offer, source).await;
        received.map(drop).map_err(Refusal::from).inspect_err(|why| self.note_refused(why))
    }

    /// OpenSSH's client tells nobody. No name of a file is in it.
    fn note_refused(&self, refusal: &Refusal) {
        tracing::info!(token = %self.login.token, why = refusal.why(), "not received over SFTP");
    }

    /// The upload that a name offers, its name made safe.
    fn offer(&self, place: &FilePlace) -> Result<Offer, Refusal> {
        let sender = Sender::Token(self.login.token);
        let (unit, kind) = (self.login.user.unit.clone(), Some(place.folder));
        Offer::from_name(unit, sender, &place.name, kind)
            .map_err(|why| Refusal::denied(why.to_string()))
    }

    fn count_upload(&self) -> Result<(), Refusal> {
        let counted = self.app.admission.count_upload(self.login.token, Instant::now());
        counted.map_err(|wait| {
            let seconds = wait.as_secs() + 1;
            Refusal::failed(format!("files come too often; send the next one in {seconds} seconds"))
        })
    }

    async fn check_credential(&self) -> Result<(), Refusal> {
        let now = self.now();
        let credential = self.app.store.system().token(self.login.token).await?;
        if credential.is_some_and(|credential| credential.works(now)) {
            return Ok(());
        }
        Err(Refusal::denied("the credential has ended; ask an administrator for another"))
    }

    async fn rename(&mut self, id: u32, from: &str, to: &str) -> Answer {
        let (from, to) = (self.file_place(from)?, self.file_place(to)?);
        self.check_credential().await?;
        if to.is_part() {
            let waiting = self.take_waiting(&from).await?;
            return self.spool.keep(&self.owner, to, waiting).map(|()| done(id));
        }
        self.offer(&to)?;
        self.count_upload()?;
        let permit = intake::admit(&self.app, &self.owner.0, None)?;
        let guard = IncomingFileGuard::begin(&self.files);
        let waiting = self.take_waiting(&from).await?;
        let received = self.receive(&to, &waiting.path).await;
        drop((permit, guard));
        if let Err(refusal) = received {
            // It may be renamed once more, or removed.
            self.spool.keep(&self.owner, from, waiting)?;
            return Err(refusal);
        }
        Ok(done(id))
    }

    async fn take_waiting(&self, place: &FilePlace) -> Result<WaitingFile, Refusal> {
        if let Some(waiting) = self.spool.take(&self.owner, place, self.now()) {
            return Ok(waiting);
        }
        Err(match self.received(place).await? {
            Some(_) => Refusal::denied("a file that was received stays, and keeps its name"),
            None => Refusal::missing(),
        })
    }

    async fn remove(&mut self, id: u32, path: &str) -> Answer {
        let place = self.file_place(path)?;
        drop(self.take_waiting(&place).await?);
        Ok(done(id))
    }

    fn make_folder(&self, path: &str) -> Answer {
        Err(match self.resolve(path) {
            Some(PathTarget::File(_)) | None => Refusal::denied(
                "the folders stay as they are: Transactions, Suppliers, Employees, IMS and Payments in that \
                 of the unit",
            ),
            Some(_) => Refusal::failed("the folder is there already"),
        })
    }

    async fn attributes(&self, id: u32, path: &str) -> Answer {
        let attrs = match self.resolve(path) {
            None => return Err(Refusal::missing()),
            Some(PathTarget::File(place)) => self.file_attributes(&place).await?,
            Some(_) => folder_attributes(self.now()),
        };
        Ok(Packet::Attrs(Attrs { id, attrs }))
    }

    async fn file_attributes(&self, place: &FilePlace) -> Result<FileAttributes, Refusal> {
        let now = self.now();
        let is_it = |handle: &&OpenHandle| matches!(handle, OpenHandle::Writing(file) if file.place == *place);
        if let Some(OpenHandle::Writing(file)) = self.open.values().find(is_it) {
            return Ok(waiting_attributes(file.bytes(), now));
        }
        if let Some((bytes, since)) = self.spool.find(&self.owner, place, now) {
            return Ok(waiting_attributes(bytes, since));
        }
        let received = self.received(place).await?.ok_or_else(Refusal::missing)?;
        Ok(received_attributes(&received))
    }

    /// The newest upload of a name.
    async fn received(&self, place: &FilePlace) -> Result<Option<Upload>, Refusal> {
        let name = place.name.parse().or_else(|_unsafe| FileName::made_safe(&place.name));
        let Ok(name) = name else { return Ok(None) };
        let unit = &self.login.user.unit;
        Ok(self.store.newest_upload_named(unit, place.folder, &name).await?)
    }

    async fn open_folder(&mut self, id: u32, path: &str) -> Answer {
        self.check_open()?;
        let now = self.now();
        let mut files = match self.resolve(path) {
            Some(PathTarget::Root) => {
                vec![entry(self.login.user.unit.as_str(), folder_attributes(now))]
            }
            Some(PathTarget::Unit) => {
                folders().map(|(name, _)| entry(name, folder_attributes(now))).collect()
            }
            Some(PathTarget::Folder(folder)) => self.files_in(folder).await?,
            Some(PathTarget::File(_)) => return Err(Refusal::failed("this is no folder")),
            None => return Err(Refusal::missing()),
        };
        files.reverse();
        Ok(self.keep_open(id, OpenHandle::Listing(files)))
    }

    /// The files that wait in a folder, then those received, the newest first and each name once.
    async fn files_in(&self, folder: FileType) -> Result<Vec<File>, Refusal> {
        let waiting = self.spool.list(&self.owner, self.now());
        let mut files: Vec<File> = waiting
            .into_iter()
            .filter(|(place, _, _)| place.folder == folder)
            .map(|(place, bytes, since)| entry(&place.name, waiting_attributes(bytes, since)))
            .collect();
        let filter = UploadFilter { file_type: Some(folder), ..UploadFilter::default() };
        let unit = &self.login.user.unit;
        let page = self
            .store
            .uploads_of(unit, &filter, UploadOrder::Newest, SFTP_LISTED_MAX, None)
            .await?;
        let mut names = std::collections::HashSet::new();
        let newest = page.items.iter().filter(|upload| names.insert(&upload.file_name));
        files.extend(
            newest.map(|upload| entry(upload.file_name.as_str(), received_attributes(upload))),
        );
        Ok(files)
    }

    fn read_folder(&mut self, id: u32, handle: &str) -> Answer {
        let Some(OpenHandle::Listing(left)) = self.open.get_mut(handle) else {
            return Err(Refusal::failed("no folder is open under this handle"));
        };
        if left.is_empty() {
            return Err(Refusal::new(StatusCode::Eof, "these were all"));
        }
        let files = left.split_off(left.len().saturating_sub(SFTP_LISTED_AT_ONCE));
        Ok(Packet::Name(Name { id, files: files.into_iter().rev().collect() }))
    }
}

fn version() -> Version {
    let mut version = Version::new();
    version.extensions.insert(POSIX_RENAME.to_owned(), "1".to_owned());
    version
}
