//! The texts themselves: a systemd unit, a launchd list, commands for the service manager of Windows.
//!
//! Invariant: what a path or a name holds cannot end the line, the word or the element it stands in.

use super::plan::ServicePlan;
use crate::args::ServiceSystem;

/// The unit of the package, which says once how the uploader is shut in.
const PACKAGED: &str = include_str!("../../../../../packaging/bursar.service");

/// The name under which Windows knows it.
pub(super) const NAME: &str = "Bursar";
pub(super) const DISPLAY_NAME: &str = "Bursar uploader";
pub(super) const DESCRIPTION: &str =
    "Sends extracts to a Bursar server or to the vendor's service, as its bursar.toml says.";
/// Until it is started again after the first, the second and every later failure.
pub(super) const RESTART_SECONDS: [u64; 3] = [5, 30, 60];
/// A day without a failure, and the next counts as the first.
pub(super) const FAILURES_FORGOTTEN_SECONDS: u64 = 86_400;

pub(super) fn render(plan: &ServicePlan) -> String {
    match plan.system {
        ServiceSystem::Systemd => systemd(plan),
        ServiceSystem::Launchd => launchd(plan),
        ServiceSystem::Windows => windows(plan),
    }
}

/// The words that follow the program when the service manager of Windows starts it.
pub(super) fn service_words(config: &str) -> [&str; 4] {
    ["run", "--as-service", "--config", config]
}

fn systemd(plan: &ServicePlan) -> String {
    let credential = plan
        .token_file
        .as_ref()
        .map_or(String::new(), |file| format!("LoadCredential=bursar-token:{}\n", unit_word(file)));
    format!(
        "[Unit]\nDescription=Bursar uploader\nWants=network-online.target\nAfter=network-online.target\n\n\
         [Service]\nType=exec\nExecStart={} run --config {}\n{credential}User={}\nStateDirectory=bursar\n\
         StateDirectoryMode=0700\nRuntimeDirectory=bursar\nUMask=0077\nRestart=always\nRestartSec=5\n\
         TimeoutStopSec=30\n{}\n\n\
         [Install]\nWantedBy=multi-user.target\n",
        unit_word(&plan.program),
        unit_word(&plan.config),
        one_line(plan.account()),
        sandbox(),
    )
}

/// The lines that shut the service in: those of the package's own unit.
fn sandbox() -> &'static str {
    let (_, rest) = PACKAGED.split_once("\nNoNewPrivileges").expect("the unit has that line");
    let start = PACKAGED.len() - rest.len() - "NoNewPrivileges".len();
    let (lines, _) = PACKAGED[start..].split_once("\n\n[Install]").expect("the unit ends so");
    lines
}

fn launchd(plan: &ServicePlan) -> String {
    let words = [&plan.program, "run", "--config", &plan.config];
    let strings = words.map(|text| format!("    <string>{}</string>\n", xml(text))).concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n  <key>Label</key>\n  <string>com.bursar.uploader</string>\n  \
         <key>ProgramArguments</key>\n  <array>\n{strings}  </array>\n  <key>UserName</key>\n  \
         <string>{}</string>\n  <key>RunAtLoad</key>\n  <true/>\n  <key>KeepAlive</key>\n  <true/>\n  \
         <key>Umask</key>\n  <integer>63</integer>\n</dict>\n</plist>\n",
        xml(plan.account())
    )
}

/// The commands that do on a prompt what is done on Windows itself, for whoever hands services out from
/// elsewhere.
fn windows(plan: &ServicePlan) -> String {
    let [run, as_service, config, path] = service_words(&plan.config);
    let (program, path) = (prompt_path(&plan.program), prompt_path(path));
    let restarts = RESTART_SECONDS.map(|seconds| format!("restart/{}", seconds * 1000)).join("/");
    format!(
        "rem For a command prompt (cmd.exe) that was started as administrator\n\
         sc.exe create {NAME} type= own start= auto obj= \"{}\" DisplayName= \"{DISPLAY_NAME}\" \
         binPath= \"\\\"{program}\\\" {run} {as_service} {config} \\\"{path}\\\"\"\n\
         sc.exe description {NAME} \"{DESCRIPTION}\"\n\
         sc.exe failure {NAME} reset= {FAILURES_FORGOTTEN_SECONDS} actions= {restarts}\n\
         sc.exe failureflag {NAME} 1\n\
         sc.exe start {NAME}\n",
        one_line(plan.account()).replace('"', ""),
    )
}

/// A path between `\"` and `\"`. The prompt does not know that sign and takes the path for unquoted, so
/// what it would act upon there is marked; no path of Windows holds a quotation mark.
fn prompt_path(path: &str) -> String {
    one_line(path).replace('"', "").replace('^', "^^").replace('&', "^&")
}

/// A word of a unit file: quoted, and `%` doubled, which begins its own names.
fn unit_word(path: &str) -> String {
    let text = one_line(path).replace('%', "%%");
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
mod tests;
