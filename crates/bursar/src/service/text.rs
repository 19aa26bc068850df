//! The texts themselves: a systemd unit, a launchd list, a command for the Task Scheduler.
//!
//! Invariant: what a path or a name holds cannot end the line or the element it stands in.

use std::path::Path;

use crate::cli::{InstallArgs, ServiceSystem};

/// The name under which the Task Scheduler knows it.
pub(super) const TASK: &str = "Bursar";

pub(super) fn of(system: ServiceSystem, program: &Path, args: &InstallArgs) -> String {
    match system {
        ServiceSystem::Systemd => systemd(program, args),
        ServiceSystem::Launchd => launchd(program, args),
        ServiceSystem::Windows => windows(program, args),
    }
}

fn systemd(program: &Path, args: &InstallArgs) -> String {
    let credential = args
        .token_file
        .as_ref()
        .map_or(String::new(), |file| format!("LoadCredential=bursar-token:{}\n", unit_word(file)));
    format!(
        "[Unit]\nDescription=Bursar uploader\nWants=network-online.target\nAfter=network-online.target\n\n\
         [Service]\nType=exec\nExecStart={} run --config {}\n{credential}User={}\nStateDirectory=bursar\n\
         StateDirectoryMode=0700\nRuntimeDirectory=bursar\nUMask=0077\nRestart=always\nRestartSec=5\n\
         TimeoutStopSec=30\nNoNewPrivileges=yes\nPrivateTmp=yes\nPrivateDevices=yes\nProtectSystem=full\n\
         ProtectKernelTunables=yes\nProtectKernelModules=yes\nProtectControlGroups=yes\n\
         RestrictSUIDSGID=yes\nLockPersonality=yes\nRestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX\n\n\
         [Install]\nWantedBy=multi-user.target\n",
        unit_word(program),
        unit_word(&args.config),
        one_line(&args.user),
    )
}

fn launchd(program: &Path, args: &InstallArgs) -> String {
    let words =
        [&program.display().to_string(), "run", "--config", &args.config.display().to_string()];
    let strings = words.map(|text| format!("    <string>{}</string>\n", xml(text))).concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n  <key>Label</key>\n  <string>com.bursar.uploader</string>\n  \
         <key>ProgramArguments</key>\n  <array>\n{strings}  </array>\n  <key>UserName</key>\n  \
         <string>{}</string>\n  <key>RunAtLoad</key>\n  <true/>\n  <key>KeepAlive</key>\n  <true/>\n  \
         <key>Umask</key>\n  <integer>63</integer>\n</dict>\n</plist>\n",
        xml(&args.user)
    )
}

/// A task that begins with the machine and is begun again when it ends; to be run as administrator.
fn windows(program: &Path, args: &InstallArgs) -> String {
    format!(
        "schtasks /Create /F /TN {TASK} /SC ONSTART /RU \"{}\" /RL LIMITED /TR \"\\\"{}\\\" run --config \\\"{}\\\"\"\n\
         schtasks /Run /TN {TASK}\n",
        one_line(&args.user),
        one_line(&program.display().to_string()),
        one_line(&args.config.display().to_string()),
    )
}

/// A word of a unit file: quoted, and `%` doubled, which begins its own names.
fn unit_word(path: &Path) -> String {
    let text = one_line(&path.display().to_string()).replace('%', "%%");
    if text.contains([' ', '"', '\'']) {
        format!("\"{}\"", text.replace('"', "\\\""))
    } else {
        text
    }
}

fn one_line(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

fn xml(text: &str) -> String {
    one_line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_run_the_program_and_hand_over_the_token() {
        let args = InstallArgs {
            config: "/etc/bur sar/100%.toml".into(),
            token_file: Some("/etc/bursar/token.txt".into()),
            user: "erp<\n".to_owned(),
            print: true,
            system: None,
        };
        let program = Path::new("/usr/bin/bursar");
        for (system, words) in [
            (
                ServiceSystem::Systemd,
                "ExecStart=/usr/bin/bursar run --config \"/etc/bur sar/100%%.toml\"\n",
            ),
            (ServiceSystem::Systemd, "LoadCredential=bursar-token:/etc/bursar/token.txt\n"),
            (ServiceSystem::Systemd, "User=erp<\nStateDirectory=bursar\n"),
            (ServiceSystem::Launchd, "<string>erp&lt;</string>"),
            (ServiceSystem::Windows, "/SC ONSTART /RU \"erp<\""),
        ] {
            let text = of(system, program, &args);
            assert!(text.contains(words), "{words} {text}");
        }
    }
}
