//! Proxies and programs that open TLS, by the names they give their authorities.
//!
//! Invariant: a name here is a hint for a person; nothing is trusted or refused for it.

/// Part of the issuer's name, and what it is.
const KNOWN: [(&str, &str); 30] = [
    ("zscaler", "Zscaler"),
    ("netskope", "Netskope"),
    ("goskope", "Netskope"),
    ("blue coat", "a Blue Coat proxy"),
    ("bluecoat", "a Blue Coat proxy"),
    ("symantec web", "Symantec Web Security"),
    ("palo alto", "a Palo Alto firewall"),
    ("fortigate", "a FortiGate firewall"),
    ("fortinet", "a Fortinet firewall"),
    ("check point", "a Check Point firewall"),
    ("sophos", "Sophos"),
    ("mcafee web gateway", "McAfee Web Gateway"),
    ("skyhigh", "Skyhigh"),
    ("cisco umbrella", "Cisco Umbrella"),
    ("ironport", "Cisco IronPort"),
    ("forcepoint", "Forcepoint"),
    ("websense", "Websense"),
    ("barracuda", "a Barracuda gateway"),
    ("iboss", "iboss"),
    ("menlo security", "Menlo Security"),
    ("cato networks", "Cato Networks"),
    ("watchguard", "a WatchGuard firewall"),
    ("smoothwall", "Smoothwall"),
    ("kaspersky", "Kaspersky"),
    ("eset ssl filter", "ESET"),
    ("bitdefender", "Bitdefender"),
    ("mitmproxy", "mitmproxy"),
    ("fiddler", "Fiddler"),
    ("charles proxy", "Charles"),
    ("portswigger", "Burp Suite"),
];

/// The name of what opens TLS, if its authority bears a known name, or calls itself a proxy.
pub fn interceptor(issuer: &str) -> Option<&'static str> {
    let lower = issuer.to_lowercase();
    let known = KNOWN.iter().find(|(part, _)| lower.contains(part)).map(|(_, name)| *name);
    let calls_itself = ["proxy", "firewall", "ssl inspection", "tls inspection", "web gateway"];
    known.or_else(|| calls_itself.iter().any(|part| lower.contains(part)).then_some("A proxy"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_recognised() {
        for (issuer, found) in [
            ("CN=Zscaler Intermediate Root CA (zscalertwo.net)", Some("Zscaler")),
            ("C=US, O=Fortinet, CN=FG100F", Some("a Fortinet firewall")),
            ("CN=Contoso Proxy CA", Some("A proxy")),
            ("C=US, O=Let's Encrypt, CN=R11", None),
            ("C=US, O=Google Trust Services, CN=WE1", None),
        ] {
            assert_eq!(interceptor(issuer), found, "{issuer}");
        }
    }
}
