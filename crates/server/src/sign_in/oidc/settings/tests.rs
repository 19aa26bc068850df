use super::*;

fn provider(name: &str, issuer: &str, domains: &[&str]) -> ProviderSettings {
    ProviderSettings {
        name: name.parse().unwrap(),
        title: name.to_owned(),
        issuer: issuer.parse().unwrap(),
        client_id: "bursar".to_owned(),
        client_credentials: ClientCredentials::None,
        scopes: vec!["openid".to_owned(), "email".to_owned()],
        claims: ClaimNames::default(),
        domains: domains.iter().map(ToString::to_string).collect(),
        trusts_domains: false,
        required: BTreeMap::new(),
        roles: Vec::new(),
    }
}

#[test]
fn an_issuer_is_reached_safely_and_is_one_tenants() {
    for (issuer, description) in [
        ("https://a.example", "https://a.example/.well-known/openid-configuration"),
        (
            "https://a.example/realms/x/",
            "https://a.example/realms/x/.well-known/openid-configuration",
        ),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000/.well-known/openid-configuration"),
        ("http://localhost:3000/x", "http://localhost:3000/x/.well-known/openid-configuration"),
        ("http://[::1]:3000", "http://[::1]:3000/.well-known/openid-configuration"),
    ] {
        let parsed: Issuer = issuer.parse().unwrap();
        assert_eq!((parsed.as_str(), parsed.description().as_str()), (issuer, description));
    }
    for issuer in [
        "",
        "a.example",
        "http://a.example",
        "https://user@a.example",
        "https://a.example?x=1",
        "https://a.example#x",
        "ftp://127.0.0.1",
        "http://127.0.0.1.evil.example",
    ] {
        assert_eq!(issuer.parse::<Issuer>(), Err(InvalidSettings::Issuer), "{issuer}");
    }
    for tenant in ENTRA_ANY_TENANT {
        let issuer = format!("https://{ENTRA_HOST}/{tenant}/v2.0");
        assert!(matches!(issuer.parse::<Issuer>(), Err(InvalidSettings::AnyTenant(_))));
    }
}

#[test]
fn names_are_those_of_addresses() {
    for (name, is_sound) in
        [("contoso", true), ("a1", true), ("", false), ("A", false), ("a-b", false), ("a/b", false)]
    {
        assert_eq!(name.parse::<ProviderName>().is_ok(), is_sound, "{name}");
    }
}

#[test]
fn several_speak_for_their_own_domains() {
    let one = provider("a", "https://a.example", &[]);
    let two = provider("b", "https://b.example", &["b.example"]);
    assert_eq!(check(std::slice::from_ref(&one)), Ok(()));
    assert_eq!(
        check(&[one.clone(), two.clone()]),
        Err(InvalidSettings::NoDomains(one.name.clone()))
    );
    let one = ProviderSettings { domains: vec!["A.example".to_owned()], ..one };
    assert_eq!(check(&[one.clone(), two.clone()]), Ok(()));
    for (email, speaks) in [
        ("ann@a.example", true),
        ("ann@b.example", false),
        ("ann@x.a.example", false),
        ("ann@a.example.evil.example", false),
    ] {
        assert_eq!(one.speaks_for(&email.parse().unwrap()), speaks, "{email}");
    }
    let twin = ProviderSettings { name: "c".parse().unwrap(), ..two.clone() };
    assert!(matches!(check(&[two.clone(), twin]), Err(InvalidSettings::TwoOfOneIssuer(_, _))));
    let trusting = ProviderSettings { trusts_domains: true, domains: Vec::new(), ..two.clone() };
    assert!(matches!(check(&[trusting]), Err(InvalidSettings::TrustWithoutDomains(_))));
    let nameless = ProviderSettings { client_id: String::new(), ..two.clone() };
    assert!(matches!(check(&[nameless]), Err(InvalidSettings::NoClientId(_))));
    assert_eq!(two.scope(), "openid email");
}
