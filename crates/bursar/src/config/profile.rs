//! `bursar.toml`: settings for everybody under `[defaults]`, and named ones under `[profile.<name>]`.
//!
//! Invariant: the file is read from where a person or an administrator put it on purpose, never from
//! the current folder: it can name a server and a command, and a folder may be somebody else's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::parse_fault::without_the_text;
#[cfg(unix)]
use domain::private_file::{Secrecy, check_mode, holds_password};
use serde::Deserialize;

use super::service_section::ServiceSection;
use crate::config::job::JobSection;
use crate::config::settings::Settings;
use crate::report::failure::Failure;
use crate::system::System;

const FILE_NAME: &str = "bursar.toml";

/// The whole of bursar.toml.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConfigFile {
    /// Where it is remembered what was sent.
    outbox: Option<PathBuf>,
    #[serde(default)]
    defaults: Settings,
    #[serde(default)]
    profile: BTreeMap<String, Settings>,
    /// The settings of `bursar run`.
    #[serde(default)]
    pub service: ServiceSection,
    /// The jobs by which it sends by itself.
    #[serde(default)]
    pub job: BTreeMap<String, JobSection>,
}

impl ConfigFile {
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The settings of the named profile over the defaults.
    pub fn choose(mut self, name: Option<&str>) -> Result<Settings, Failure> {
        let Some(name) = name else {
            return Ok(self.defaults);
        };
        let Some(found) = self.profile.remove(name) else {
            let known: Vec<&str> = self.profile.keys().map(String::as_str).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(Failure::usage(
                format!("there is no profile \"{name}\""),
                format!("bursar.toml knows: {known}. Correct --profile, or add [profile.{name}]."),
            ));
        };
        Ok(found.or(self.defaults))
    }
}

/// The settings of the file that is named, or of the first there is in the usual places.
pub fn load(
    named: Option<&Path>,
    profile: Option<&str>,
    system: &System,
) -> Result<Settings, Failure> {
    let profile = profile.map(str::to_owned).or_else(|| system.env_var("BURSAR_PROFILE"));
    let (file, folder) = read(named, system)?;
    Ok(file.choose(profile.as_deref())?.relative_to(&folder))
}

/// The outbox that the same file names.
pub fn outbox(named: Option<&Path>, system: &System) -> Result<Option<PathBuf>, Failure> {
    let (file, folder) = read(named, system)?;
    Ok(file.outbox.map(|path| folder.join(path)))
}

/// The path of that file, if there is one.
pub fn path(named: Option<&Path>, system: &System) -> Option<PathBuf> {
    named
        .map(Path::to_owned)
        .or_else(|| system.env_var("BURSAR_CONFIG").map(PathBuf::from))
        .or_else(|| usual_places(system).into_iter().find(|path| path.is_file()))
}

/// The whole file, and the folder its paths count from.
pub fn read(named: Option<&Path>, system: &System) -> Result<(ConfigFile, PathBuf), Failure> {
    let Some(path) = path(named, system) else {
        return Ok((ConfigFile::default(), PathBuf::from(".")));
    };
    let shown = path.display();
    let bytes = std::fs::read(&path).map_err(|fault| {
        Failure::usage(
            format!("{shown} cannot be read: {fault}"),
            "Look at --config or BURSAR_CONFIG.",
        )
    })?;
    let text =
        text(bytes).map_err(|(what, next)| Failure::usage(format!("{shown} {what}"), next))?;
    refuse_password_others_may_read(&path, &text)?;
    if let Some(line) = line_of_windows_path(&text) {
        return Err(Failure::usage(
            format!("{shown} cannot be used: line {line} has a path with \\ between double quotes"),
            "Write such a path between single quotes, as 'C:\\Users\\erp', or with / for each \\: in \
             double quotes \\ begins a special character.",
        ));
    }
    let file = ConfigFile::parse(&text).map_err(|fault| {
        let at = fault.span().map(|span| span.start);
        let why = without_the_text(&text, at, fault.message());
        let what = format!("{shown} cannot be used: {why}");
        let next = if fault.message().starts_with("unknown field `outbox`") {
            "Put outbox above the first [section]: there is one for all profiles and jobs."
        } else if fault.message().contains("escape") || fault.message().contains("unicode") {
            "Write text that holds \\ between single quotes, as '\\\\server\\share'; examples/bursar.toml \
             shows every key."
        } else {
            "Correct it; examples/bursar.toml shows every key."
        };
        Failure::usage(what, next)
    })?;
    Ok((file, folder_of(&path).to_owned()))
}

/// Refuses a file with a password in it that everybody may read, as a token file is refused.
#[cfg(unix)]
fn refuse_password_others_may_read(path: &Path, text: &str) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(found) = std::fs::metadata(path) else { return Ok(()) };
    if !found.is_file() || !holds_password(text) {
        return Ok(());
    }
    let mode = found.permissions().mode();
    check_mode("the password in", path, mode, Secrecy::Settings).map_err(|why| {
        let next = format!(
            "Let nobody else read it: {}. Or keep the password out of it, with database-command.",
            why.remedy()
        );
        Failure::usage(why.to_string(), next)
    })
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it can refuse")]
fn refuse_password_others_may_read(_path: &Path, _text: &str) -> Result<(), Failure> {
    Ok(())
}

/// The folder that paths in a file count from; that of a mere name is the current one, which has no name.
fn folder_of(file: &Path) -> &Path {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// The text of the file, or what is wrong with it and what to do.
fn text(bytes: Vec<u8>) -> Result<String, (&'static str, &'static str)> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err((
            "is written in UTF-16, and has to be in UTF-8",
            "Save it as UTF-8; in Windows PowerShell 5.1, > writes UTF-16 and Set-Content -Encoding UTF8 does \
             not.",
        ));
    }
    String::from_utf8(bytes).map_err(|_foreign| {
        ("holds bytes that are not UTF-8", "Save it as UTF-8 with the editor's \"Save as\".")
    })
}

/// The first line with a path such as `"C:\temp"`, of which TOML reads `\t` as a tab without a word.
fn line_of_windows_path(text: &str) -> Option<usize> {
    let is_path = |line: &str| {
        !line.trim_start().starts_with('#')
            && line.as_bytes().windows(5).any(|part| {
                matches!(part, [b'"', drive, b':', b'\\', next]
                    if drive.is_ascii_alphabetic() && *next != b'\\')
            })
    };
    text.lines().position(is_path).map(|at| at + 1)
}

fn usual_places(system: &System) -> Vec<PathBuf> {
    let home = system.env_var("HOME").map(|home| Path::new(&home).join(".config"));
    let own = system
        .env_var("XDG_CONFIG_HOME")
        .or_else(|| system.env_var("APPDATA"))
        .map(PathBuf::from)
        .or(home);
    let everybody =
        system.env_var("PROGRAMDATA").map_or_else(|| PathBuf::from("/etc"), PathBuf::from);
    own.into_iter().chain([everybody]).map(|folder| folder.join("bursar").join(FILE_NAME)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_completes_itself_from_the_defaults() {
        let text = "[defaults]\nregion = 'uksouth'\ncustomer = 'acme'\n\
                    [profile.night]\ntype = 'APT'\nunit = 'uk'\n";
        let chosen = ConfigFile::parse(text).unwrap().choose(Some("night")).unwrap();
        assert_eq!(chosen.customer.unwrap().as_str(), "acme");
        assert_eq!(chosen.unit.unwrap().as_str(), "uk");
        let failure = ConfigFile::parse(text).unwrap().choose(Some("day")).unwrap_err();
        assert!(failure.next.contains("night"), "{failure}");
    }

    #[test]
    fn a_mere_name_lies_in_the_current_folder() {
        for (file, folder) in
            [("bursar.toml", "."), ("a/bursar.toml", "a"), ("/etc/bursar.toml", "/etc")]
        {
            assert_eq!(folder_of(Path::new(file)), Path::new(folder));
        }
    }

    #[test]
    fn text_of_windows_is_named() {
        for (line, found) in [
            (r#"folder = "C:\Users\erp\out""#, Some(2)),
            (r#"folder = "C:\temp\new""#, Some(2)),
            (r#"folder = "C:\\temp\\new""#, None),
            (r"folder = 'C:\temp\new'", None),
            (r#"folder = "C:/temp/new""#, None),
            (r#"# folder = "C:\temp\new""#, None),
        ] {
            assert_eq!(line_of_windows_path(&format!("[a]\n{line}\n")), found, "{line}");
        }
        let utf16: Vec<u8> =
            "\u{feff}outbox = 'a'".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(text(utf16).unwrap_err().0.contains("UTF-16"));
        assert!(text(b"outbox = 'M\xfcller'".to_vec()).unwrap_err().0.contains("not UTF-8"));
        assert_eq!(text(b"outbox = 'a'".to_vec()).unwrap(), "outbox = 'a'");
    }

    #[test]
    fn slips_are_found() {
        for text in [
            "[defaults]\ntoken = 'x'",
            "[profiles.a]",
            "url = 'https://a'",
            "[defaults]\ntype = 'apt'",
        ] {
            assert!(ConfigFile::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_example_is_whole() {
        let text = include_str!("../../../../examples/bursar.toml");
        let example = ConfigFile::parse(text).unwrap();
        assert!(example.profile.len() >= 2);
    }
}
