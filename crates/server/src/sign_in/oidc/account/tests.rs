use domain::MemberRole;
use serde_json::json;

use super::super::settings::{ClientCredentials, GroupRole};
use super::*;

fn claims(all: Value) -> Claims {
    let Value::Object(all) = all else { panic!("claims are an object") };
    Claims { subject: Some("ann".to_owned()), all }
}

fn settings() -> ProviderSettings {
    let role = |group: &str, place: &str, role: MemberRole| {
        let (customer, unit) = place.split_once('/').unwrap_or((place, ""));
        GroupRole {
            group: group.to_owned(),
            customer: customer.parse().unwrap(),
            unit: unit.parse().ok(),
            role,
        }
    };
    ProviderSettings {
        name: "contoso".parse().unwrap(),
        title: "Contoso".to_owned(),
        issuer: "https://a.example".parse().unwrap(),
        client_id: "bursar".to_owned(),
        client_credentials: ClientCredentials::None,
        scopes: Vec::new(),
        claims: ClaimNames::default(),
        domains: vec!["contoso.example".to_owned()],
        trusts_domains: false,
        required: BTreeMap::new(),
        roles: vec![
            role("clerks", "acme", MemberRole::Analyst),
            role("readers", "acme", MemberRole::Viewer),
            role("readers", "globex", MemberRole::Viewer),
            role("uk clerks", "acme/uk", MemberRole::Analyst),
            role("readers", "acme/uk", MemberRole::Auditor),
        ],
    }
}

#[test]
fn an_address_is_taken_when_it_is_proven() {
    let own = "ann@contoso.example";
    for (all, trusts_domains, outcome) in [
        (json!({"email": own, "email_verified": true}), false, None),
        (json!({"email": "Ann@Contoso.Example", "email_verified": "true"}), false, None),
        (json!({"email": own, "email_verified": 1}), false, None),
        (json!({"email": own}), true, None),
        (json!({"email": own}), false, Some(Refusal::Unverified)),
        (json!({"email": own, "email_verified": false}), true, Some(Refusal::Unverified)),
        (json!({"email": own, "email_verified": "yes"}), true, Some(Refusal::Unverified)),
        (json!({"email": own, "email_verified": null}), true, Some(Refusal::Unverified)),
        (
            json!({"email": "ann@other.example", "email_verified": true}),
            true,
            Some(Refusal::ForeignDomain),
        ),
        (
            json!({"email": "x@y@contoso.example", "email_verified": true}),
            true,
            Some(Refusal::NoAddress),
        ),
        (json!({"email": [own], "email_verified": true}), true, Some(Refusal::NoAddress)),
        (json!({}), true, Some(Refusal::NoAddress)),
    ] {
        let settings = ProviderSettings { trusts_domains, ..settings() };
        assert_eq!(proven_address(&settings, &claims(all.clone())).err(), outcome, "{all}");
    }
    let entra = ProviderSettings {
        claims: ClaimNames { email_verified: "xms_edov".to_owned(), ..ClaimNames::default() },
        ..settings()
    };
    let verified = claims(json!({"email": own, "xms_edov": "1", "email_verified": false}));
    assert!(proven_address(&entra, &verified).is_ok());
}

#[test]
fn the_first_group_that_fits_gives_the_role_of_a_customer() {
    let (acme, globex): (CustomerName, CustomerName) =
        ("acme".parse().unwrap(), "globex".parse().unwrap());
    let (analyst, viewer) = (Some(MemberRole::Analyst), Some(MemberRole::Viewer));
    for (groups, in_acme, in_globex) in [
        (json!(["clerks", "readers"]), analyst, viewer),
        (json!(["readers"]), viewer, viewer),
        (json!("clerks"), analyst, None),
        (json!(["Clerks", "clerks "]), None, None),
        (json!([]), None, None),
        (json!([1, null]), None, None),
    ] {
        let given = roles(&settings(), &claims(json!({ "groups": groups }))).unwrap();
        let everywhere = (given[&acme].everywhere, given[&globex].everywhere);
        assert_eq!(everywhere, (in_acme, in_globex), "{groups}");
    }
    assert!(roles(&settings(), &claims(json!({}))).unwrap()[&acme].is_empty());
    // Of a unit the first that fits counts as well, beside that for all.
    for (groups, everywhere, in_uk) in [
        (json!(["uk clerks"]), None, analyst),
        (json!(["readers", "uk clerks"]), viewer, analyst),
        (json!(["readers"]), viewer, Some(MemberRole::Auditor)),
        (json!(["clerks"]), analyst, None),
    ] {
        let given = roles(&settings(), &claims(json!({ "groups": groups }))).unwrap();
        let uk = given[&acme].units.get(&"uk".parse().unwrap()).copied();
        assert_eq!((given[&acme].everywhere, uk), (everywhere, in_uk), "{groups}");
    }
    let too_many = json!({"_claim_names": {"groups": "src1"}, "_claim_sources": {}});
    for all in [too_many, json!({"hasgroups": true})] {
        assert_eq!(roles(&settings(), &claims(all)), None);
    }
}
