//! Files of looks: the style, our script, and libraries of others as they were published.
//!
//! Invariant: a file's address holds the digest of its bytes, so a browser keeps it for ever and never
//! mixes versions; libraries are what their makers published, which a test proves.

use std::sync::OnceLock;

use axum::body::Body;
use axum::extract::Path;
use axum::response::Response;
use bytes::Bytes;
use http::header::{self, HeaderValue};

use super::error::PageError;
use crate::sha256::sha256;

/// A file that is compiled in.
struct Asset {
    name: &'static str,
    media: &'static str,
    bytes: &'static [u8],
}

const ASSETS: [Asset; 7] = [
    Asset {
        name: "bursar.css",
        media: "text/css; charset=utf-8",
        bytes: include_bytes!("../../../assets/bursar.css"),
    },
    Asset {
        name: "bursar.js",
        media: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../../../assets/bursar.js"),
    },
    Asset {
        name: "queue.css",
        media: "text/css; charset=utf-8",
        bytes: include_bytes!("../../../assets/queue.css"),
    },
    Asset {
        name: "queue.js",
        media: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../../../assets/queue.js"),
    },
    Asset {
        name: "bursar.svg",
        media: "image/svg+xml",
        bytes: include_bytes!("../../../assets/bursar.svg"),
    },
    Asset {
        name: "report.css",
        media: "text/css; charset=utf-8",
        bytes: include_bytes!("../../../assets/report.css"),
    },
    Asset {
        name: "htmx.js",
        media: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../../../assets/htmx.min.js"),
    },
];

/// Enough of the digest that two versions never share it.
const MARK_CHARS: usize = 16;

/// The address of a file; a test asks for every one that the templates name.
pub(crate) fn url(name: &str) -> String {
    let found = marks().iter().find(|(known, _)| *known == name);
    let (_, mark) = found.unwrap_or_else(|| panic!("there is no asset {name}"));
    format!("/assets/{mark}/{name}")
}

/// A file as text, to be put into a document that stands alone.
pub(crate) fn text(name: &str) -> &'static str {
    let found = ASSETS.iter().find(|asset| asset.name == name);
    let asset = found.unwrap_or_else(|| panic!("there is no asset {name}"));
    std::str::from_utf8(asset.bytes).expect("what is compiled in is UTF-8")
}

fn marks() -> &'static [(&'static str, String)] {
    static MARKS: OnceLock<Vec<(&'static str, String)>> = OnceLock::new();
    MARKS.get_or_init(|| {
        let mark = |asset: &Asset| {
            let mut digest = sha256(asset.bytes).to_string();
            digest.truncate(MARK_CHARS);
            (asset.name, digest)
        };
        ASSETS.iter().map(mark).collect()
    })
}

/// An older address, in a page that was open during an upgrade, gets the newer file for now only.
pub(crate) async fn get_asset(
    Path((mark, name)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let asset = ASSETS.iter().find(|asset| asset.name == name).ok_or(PageError::NotFound)?;
    let is_current = marks().contains(&(asset.name, mark));
    let mut response = Response::new(Body::from(Bytes::from_static(asset.bytes)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media));
    if is_current {
        let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
        headers.insert(header::CACHE_CONTROL, kept);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The assets that others made: file, name, version, licence, SHA-256 of what was published, and
    /// where in their package it lies. To take a newer one: `npm pack NAME@VERSION`, copy, change
    /// this line.
    const VENDORED: [(&str, &str, &str, &str, &str, &str); 1] = [(
        "htmx.js",
        "htmx.org",
        "2.0.11",
        "0BSD",
        "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
        "dist/htmx.min.js",
    )];

    #[test]
    fn libraries_are_what_was_published() {
        for (file, name, version, licence, digest, path) in VENDORED {
            let asset = ASSETS.iter().find(|asset| asset.name == file).unwrap();
            assert_eq!(sha256(asset.bytes).to_string(), digest, "{name} {version} {path}");
            let documented = include_str!("../../../../../docs/dependencies.md");
            let line = format!("`{name}` {version} ({licence})");
            assert!(documented.contains(&line), "docs/dependencies.md says: {line}");
        }
    }

    #[test]
    fn every_address_in_a_template_is_a_file() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        let mut named = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            for part in text.split("assets::url(\"").skip(1) {
                let name = part.split('"').next().unwrap();
                assert!(ASSETS.iter().any(|asset| asset.name == name), "{name}");
                named += 1;
            }
        }
        assert!(named >= 4);
    }
}
