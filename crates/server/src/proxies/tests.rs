use proptest::prelude::*;

use super::*;

fn proxies(trusted: &[&str], client_address_in: ClientAddressIn) -> Proxies {
    let trusted = trusted.iter().map(|network| network.parse().unwrap()).collect();
    Proxies::new(trusted, client_address_in)
}

fn headers(name: &HeaderName, values: &[&str]) -> HeaderMap {
    values.iter().map(|value| (name.clone(), value.parse().unwrap())).collect()
}

const TRUSTED: [&str; 3] = ["10.0.0.0/8", "192.0.2.1", "2001:db8:aa::/48"];

#[test]
fn networks_and_what_is_none() {
    for (text, network) in [
        ("10.1.2.3/8", "10.0.0.0/8"),
        ("192.0.2.1", "192.0.2.1/32"),
        ("::1", "::1/128"),
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("2001:db8::1/32", "2001:db8::/32"),
    ] {
        assert_eq!(text.parse::<Network>().unwrap().to_string(), network);
    }
    for text in ["", "proxy", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/-1", "10.0.0.0/8/8"] {
        assert!(text.parse::<Network>().is_err(), "{text}");
    }
}

#[test]
fn the_nearest_that_is_no_trusted_proxy_counts() {
    let trusted = proxies(&TRUSTED, ClientAddressIn::XForwardedFor);
    for (peer, said, client) in [
        // Nobody trusted: nothing is read.
        ("198.51.100.7", &["203.0.113.9"][..], "198.51.100.7"),
        ("10.0.0.1", &[], "10.0.0.1"),
        ("10.0.0.1", &["203.0.113.9"], "203.0.113.9"),
        ("::ffff:10.0.0.1", &["203.0.113.9"], "203.0.113.9"),
        ("2001:db8:aa::7", &["2001:db8:bb::1"], "2001:db8:bb::1"),
        // What the client wrote itself stands on the left.
        ("10.0.0.1", &["10.9.9.9, 127.0.0.1, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", &["1.2.3.4", "203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", &["203.0.113.9, 10.0.0.2,192.0.2.1"], "203.0.113.9"),
        // All are trusted: the farthest.
        ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        // Hidden, or no address: nobody farther is believed.
        ("10.0.0.1", &["203.0.113.9, unknown"], "10.0.0.1"),
        ("10.0.0.1", &["203.0.113.9, _hidden, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", &["203.0.113.9,"], "10.0.0.1"),
        ("10.0.0.1", &["203.0.113.9", ""], "10.0.0.1"),
        // With a port, as some write it.
        ("10.0.0.1", &["203.0.113.9:4711"], "203.0.113.9"),
        ("10.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
        ("10.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
        ("10.0.0.1", &["::ffff:203.0.113.9"], "203.0.113.9"),
    ] {
        let found = trusted.client(peer.parse().unwrap(), &headers(&X_FORWARDED_FOR, said));
        assert_eq!(found.to_string(), client, "{peer} {said:?}");
    }
}

#[test]
fn one_header_is_read_and_no_other() {
    let peer: IpAddr = "10.0.0.1".parse().unwrap();
    let mut both = headers(&X_FORWARDED_FOR, &["203.0.113.9"]);
    both.extend(headers(&header::FORWARDED, &["for=198.51.100.7"]));
    for (client_address_in, client) in [
        (ClientAddressIn::XForwardedFor, "203.0.113.9"),
        (ClientAddressIn::Forwarded, "198.51.100.7"),
        (ClientAddressIn::ProxyProtocol, "10.0.0.1"),
    ] {
        let found = proxies(&TRUSTED, client_address_in).client(peer, &both);
        assert_eq!(found.to_string(), client);
    }
    assert_eq!(Proxies::default().client(peer, &both), peer, "by default nobody is trusted");
}

#[test]
fn forwarded_is_read_from_its_end() {
    let trusted = proxies(&TRUSTED, ClientAddressIn::Forwarded);
    for (said, client) in [
        ("for=203.0.113.9", "203.0.113.9"),
        ("For=\"[2001:db8::1]:4711\";proto=https;by=10.0.0.1", "2001:db8::1"),
        ("proto=https; for=203.0.113.9 ;host=\"a,b\"", "203.0.113.9"),
        ("for=1.2.3.4, for=203.0.113.9", "203.0.113.9"),
        ("for=203.0.113.9, for=10.0.0.2", "203.0.113.9"),
        // A quote that a client has left open.
        ("for=\"1.2.3.4, for=203.0.113.9", "203.0.113.9"),
        ("for=\"10.0.0.7\"\", for=203.0.113.9;proto=https", "203.0.113.9"),
        ("for=unknown", "10.0.0.1"),
        ("for=_secret, for=10.0.0.2", "10.0.0.2"),
        ("proto=https", "10.0.0.1"),
        ("", "10.0.0.1"),
    ] {
        let peer = "10.0.0.1".parse().unwrap();
        let found = trusted.client(peer, &headers(&header::FORWARDED, &[said]));
        assert_eq!(found.to_string(), client, "{said}");
    }
}

fn trusted_address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<[u8; 3]>().prop_map(|[b, c, d]| IpAddr::from([10, b, c, d])),
        Just(IpAddr::from([192, 0, 2, 1])),
    ]
}

proptest! {
    /// Whatever a client writes, it is known by the address its connection to the first trusted proxy had.
    #[test]
    fn no_client_forges_its_address(
        forged in prop::collection::vec(r#"[0-9a-f.:,;="\[\] forunkw]{0,30}"#, 0..4),
        last in any::<[u8; 2]>(),
        chain in prop::collection::vec(trusted_address(), 1..5),
        in_lines in any::<bool>(),
    ) {
        let client = IpAddr::from([203, 0, last[0], last[1]]);
        // Each proxy adds whom it was asked by; the last one is the peer.
        let hops: Vec<IpAddr> = [client].into_iter().chain(chain.iter().copied()).collect();
        let (peer, added) = hops.split_last().unwrap();
        for (client_address_in, name, prefix) in [
            (ClientAddressIn::XForwardedFor, &X_FORWARDED_FOR, ""),
            (ClientAddressIn::Forwarded, &header::FORWARDED, "for="),
        ] {
            let added: Vec<String> = added.iter().map(|hop| format!("{prefix}{hop}")).collect();
            let mut lines = forged.clone();
            if in_lines {
                lines.extend(added);
            } else {
                let begun = lines.pop().map(|line| line + ", ").unwrap_or_default();
                lines.push(begun + &added.join(", "));
            }
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let found = proxies(&TRUSTED, client_address_in).client(*peer, &headers(name, &lines));
            prop_assert_eq!(found, client, "{:?}", lines);
        }
    }

    /// What comes from nobody trusted is never believed.
    #[test]
    fn a_stranger_is_known_by_the_connection(said in r"[0-9a-f.:, ]{0,40}", last in any::<u8>()) {
        let peer = IpAddr::from([198, 51, 100, last]);
        let trusted = proxies(&TRUSTED, ClientAddressIn::XForwardedFor);
        prop_assert_eq!(trusted.client(peer, &headers(&X_FORWARDED_FOR, &[&said])), peer);
    }
}
