//! `cargo xtask package windows`: the uploader for 64-bit Windows, in a ZIP.
//!
//! Not for: an installer; `bursar service install` does what one would do.
//!
//! Invariant: the program needs no library that Windows does not bring. The manual and the completions
//! are printed by a build for this machine of the same source, as that for Windows may not run here.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{VERSION, add_target, build_name, copy_ours, copy_queries, printed, succeed};
use crate::{cargo, files};

const TARGET: &str = "x86_64-pc-windows-gnu";
/// The libraries that mingw-w64 brings and Windows does not.
const LIBRARIES_OF_MINGW: [&str; 3] =
    ["libgcc_s_seh-1.dll", "libwinpthread-1.dll", "libstdc++-6.dll"];
/// A file of this repository, and its name in the archive.
const FILES: [(&str, &str); 7] = [
    ("packaging/windows.md", "README.md"),
    ("LICENSE", "LICENSE.txt"),
    ("CHANGELOG.md", "CHANGELOG.md"),
    ("docs/integrator.md", "docs/integrator.md"),
    ("docs/failures.md", "docs/failures.md"),
    ("examples/bursar.toml", "examples/bursar.toml"),
    ("examples/databases.toml", "examples/databases.toml"),
];

/// Builds the release for Windows and packs it below `target/packages`.
pub(crate) fn run() -> Result<(), String> {
    add_target(TARGET)?;
    cargo::succeed(
        cargo::command(&["build", "--release", "--package", "bursar", "--target", TARGET])
            .envs(build_name::variable()),
        "the uploader was not built for Windows; on Debian the compiler it needs is in the package \
         gcc-mingw-w64-x86-64",
    )?;
    let target = cargo::release_uploader()?;
    let program = target.join(TARGET).join("release/bursar.exe");
    let content = files::read(&program)?;
    if let Some(library) = foreign_library(&content) {
        return Err(format!("{} needs {library}, which Windows does not bring", program.display()));
    }
    let name = format!("bursar-{VERSION}-windows-x86_64");
    let packages = target.join("packages");
    let staged = packages.join(&name);
    files::remove_folder(&staged)?;
    files::write(&staged.join("bursar.exe"), content)?;
    let own = format!("release/bursar{}", std::env::consts::EXE_SUFFIX);
    stage(&target.join(own), &staged)?;
    crate::output::say(&archive(&packages, &name)?.display().to_string());
    Ok(())
}

fn stage(printing: &Path, staged: &Path) -> Result<(), String> {
    let manual = staged.join("man");
    files::make_folder(&manual)?;
    printed(printing, &["man", &manual.display().to_string()])?;
    let completions = printed(printing, &["completions", "powershell"])?;
    files::write(&staged.join("completions/bursar.ps1"), completions)?;
    for (from, place) in FILES {
        copy_ours(from, &staged.join(place))?;
    }
    copy_queries(&staged.join("examples/sql"))
}

/// By `zip`, or by the `tar` that Windows brings, which writes one for this ending.
fn archive(packages: &Path, name: &str) -> Result<PathBuf, String> {
    let archive = packages.join(format!("{name}.zip"));
    // `zip` would add to it.
    match fs::remove_file(&archive) {
        Err(fault) if fault.kind() != io::ErrorKind::NotFound => {
            return Err(files::cannot("remove", &archive, &fault));
        }
        _ => {}
    }
    let mut pack = if cfg!(windows) {
        let mut tar = Command::new("tar");
        tar.args(["-a", "-c", "-f"]);
        tar
    } else {
        let mut zip = Command::new("zip");
        // Without the owner and the rights of this machine.
        zip.args(["-q", "-X", "-r"]);
        zip
    };
    succeed(pack.current_dir(packages).arg(&archive).arg(name))?;
    Ok(archive)
}

fn foreign_library(program: &[u8]) -> Option<&'static str> {
    let is_named = |name: &&str| program.windows(name.len()).any(|part| part == name.as_bytes());
    LIBRARIES_OF_MINGW.into_iter().find(is_named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_windows_does_not_bring_is_found() {
        for (program, library) in [
            (&b"MZ\0KERNEL32.dll\0"[..], None),
            (b"MZ\0KERNEL32.dll\0libgcc_s_seh-1.dll\0", Some("libgcc_s_seh-1.dll")),
            (b"libwinpthread-1.dll", Some("libwinpthread-1.dll")),
        ] {
            assert_eq!(foreign_library(program), library);
        }
    }

    #[test]
    fn all_files_are_there() {
        for (from, _) in FILES {
            assert!(cargo::root().join(from).is_file(), "{from}");
        }
    }
}
