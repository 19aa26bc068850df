//! `cargo xtask prove install`: the package of the server in a fresh Debian, from the installation
//! to the purge.
//!
//! Not for: systemd itself, which does not run in such a root; it reads and rates the unit from outside.
//!
//! Invariant: nothing outside the root's folder is installed or changed.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::files::{cannot, read_text, remove_folder, write};
use crate::{output, package};

const MIRROR: &str = "http://deb.debian.org/debian";
/// The packages that are there before: the targets that units name, and clients that send to the
/// server inside.
const BEFORE: &str = "ca-certificates,curl,openssh-client,systemd";
const UNITS: [&str; 2] = ["bursard.service", "bursard-work.service"];
const UNIT: &str = "usr/lib/systemd/system/bursard.service";
/// Made by `systemctl enable`.
const ENABLED: &str = "etc/systemd/system/multi-user.target.wants/bursard.service";
/// Inside the root.
const DATA: &str = "/var/lib/bursard";
const SUPPLIERS: &str = "Supplier,Name\n1,ACME Ltd\n";
/// Lower than every version there will be.
const EARLIER_VERSION: &str = "0.0.1";

/// A fresh Debian in a folder.
struct Root(PathBuf);

/// The server inside; killed when dropped.
struct Serving {
    child: Child,
    https: String,
    sftp: String,
}

pub(super) fn run(suite: &str) -> Result<(), String> {
    let package = package::server::debian_package()?;
    let packages = package.parent().ok_or("the package has no folder")?;
    let root = Root(packages.join("prove-install"));
    root.make(suite)?;
    let earlier = root.with_version(&package, EARLIER_VERSION)?;
    root.install(&earlier)?;
    output::say(&format!(
        "installed      {EARLIER_VERSION} of the same program, in a fresh {suite}"
    ));
    root.verify_units()?;
    let serving = root.serve()?;
    root.send(&serving, "first")?;
    serving.stop()?;
    root.install(&package)?;
    output::say("upgraded       its data is where it was");
    let serving = root.serve()?;
    root.send(&serving, "second")?;
    root.expect_uploads(&[
        "first_https.csv",
        "first_sftp.csv",
        "second_https.csv",
        "second_sftp.csv",
    ])?;
    serving.stop()?;
    root.remove()?;
    remove_folder(&root.0)
}

impl Root {
    fn make(&self, suite: &str) -> Result<(), String> {
        remove_folder(&self.0)?;
        let mut debootstrap = Command::new("debootstrap");
        debootstrap
            .args(["--variant=minbase", "--include", BEFORE, suite])
            .arg(&self.0)
            .arg(MIRROR);
        printed(&mut debootstrap).map_err(|fault| {
            format!("{fault}\n  as root, with the package debootstrap and a network, it is made within minutes")
        })?;
        Ok(())
    }

    /// The package under another version, as one that was installed before.
    fn with_version(&self, package: &Path, version: &str) -> Result<PathBuf, String> {
        let (folder, earlier) = (self.0.join("tmp/earlier"), self.0.join("tmp/earlier.deb"));
        printed(Command::new("dpkg-deb").arg("-R").arg(package).arg(&folder))?;
        let control = folder.join("DEBIAN/control");
        let text = read_text(&control)?;
        let lines = text.lines().map(|line| match line.strip_prefix("Version: ") {
            Some(_) => format!("Version: {version}\n"),
            None => format!("{line}\n"),
        });
        write(&control, lines.collect::<String>())?;
        let mut build = Command::new("dpkg-deb");
        // Packed it takes minutes, and it is installed once.
        build.args(["--root-owner-group", "-Znone", "-b"]).arg(&folder).arg(&earlier);
        printed(&mut build)?;
        remove_folder(&folder)?;
        Ok(earlier)
    }

    /// With what it depends on, as `apt install ./bursard.deb` does.
    fn install(&self, package: &Path) -> Result<(), String> {
        let inside = self.0.join("tmp/bursard.deb");
        fs::copy(package, &inside).map_err(|fault| cannot("copy", package, &fault))?;
        let apt = ["apt-get", "install", "--yes", "--no-install-recommends", "/tmp/bursard.deb"];
        printed(self.inside(&apt).env("DEBIAN_FRONTEND", "noninteractive")).map(drop)
    }

    fn verify_units(&self) -> Result<(), String> {
        let mut verify = Command::new("systemd-analyze");
        verify.arg("verify").arg("--root").arg(&self.0).args(UNITS);
        let said = printed(&mut verify)?;
        // It ends well also where it warns, and names the unit then.
        if said.contains("bursard") {
            return Err(format!("systemd-analyze: {said}"));
        }
        output::say("verified       the units, by systemd-analyze");
        Ok(())
    }

    fn inside(&self, command: &[&str]) -> Command {
        let mut chroot = Command::new("chroot");
        chroot.arg(&self.0).args(command).env("LC_ALL", "C").env("HOME", "/root");
        chroot
    }

    /// Starts the server as the unit does, but for the user that systemd makes.
    fn serve(&self) -> Result<Serving, String> {
        let unit = read_text(&self.0.join(UNIT))?;
        let command = unit.lines().find_map(|line| line.strip_prefix("ExecStart="));
        let command = command.ok_or("the unit starts nothing")?;
        let mut words: Vec<&str> = command.split(' ').collect();
        words.extend(["--listen", "127.0.0.1:0", "--sftp-listen", "127.0.0.1:0"]);
        let mut child = self
            .inside(&words)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|fault| format!("chroot: {fault}"))?;
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let (mut https, mut sftp) = (None, None);
        for line in lines {
            let line = line.map_err(|fault| format!("chroot: {fault}"))?;
            let port = |word: Option<&str>| Some(word?.rsplit_once(':')?.1.to_owned());
            let mut words = line.split_whitespace();
            match (words.next(), words.next()) {
                (Some("serve"), Some("sftp")) => sftp = port(words.next()),
                (Some("ready"), url) => {
                    https = port(url);
                    break;
                }
                _ => {}
            }
        }
        match (https, sftp) {
            (Some(https), Some(sftp)) => Ok(Serving { child, https, sftp }),
            _ => Err(format!("{command} did not get ready; try it: chroot {}", self.0.display())),
        }
    }

    fn send(&self, serving: &Serving, name: &str) -> Result<(), String> {
        write(&self.0.join("tmp/suppliers.csv"), SUPPLIERS)?;
        let settings = ["--data-dir", DATA];
        let token = printed(
            self.inside(&["bursard", "token", "issue", "--customer", "acme"]).args(settings),
        )?;
        let token = token.lines().find(|line| line.starts_with("ey")).ok_or("no token was made")?;
        let url = format!(
            "https://localhost:{}/customers/acme/units/acme/Uploads/upload/Suppliers/{name}_https.csv",
            serving.https
        );
        let bearer = format!("Authorization: Bearer {token}");
        let authority = format!("{DATA}/tls/ca.pem");
        printed(&mut self.inside(&[
            "curl",
            "--silent",
            "--show-error",
            "--fail-with-body",
            "--cacert",
            &authority,
            "--header",
            &bearer,
            "--header",
            "Content-Type: text/csv",
            "--data-binary",
            "@/tmp/suppliers.csv",
            &url,
        ]))?;
        output::say(&format!("sent           {name}_https.csv, by curl"));
        self.send_over_sftp(serving, name)?;
        output::say(&format!("sent           {name}_sftp.csv, by sftp"));
        Ok(())
    }

    fn send_over_sftp(&self, serving: &Serving, name: &str) -> Result<(), String> {
        let key = format!("/tmp/key-{name}");
        printed(&mut self.inside(&["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", &key]))?;
        let public = format!("{key}.pub");
        printed(&mut self.inside(&[
            "bursard",
            "sftp",
            "add",
            "--data-dir",
            DATA,
            "--customer",
            "acme",
            "--public-key",
            &public,
        ]))?;
        let batch = format!("put /tmp/suppliers.csv acme/Suppliers/{name}_sftp.csv\n");
        write(&self.0.join("tmp/batch"), batch)?;
        printed(&mut self.inside(&[
            "sftp",
            "-P",
            &serving.sftp,
            "-i",
            &key,
            "-o",
            "StrictHostKeyChecking=accept-new",
            "-b",
            "/tmp/batch",
            "acme@127.0.0.1",
        ]))
        .map(drop)
    }

    fn expect_uploads(&self, names: &[&str]) -> Result<(), String> {
        let listed = printed(&mut self.inside(&[
            "bursard",
            "upload",
            "list",
            "--data-dir",
            DATA,
            "--customer",
            "acme",
            "--json",
        ]))?;
        match names.iter().find(|name| !listed.contains(**name)) {
            Some(missing) => Err(format!("{missing} is not among the uploads: {listed}")),
            None => Ok(()),
        }
    }

    fn remove(&self) -> Result<(), String> {
        printed(&mut self.inside(&["systemctl", "enable", "bursard"]))?;
        if !self.has(ENABLED) {
            return Err(format!("{ENABLED} was not made by systemctl enable"));
        }
        let mut purge = self.inside(&["apt-get", "purge", "--yes", "bursard"]);
        printed(purge.env("DEBIAN_FRONTEND", "noninteractive"))?;
        let left = ["usr/bin/bursard", UNIT, ENABLED, "usr/share/doc/bursard"];
        if let Some(left) = left.iter().find(|place| self.has(place)) {
            return Err(format!("{left} is still there after the purge"));
        }
        if !self.0.join(DATA.trim_start_matches('/')).join("bursar.db").is_file() {
            return Err(
                "the data went with the package; removing it is for its owner alone".to_owned()
            );
        }
        output::say("removed        the program; its data stays");
        Ok(())
    }

    /// Also a link that leads nowhere outside the root.
    fn has(&self, place: &str) -> bool {
        self.0.join(place).symlink_metadata().is_ok()
    }
}

impl Serving {
    /// Stops it as a service manager does.
    fn stop(mut self) -> Result<(), String> {
        printed(Command::new("kill").arg(self.child.id().to_string()))?;
        match self.child.wait() {
            Ok(ended) if ended.success() => Ok(()),
            Ok(ended) => Err(format!("the server did not stop as it should: {ended}")),
            Err(fault) => Err(format!("the server: {fault}")),
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        drop((self.child.kill(), self.child.wait()));
    }
}

/// The output of a command; its errors when it failed.
fn printed(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output =
        command.stdin(Stdio::null()).output().map_err(|fault| format!("{name}: {fault}"))?;
    let said = [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat();
    if output.status.success() { Ok(said) } else { Err(format!("{name}: {said}")) }
}
