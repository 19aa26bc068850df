//! A provider's description of itself (OpenID Connect Discovery 1.0).
//!
//! Invariant: it is of the issuer that was asked, and every address in it can be asked safely.

use serde::Deserialize;
use url::Url;

use super::settings::{Issuer, is_safe};

/// The part of a provider's description that is used.
#[derive(Debug, Clone)]
pub(super) struct Metadata {
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) keys: Url,
    pub(super) userinfo: Option<Url>,
    pub(super) end_session: Option<Url>,
    /// Set when its answers say who gives them (RFC 9207).
    pub(super) names_itself: bool,
    /// Set when a client's secret goes into the form, where the header is not taken.
    pub(super) takes_secret_in_form: bool,
    /// The algorithms of its ID tokens; none: it does not say.
    pub(super) algorithms: Option<Vec<String>>,
}

/// The description as it is sent.
#[derive(Debug, Deserialize)]
pub(super) struct Description {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
}

/// Why a description cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum UnusableMetadata {
    #[error(
        "its description says that its issuer is {0}; write that as the issuer, letter by letter, or ask why it \
         differs"
    )]
    OtherIssuer(String),
    #[error("its {0} is no https:// address")]
    Unsafe(&'static str),
    #[error("it takes no PKCE with S256")]
    NoPkce,
}

impl Metadata {
    pub(super) fn of(description: Description, issuer: &Issuer) -> Result<Self, UnusableMetadata> {
        if description.issuer != issuer.as_str() {
            return Err(UnusableMetadata::OtherIssuer(description.issuer));
        }
        // Entra ID says nothing of PKCE and takes it.
        if description
            .code_challenge_methods_supported
            .is_some_and(|methods| !methods.iter().any(|method| method == "S256"))
        {
            return Err(UnusableMetadata::NoPkce);
        }
        let methods = description.token_endpoint_auth_methods_supported;
        let takes = |wanted: &str| {
            methods.as_ref().is_some_and(|methods| methods.iter().any(|method| method == wanted))
        };
        Ok(Self {
            authorization: address(&description.authorization_endpoint, "authorization_endpoint")?,
            token: address(&description.token_endpoint, "token_endpoint")?,
            keys: address(&description.jwks_uri, "jwks_uri")?,
            userinfo: optional(description.userinfo_endpoint, "userinfo_endpoint")?,
            end_session: optional(description.end_session_endpoint, "end_session_endpoint")?,
            names_itself: description.authorization_response_iss_parameter_supported,
            takes_secret_in_form: !takes("client_secret_basic") && takes("client_secret_post"),
            algorithms: description.id_token_signing_alg_values_supported,
        })
    }
}

fn address(text: &str, what: &'static str) -> Result<Url, UnusableMetadata> {
    let url = Url::parse(text).ok().filter(is_safe);
    url.ok_or(UnusableMetadata::Unsafe(what))
}

fn optional(text: Option<String>, what: &'static str) -> Result<Option<Url>, UnusableMetadata> {
    text.map(|text| address(&text, what)).transpose()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn description() -> Value {
        json!({
            "issuer": "https://a.example",
            "authorization_endpoint": "https://a.example/auth?realm=1",
            "token_endpoint": "https://a.example/token",
            "jwks_uri": "https://keys.example/jwks",
        })
    }

    fn read(description: Value) -> Result<Metadata, UnusableMetadata> {
        let issuer = "https://a.example".parse().unwrap();
        Metadata::of(serde_json::from_value(description).unwrap(), &issuer)
    }

    #[test]
    fn the_least_is_enough() {
        let metadata = read(description()).unwrap();
        assert!(metadata.end_session.is_none() && !metadata.takes_secret_in_form);
        assert_eq!(metadata.authorization.query(), Some("realm=1"));
    }

    #[test]
    fn a_description_is_of_its_issuer_and_safe() {
        for (field, value, fault) in [
            ("issuer", json!("https://a.example/"), None),
            ("issuer", json!("https://b.example"), None),
            ("token_endpoint", json!("http://a.example/token"), Some("token_endpoint")),
            (
                "authorization_endpoint",
                json!("javascript:alert(1)"),
                Some("authorization_endpoint"),
            ),
            ("jwks_uri", json!("file:///etc/passwd"), Some("jwks_uri")),
            ("end_session_endpoint", json!("ftp://a.example"), Some("end_session_endpoint")),
        ] {
            let mut description = description();
            description[field] = value;
            let refused = read(description).unwrap_err();
            match fault {
                Some(what) => assert_eq!(refused, UnusableMetadata::Unsafe(what)),
                None => assert!(matches!(refused, UnusableMetadata::OtherIssuer(_))),
            }
        }
        let mut plain = description();
        plain["code_challenge_methods_supported"] = json!(["plain"]);
        assert_eq!(read(plain).unwrap_err(), UnusableMetadata::NoPkce);
    }

    #[test]
    fn a_secret_goes_where_it_is_taken() {
        for (methods, in_form) in [
            (json!(["client_secret_basic", "client_secret_post"]), false),
            (json!(["client_secret_post"]), true),
            (json!(["private_key_jwt"]), false),
        ] {
            let mut description = description();
            description["token_endpoint_auth_methods_supported"] = methods;
            assert_eq!(read(description).unwrap().takes_secret_in_form, in_form);
        }
    }
}
