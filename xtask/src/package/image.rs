//! `cargo xtask package image`: the server as an image for containers, an OCI image layout in a tar, made
//! without a daemon and of nothing but the program, the libraries it is linked with and the authorities
//! of this machine.
//!
//! Not for: an image upon another (`packaging/Dockerfile`).
//!
//! Invariant: the same program and libraries make the same bytes; the program runs as nobody of the host, and
//! nothing in the image is writable but its data folder and /tmp.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{VERSION, printed, server, succeed};
use crate::files;

/// Nobody of the host: its data is readable by this number only.
const USER: &str = "10001";
/// The user without a name would do for the server; others ask who they are.
const PASSWD: &str =
    "root:x:0:0:root:/:/sbin/nologin\nbursar:x:10001:10001:Bursar:/var/lib/bursard:/sbin/nologin\n";
const GROUP: &str = "root:x:0:\nbursar:x:10001:\n";
const NAMES: &str = "hosts: files dns\n";
/// The authorities that this machine trusts, which S3, Azure and identity providers are verified by.
const AUTHORITIES: &str = "etc/ssl/certs/ca-certificates.crt";
/// Times of files do not tell when the image was made, so that it can be made again.
const TAR: [&str; 6] =
    ["--create", "--sort=name", "--mtime=@0", "--numeric-owner", "--format=gnu", "--file"];

/// A part of an image: its kind, digest and length.
struct Blob {
    kind: &'static str,
    digest: String,
    bytes: u64,
}

impl Blob {
    fn json(&self) -> String {
        let Self { kind, digest, bytes } = self;
        format!(r#"{{"mediaType":"{kind}","digest":"sha256:{digest}","size":{bytes}}}"#)
    }
}

/// A layer, and its digest before it was compressed.
struct Layer {
    blob: Blob,
    content: String,
}

/// Builds the release of the server and puts it into an image below `target/packages`.
pub(crate) fn run() -> Result<(), String> {
    let (packages, program) = server::program()?;
    let image = make(&program, &packages.join("staged-image"))?;
    let name = format!("bursard-{VERSION}-oci-{}.tar", architecture());
    let archive = packages.join(name);
    let mut pack = Command::new("tar");
    pack.args(TAR).arg(&archive).arg("--directory").arg(&image).arg(".");
    succeed(&mut pack)?;
    crate::output::say(&archive.display().to_string());
    Ok(())
}

/// Makes an image of a program in a folder, and says where its layout is.
fn make(program: &Path, folder: &Path) -> Result<PathBuf, String> {
    files::remove_folder(folder)?;
    let (root, data, image) = (folder.join("root"), folder.join("data"), folder.join("image"));
    stage(program, &root)?;
    let own = data.join("var/lib/bursard");
    let tmp = data.join("tmp");
    for made in [&own, &tmp, &image.join("blobs/sha256")] {
        files::make_folder(made)?;
    }
    succeed(Command::new("chmod").arg("0700").arg(&own))?;
    succeed(Command::new("chmod").arg("1777").arg(&tmp))?;
    let layers = [layer(&root, "0", folder, &image)?, layer(&data, USER, folder, &image)?];
    let config = blob(&image, "application/vnd.oci.image.config.v1+json", &config(&layers))?;
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{},"layers":[{}]}}"#,
        config.json(),
        layers.each_ref().map(|layer| layer.blob.json()).join(",")
    );
    let manifest = blob(&image, "application/vnd.oci.image.manifest.v1+json", &manifest)?;
    let named = manifest.json();
    let named = named.strip_suffix('}').ok_or("a blob is an object")?;
    let index = format!(
        r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{named},"annotations":{{"org.opencontainers.image.ref.name":"{VERSION}","io.containerd.image.name":"docker.io/library/bursard:{VERSION}"}}}}]}}"#
    );
    files::write(&image.join("index.json"), index)?;
    files::write(&image.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#)?;
    Ok(image)
}

fn stage(program: &Path, root: &Path) -> Result<(), String> {
    for library in libraries(program)? {
        let place = library.strip_prefix("/").map_err(|_not_absolute| "ldd names paths")?;
        files::write(&root.join(place), files::read(&library)?)?;
    }
    files::write(&root.join("usr/bin/bursard"), files::read(program)?)?;
    let authorities = files::read(&Path::new("/").join(AUTHORITIES))?;
    files::write(&root.join(AUTHORITIES), authorities)?;
    for (place, content) in
        [("etc/passwd", PASSWD), ("etc/group", GROUP), ("etc/nsswitch.conf", NAMES)]
    {
        files::write(&root.join(place), content)?;
    }
    succeed(Command::new("chmod").args(["-R", "u=rwX,go=rX"]).arg(root))?;
    succeed(Command::new("chmod").args(["-R", "a+x"]).arg(root.join("usr/bin")))?;
    // The loader is a program as well.
    succeed(Command::new("find").arg(root).args([
        "-name",
        "ld-linux*",
        "-exec",
        "chmod",
        "a+x",
        "{}",
        "+",
    ]))
}

/// The libraries that a program is linked with, and what loads them.
fn libraries(program: &Path) -> Result<Vec<PathBuf>, String> {
    let program = program.display().to_string();
    let said = printed(Path::new("ldd"), &[&program])?;
    let said = String::from_utf8_lossy(&said).into_owned();
    if said.contains("not found") {
        return Err(format!("a library of {program} is missing here:\n{said}"));
    }
    Ok(paths(&said))
}

fn paths(said: &str) -> Vec<PathBuf> {
    let path = |line: &str| {
        let behind = line.split_once("=>").map_or(line, |(_, path)| path);
        let path = behind.split_whitespace().next()?;
        path.starts_with('/').then(|| PathBuf::from(path))
    };
    said.lines().filter_map(path).collect()
}

fn layer(content: &Path, owner: &str, folder: &Path, image: &Path) -> Result<Layer, String> {
    let tar = folder.join(format!("layer-{owner}.tar"));
    let mut pack = Command::new("tar");
    pack.args(TAR).arg(&tar).args([format!("--owner={owner}"), format!("--group={owner}")]);
    succeed(pack.arg("--directory").arg(content).arg("."))?;
    let (digest, _) = digest(&tar)?;
    // Without its name and time, so that it can be made again.
    succeed(Command::new("gzip").args(["--no-name", "--force"]).arg(&tar))?;
    let compressed = folder.join(format!("layer-{owner}.tar.gz"));
    let (found, bytes) = self::digest(&compressed)?;
    let place = image.join("blobs/sha256").join(&found);
    fs::rename(&compressed, &place).map_err(|fault| files::cannot("write", &place, &fault))?;
    let kind = "application/vnd.oci.image.layer.v1.tar+gzip";
    Ok(Layer { blob: Blob { kind, digest: found, bytes }, content: digest })
}

fn blob(image: &Path, kind: &'static str, text: &str) -> Result<Blob, String> {
    let draft = image.join("draft");
    files::write(&draft, text)?;
    let (digest, bytes) = digest(&draft)?;
    let place = image.join("blobs/sha256").join(&digest);
    fs::rename(&draft, &place).map_err(|fault| files::cannot("write", &place, &fault))?;
    Ok(Blob { kind, digest, bytes })
}

/// The digest and the length of a file.
fn digest(file: &Path) -> Result<(String, u64), String> {
    let name = file.display().to_string();
    let said_of_it = printed(Path::new("sha256sum"), &[&name])?;
    let said_of_it = String::from_utf8_lossy(&said_of_it).into_owned();
    let digest = said_of_it.split_whitespace().next().ok_or("sha256sum says nothing")?;
    let length = fs::metadata(file).map_err(|fault| files::cannot("read", file, &fault))?.len();
    Ok((digest.to_owned(), length))
}

/// The settings of a container of the image, as in packaging/Dockerfile.
fn config(layers: &[Layer; 2]) -> String {
    let contents =
        layers.each_ref().map(|layer| format!(r#""sha256:{}""#, layer.content)).join(",");
    let env = [
        "PATH=/usr/bin",
        "BURSARD_DATA_DIR=/var/lib/bursard",
        "BURSARD_LISTEN=0.0.0.0:8443",
        "BURSARD_METRICS_LISTEN=0.0.0.0:9464",
        "BURSARD_LOG_FORMAT=json",
    ];
    let env = env.map(|variable| format!(r#""{variable}""#)).join(",");
    format!(
        r#"{{"architecture":"{}","os":"linux","config":{{"User":"{USER}:{USER}","Env":[{env}],"Entrypoint":["/usr/bin/bursard"],"Cmd":["serve"],"WorkingDir":"/var/lib/bursard","StopSignal":"SIGTERM","ExposedPorts":{{"8443/tcp":{{}},"9464/tcp":{{}}}},"Volumes":{{"/var/lib/bursard":{{}}}},"Labels":{{"org.opencontainers.image.title":"bursard","org.opencontainers.image.version":"{VERSION}","org.opencontainers.image.licenses":"Apache-2.0"}}}},"rootfs":{{"type":"layers","diff_ids":[{contents}]}}}}"#,
        architecture()
    )
}

/// The name that images give to this architecture.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_read_from_what_ldd_says() {
        let said = "\tlinux-vdso.so.1 (0x1)\n\tlibm.so.6 => /lib/x/libm.so.6 (0x2)\n\t/lib64/ld-linux.so.2 (0x3)\n";
        let found = paths(said);
        let expected = ["/lib/x/libm.so.6", "/lib64/ld-linux.so.2"].map(PathBuf::from);
        assert_eq!(found, expected);
    }

    /// Of a program that is on every machine.
    #[test]
    fn an_image_holds_the_program_and_is_the_same_again() {
        let folder = std::env::temp_dir().join(format!("bursar-image-{}", std::process::id()));
        let program = Path::new("/bin/true");
        let image = make(program, &folder).unwrap();
        let index = fs::read_to_string(image.join("index.json")).unwrap();
        for blob in fs::read_dir(image.join("blobs/sha256")).unwrap() {
            let path = blob.unwrap().path();
            assert_eq!(digest(&path).unwrap().0, path.file_name().unwrap().to_string_lossy());
        }
        let parsed = Command::new("python3")
            .args(["-c", "import json,sys,os\nos.chdir(sys.argv[1])\nb=lambda d:'blobs/sha256/'+d['digest'][7:]\n\
                m=json.load(open(b(json.load(open('index.json'))['manifests'][0])))\n\
                c=json.load(open(b(m['config'])))\nassert len(m['layers'])==len(c['rootfs']['diff_ids'])\n\
                print(b(m['layers'][0]))"])
            .arg(&image)
            .output()
            .unwrap();
        assert!(parsed.status.success(), "{}", String::from_utf8_lossy(&parsed.stderr));
        let first = String::from_utf8(parsed.stdout).unwrap();
        let listed =
            Command::new("tar").arg("-tzvf").arg(image.join(first.trim())).output().unwrap();
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let of_program = listed.lines().find(|line| line.ends_with("./usr/bin/bursard")).unwrap();
        assert!(of_program.starts_with("-rwxr-xr-x 0/0"), "{of_program}");
        assert!(listed.contains("ld-linux") && listed.contains(AUTHORITIES), "{listed}");
        let again = make(program, &folder).unwrap();
        assert_eq!(fs::read_to_string(again.join("index.json")).unwrap(), index);
        fs::remove_dir_all(folder).unwrap();
    }
}
