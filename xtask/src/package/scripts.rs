//! The scripts that a Debian package runs around its installation and its removal, for units of systemd.
//!
//! Not for: starting or restarting a service; whoever upgrades chooses when, as migrations run at its start.
//!
//! Invariant: they do what they can and hold up neither installation nor removal, also where no systemd runs.

/// Where this folder is, systemd runs.
const RUNS: &str = "[ -d /run/systemd/system ]";

/// The names of the scripts as Debian has them, and their texts.
pub(super) fn of(units: &str) -> [(&'static str, String); 3] {
    // The units that are there are read when systemd is told to.
    let reload = format!("if {RUNS}; then\n    systemctl daemon-reload || :\nfi\n");
    // A program that is gone must not go on running, nor be looked for at the next start of the machine.
    let removal = format!(
        "if [ \"$1\" = remove ]; then\n    if {RUNS}; then\n        systemctl stop {units} || :\n    fi\n    \
         if command -v systemctl > /dev/null; then\n        systemctl --quiet disable {units} || :\n    fi\nfi\n"
    );
    [("postinst", script(&reload)), ("prerm", script(&removal)), ("postrm", script(&reload))]
}

fn script(commands: &str) -> String {
    format!("#!/bin/sh\nset -e\n{commands}")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_shell_understands_them_and_units_are_stopped_when_they_go() {
        for (name, text) in of("bursard.service bursard-work.service") {
            let said = Command::new("sh").args(["-n", "-c", &text]).output().unwrap();
            assert!(said.status.success(), "{name}: {}", String::from_utf8_lossy(&said.stderr));
            let stops = text.contains("systemctl stop bursard.service bursard-work.service");
            assert_eq!(stops, name == "prerm", "{text}");
        }
    }
}
