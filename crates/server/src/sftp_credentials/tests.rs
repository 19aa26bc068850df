use proptest::prelude::*;

use super::*;

const ED25519: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

#[test]
fn a_user_is_a_customer_and_a_unit() {
    for (text, customer, unit) in [("acme", "acme", "acme"), ("acme.north", "acme", "north")] {
        let user: SftpUser = text.parse().unwrap();
        assert_eq!((user.customer.as_str(), user.unit.as_str()), (customer, unit));
        assert_eq!(user.to_string(), text);
    }
    assert_eq!("acme.acme".parse::<SftpUser>().unwrap().to_string(), "acme");
    for bad in ["", ".", "acme.", ".north", "Acme", "acme.north.south", "acme/north", "root\0"] {
        assert_eq!(bad.parse::<SftpUser>(), Err(InvalidSftpUser), "{bad}");
    }
}

#[test]
fn a_key_is_known_without_its_comment() {
    let with_comment: SshPublicKey = format!(" {ED25519} erp@fs01\n").parse().unwrap();
    assert_eq!(with_comment, ED25519.parse().unwrap());
    assert_eq!(with_comment.text, ED25519);
    assert!(with_comment.fingerprint().starts_with("SHA256:"), "{with_comment:?}");
}

#[test]
fn what_is_no_public_key_is_said_to_be_none() {
    for (text, expected) in [
        ("", PublicKeyRefusal::NotAKey),
        ("ssh-ed25519", PublicKeyRefusal::NotAKey),
        ("ssh-ed25519 AAAA", PublicKeyRefusal::NotAKey),
        (&format!("{ED25519}\n{ED25519}"), PublicKeyRefusal::NotAKey),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl", PublicKeyRefusal::Private),
        ("PuTTY-User-Key-File-3: ssh-ed25519", PublicKeyRefusal::Private),
    ] {
        assert_eq!(text.parse::<SshPublicKey>(), Err(expected), "{text}");
    }
}

#[test]
fn a_signature_with_sha_1_is_weak() {
    assert!(is_weak(&Algorithm::Rsa { hash: None }));
    assert!(!is_weak(&Algorithm::Rsa { hash: Some(HashAlg::Sha256) }));
    assert!(!is_weak(&Algorithm::Ed25519));
}

proptest! {
    /// Whatever is pasted is a key or is refused.
    #[test]
    fn any_text_is_looked_at(text in "(ssh-(ed25519|rsa) )?[ -~\n]{0,200}") {
        drop(text.parse::<SshPublicKey>());
        drop(text.parse::<SftpUser>());
    }
}
