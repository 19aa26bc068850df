//! `cargo xtask package`: the uploader as one static program, in an archive, a Debian package and, where
//! `rpmbuild` is, an RPM.
//!
//! Not for: the server (`server`) and the uploader for Windows (`windows`).
//!
//! Invariant: what is packaged is the program that was built, with the manual and completions that it
//! prints itself, so that none of them is of another version; and it needs no library of the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{cargo, files};

mod build_name;
pub(crate) mod image;
mod scripts;
pub(crate) mod server;
pub(crate) mod windows;

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// A shell's name, and where Debian and Fedora look for what completes commands in it.
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "usr/share/bash-completion/completions/bursar"),
    ("zsh", "usr/share/zsh/vendor-completions/_bursar"),
    ("fish", "usr/share/fish/vendor_completions.d/bursar.fish"),
];

/// The fields of Debian's control file of a package.
struct Control {
    name: &'static str,
    depends: &'static str,
    /// Those of systemd in it, between blanks.
    units: &'static str,
    /// The first line is the summary.
    description: &'static str,
}

const DEBIAN: Control = Control {
    name: "bursar",
    depends: "ca-certificates",
    units: "bursar.service",
    description: "sends extracts of an ERP over HTTPS and understands every answer\n \
                  Retries what is temporary, watches folders, reads databases, and looks after\n \
                  tokens and certificates.",
};

/// Builds the release of the uploader, stages its files and packs them below `target/packages`.
pub(crate) fn run() -> Result<(), String> {
    let (target, program) = build()?;
    let packages = target.join("packages");
    let staged = packages.join("staged");
    files::remove_folder(&staged)?;
    stage(&program, &staged)?;
    crate::output::say(&archive(&packages, &staged, "bursar")?.display().to_string());
    let deb = debian(&packages, &staged, &DEBIAN)?;
    crate::output::say(&deb.display().to_string());
    if let Some(rpm) = rpm(&packages, &staged, "bursar")? {
        crate::output::say(&rpm.display().to_string());
    }
    Ok(())
}

/// The folder of builds, and the program in it: linked with musl, so that it runs on any Linux,
/// whatever its C library and however old.
fn build() -> Result<(PathBuf, PathBuf), String> {
    let triple = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    add_target(&triple)?;
    let target = cargo::built_programs()?;
    let target = target.parent().ok_or("no folder of builds")?.to_owned();
    cargo::succeed(
        cargo::command(&["build", "--release", "--package", "bursar", "--target", &triple])
            .env(format!("CC_{}", triple.replace('-', "_")), "musl-gcc")
            .envs(build_name::variable()),
        "the static uploader was not built; cargo xtask setup installs the compiler it needs",
    )?;
    let program = target.join(&triple).join("release/bursar");
    let content = files::read(&program)?;
    if asks_for_a_loader(&content) {
        return Err(format!("{} is not static", program.display()));
    }
    Ok((target, program))
}

fn add_target(triple: &str) -> Result<(), String> {
    // Where the target is there already, this asks nobody.
    let added = Command::new("rustup").args(["target", "add", triple]).status();
    if !added.is_ok_and(|status| status.success()) {
        return Err(format!("Rust's library for {triple} is not here: rustup target add {triple}"));
    }
    Ok(())
}

/// Returns `true` when a program (ELF, 64 bits, little-endian) names one that loads libraries for it.
fn asks_for_a_loader(elf: &[u8]) -> bool {
    const INTERPRETER: u64 = 3;
    let number = |at: usize, bytes: usize| {
        let bytes = elf.get(at..at + bytes).unwrap_or_default();
        bytes.iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
    };
    let place = |number: u64| usize::try_from(number).expect("addresses have 64 bits");
    let (table, size, count) = (place(number(32, 8)), place(number(54, 2)), number(56, 2));
    (0..place(count)).any(|row| number(table + row * size, 4) == INTERPRETER)
}

/// For whoever has no package manager, or no right to use it.
fn archive(packages: &Path, staged: &Path, program: &str) -> Result<PathBuf, String> {
    let name = format!("{program}-{VERSION}-linux-{}", std::env::consts::ARCH);
    let archive = packages.join(format!("{name}.tar.gz"));
    let mut pack = Command::new("tar");
    pack.args(["--create", "--gzip", "--owner=0", "--group=0", "--sort=name", "--transform"])
        .arg(format!("s,^usr,{name},"))
        .arg("--file")
        .arg(&archive)
        .arg("--directory")
        .arg(staged)
        .arg("usr");
    succeed(&mut pack)?;
    Ok(archive)
}

fn stage(program: &Path, staged: &Path) -> Result<(), String> {
    files::write(&staged.join("usr/bin/bursar"), files::read(program)?)?;
    let manual = staged.join("usr/share/man/man1");
    files::make_folder(&manual)?;
    let manual = manual.display().to_string();
    printed(program, &["man", &manual])?;
    for (shell, place) in COMPLETIONS {
        files::write(&staged.join(place), printed(program, &["completions", shell])?)?;
    }
    for (from, place) in [
        ("packaging/bursar.service", "usr/lib/systemd/system/bursar.service"),
        ("docs/integrator.md", "usr/share/doc/bursar/integrator.md"),
        ("docs/failures.md", "usr/share/doc/bursar/failures.md"),
        ("CHANGELOG.md", "usr/share/doc/bursar/CHANGELOG.md"),
        ("LICENSE", "usr/share/doc/bursar/copyright"),
        ("examples/bursar.toml", "usr/share/doc/bursar/examples/bursar.toml"),
        ("examples/databases.toml", "usr/share/doc/bursar/examples/databases.toml"),
    ] {
        copy_ours(from, &staged.join(place))?;
    }
    copy_queries(&staged.join("usr/share/doc/bursar/examples/sql"))?;
    files::make_folder(&staged.join("etc/bursar"))?;
    succeed(Command::new("chmod").arg("0755").arg(staged.join("usr/bin/bursar")))
}

fn copy_queries(folder: &Path) -> Result<(), String> {
    let queries = cargo::root().join("examples/sql");
    for item in fs::read_dir(&queries).map_err(|fault| files::cannot("read", &queries, &fault))? {
        let item = item.map_err(|fault| files::cannot("read", &queries, &fault))?;
        files::write(&folder.join(item.file_name()), files::read(&item.path())?)?;
    }
    Ok(())
}

fn debian(packages: &Path, staged: &Path, control: &Control) -> Result<PathBuf, String> {
    let architecture = printed(Path::new("dpkg"), &["--print-architecture"])?;
    let architecture = String::from_utf8_lossy(&architecture).trim().to_owned();
    let Control { name, depends, units, description } = control;
    let control = format!(
        "Package: {name}\nVersion: {VERSION}\nArchitecture: {architecture}\nMaintainer: Bursar\n\
         Section: net\nPriority: optional\nDepends: {depends}\nDescription: {description}\n"
    );
    let folder = staged.join("DEBIAN");
    files::write(&folder.join("control"), control)?;
    for (script, text) in scripts::of(units) {
        let script = folder.join(script);
        files::write(&script, text)?;
        succeed(Command::new("chmod").arg("0755").arg(script))?;
    }
    let deb = packages.join(format!("{name}_{VERSION}_{architecture}.deb"));
    let mut build = Command::new("dpkg-deb");
    succeed(build.args(["--root-owner-group", "--build"]).arg(staged).arg(&deb))?;
    files::remove_folder(&folder)?;
    Ok(deb)
}

/// Nothing, where there is no `rpmbuild`.
fn rpm(packages: &Path, staged: &Path, program: &str) -> Result<Option<PathBuf>, String> {
    if Command::new("rpmbuild").arg("--version").output().is_err() {
        crate::output::say("no RPM: rpmbuild is not here (Debian: the package rpm)");
        return Ok(None);
    }
    let folder = packages.join("rpm");
    let mut build = Command::new("rpmbuild");
    build
        .current_dir(cargo::root())
        .args(["-bb", &format!("packaging/{program}.spec")])
        .args(["--define", &format!("version {VERSION}")])
        .args(["--define", &format!("staged {}", staged.display())])
        .args(["--define", &format!("_topdir {}", folder.display())])
        .args(["--define", "debug_package %{nil}", "--define", "__strip /bin/true"])
        .args(["--define", "_build_id_links none", "--define", "__os_install_post %{nil}"]);
    succeed(&mut build)?;
    Ok(Some(folder.join("RPMS")))
}

/// Copies a file of this repository to its place in a package.
fn copy_ours(name: &str, place: &Path) -> Result<(), String> {
    files::write(place, files::read(&cargo::root().join(name))?)
}

fn printed(program: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let done = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|fault| files::cannot("run", program, &fault))?;
    if done.status.success() {
        Ok(done.stdout)
    } else {
        Err(format!("{} failed", program.display()))
    }
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let status = command.stdout(std::process::Stdio::null()).status();
    match status.map_err(|fault| format!("{command:?} cannot be run: {fault}"))? {
        status if status.success() => Ok(()),
        status => Err(format!("{command:?} failed ({status})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_with_a_loader_is_told_from_one_without() {
        let program = |kind: u8| {
            let mut elf = vec![0; 64 + 2 * 56];
            elf[..4].copy_from_slice(b"\x7fELF");
            (elf[32], elf[54], elf[56]) = (64, 56, 2);
            elf[64 + 56] = kind;
            elf
        };
        assert!(asks_for_a_loader(&program(3)));
        assert!(!asks_for_a_loader(&program(1)));
    }
}
