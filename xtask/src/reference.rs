//! `cargo xtask reference`: writes the pages of the documentation that are made of the programs anew.
//!
//! Not for: what stands in them; an example of the crate that knows prints each, and that crate's tests
//! say when the page is not current.

use std::path::Path;

use crate::{cargo, files, output};

/// A page that an example prints.
struct Page {
    path: &'static str,
    package: &'static str,
    example: &'static str,
    /// The argument of the example, where it prints several pages.
    of: Option<&'static str>,
}

const PAGES: [Page; 6] = [
    Page { path: "docs/columns.md", package: "extract", example: "columns_page", of: None },
    Page {
        path: "docs/reference/checks.md",
        package: "analysis",
        example: "checks_page",
        of: None,
    },
    Page {
        path: "docs/reference/functions.md",
        package: "analysis",
        example: "functions_page",
        of: None,
    },
    Page { path: "docs/reference/api.md", package: "server", example: "api_page", of: None },
    commands("docs/reference/bursar.md", "bursar"),
    commands("docs/reference/bursard.md", "bursard"),
];

const fn commands(path: &'static str, program: &'static str) -> Page {
    Page { path, package: "bursard", example: "command_reference", of: Some(program) }
}

pub(crate) fn run() -> Result<(), String> {
    PAGES.iter().try_for_each(|page| page.write(&cargo::root()))
}

impl Page {
    fn write(&self, root: &Path) -> Result<(), String> {
        let Self { path, package, example, of } = *self;
        let printed =
            cargo::command(&["run", "--quiet", "--package", package, "--example", example, "--"])
                .args(of)
                .output()
                .map_err(|fault| format!("cargo did not start: {fault}"))?;
        if !printed.status.success() {
            return Err(String::from_utf8_lossy(&printed.stderr).into_owned());
        }
        files::write(&root.join(path), printed.stdout)?;
        output::say(&format!("{path} is written"));
        Ok(())
    }
}
