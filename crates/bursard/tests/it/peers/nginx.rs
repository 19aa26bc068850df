//! nginx with its module for `WebDAV`, as Debian packages it: files stream to a private name and are renamed.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::harness::Server;
use crate::nginx_config::nginx_config;

const STARTED_MAX: Duration = Duration::from_secs(30);

/// A running nginx; ended when dropped.
pub(super) struct Nginx {
    child: Child,
    pub(super) port: u16,
    folder: TempDir,
}

impl Nginx {
    /// With the certificate of `server` and a process for each of two cores.
    pub(super) fn start(server: &Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (at, tls) = (folder.path().display(), server.data_dir().join("tls"));
        let files = format!(
            "server {{\nlisten 127.0.0.1:{port} ssl;\nssl_certificate {0}/server.pem;\n\
             ssl_certificate_key {0}/server-key.pem;\nkeepalive_requests 10000000;\n\
             client_max_body_size 0;\nlocation /files {{\nroot {at};\ndav_methods PUT;\n\
             create_full_put_path on;\n}}\n}}\n",
            tls.display()
        );
        let config = nginx_config(folder.path(), "worker_processes 2;\nuser root;", &files);
        fs::write(folder.path().join("nginx.conf"), config).unwrap();
        fs::create_dir(folder.path().join("files")).unwrap();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        // Servers are on the path of root only.
        let system = Path::new("/usr/sbin/nginx");
        let program = if system.is_file() { system } else { Path::new("nginx") };
        let child = Command::new(program)
            .arg("-p")
            .arg(folder.path())
            .args(["-c", "nginx.conf"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|why| panic!("nginx: {why}; cargo xtask setup installs it"));
        let nginx = Self { child, port, folder };
        let deadline = Instant::now() + STARTED_MAX;
        while TcpStream::connect(("127.0.0.1", port)).is_err() || nginx.workers().len() < 2 {
            let log = fs::read_to_string(nginx.folder.path().join("log")).unwrap();
            assert!(Instant::now() < deadline, "nginx does not listen: {log}");
            std::thread::yield_now();
        }
        nginx
    }

    /// It and those that do its work.
    pub(super) fn processes(&self) -> Vec<u32> {
        [vec![self.child.id()], self.workers()].concat()
    }

    fn workers(&self) -> Vec<u32> {
        let pid = self.child.id();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        let children = children.unwrap_or_else(|_ended| String::new());
        children.split_whitespace().map(|child| child.parse().unwrap()).collect()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The first process ends the others when it is asked to, not when it is killed.
        let _may_have_ended = Command::new("kill").arg(self.child.id().to_string()).status();
        let _reaped = self.child.wait();
    }
}
