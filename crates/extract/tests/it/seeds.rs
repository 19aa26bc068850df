//! Every seed of every fuzz target, as it is and changed a little: the short form of `cargo xtask fuzz`.

use std::fs;
use std::path::Path;

use super::targets::TARGETS;

const SEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds");

/// Changed forms of each seed that are tried; the variable sets another number.
const CHANGES: u64 = 8;
const CHANGES_VARIABLE: &str = "BURSAR_SEED_CHANGES";

/// Pieces that mean something to one reader or another.
const PIECES: [&[u8]; 12] = [
    b"\"",
    b",",
    b"\n",
    b"\0",
    b"\xff",
    b"<",
    b">",
    b"&#",
    b"'",
    b"9999999999",
    b"\xfe\xff\xff\xff",
    b"-",
];

#[test]
fn no_seed_breaks_a_promise_however_it_is_changed() {
    let changes = std::env::var(CHANGES_VARIABLE).map_or(CHANGES, |number| number.parse().unwrap());
    for (name, run) in TARGETS {
        let mut seeds: Vec<_> =
            fs::read_dir(Path::new(SEEDS).join(name)).unwrap().map(Result::unwrap).collect();
        assert!(!seeds.is_empty(), "{name} has no seeds");
        seeds.sort_by_key(fs::DirEntry::file_name);
        for seed in seeds {
            let bytes = fs::read(seed.path()).unwrap();
            // A failure says in which seed it is; the change follows from the number.
            for change in 0..=changes {
                println!("{name} {:?} {change}", seed.file_name());
                run(&changed(&bytes, change));
            }
        }
    }
}

/// The bytes, changed in as many places as the number has twos; 0 changes nothing.
fn changed(bytes: &[u8], change: u64) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let mut state = change.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut random = |below: usize| {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        usize::try_from(state >> 33).expect("31 bits") % below.max(1)
    };
    for _ in 0..change.min(1 + u64::from(change.trailing_zeros())) {
        // The first byte chooses the way in.
        let at = 1 + random(bytes.len().saturating_sub(1));
        let to = (at + 1 + random(8)).min(bytes.len());
        let at = at.min(to);
        match random(4) {
            0 => bytes[at..to].iter_mut().take(1).for_each(|byte| *byte ^= 1 << (change % 8)),
            1 => drop(bytes.drain(at..to)),
            2 => drop(bytes.splice(at..to, PIECES[random(PIECES.len())].iter().copied())),
            _ => {
                let again = bytes[at..to].to_vec();
                drop(bytes.splice(at..at, again));
            }
        }
    }
    bytes
}
