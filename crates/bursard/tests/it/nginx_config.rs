//! The frame of every configuration of nginx in these tests: it stays in the foreground, and keeps its
//! files in a folder of its own.

use std::path::Path;

/// A configuration with these directives about processes and these of `http`.
pub(crate) fn nginx_config(folder: &Path, processes: &str, http: &str) -> String {
    let at = folder.display();
    let temporaries: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {at}/{kind};\n"))
        .concat();
    format!(
        "daemon off;\n{processes}\npid {at}/pid;\nerror_log stderr;\nevents {{}}\n\
         http {{\naccess_log off;\n{temporaries}{http}}}\n"
    )
}
