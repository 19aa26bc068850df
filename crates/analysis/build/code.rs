//! Checks as the constants that the crate holds.

use std::fmt::Write as _;

use super::folder::{Description, Folder, MoneyWord, Parameter, alternatives};

/// An expression of the type `&[Check]`.
pub(crate) fn write(checks: &[Folder]) -> String {
    let mut code = String::from("&[\n");
    for check in checks {
        let Folder { name, description, main_sql, figures_sql } = check;
        let Description {
            about, title, finds, severity, lane, verdict, claim, money, method, ..
        } = description;
        let (about, innocent_if) = (about.trim(), description.innocent_if.trim());
        let innocent_reasons = match &description.innocent_reasons {
            Some(reasons) => format!("Some(&{reasons:?})"),
            None => "None".to_owned(),
        };
        let names_risk = *money == MoneyWord::AtRisk;
        let next_step = description.next_step.as_ref().map(|step| step.trim());
        let needs: Vec<String> = description
            .needs
            .iter()
            .map(|need| format!("&{:?}", alternatives(need).expect("needs are verified")))
            .collect();
        let parameters: Vec<String> = description
            .parameters
            .iter()
            .map(|(name, parameter)| write_parameter(name, parameter))
            .collect();
        writeln!(
            code,
            "Check {{ name: {name:?}, title: {title:?}, finds: {finds:?}, about: {about:?}, \
             severity: Severity::{severity:?}, lane: Lane::{lane:?}, verdict: VerdictWords::{verdict:?}, \
             innocent_if: {innocent_if:?}, innocent_reasons: {innocent_reasons}, \
             next_step: {next_step:?}, claim: {claim:?}, \
             at_risk_is: {:?}, names_risk: {names_risk}, needs: &[{}], method: Method::{method:?}, \
             parameters: &[{}], main_sql: {main_sql:?}, figures_sql: {figures_sql:?} }},",
            description.at_risk_is,
            needs.join(", "),
            parameters.join(", "),
        )
        .expect("a text takes all that is written to it");
    }
    code.push(']');
    code
}

fn write_parameter(name: &str, parameter: &Parameter) -> String {
    let Parameter { about, kind, unit, default, takes_more } = parameter;
    format!(
        "Parameter {{ name: {name:?}, about: {about:?}, kind: ParameterKind::{kind:?}, unit: {unit:?}, \
         default: {default:?}, takes_more: {takes_more} }}"
    )
}
