//! Signing in at an identity provider, and all that others try.

mod accounts;
mod forged;

use std::collections::BTreeMap;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};
use server::sign_in::PasswordUse;
use server::sign_in::oidc::{ClientCredentials, ClientKey};

use crate::browser::{Browser, Page};
use crate::desk::{Desk, now};
use crate::issuer::{CODE, Issuer, SITE, methods};

const CALLBACK: &str = "/sign-in/with/contoso/callback";

/// The request that a browser left with.
struct Departure {
    location: String,
    query: BTreeMap<String, String>,
}

/// A desk at which people sign in with one provider, and Ann, who runs the server.
async fn desk(issuer: &Issuer) -> (Desk, Browser) {
    desk_with(issuer, |_| {}, PasswordUse::Everybody).await
}

async fn desk_with(
    issuer: &Issuer,
    change: impl FnOnce(&mut server::sign_in::oidc::ProviderSettings),
    passwords: PasswordUse,
) -> (Desk, Browser) {
    let mut settings = issuer.settings("contoso");
    change(&mut settings);
    let desk = Desk::open_signing_in(methods(vec![settings], passwords)).await;
    let ann = Browser::ann(&desk).await;
    (desk, ann)
}

async fn leave(browser: &mut Browser, desk: &Desk, next: &str) -> Departure {
    let page = browser.get(desk, &format!("/sign-in/with/contoso?next={next}")).await;
    assert_eq!(page.status, 303, "{}", page.text);
    let location = page.location().to_owned();
    let query = location.split_once('?').unwrap().1;
    let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    Departure { location, query }
}

impl Departure {
    fn back(&self) -> String {
        format!("{CALLBACK}?code={CODE}&state={}", self.query["state"])
    }

    /// An ID token for whoever left so.
    fn claims(&self, issuer: &Issuer, changes: &Value) -> Value {
        let at = now().as_second();
        let mut claims = json!({
            "iss": issuer.url, "aud": "bursar client", "sub": "sub-bob", "iat": at, "exp": at + 300,
            "nonce": self.query["nonce"], "email": "bob@example.org", "email_verified": true,
            "name": "Bob Clerk", "sid": "sid-1",
        });
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name] = value.clone(),
            }
        }
        claims
    }
}

/// Signs in with what the provider says of somebody.
async fn sign_in(browser: &mut Browser, desk: &Desk, issuer: &Issuer, changes: &Value) -> Page {
    sign_in_to(browser, desk, issuer, changes, "/at/acme/acme/uploads").await
}

async fn sign_in_to(
    browser: &mut Browser,
    desk: &Desk,
    issuer: &Issuer,
    changes: &Value,
    next: &str,
) -> Page {
    let left = leave(browser, desk, next).await;
    let token = issuer.sign(&left.claims(issuer, changes));
    issuer.will_answer(&left.query["code_challenge"], token);
    browser.get(desk, &left.back()).await
}

async fn is_signed_in(browser: &mut Browser, desk: &Desk) -> bool {
    browser.get(desk, "/me").await.status == 200
}

#[tokio::test]
async fn people_sign_in_with_a_provider_and_out() {
    let issuer = Issuer::start().await;
    let (desk, _ann) = desk(&issuer).await;
    Browser::member(&desk, "bob@example.org", domain::MemberRole::Viewer).await;
    let mut bob = Browser::default();
    let form = bob.get(&desk, "/sign-in?next=%2Fme").await;
    assert!(form.text.contains("Sign in with Contoso"), "{}", form.text);
    assert!(form.text.contains("/sign-in/with/contoso?next=%2Fme"), "{}", form.text);
    let page = sign_in(&mut bob, &desk, &issuer, &json!({})).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/at/acme/acme/uploads"));
    let me = bob.get(&desk, "/me").await;
    assert!(me.text.contains("bob@example.org") && me.text.contains("Contoso"), "{}", me.text);

    let out = bob.post(&desk, "/sign-out", &[]).await;
    let refresh = out.headers["refresh"].to_str().unwrap();
    assert!(refresh.starts_with(&format!("0; url={}/end?client_id=bursar+client", issuer.url)));
    assert!(refresh.contains("&id_token_hint=ey") && refresh.contains("post_logout_redirect_uri="));
    assert!(!is_signed_in(&mut bob, &desk).await);

    // From now on the subject counts, whatever the address.
    let moved = json!({"email": "robert@example.org", "email_verified": false});
    assert_eq!(sign_in(&mut bob, &desk, &issuer, &moved).await.status, 303);
    assert!(bob.get(&desk, "/me").await.text.contains("bob@example.org"));
    let log = desk.audited().await;
    let log: Vec<&str> = log.iter().map(String::as_str).skip(5).collect();
    assert_eq!(log, ["user.link_identity", "user.sign_in", "user.end_session", "user.sign_in"]);
    assert_eq!(issuer.requests_for("description"), 1, "it is asked once an hour");
    assert_eq!(issuer.requests_for("keys"), 1);
}

#[tokio::test]
async fn the_requests_are_those_of_the_standard() {
    let issuer = Issuer::start().await;
    let (desk, _ann) = desk(&issuer).await;
    Browser::member(&desk, "bob@example.org", domain::MemberRole::Viewer).await;
    let mut bob = Browser::default();
    let left = leave(&mut bob, &desk, "/").await;
    assert!(left.location.starts_with(&format!("{}/authorize?response_type=code&", issuer.url)));
    for (name, value) in [
        ("client_id", "bursar client"),
        ("redirect_uri", &*format!("{SITE}{CALLBACK}")),
        ("scope", "openid profile email"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(left.query[name], value);
    }
    let token = issuer.sign(&left.claims(&issuer, &json!({})));
    issuer.will_answer(&left.query["code_challenge"], token);
    assert_eq!(bob.get(&desk, &left.back()).await.status, 303);
    let form = issuer.form();
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!(form["redirect_uri"], format!("{SITE}{CALLBACK}"));
    // Base 64 of `bursar+client:hunter+2%3A`.
    assert_eq!(form["authorization"], "Basic YnVyc2FyK2NsaWVudDpodW50ZXIrMiUzQQ==");
    assert!(!form.contains_key("client_secret") && !form.contains_key("client_id"));

    issuer.describe("token_endpoint_auth_methods_supported", json!(["client_secret_post"]));
    desk.later(3600);
    let mut other = Browser::default();
    let again = leave(&mut other, &desk, "/").await;
    assert_ne!(left.query["state"], again.query["state"]);
    other.get(&desk, &again.back()).await;
    assert_eq!(issuer.form()["client_secret"], "hunter 2:");
}

#[tokio::test]
async fn a_key_proves_the_client_without_a_secret() {
    let issuer = Issuer::start().await;
    let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let (pair, site) = (pair.unwrap(), issuer.url.clone());
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(pair.as_ref())
    );
    let key = ClientKey::from_pem(&pem, Some("bursar-1".to_owned())).unwrap();
    let by_key = |settings: &mut server::sign_in::oidc::ProviderSettings| {
        settings.client_credentials = ClientCredentials::Key(Box::new(key));
    };
    let (desk, _ann) = desk_with(&issuer, by_key, PasswordUse::Everybody).await;
    Browser::member(&desk, "bob@example.org", domain::MemberRole::Viewer).await;
    let mut proofs = Vec::new();
    for _ in 0..2 {
        assert_eq!(sign_in(&mut Browser::default(), &desk, &issuer, &json!({})).await.status, 303);
        let form = issuer.form();
        assert!(!form.contains_key("authorization") && !form.contains_key("client_secret"));
        assert_eq!(form["client_id"], "bursar client");
        assert_eq!(
            form["client_assertion_type"],
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        );
        proofs.push(form["client_assertion"].clone());
    }
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pair.as_ref()).unwrap();
    let public = DecodingKey::from_ec_der(pair.public_key().as_ref());
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_audience(&[site]);
    // The clock of the desk stands still.
    validation.validate_exp = false;
    let proof = |text: &str| jsonwebtoken::decode::<Value>(text, &public, &validation).unwrap();
    let (one, two) = (proof(&proofs[0]), proof(&proofs[1]));
    assert_eq!(one.header.kid.as_deref(), Some("bursar-1"));
    assert_eq!(
        (&one.claims["iss"], &one.claims["sub"]),
        (&json!("bursar client"), &one.claims["iss"])
    );
    assert_eq!(one.claims["exp"].as_i64().unwrap() - now().as_second(), 120);
    assert_ne!(one.claims["jti"], two.claims["jti"], "each is for one exchange");
}

#[tokio::test]
async fn an_answer_counts_once_and_where_it_was_asked_for() {
    let issuer = Issuer::start().await;
    let (desk, _ann) = desk(&issuer).await;
    Browser::member(&desk, "bob@example.org", domain::MemberRole::Viewer).await;
    let ready = async |browser: &mut Browser| {
        let left = leave(browser, &desk, "/").await;
        let token = issuer.sign(&left.claims(&issuer, &json!({})));
        issuer.will_answer(&left.query["code_challenge"], token);
        left
    };
    let refused = |page: &Page, said: &str| {
        assert!(page.status == 422 && page.text.contains(said), "{said}: {}", page.text);
    };
    let mut bob = Browser::default();
    let mut left = ready(&mut bob).await;
    let mut eve = Browser::default();
    refused(&eve.get(&desk, &left.back()).await, "another window or browser");
    leave(&mut eve, &desk, "/").await;
    refused(&eve.get(&desk, &left.back()).await, "another window or browser");
    let asked = issuer.requests_for("token");
    assert_eq!(asked, 0, "nobody is asked for somebody else's answer");
    let kept = bob.clone();
    assert_eq!(bob.get(&desk, &left.back()).await.status, 303);
    refused(&bob.get(&desk, &left.back()).await, "another window or browser");
    // Even whoever has kept the cookie and finds a provider that takes a code twice.
    refused(&kept.clone().get(&desk, &left.back()).await, "used already");

    for (query, said) in [
        ("error=access_denied", "not assigned to Bursar"),
        ("error=login_required", "(login_required)"),
        ("error=%3Cscript%3E", "(unknown)"),
        ("code=stolen-code", "(invalid_grant)"),
        ("iss=https%3A%2F%2Fevil.example&code=good-code", "does not come from Contoso"),
        ("", "did not sign you in"),
    ] {
        let mut bob = Browser::default();
        let left = ready(&mut bob).await;
        let page =
            bob.get(&desk, &format!("{CALLBACK}?{query}&state={}", left.query["state"])).await;
        refused(&page, said);
        assert!(!page.text.contains("<script>") && !is_signed_in(&mut bob, &desk).await);
    }
    let mut bob = Browser::default();
    left = ready(&mut bob).await;
    desk.later(16 * 60);
    refused(&bob.get(&desk, &left.back()).await, "longer than a quarter of an hour");
}

#[tokio::test]
async fn an_answer_of_another_provider_is_mixed_up() {
    let (one, two) = (Issuer::start().await, Issuer::start().await);
    two.describe("authorization_response_iss_parameter_supported", json!(true));
    let providers = vec![one.settings("contoso"), two.settings("fabrikam")];
    let desk = Desk::open_signing_in(methods(providers, PasswordUse::Everybody)).await;
    Browser::ann(&desk).await;
    let mut bob = Browser::default();
    let left = leave(&mut bob, &desk, "/").await;
    let elsewhere = left.back().replace("contoso", "fabrikam");
    let page = bob.get(&desk, &elsewhere).await;
    assert!(page.status == 422 && page.text.contains("does not come from"), "{}", page.text);
    assert_eq!(
        one.requests_for("token") + two.requests_for("token"),
        0,
        "no code is shown to the wrong one"
    );
    // A provider that says who it is has to.
    let page = bob.get(&desk, "/sign-in/with/fabrikam").await;
    let state =
        page.location().split_once("state=").unwrap().1.split('&').next().unwrap().to_owned();
    let back = format!("/sign-in/with/fabrikam/callback?code={CODE}&state={state}");
    let page = bob.get(&desk, &back).await;
    assert!(page.status == 422 && page.text.contains("does not come from"), "{}", page.text);
    assert_eq!(bob.get(&desk, "/sign-in/with/nobody").await.status, 404);
}

#[tokio::test]
async fn a_provider_that_is_silent_or_another_is_said() {
    let issuer = Issuer::start().await;
    let (desk, _ann) = desk(&issuer).await;
    issuer.describe("issuer", json!("https://evil.example"));
    let mut bob = Browser::default();
    for seconds in [0, 1] {
        desk.later(seconds);
        let page = bob.get(&desk, "/sign-in/with/contoso").await;
        assert!(page.status == 422 && page.text.contains("cannot be reached"), "{}", page.text);
    }
    assert_eq!(issuer.requests_for("description"), 1, "it is not asked again at once");
    issuer.describe("issuer", json!(issuer.url));
    desk.later(5);
    leave(&mut bob, &desk, "/").await;
    // What it said before counts on while it cannot be asked.
    issuer.describe("issuer", json!("https://evil.example"));
    desk.later(4000);
    leave(&mut bob, &desk, "/").await;
    assert_eq!(issuer.requests_for("description"), 3);
}

#[tokio::test]
async fn a_provider_ends_sessions() {
    let issuer = Issuer::start().await;
    let (desk, _ann) = desk(&issuer).await;
    Browser::member(&desk, "bob@example.org", domain::MemberRole::Viewer).await;
    let (mut one, mut two) = (Browser::default(), Browser::default());
    sign_in(&mut one, &desk, &issuer, &json!({})).await;
    sign_in(&mut two, &desk, &issuer, &json!({"sid": "sid-2"})).await;
    let logout = |changes: Value| {
        let at = now().as_second();
        let mut claims = json!({
            "iss": issuer.url, "aud": "bursar client", "sub": "sub-bob", "iat": at, "exp": at + 120,
            "jti": "j", "sid": "sid-1",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        issuer.sign(&claims)
    };
    let told = async |token: String| {
        let media = ("Content-Type", "application/x-www-form-urlencoded");
        let body = format!("logout_token={token}");
        desk.send(http::Method::POST, "/sign-in/with/contoso/logout", &[media], &body).await.status
    };
    for changes in [json!({"nonce": "n"}), json!({"aud": "other"}), json!({"events": {}})] {
        assert_eq!(told(logout(changes)).await, 400);
    }
    assert_eq!(told("a.b.c".to_owned()).await, 400);
    assert!(is_signed_in(&mut one, &desk).await);
    assert_eq!(told(logout(json!({}))).await, 200);
    assert!(!is_signed_in(&mut one, &desk).await);
    assert!(is_signed_in(&mut two, &desk).await, "another session of the provider");
    assert_eq!(told(logout(json!({"sid": 7}))).await, 200, "of the subject");
    assert!(!is_signed_in(&mut two, &desk).await);
}

#[tokio::test]
async fn a_form_that_was_sent_too_late_comes_back() {
    let issuer = Issuer::start().await;
    let (desk, _ann) = desk_with(&issuer, |_| {}, PasswordUse::Operators).await;
    let mut bob = Browser::default();
    let link = desk.invitation("acme", domain::MemberRole::Analyst, "bob@example.org").await;
    sign_in_to(&mut bob, &desk, &issuer, &json!({}), &link).await;
    bob.get(&desk, "/me").await;
    desk.later(13 * 3600);
    let path = "/at/acme/acme/findings/fnd_00000000000000000000000000000000/comments";
    let ended = bob.post(&desk, path, &[("words", "Asked & waited")]).await;
    assert!(ended.text.contains("Your session has ended"), "{}", ended.text);
    let action = ended.between("formaction=\"", "\"").unwrap().to_owned();
    let kept = ended.between("name=\"kept\" value=\"", "\"").unwrap().replace("&#38;", "&");
    let owner = ended.between("name=\"kept_by\" value=\"", "\"").unwrap().to_owned();
    let fields = [
        ("next", "/at/acme/acme/"),
        ("kept_by", owner.as_str()),
        ("kept_path", path),
        ("kept", kept.as_str()),
    ];
    let going = bob.post(&desk, &action, &fields).await;
    assert_eq!(going.status, 200, "{}", going.text);
    let url = going.headers["refresh"].to_str().unwrap().strip_prefix("0; url=").unwrap();
    let query = url.split_once('?').unwrap().1;
    let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let left = Departure { location: url.to_owned(), query };
    let mut claims = left.claims(&issuer, &json!({}));
    let at = now().as_second() + 13 * 3600;
    (claims["iat"], claims["exp"]) = (at.into(), (at + 300).into());
    issuer.will_answer(&left.query["code_challenge"], issuer.sign(&claims));
    let back = bob.get(&desk, &left.back()).await;
    assert!(back.status == 200 && back.text.contains("You are signed in again"), "{}", back.text);
    assert!(back.text.contains("Asked &#38; waited") && back.text.contains(path), "{}", back.text);
}
