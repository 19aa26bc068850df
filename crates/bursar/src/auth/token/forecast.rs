//! What a server would say to a token, as far as that can be known without it.
//!
//! Not for: whether it is genuine or revoked. Invariant: only tokens whose claims are Bursar's are judged;
//! of others nothing is foretold.

use domain::access_token::{AccessScope, Role};
use domain::{CustomerName, FileType, UnitName};

use super::Token;

/// The customer, unit and type that a token would be used for.
#[derive(Debug, Clone, Copy)]
pub struct IntendedUse<'a> {
    pub customer: Option<&'a CustomerName>,
    pub unit: Option<&'a UnitName>,
    pub file_type: Option<FileType>,
}

/// Lines about all that stands in the way of a token; one line that says so when nothing does.
pub fn forecast(token: &Token, used: IntendedUse<'_>) -> Vec<String> {
    let payload = serde_json::Value::Object(token.compact.payload().clone());
    let Ok(scope) = serde_json::from_value::<AccessScope>(payload.clone()) else {
        return vec![
            "its claims are not those of a Bursar server; only its own server can tell".to_owned(),
        ];
    };
    let mut obstacles = Vec::new();
    if let Some(customer) = used.customer.filter(|customer| **customer != scope.customer) {
        obstacles.push(format!("403: it is for {}, not for {customer}", scope.customer));
    }
    let unit = used.unit.cloned().or_else(|| used.customer.map(CustomerName::only_unit));
    if let (Some(unit), Some(units)) = (unit, &scope.units)
        && !units.contains(&unit)
    {
        obstacles.push(format!("403: it is for the units {}, not for {unit}", joined(units)));
    }
    if let (Some(file_type), Some(types)) = (used.file_type, &scope.types)
        && !types.contains(&file_type)
    {
        obstacles.push(format!("403: it is for {}, not for {file_type}", joined(types)));
    }
    let role = payload.get("role").map(|role| serde_json::from_value::<Role>(role.clone()));
    match role {
        Some(Ok(role)) if !role.is_uploader() => {
            obstacles.push(
                "403: it reads or decides findings and sends nothing (role_insufficient)"
                    .to_owned(),
            );
        }
        Some(Err(_)) => obstacles.push("401: its role is not known".to_owned()),
        _ => {}
    }
    if obstacles.is_empty() {
        obstacles.push("nothing in its claims stands in the way".to_owned());
    }
    obstacles
}

fn joined<T: ToString>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
