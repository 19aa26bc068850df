//! Calling cargo, and where it puts what it builds.
//!
//! Not for: choosing what to build. Invariant: every call runs in the workspace's root and reads
//! nothing from standard input.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The environment's name for a release of the server that is built already.
pub(crate) const SERVER_VARIABLE: &str = "BURSARD_PROGRAM";

/// The workspace's root: the folder above this crate's. Cargo says where that is at run time; what was
/// known when this was compiled may be another clone that shares the target folder.
pub(crate) fn root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    own.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// The cargo that started this program, so that the toolchain is the same.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root()).stdin(Stdio::null());
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_of_xtask(&name.to_string_lossy())) {
        command.env_remove(name);
    }
    command
}

/// Returns `true` for a variable by which cargo tells the program that it runs about its own package.
/// Build scripts (`ring`'s) ask to run again when it changes, and with them all that depends on them,
/// the query engine among it.
fn is_of_xtask(variable: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|begin| variable.starts_with(begin))
}

/// Runs a command; `otherwise` is the sentence when it does not end with success.
pub(crate) fn succeed(command: &mut Command, otherwise: &str) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(otherwise.to_owned()),
        Err(fault) => Err(format!("{} did not start: {fault}", command.get_program().display())),
    }
}

/// Builds the release of the uploader and says where the folder of builds is.
pub(crate) fn release_uploader() -> Result<PathBuf, String> {
    succeed(
        &mut command(&["build", "--release", "--package", "bursar"]),
        "the uploader was not built",
    )?;
    let programs = built_programs()?;
    programs.parent().map(Path::to_owned).ok_or_else(|| "no folder of builds".to_owned())
}

/// Returns `true` when `cargo <name>` is there.
pub(crate) fn has_subcommand(name: &str) -> bool {
    command(&[name, "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The folder of the programs this profile builds: the one this program itself was built into,
/// which is right whatever the environment or a cargo configuration says of target folders.
pub(crate) fn built_programs() -> Result<PathBuf, String> {
    let own = std::env::current_exe()
        .map_err(|fault| format!("this program cannot find itself: {fault}"))?;
    own.parent().map(Path::to_path_buf).ok_or_else(|| format!("{} has no folder", own.display()))
}

#[cfg(test)]
mod tests {
    use super::{command, is_of_xtask};

    #[test]
    fn cargo_is_told_nothing_of_the_package_that_asks() {
        let kept = ["CARGO", "CARGO_HOME", "CARGO_TARGET_DIR", "PATH"];
        assert!(!kept.into_iter().any(is_of_xtask));
        let removed: Vec<_> = command(&["build"])
            .get_envs()
            .filter(|(_, value)| value.is_none())
            .map(|(name, _)| name.to_string_lossy().into_owned())
            .collect();
        assert!(removed.contains(&"CARGO_PKG_NAME".to_owned()), "{removed:?}");
    }
}
