//! Where files are kept, and the section `[object_store]`: how the service is reached that keeps them.
//!
//! Not for: the options themselves, which are the service's own (`store::ObjectsUrl`), or what the
//! environment says of them (`aws_profile`).
//!
//! Invariant: an option that is written and cannot count is an error that names it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use serde::Deserialize;
use store::{Bucket, ObjectsUrl};

use super::aws_profile;

/// Options by which a service is reached at a place of its own.
const ENDPOINTS: [&str; 7] = [
    "aws_endpoint",
    "aws_endpoint_url",
    "aws_endpoint_url_s3",
    "endpoint",
    "endpoint_url",
    "azure_endpoint",
    "azure_storage_endpoint",
];
/// Options that let a line go without TLS.
const ALLOW_HTTP: [&str; 3] = ["aws_allow_http", "azure_allow_http", "allow_http"];

/// The value of an option as TOML has it; the service takes a text.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a text, a whole number, true or false")]
enum OptionValue {
    Text(String),
    Switch(bool),
    Number(i64),
}

/// The section as written.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct ObjectStoreFile(BTreeMap<String, OptionValue>);

/// Where files are said to be kept.
#[derive(Debug)]
pub(super) struct ObjectPlaces {
    /// By a flag or the environment; goes before the file.
    pub(super) typed: Option<String>,
    pub(super) in_file: Option<String>,
    /// Where nobody says anything.
    pub(super) default: PathBuf,
}

impl ObjectStoreFile {
    /// The place of files with how it is reached.
    pub(super) fn resolve(self, places: ObjectPlaces) -> anyhow::Result<ObjectsUrl> {
        let is_typed = places.typed.is_some();
        let objects = match places.typed.or(places.in_file) {
            Some(url) => url.parse::<ObjectsUrl>().context("the setting objects cannot be used")?,
            None => ObjectsUrl::Local(places.default),
        };
        let options: BTreeMap<String, String> =
            self.0.into_iter().map(|(name, value)| (name, value.into_text())).collect();
        // Whoever types a folder for once need not write another file.
        if let ObjectsUrl::Local(folder) = &objects
            && !is_typed
            && !options.is_empty()
        {
            bail!(
                "the section [object_store] is for S3 and Azure, and files are kept in {}: set objects = \
                 \"s3://BUCKET/PREFIX\" or \"az://CONTAINER/PREFIX\" above all sections, or take the section out",
                folder.display()
            );
        }
        let objects = objects
            .with_options(options)
            .context("the section [object_store] cannot be used")
            .and_then(|objects| aws_profile::with_environment(objects, std::env::vars_os()))?;
        check_line(&objects)?;
        Ok(objects)
    }
}

impl OptionValue {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Switch(is_on) => is_on.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// Refuses an endpoint without TLS that nobody has allowed: the client would refuse each request, and not say
/// which option would let it.
fn check_line(objects: &ObjectsUrl) -> anyhow::Result<()> {
    let (ObjectsUrl::S3(bucket) | ObjectsUrl::Azure(bucket)) = objects else { return Ok(()) };
    let is_plain = |url: &str| url.trim().to_ascii_lowercase().starts_with("http://");
    let plain =
        ENDPOINTS.into_iter().find(|endpoint| option(bucket, endpoint).is_some_and(is_plain));
    let is_allowed = ALLOW_HTTP.into_iter().any(|name| option(bucket, name).is_some());
    match plain {
        Some(endpoint) if !is_allowed => {
            let service = if matches!(objects, ObjectsUrl::S3(_)) { "aws" } else { "azure" };
            bail!(
                "{endpoint} begins with http://, so that keys and files would go without TLS: write https://, or, \
                 where nobody else is on that line, {service}_allow_http = true in [object_store]"
            )
        }
        _ => Ok(()),
    }
}

/// The option as the file or else the environment has it.
fn option<'a>(bucket: &'a Bucket, name: &str) -> Option<&'a str> {
    let sources = [bucket.options.expose(), bucket.environment.expose()];
    sources.into_iter().find_map(|options| options.get(name)).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(
        section: &str,
        typed: Option<&str>,
        in_file: Option<&str>,
    ) -> Result<String, String> {
        let file: ObjectStoreFile =
            toml::from_str(section).map_err(|fault| fault.message().to_owned())?;
        let places = ObjectPlaces {
            typed: typed.map(str::to_owned),
            in_file: in_file.map(str::to_owned),
            default: PathBuf::from("data/objects"),
        };
        let objects = file.resolve(places).map_err(|why| format!("{why:#}"))?;
        let options = objects.option_names();
        Ok(format!("{objects} {}", options.join(" ")).trim_end().to_owned())
    }

    #[test]
    fn options_are_taken_as_toml_has_them_and_a_typed_folder_goes_before_the_file() {
        for (section, typed, in_file, resolved) in [
            ("", None, None, "file:data/objects"),
            ("", None, Some("file:/srv/o"), "file:/srv/o"),
            (
                "aws_allow_http = true\naws_endpoint = \"http://h\"",
                None,
                Some("s3://b"),
                "s3://b aws_allow_http aws_endpoint",
            ),
            ("aws_endpoint = \"https://h\"", None, Some("s3://b"), "s3://b aws_endpoint"),
            ("aws_region = \"x\"", Some("s3://b"), None, "s3://b aws_region"),
            ("aws_region = \"x\"", Some("file:/srv/o"), Some("s3://b"), "file:/srv/o"),
        ] {
            assert_eq!(resolve(section, typed, in_file).as_deref(), Ok(resolved), "{section}");
        }
    }

    #[test]
    fn an_option_that_cannot_count_is_named_with_what_to_do() {
        for (section, in_file, said) in [
            ("aws_region = \"x\"", None, "kept in data/objects: set objects = \"s3://"),
            ("aws_region = \"x\"", Some("file:/srv/o"), "kept in /srv/o"),
            ("aws_region = [\"x\"]", Some("s3://b"), "expected a text, a whole number"),
            ("aws_endpoint = \"http://h\"", Some("s3://b"), "aws_allow_http = true"),
            ("azure_endpoint = \"http://h\"", Some("az://b"), "azure_allow_http = true"),
        ] {
            let why = resolve(section, None, in_file).unwrap_err();
            assert!(why.contains(said), "{section}: {why}");
        }
    }
}
