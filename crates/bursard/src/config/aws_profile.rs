//! The sources of an object store's credentials when bursard.toml has none: the environment, and for S3
//! the profile that the other tools of AWS would take.
//!
//! Not for: which variables are options (`store::ObjectsUrl::with_environment`), or the identity of a machine
//! or a pod, which the client asks for by itself.
//!
//! Invariant: a profile that is named and has no key is an error that names it; none is looked for where the
//! environment or the file says otherwise.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use store::ObjectsUrl;

const PROFILE: &str = "AWS_PROFILE";
const DEFAULT_PROFILE: &str = "default";
/// The keys with one of which the credentials are somewhere else.
const OTHER_CREDENTIALS: [&str; 4] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];
/// A key of a profile, and the variable that says the same.
const KEYS: [(&str, &str); 4] = [
    ("aws_access_key_id", "AWS_ACCESS_KEY_ID"),
    ("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY"),
    ("aws_session_token", "AWS_SESSION_TOKEN"),
    ("region", "AWS_REGION"),
];

/// The objects with what the environment, and for S3 a profile, says of how they are reached.
pub(super) fn with_environment(
    objects: ObjectsUrl,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> anyhow::Result<ObjectsUrl> {
    let texts = variables.into_iter();
    let texts = texts.filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    let texts = texts.filter_map(|(name, value)| Some((name, value.into_string().ok()?)));
    let mut variables: BTreeMap<String, String> = texts.collect();
    if matches!(objects, ObjectsUrl::S3(_)) {
        for (name, value) in of_profile(&variables)? {
            variables.entry(name.to_owned()).or_insert(value);
        }
    }
    Ok(objects.with_environment(variables))
}

/// The variables that a profile stands for; none where there is none to be taken.
fn of_profile(
    variables: &BTreeMap<String, String>,
) -> anyhow::Result<BTreeMap<&'static str, String>> {
    let named = variables.get(PROFILE);
    if named.is_none() && OTHER_CREDENTIALS.iter().any(|name| variables.contains_key(*name)) {
        return Ok(BTreeMap::new());
    }
    let profile = named.map_or(DEFAULT_PROFILE, String::as_str);
    let home = variables.get("HOME").map(|home| Path::new(home).join(".aws"));
    let place = |variable: &str, name: &str| -> Option<PathBuf> {
        let given = variables.get(variable).map(PathBuf::from);
        given.or_else(|| home.as_ref().map(|home| home.join(name)))
    };
    let credentials = place("AWS_SHARED_CREDENTIALS_FILE", "credentials");
    let config = place("AWS_CONFIG_FILE", "config");
    let mut found = section(config.as_deref(), &[&format!("profile {profile}"), profile])?;
    found.extend(section(credentials.as_deref(), &[profile])?);
    if named.is_some() && !found.contains_key("aws_access_key_id") {
        bail!(
            "{PROFILE} names {profile}, which has no access key; of roles and single sign-on take the variables \
             that aws configure export-credentials --profile {profile} --format env prints"
        );
    }
    let of = |(key, variable): (&str, &'static str)| Some((variable, found.get(key)?.clone()));
    Ok(KEYS.into_iter().filter_map(of).collect())
}

/// The keys of the sections of these names; none of a file that is not there.
fn section(file: Option<&Path>, names: &[&str]) -> anyhow::Result<BTreeMap<String, String>> {
    let Some(file) = file else { return Ok(BTreeMap::new()) };
    let text = match fs::read_to_string(file) {
        // Another user's home is nobody's profile.
        Err(fault)
            if matches!(
                fault.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied
            ) =>
        {
            return Ok(BTreeMap::new());
        }
        text => text.with_context(|| format!("cannot read {}", file.display()))?,
    };
    Ok(keys_of(&text, names))
}

fn keys_of(text: &str, names: &[&str]) -> BTreeMap<String, String> {
    let mut is_meant = false;
    let mut keys = BTreeMap::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            is_meant = names.contains(&name.trim());
        } else if let Some((key, value)) =
            line.split_once('=').filter(|_| is_meant && !line.starts_with(['#', ';']))
        {
            keys.insert(key.trim().to_owned(), value.trim().to_owned());
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREDENTIALS: &str = "# keys\n[default]\naws_access_key_id = one\n\
        aws_secret_access_key=hunter2\n\n[backup]\naws_access_key_id = two\n\
        aws_secret_access_key = hunter2\naws_session_token = t=\n[sso]\nsso_session = x\n";
    const CONFIG: &str = "[default]\nregion = eu-west-2\n[profile backup]\nregion = eu-west-1\n";

    #[test]
    fn credentials_are_where_the_tools_of_aws_look_for_them() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join(".aws")).unwrap();
        fs::write(home.path().join(".aws/credentials"), CREDENTIALS).unwrap();
        fs::write(home.path().join(".aws/config"), CONFIG).unwrap();
        let home = home.path().display().to_string();
        let keys = ["aws_access_key_id", "aws_region", "aws_secret_access_key"];
        let with_token =
            ["aws_access_key_id", "aws_region", "aws_secret_access_key", "aws_session_token"];
        let web = ["aws_role_arn", "aws_web_identity_token_file"];
        for (url, variables, taken) in [
            ("s3://b", &[][..], &keys[..]),
            ("s3://b", &[(PROFILE, "backup")], &with_token),
            ("s3://b", &[("AWS_ROLE_ARN", "r"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "f")], &web),
            ("s3://b", &[("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")], &["aws_region"]),
            ("az://c", &[], &[]),
        ] {
            let variables = variables.iter().copied().chain([("HOME", home.as_str())]);
            let variables = variables.map(|(name, value)| (name.into(), value.into()));
            let objects = with_environment(url.parse().unwrap(), variables).unwrap();
            assert_eq!(objects.environment_names(), taken);
        }
        let sso = [(PROFILE, "sso"), ("HOME", &home)];
        let sso = sso.map(|(name, value)| (name.into(), value.into()));
        let refused = with_environment("s3://b".parse().unwrap(), sso).unwrap_err();
        assert!(refused.to_string().contains("names sso"), "{refused}");
        let backup = keys_of(CREDENTIALS, &["backup"]);
        assert_eq!(backup["aws_session_token"], "t=");
    }
}
