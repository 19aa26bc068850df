//! A bare writer: each file is made, synced, renamed, and its folder is synced. No network, no hashing, no
//! rows: as fast as a durable receiver could be at all.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::sync::Barrier;
use std::time::Instant;

use super::cost::{Rate, SendingTimes};
use super::load::{CONNECTIONS, body};

/// As many files, and as many at once, as the servers are sent.
pub(super) fn write(folder: &Path, files: usize) -> Rate {
    let (private, published) = (folder.join("tmp"), folder.join("raw"));
    fs::create_dir_all(&private).unwrap();
    fs::create_dir_all(&published).unwrap();
    let (body, barrier) = (body(), Barrier::new(CONNECTIONS + 1));
    Rate::of(std::thread::scope(|scope| {
        let (private, published, body, barrier) = (&private, &published, &body, &barrier);
        let writers: Vec<_> = (0..CONNECTIONS)
            .map(|writer| {
                scope.spawn(move || {
                    let folder = File::open(published).unwrap();
                    barrier.wait();
                    let one = |number| {
                        let name = format!("{writer}_{number}");
                        let began = Instant::now();
                        let mut file = File::create_new(private.join(&name)).unwrap();
                        file.write_all(body).unwrap();
                        file.sync_data().unwrap();
                        fs::rename(private.join(&name), published.join(&name)).unwrap();
                        folder.sync_all().unwrap();
                        began.elapsed()
                    };
                    (0..files).map(one).collect::<Vec<_>>()
                })
            })
            .collect();
        barrier.wait();
        let began = Instant::now();
        #[expect(clippy::disallowed_methods, reason = "its panic goes on where it is unwrapped")]
        let each = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
        SendingTimes { each, wall: began.elapsed() }
    }))
}
