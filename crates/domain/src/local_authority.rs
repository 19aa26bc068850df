//! The certificate authority that a server makes for itself where it is given no certificate: by what those
//! who meet its signature know it.

/// Its name, in its own certificate and in those that it signs.
pub const NAME: &str = "Bursar local authority";
/// The file with its certificate, for clients to trust.
pub const CERTIFICATE_FILE: &str = "ca.pem";
