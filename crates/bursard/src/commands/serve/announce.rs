//! What a server says of itself: what it waits for, and that it is ready, with what to do next.
//!
//! Invariant: `ready` is said when a file would be received, and not before. The link for the first
//! administrator goes to a terminal or into a private file, never where a log may be.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, IsTerminal as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use domain::local_authority;
use server::App;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{FIRST_CUSTOMER, supervisor};
use crate::config::Config;
use crate::output;
use crate::served_url;
use crate::system;

/// The file in the data folder.
const LINK_FILE: &str = "welcome-link.txt";
/// The store itself is tried less often; this is how late `ready` may be.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Waits until the server could receive, then says so; nothing when it is stopped before.
pub(super) async fn announce(
    app: &App,
    config: &Config,
    port: u16,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let (url, local) = (config.url(port), config.local_url(port));
    if let Err(error) = served_url::keep(&config.data_dir, &url) {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "commands that print links do not know this server's URL");
    }
    let mut said = String::new();
    loop {
        let report = app.readiness.report(app).await;
        if report.ready {
            break;
        }
        let waits_for = report.blocking_details();
        if said != waits_for && !stop.is_cancelled() {
            say_waiting(&local, &waits_for);
            said = waits_for;
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = sleep(LOOK_EVERY) => {}
        }
    }
    say_welcome(app, config, &url).await?;
    say_ready(config, &local, &url);
    supervisor::say_ready();
    Ok(())
}

fn say_waiting(url: &str, waits_for: &str) {
    if output::is_json() {
        output::event("waiting", &[("url", url), ("detail", waits_for)]);
    } else {
        output::line(format_args!("wait  {url}   not ready yet: {waits_for} The log says why"));
    }
    supervisor::say_waiting(waits_for);
}

/// While nobody can sign in: the link by which the first administrator is made.
async fn say_welcome(app: &App, config: &Config, url: &str) -> anyhow::Result<()> {
    let file = config.data_dir.join(LINK_FILE);
    remove(&file)?;
    let customers = app.store.system().customers().await?;
    let Some(customer) = customers.first() else { return Ok(()) };
    let now = system::now();
    let link =
        server::sign_in::links::make_link(&app.store, customer, &app.randomness, now).await?;
    let Some(path) = link else { return Ok(()) };
    let link = format!("{url}{}", path.expose());
    let about = format!("first administrator of {customer}; works once, for 24 hours");
    if output::is_json() || !(io::stdout().is_terminal() || io::stderr().is_terminal()) {
        write_private(&file, &link)
            .with_context(|| format!("cannot write the welcome link to {}", file.display()))?;
        output::fact("open", "welcome link", format_args!("{} ({about})", file.display()));
    } else if io::stdout().is_terminal() {
        output::line(format_args!("open  {link}   ({about})"));
    } else {
        output::note(format_args!("open  {link}   ({about})"));
    }
    Ok(())
}

/// Removes the file of an earlier start, whose link works no more.
fn remove(file: &Path) -> anyhow::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", file.display()))
        }
        _ => Ok(()),
    }
}

fn write_private(file: &Path, link: &str) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    writeln!(file, "{link}")
}

/// `local` is where it listens, `url` how it is reached, which is another where a proxy stands in front.
fn say_ready(config: &Config, local: &str, url: &str) {
    let (region, database) = (&config.region, config.store.database.to_string());
    let objects = config.store.objects.to_string();
    if output::is_json() {
        output::event(
            "ready",
            &[
                ("url", local),
                ("public_url", url),
                ("region", region.as_str()),
                ("database", &database),
                ("objects", &objects),
            ],
        );
        return;
    }
    let reached = if local == url { String::new() } else { format!("   reached by {url}") };
    output::line(format_args!("ready {local}{reached}   region {region}   {database}   {objects}"));
    let authority = config.own_tls_folder().map_or_else(String::new, |folder| {
        format!(" --ca-file {}", folder.join(local_authority::CERTIFICATE_FILE).display())
    });
    let data_dir = config.data_dir.display();
    output::line(format_args!(
        "next  bursard --data-dir {data_dir} token issue --customer {FIRST_CUSTOMER} > token.txt && chmod 600 token.txt\n      \
         bursar send FILE.csv --url {url} --customer {FIRST_CUSTOMER} --type APT{authority} --token-file token.txt"
    ));
}
