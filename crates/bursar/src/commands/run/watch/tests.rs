use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::mpsc;

use notify::event::{CreateKind, DataChange, ModifyKind, RemoveKind, RenameMode};

use super::*;

#[test]
fn only_what_may_bring_something_new_wakes() {
    let access = EventKind::Access;
    for (kind, wakes) in [
        (access(AccessKind::Any), false),
        (access(AccessKind::Read), false),
        (access(AccessKind::Open(AccessMode::Any)), false),
        (access(AccessKind::Open(AccessMode::Write)), false),
        (access(AccessKind::Close(AccessMode::Read)), false),
        (access(AccessKind::Close(AccessMode::Write)), true),
        (EventKind::Any, true),
        (EventKind::Other, true),
        (EventKind::Create(CreateKind::File), true),
        (EventKind::Modify(ModifyKind::Data(DataChange::Any)), true),
        (EventKind::Modify(ModifyKind::Name(RenameMode::To)), true),
        (EventKind::Remove(RemoveKind::File), true),
    ] {
        assert_eq!(is_of_change(kind), wakes, "{kind:?}");
    }
}

/// Events of one folder come in their order: once the last file is told of, all before it were.
#[test]
fn looking_at_files_does_not_wake() {
    let folder = tempfile::tempdir().unwrap();
    let (empty, held) = (folder.path().join("empty.csv"), folder.path().join("held.csv"));
    File::create(&empty).unwrap();
    fs::write(&held, "a\n1\n").unwrap();
    let holder = File::open(&held).unwrap();
    holder.lock().unwrap();
    let (tell, told) = mpsc::channel::<Vec<PathBuf>>();
    let _watcher = watch(folder.path(), move |event| {
        // The case may be over.
        tell.send(event.unwrap().paths).unwrap_or_else(|_over| ());
    })
    .unwrap();
    for _ in 0..3 {
        assert_eq!(fs::read(&empty).unwrap(), b"");
        assert!(File::open(&held).unwrap().try_lock().is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
    let last = folder.path().join("last.csv");
    fs::write(&last, "a\n2\n").unwrap();
    // A watch of macOS also tells of what was there just before it began.
    let mut paths = told.iter().flatten();
    if cfg!(target_os = "linux") {
        assert_eq!(paths.next(), Some(last));
    } else {
        assert!(paths.any(|path| path.file_name() == last.file_name()));
    }
}
