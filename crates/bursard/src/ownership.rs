//! Whose the files of a data folder are: commands are given as root, and the service runs as another user.
//!
//! Not for: rights; files are made so that their owner alone reads them.
//!
//! Invariant: what root adds in a folder that is another user's is that user's once the command has ended;
//! nothing outside of the folder changes hands, also where a link leads there.

use std::ffi::CStr;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, chownat, fstat, openat, statat};
use rustix::io::{Errno, Result};
use rustix::process::{Gid, Uid, geteuid};
use store::ObjectsUrl;

use crate::config::Config;
use crate::output;

#[derive(Clone, Copy)]
struct Owner {
    user: Uid,
    group: Gid,
}

/// Gives what root has written where the settings say to whoever owns those folders. Nothing is done
/// for anybody but root, nor in a folder of root's own.
pub(crate) fn give_to_owner(config: &Config) {
    if !geteuid().is_root() {
        return;
    }
    let data = config.data_dir.as_path();
    let objects = match &config.store.objects {
        ObjectsUrl::Local(folder) if !folder.starts_with(data) => Some(folder.as_path()),
        ObjectsUrl::Local(_) | ObjectsUrl::S3(_) | ObjectsUrl::Azure(_) => None,
    };
    for folder in [Some(data), objects].into_iter().flatten() {
        if let Err(fault) = give(folder) {
            let folder = folder.display();
            output::note(format_args!(
                "{folder} is not root's, and not all that was written there could be given to its owner ({fault}): \
                 chown -R --reference={folder}/ {folder}/"
            ));
        }
    }
}

/// A warning for a server that root starts in the data folder of another user; none otherwise.
pub(crate) fn warning_for_root(config: &Config) -> Option<String> {
    if !geteuid().is_root() {
        return None;
    }
    let (_, owner) = owned_by_another(&config.data_dir).ok().flatten()?;
    Some(format!(
        "{} is of user {}, and what this server writes there will be root's, which a service that runs as that \
         user cannot use: start the service, or run this as that user",
        config.data_dir.display(),
        owner.user.as_raw()
    ))
}

fn give(folder: &Path) -> Result<()> {
    match owned_by_another(folder)? {
        Some((opened, owner)) => give_below(&opened, owner),
        None => Ok(()),
    }
}

/// The folder, opened, with its owner; none when it is root's or not there.
fn owned_by_another(folder: &Path) -> Result<Option<(OwnedFd, Owner)>> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = match rustix::fs::open(folder, flags, Mode::empty()) {
        Err(Errno::NOENT) => return Ok(None),
        opened => opened?,
    };
    let found = fstat(&opened)?;
    let owner = Owner { user: Uid::from_raw(found.st_uid), group: Gid::from_raw(found.st_gid) };
    Ok((!owner.user.is_root()).then_some((opened, owner)))
}

fn give_below(folder: &OwnedFd, owner: Owner) -> Result<()> {
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        match give_entry(folder, name, owner) {
            // It was a temporary one.
            Err(Errno::NOENT) => {}
            given => given?,
        }
    }
    Ok(())
}

fn give_entry(folder: &OwnedFd, name: &CStr, owner: Owner) -> Result<()> {
    let found = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    let is_folder = FileType::from_raw_mode(found.st_mode) == FileType::Directory;
    // A file with two names may stand outside as well.
    if Uid::from_raw(found.st_uid).is_root() && (is_folder || found.st_nlink == 1) {
        let (user, group) = (Some(owner.user), Some(owner.group));
        chownat(folder, name, user, group, AtFlags::SYMLINK_NOFOLLOW)?;
    }
    if is_folder {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        give_below(&openat(folder, name, flags, Mode::empty())?, owner)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, chown, symlink};

    use super::*;

    /// Nobody of any system.
    const SERVICE: u32 = 61_184;

    #[test]
    fn what_root_wrote_in_a_folder_of_another_user_is_that_users() {
        let (data, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let of = |path: &Path| fs::symlink_metadata(path).unwrap().uid();
        let (inner, file) = (data.path().join("objects/2026-12"), outside.path().join("file"));
        fs::create_dir_all(&inner).unwrap();
        fs::write(inner.join("upl_1"), "a").unwrap();
        fs::write(&file, "b").unwrap();
        symlink(outside.path(), data.path().join("link")).unwrap();
        fs::hard_link(&file, data.path().join("second-name")).unwrap();
        let own = of(&file);
        give(data.path()).unwrap();
        assert_eq!(of(&inner.join("upl_1")), own, "the folder is whoever's made it");
        if !geteuid().is_root() {
            println!("only root gives files away: the rest of this test is left out");
            return;
        }
        chown(data.path(), Some(SERVICE), Some(SERVICE)).unwrap();
        give(data.path()).unwrap();
        for place in ["objects", "objects/2026-12", "objects/2026-12/upl_1", "link"] {
            assert_eq!(of(&data.path().join(place)), SERVICE, "{place}");
        }
        assert_eq!((of(&file), of(outside.path())), (own, own));
        give(&data.path().join("nowhere")).unwrap();
        let (_, owner) = owned_by_another(data.path()).unwrap().unwrap();
        assert_eq!(owner.user.as_raw(), SERVICE);
        assert!(owned_by_another(outside.path()).unwrap().is_none());
    }
}
