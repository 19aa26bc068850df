//! The URL at which a server is served, kept in its data folder for the commands that print links.
//!
//! Not for: links of the server itself, which knows its URL.
//!
//! Invariant: a link names the port that the last server listened on, wherever that was said: by a flag, in
//! the environment or by the system.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use domain::PublicUrl;

use crate::config::Config;

/// The file in the data folder.
const NAME: &str = "served-at.txt";

/// Keeps the URL by which a server is reached.
pub(crate) fn keep(data_dir: &Path, url: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    writeln!(options.open(data_dir.join(NAME))?, "{url}")
}

/// The URL that links begin with: the public one of the configuration, else that of the last server here,
/// else that of the address to listen on.
pub(crate) fn of(config: &Config) -> String {
    let configured = || config.url(config.listen.port());
    if config.site.public_url().is_some() {
        return configured();
    }
    let kept = fs::read_to_string(config.data_dir.join(NAME)).ok();
    let kept = kept.and_then(|text| text.trim().parse::<PublicUrl>().ok());
    kept.map_or_else(configured, |url| url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Settings;

    #[test]
    fn links_begin_with_what_is_served() {
        let folder = tempfile::tempdir().unwrap();
        let read = |public_url: Option<&str>| {
            let settings = Settings {
                data_dir: Some(folder.path().to_owned()),
                public_url: public_url.map(str::to_owned),
                ..Settings::default()
            };
            of(&Config::read(&settings).unwrap())
        };
        assert_eq!(read(None), "https://localhost:8443", "nothing was served yet");
        for (kept, public_url, url) in [
            ("https://localhost:9443", None, "https://localhost:9443"),
            ("https://example.org/bursar", None, "https://example.org/bursar"),
            ("https://localhost:9443", Some("https://example.org"), "https://example.org"),
            ("$(id)", None, "https://localhost:8443"),
        ] {
            keep(folder.path(), kept).unwrap();
            assert_eq!(read(public_url), url, "{kept} {public_url:?}");
        }
    }
}
