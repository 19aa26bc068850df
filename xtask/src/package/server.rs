//! `cargo xtask package server`: the server as one program with its unit for systemd, in an archive, a Debian
//! package and, where `rpmbuild` is, an RPM.
//!
//! Not for: a static program; the query engine wants the allocator of glibc.
//!
//! Invariant: what is packaged is the program that was built here, or the one that `BURSARD_PROGRAM` names.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Control, archive, build_name, copy_ours, debian, rpm, succeed};
use crate::{cargo, files};

/// A file of this repository, and its place in the package.
const FILES: [(&str, &str); 21] = [
    ("packaging/bursard.service", "usr/lib/systemd/system/bursard.service"),
    ("packaging/bursard-work.service", "usr/lib/systemd/system/bursard-work.service"),
    ("docs/operator.md", "usr/share/doc/bursard/operator.md"),
    ("docs/storage.md", "usr/share/doc/bursard/storage.md"),
    ("docs/backup.md", "usr/share/doc/bursard/backup.md"),
    ("docs/sftp.md", "usr/share/doc/bursard/sftp.md"),
    ("docs/administrator.md", "usr/share/doc/bursard/administrator.md"),
    ("docs/analyst.md", "usr/share/doc/bursard/analyst.md"),
    ("docs/ledger.md", "usr/share/doc/bursard/ledger.md"),
    ("CHANGELOG.md", "usr/share/doc/bursard/CHANGELOG.md"),
    ("LICENSE", "usr/share/doc/bursard/copyright"),
    ("examples/bursard.toml", "usr/share/doc/bursard/examples/bursard.toml"),
    ("examples/compose/one-node.yaml", "usr/share/doc/bursard/examples/compose/one-node.yaml"),
    ("examples/compose/two-nodes.yaml", "usr/share/doc/bursard/examples/compose/two-nodes.yaml"),
    (
        "examples/compose/two-nodes-azure.yaml",
        "usr/share/doc/bursard/examples/compose/two-nodes-azure.yaml",
    ),
    ("examples/compose/two-nodes.cfg", "usr/share/doc/bursard/examples/compose/two-nodes.cfg"),
    ("examples/kubernetes/bursard.yaml", "usr/share/doc/bursard/examples/kubernetes/bursard.yaml"),
    (
        "examples/monitoring/prometheus.yml",
        "usr/share/doc/bursard/examples/monitoring/prometheus.yml",
    ),
    (
        "examples/monitoring/bursar.rules.yml",
        "usr/share/doc/bursard/examples/monitoring/bursar.rules.yml",
    ),
    (
        "examples/monitoring/dashboard.json",
        "usr/share/doc/bursard/examples/monitoring/dashboard.json",
    ),
    ("packaging/Dockerfile", "usr/share/doc/bursard/examples/Dockerfile"),
];

const DEBIAN: Control = Control {
    name: "bursard",
    depends: "libc6, ca-certificates",
    units: "bursard.service bursard-work.service",
    description: "finds payments that go out twice or to the wrong party\n \
                  Receives extracts of an ERP over HTTPS, reads them into ledgers, checks those, and\n \
                  has pages for the people who decide.",
};

/// Builds the release of the server, stages its files and packs them below `target/packages`.
pub(crate) fn run() -> Result<(), String> {
    let (packages, staged) = stage()?;
    crate::output::say(&archive(&packages, &staged, DEBIAN.name)?.display().to_string());
    crate::output::say(&debian(&packages, &staged, &DEBIAN)?.display().to_string());
    if let Some(rpm) = rpm(&packages, &staged, DEBIAN.name)? {
        crate::output::say(&rpm.display().to_string());
    }
    Ok(())
}

/// Makes the package for Debian alone, and says where it is.
pub(crate) fn debian_package() -> Result<PathBuf, String> {
    let (packages, staged) = stage()?;
    debian(&packages, &staged, &DEBIAN)
}

/// The folder of packages, and the server's program: the one that is named, or built here.
pub(super) fn program() -> Result<(PathBuf, PathBuf), String> {
    let target = cargo::built_programs()?;
    let target = target.parent().ok_or("no folder of builds")?;
    let named = std::env::var_os(cargo::SERVER_VARIABLE).map(PathBuf::from);
    let program = named.map_or_else(|| build(target), Ok)?;
    Ok((target.join("packages"), program))
}

fn build(target: &Path) -> Result<PathBuf, String> {
    cargo::succeed(
        cargo::command(&["build", "--release", "--package", "bursard"])
            .envs(build_name::variable()),
        "the server was not built",
    )?;
    Ok(target.join("release/bursard"))
}

/// The folder of packages, and the one in it that holds the files of this.
fn stage() -> Result<(PathBuf, PathBuf), String> {
    let (packages, program) = program()?;
    let staged = packages.join("staged-server");
    files::remove_folder(&staged)?;
    let own = staged.join("usr/bin/bursard");
    files::write(&own, files::read(&program)?)?;
    for (from, place) in FILES {
        copy_ours(from, &staged.join(place))?;
    }
    succeed(Command::new("chmod").arg("0755").arg(own))?;
    Ok((packages, staged))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_are_there() {
        for (from, _) in FILES {
            assert!(cargo::root().join(from).is_file(), "{from}");
        }
    }
}
