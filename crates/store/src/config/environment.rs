//! Variables of the environment as options of an object store.
//!
//! Not for: reading the environment; the programs do that.
//!
//! Invariant: what leads to the place of the objects is never taken from here, and credentials are of one
//! place: keys of the file are never mixed with a session token of the environment.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use object_store::aws::AmazonS3ConfigKey;
use object_store::azure::AzureConfigKey;

/// The purpose of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Credentials,
    /// The bucket or container, which the URL of the objects names.
    Place,
    /// The endpoint of all services.
    Endpoint,
    /// That of this one, which goes before the other.
    OwnEndpoint,
    Other,
}

/// The variables of one service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variables {
    prefix: &'static str,
    /// Without the prefix, and the option that it is.
    besides: &'static [(&'static str, &'static str)],
    purpose: fn(&str) -> Option<Purpose>,
}

pub(super) const S3: Variables = Variables { prefix: "AWS_", besides: &[], purpose: purpose_in_s3 };
pub(super) const AZURE: Variables = Variables {
    prefix: "AZURE_",
    // As App Service and Container Apps give the identity of an application.
    besides: &[("IDENTITY_ENDPOINT", "azure_identity_endpoint")],
    purpose: purpose_in_azure,
};

impl Variables {
    /// The options that are among the variables, beside those of the file.
    pub(super) fn options(
        self,
        variables: impl IntoIterator<Item = (String, String)>,
        file: &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let is_set = |purpose| file.keys().any(|name| (self.purpose)(name) == Some(purpose));
        let (has_credentials, has_endpoint) =
            (is_set(Purpose::Credentials), is_set(Purpose::Endpoint));
        let named = variables.into_iter().filter(|(_, value)| !value.is_empty());
        let named = named.filter_map(|(name, value)| Some((self.option_name(&name)?, value)));
        let counts = |name: &str| match (self.purpose)(name) {
            None | Some(Purpose::Place) => false,
            Some(Purpose::Credentials) => !has_credentials,
            Some(Purpose::OwnEndpoint) => !has_endpoint,
            Some(Purpose::Endpoint | Purpose::Other) => true,
        };
        named.filter(|(name, _)| counts(name)).collect()
    }

    fn option_name(self, variable: &str) -> Option<String> {
        let besides = self.besides.iter().find(|(name, _)| *name == variable);
        match besides {
            Some((_, option)) => Some((*option).to_owned()),
            None => variable.starts_with(self.prefix).then(|| variable.to_ascii_lowercase()),
        }
    }
}

fn purpose_in_s3(name: &str) -> Option<Purpose> {
    use AmazonS3ConfigKey as Key;
    Some(match Key::from_str(name).ok()? {
        Key::AccessKeyId
        | Key::SecretAccessKey
        | Key::Token
        | Key::WebIdentityTokenFile
        | Key::RoleArn
        | Key::RoleSessionName
        | Key::ContainerCredentialsRelativeUri
        | Key::ContainerCredentialsFullUri
        | Key::ContainerAuthorizationTokenFile => Purpose::Credentials,
        Key::Bucket => Purpose::Place,
        Key::Endpoint => Purpose::Endpoint,
        Key::S3Endpoint => Purpose::OwnEndpoint,
        _ => Purpose::Other,
    })
}

fn purpose_in_azure(name: &str) -> Option<Purpose> {
    use AzureConfigKey as Key;
    Some(match Key::from_str(name).ok()? {
        Key::AccessKey
        | Key::SasKey
        | Key::Token
        | Key::ClientId
        | Key::ClientSecret
        | Key::AuthorityId
        | Key::FederatedTokenFile => Purpose::Credentials,
        Key::ContainerName => Purpose::Place,
        Key::Endpoint => Purpose::Endpoint,
        _ => Purpose::Other,
    })
}
