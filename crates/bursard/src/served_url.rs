//! The URL at which a server is served, kept in its data folder for the commands that print links.
//!
//! Not for: links of the server itself, which knows its URL.
//!
//! Invariant: a link names the port that the last server listened on, wherever that was said: by a flag, in
//! the environment or by the system. The file is whole at any moment.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use domain::PublicUrl;

use crate::config::Config;

/// The file in the data folder.
const NAME: &str = "served-at.txt";

/// Keeps the URL by which a server is reached, readable by the owner only. A command that reads it meanwhile
/// finds the one before.
pub(crate) fn keep(data_dir: &Path, url: &str) -> io::Result<()> {
    let mut file = tempfile::Builder::new().prefix(NAME).tempfile_in(data_dir)?;
    writeln!(file, "{url}")?;
    file.persist(data_dir.join(NAME)).map_err(|fault| fault.error)?;
    Ok(())
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
    use std::os::unix::fs::PermissionsExt as _;

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

    #[test]
    fn whoever_reads_it_finds_it_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        keep(folder.path(), "https://localhost:9443").unwrap();
        let opened = fs::File::open(&path).unwrap();
        keep(folder.path(), "https://localhost:9444").unwrap();
        assert_eq!(io::read_to_string(opened).unwrap(), "https://localhost:9443\n");
        assert_eq!(fs::read_to_string(&path).unwrap(), "https://localhost:9444\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }
}
