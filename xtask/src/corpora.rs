//! `cargo xtask corpora`: the workbooks and texts that published packages ship for their own tests, read and
//! held against what calamine, openpyxl, xlrd and the library `csv` read.
//!
//! Not for: reading them; a test of `extract` does, and prints the table. Invariant: what is fetched stays
//! below the target folder and is fetched once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{cargo, files, output};

/// Python's packages as their authors publish the source.
const PYTHON_SOURCES: [&str; 14] = [
    "agate==1.14.2",
    "agate-excel==0.4.2",
    "csvkit==2.2.0",
    "frictionless==5.21.0",
    "odfpy==1.4.1",
    "petl==1.7.30",
    "pyexcel==0.7.6",
    "pyexcel-io==0.6.8",
    "pyexcel-ods==0.6.0",
    "pyexcel-xls==0.7.1",
    "pyexcel-xlsx==0.6.1",
    "tablib==3.10.0",
    "xlrd==1.2.0",
    "xlsx2csv==0.8.6",
];
/// The last release of pandas but a few that ships the files of its tests; built for a Python of its time.
const PANDAS: [&str; 6] = [
    "pandas==0.20.3",
    "--only-binary=:all:",
    "--python-version",
    "36",
    "--platform",
    "manylinux1_x86_64",
];
const NODE_PACKAGES: [&str; 3] = ["csv-spectrum@2.0.0", "papaparse@5.7.1", "xls-parse@1.0.4"];
/// The readers that ours is held against, of Python.
const READERS: [&str; 2] = ["openpyxl==3.1.5", "xlrd==2.0.2"];

/// The endings of the files of a corpus; all else of a package is thrown away.
const ENDINGS: [&str; 8] = ["xlsx", "xlsm", "xls", "ods", "csv", "tsv", "tab", "json"];

const TEST: &str = "what_others_published_is_read_as_others_read_it";

pub(crate) fn run() -> Result<(), String> {
    let built = cargo::built_programs()?;
    let target = built.parent().ok_or_else(|| "no folder of builds".to_owned())?.join("corpora");
    let (files, python) = (target.join("files"), target.join("python"));
    files::make_folder(&files)?;
    for package in PYTHON_SOURCES {
        fetch(package, &files, |folder| {
            let source = ["--no-binary", ":all:", package];
            succeed(pip_download(Path::new("pip3"), folder).args(source))
        });
    }
    fetch(PANDAS[0], &files, |folder| {
        succeed(pip_download(Path::new("pip3"), folder).args(PANDAS))
    });
    for package in NODE_PACKAGES {
        fetch(package, &files, |folder| {
            succeed(Command::new("npm").args(["pack", "--silent", package]).current_dir(folder))
        });
    }
    read_by_python(&files, &python);
    cargo::succeed(
        cargo::command(&["test", "--package", "extract", "--lib"])
            .args(["--", "--nocapture", TEST])
            .env("BURSAR_CORPORA", &files),
        "cells are read otherwise than by others\n  mend the reader, or say in corpora/known.rs why that is right",
    )
}

fn pip_download(pip: &Path, folder: &Path) -> Command {
    let mut command = Command::new(pip);
    command.args(["download", "--quiet", "--no-deps", "--dest"]).arg(folder);
    command
}

/// Fetches and unpacks a package unless its folder is there; says so where it cannot be had.
fn fetch(package: &str, files: &Path, download: impl Fn(&Path) -> bool) {
    let folder = files.join(package.replace("==", "-").replace('@', "-"));
    if folder.is_dir() {
        return;
    }
    output::say(&format!("fetch   {package}"));
    let unpacked = files.with_file_name("unpacked");
    let is_there = files::remove_folder(&unpacked).is_ok()
        && files::make_folder(&unpacked).is_ok()
        && download(&unpacked)
        && unpack(&unpacked)
        && keep(&unpacked, &unpacked, &folder).is_ok();
    if !is_there {
        output::say(&format!("        {package} could not be had: left out"));
    }
}

/// Unpacks each archive beside itself.
fn unpack(folder: &Path) -> bool {
    let archives: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path()).collect();
    archives.iter().all(|archive| {
        let ending = archive.extension().and_then(|ending| ending.to_str());
        if matches!(ending, Some("whl" | "zip")) {
            let unzip = ["-m", "zipfile", "-e"];
            succeed(Command::new("python3").args(unzip).arg(archive).arg(folder))
        } else {
            succeed(Command::new("tar").arg("-xf").arg(archive).arg("-C").arg(folder))
        }
    })
}

/// Copies the files that are looked at, each at its place below the package.
fn keep(from: &Path, below: &Path, to: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if path.is_dir() {
            keep(&path, below, to)?;
            continue;
        }
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("");
        if !ENDINGS.contains(&ending.to_ascii_lowercase().as_str()) {
            continue;
        }
        let target = to.join(path.strip_prefix(below).map_err(std::io::Error::other)?);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(&path, target)?;
    }
    Ok(())
}

/// Without Python's readers the others are held against all the same.
fn read_by_python(files: &Path, python: &Path) {
    let written = files.join("python.jsonl");
    let is_installed = python.join("bin/python").exists()
        || succeed(Command::new("python3").args(["-m", "venv"]).arg(python))
            && succeed(
                Command::new(python.join("bin/pip")).args(["install", "--quiet"]).args(READERS),
            );
    let script = cargo::root().join("xtask/corpora/cells.py");
    let read = is_installed
        && fs::File::create(&written).is_ok_and(|out| {
            succeed(Command::new(python.join("bin/python")).arg(script).arg(files).stdout(out))
        });
    if !read {
        output::say("        openpyxl and xlrd could not be had: left out");
    }
}

fn succeed(command: &mut Command) -> bool {
    command.stdin(std::process::Stdio::null()).status().is_ok_and(|status| status.success())
}
