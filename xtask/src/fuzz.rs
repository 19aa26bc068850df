//! `cargo xtask fuzz`: bytes nobody thought of, for every reader of extracts.
//!
//! Not for: what has to hold of a reading (`fuzz/src/promises.rs`), and not for CI, where a test of `extract`
//! tries every seed and small changes of it. Invariant: the compiler that builds everything else builds this
//! too; what libFuzzer wants of it are flags that it takes as it is.

use std::fs;
use std::path::Path;

use crate::{cargo, files, output};

/// Seconds for each target, where none are said.
const SECONDS: &str = "60";

/// The flags by which libFuzzer is told which branches were taken, and what was compared with what.
const FLAGS: [&str; 8] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "-Ccodegen-units=1",
    "--cfg=fuzzing",
];

/// The most that an input of a few KiB may take: the time of a machine that is busy with much else,
/// and twice the memory that reading any file stays under.
const LIMITS: [&str; 4] =
    ["-timeout=60", "-rss_limit_mb=512", "-max_len=65536", "-print_final_stats=1"];

/// Runs one target, or each in turn.
pub(crate) fn run(target: Option<&str>, seconds: Option<&str>) -> Result<(), String> {
    let known = targets()?;
    let chosen: Vec<&String> = match target {
        None => known.iter().collect(),
        Some(name) => known.iter().filter(|known| *known == name).collect(),
    };
    if chosen.is_empty() {
        return Err(format!("there is no such target\n  the targets are: {}", known.join(", ")));
    }
    for name in chosen {
        output::say(&format!("fuzz    {name} ..."));
        run_target(name, seconds.unwrap_or(SECONDS))?;
    }
    Ok(())
}

fn run_target(name: &str, seconds: &str) -> Result<(), String> {
    let folder = cargo::root().join("fuzz");
    let (corpus, artifacts) =
        (folder.join("corpus").join(name), folder.join("artifacts").join(name));
    for folder in [&corpus, &artifacts] {
        files::make_folder(folder)?;
    }
    let mut command = cargo::command(&["run", "--quiet", "--release", "--manifest-path"]);
    command
        .arg(folder.join("Cargo.toml"))
        // Named, so that the flags are not those of build scripts too.
        .args(["--target", &host()?, "--bin", name, "--"])
        .args([corpus, folder.join("seeds").join(name)])
        .args(LIMITS)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .env("RUSTFLAGS", FLAGS.join(" "));
    cargo::succeed(
        &mut command,
        &format!(
            "the target `{name}` broke a promise\n  mend it, and keep the input it wrote below \
             {} as a seed in fuzz/seeds/{name}",
            artifacts.display()
        ),
    )
}

/// Each has a file.
fn targets() -> Result<Vec<String>, String> {
    let folder = cargo::root().join("fuzz/fuzz_targets");
    let items = fs::read_dir(&folder).map_err(|fault| files::cannot("read", &folder, &fault))?;
    let name = |path: &Path| Some(path.file_stem()?.to_str()?.to_owned());
    let mut names: Vec<String> = items.flatten().filter_map(|item| name(&item.path())).collect();
    names.sort();
    Ok(names)
}

/// The triple of this machine, as the compiler names it.
fn host() -> Result<String, String> {
    let output = std::process::Command::new("rustc")
        .arg("-vV")
        .current_dir(cargo::root())
        .output()
        .map_err(|fault| format!("rustc did not start: {fault}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not say what machine this is".to_owned())
}
