//! The units of systemd, as its own program reads and rates them; nothing is started.

use std::path::Path;
use std::process::Command;

/// From 0 (shut in) to 100; what is below counts as shut in.
const EXPOSURE_MAX: &str = "--threshold=20";
const UNITS: [(&str, &str); 3] = [
    ("bursard.service", "/usr/bin/bursard"),
    ("bursard-work.service", "/usr/bin/bursard"),
    ("bursar.service", "/usr/bin/bursar"),
];

fn analyze(words: &[&str], unit: &Path) -> (bool, String) {
    let output = Command::new("systemd-analyze")
        .args(words)
        .arg(unit)
        .output()
        .expect("systemd-analyze is there: `cargo xtask setup` installs it");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn the_units_are_sound_and_shut_in() {
    // At run time: another clone that shares the target folder may have compiled this.
    let own =
        std::env::var("CARGO_MANIFEST_DIR").expect("cargo and nextest say where the crate is");
    let packaging = Path::new(&own).join("../packaging");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (name, program) in UNITS {
        let unit = packaging.join(name);
        let (is_shut_in, said) =
            analyze(&["security", "--offline=yes", "--no-pager", EXPOSURE_MAX], &unit);
        assert!(is_shut_in, "{name}: {said}");
        // The program is not installed here, and no unit names one that is not.
        let text = std::fs::read_to_string(&unit).expect("the unit can be read");
        assert!(text.contains(program), "{name}");
        let copy = folder.join(name);
        std::fs::write(&copy, text.replace(program, "/bin/true")).expect("a copy can be written");
        let (is_sound, said) = analyze(&["verify", "--man=no"], &copy);
        assert!(is_sound && said.trim().is_empty(), "{name}: {said}");
    }
}
