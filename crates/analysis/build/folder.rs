//! The folder of a check: `check.toml`, `check.sql`, perhaps `figures.sql`, and `cases`. Beside the folders
//! lie fragments that several statements have: `{{name}}` is `name.sql`, members of the statement's WITH.
//!
//! Not for: columns that exist (a test holds needs against the ledgers), or running the cases.
//!
//! Invariant: of a check that is read, every number in its SQL has a parameter and every parameter a use.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;

/// One check as its folder says it.
#[derive(Debug)]
pub(crate) struct Folder {
    /// The name of the folder.
    pub(crate) name: String,
    pub(crate) description: Description,
    pub(crate) main_sql: String,
    /// The statement of figures for pictures, where there are some.
    pub(crate) figures_sql: Option<String>,
}

/// The content of `check.toml`; docs/write-a-check.md says what each key is for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Description {
    /// The place among all checks where people see it, the smallest first.
    pub(crate) order: u32,
    pub(crate) title: String,
    pub(crate) finds: String,
    pub(crate) about: String,
    pub(crate) severity: Severity,
    pub(crate) lane: Lane,
    pub(crate) verdict: VerdictWords,
    pub(crate) innocent_if: String,
    pub(crate) innocent_reasons: Option<Vec<String>>,
    pub(crate) next_step: Option<String>,
    pub(crate) claim: String,
    pub(crate) at_risk_is: Option<String>,
    #[serde(default)]
    pub(crate) money: MoneyWord,
    #[serde(default)]
    pub(crate) needs: Vec<String>,
    #[serde(default)]
    pub(crate) method: Method,
    #[serde(default)]
    pub(crate) parameters: BTreeMap<String, Parameter>,
}

/// The variants of `domain::Severity`, as `check.toml` writes them.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Severity {
    High,
    Medium,
    Context,
}

/// The variants of `domain::check::VerdictWords`, as `check.toml` writes them.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum VerdictWords {
    Duplicate,
    Action,
}

/// The variants of `domain::finding::Lane` that a check may say: whether something is paid, its rows say.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Lane {
    Recover,
    FraudSigns,
    LookInto,
}

/// The meaning of the money that a row names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MoneyWord {
    /// It can be lost, and still be kept or come back.
    AtRisk,
    #[default]
    Billed,
}

/// The ways in which rows become findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Method {
    #[default]
    Sql,
    InvoicePairs,
    SupplierPairs,
    LookAlikes,
    Sanctions,
    CompanyRegister,
    StatementCredits,
}

/// A number that an administrator may set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameter {
    pub(crate) about: String,
    pub(crate) kind: ParameterKind,
    pub(crate) unit: String,
    pub(crate) default: f64,
    /// A limit of approval: there may be more of them, in other currencies too.
    #[serde(default)]
    pub(crate) takes_more: bool,
}

/// The variants of `domain::check::ParameterKind`, as `check.toml` writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ParameterKind {
    Amount,
    Count,
    Number,
    Share,
}

impl Method {
    /// The parameters that its code reads; SQL names its own.
    const fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Sql | Self::SupplierPairs | Self::CompanyRegister | Self::StatementCredits => &[],
            Self::InvoicePairs => &["threshold", "pair_cap"],
            Self::LookAlikes => &["big", "share"],
            Self::Sanctions => &["likeness"],
        }
    }
}

/// All checks below a folder, in the order in which people see them. An error is a sentence that
/// names the file.
pub(crate) fn read_all(folders: &Path) -> Result<Vec<Folder>, String> {
    let fragments = Fragments::read(folders)?;
    let mut checks = Vec::new();
    for path in entries(folders)?.iter().filter(|path| path.is_dir()) {
        let name = file_name(path)?;
        checks.push(read(path, name, &fragments).map_err(|why| format!("checks/{name}/{why}"))?);
    }
    fragments.verify_use(&checks)?;
    checks.sort_by(|one, other| {
        (one.description.order, &one.name).cmp(&(other.description.order, &other.name))
    });
    Ok(checks)
}

fn read(folder: &Path, name: &str, fragments: &Fragments) -> Result<Folder, String> {
    if !is_snake_case(name) {
        return Err(": a name is of small letters, digits and single underscores".to_owned());
    }
    let text = |file: &str| {
        fs::read_to_string(folder.join(file)).map_err(|error| format!("{file}: {error}"))
    };
    let description: Description =
        toml::from_str(&text("check.toml")?).map_err(|error| format!("check.toml: {error}"))?;
    let mut figures_sql = None;
    for path in entries(folder)? {
        match file_name(&path)? {
            "check.toml" | "check.sql" | "cases" => {}
            "figures.sql" => figures_sql = Some(fragments.insert_into(text("figures.sql")?)),
            other => return Err(format!("{other}: no part of a check")),
        }
    }
    if entries(&folder.join("cases")).map_or(0, |cases| cases.len()) == 0 {
        return Err("cases: there must be one at least".to_owned());
    }
    let main_sql = fragments.insert_into(text("check.sql")?);
    let check = Folder { name: name.to_owned(), description, main_sql, figures_sql };
    check.verify().map_err(|why| format!("check.toml: {why}"))?;
    Ok(check)
}

/// Members of WITH that several checks have, by the names of their files.
#[derive(Debug)]
struct Fragments(BTreeMap<String, String>);

impl Fragments {
    fn read(folder: &Path) -> Result<Self, String> {
        let mut fragments = BTreeMap::new();
        for path in entries(folder)? {
            let file = file_name(&path)?;
            if let Some(name) = file.strip_suffix(".sql") {
                let text = fs::read_to_string(&path);
                let text = text.map_err(|error| format!("checks/{file}: {error}"))?;
                fragments.insert(name.to_owned(), text.trim_end().to_owned());
            }
        }
        Ok(Self(fragments))
    }

    /// Writes the fragments in the places of their names. A name that is none stays there, as that of a
    /// number that lacks its parameter.
    fn insert_into(&self, sql: String) -> String {
        self.0
            .iter()
            .fold(sql, |sql, (name, fragment)| sql.replace(&format!("{{{{{name}}}}}"), fragment))
    }

    fn verify_use(&self, checks: &[Folder]) -> Result<(), String> {
        for (name, fragment) in &self.0 {
            let users = checks.iter().filter(|check| check.main_sql.contains(fragment.as_str()));
            if users.count() < 2 {
                return Err(format!("checks/{name}.sql: a fragment stands in two checks at least"));
            }
        }
        Ok(())
    }
}

impl Folder {
    fn verify(&self) -> Result<(), String> {
        let Description { title, finds, innocent_if, claim, lane, money, needs, .. } =
            &self.description;
        for (key, text) in
            [("title", title), ("finds", finds), ("innocent_if", innocent_if), ("claim", claim)]
        {
            if text.trim().is_empty() {
                return Err(format!("`{key}` is empty"));
            }
        }
        if finds.contains(['|', '\n']) {
            return Err("`finds` is one line of a table, without `|`".to_owned());
        }
        if matches!(lane, Lane::Recover) && *money == MoneyWord::Billed {
            return Err("what can be recovered is at risk: `money = \"at_risk\"`".to_owned());
        }
        if let Some(wrong) = needs.iter().find(|need| alternatives(need).is_none()) {
            return Err(format!("`needs` has `table.column`, perhaps with ` or `, not `{wrong}`"));
        }
        self.verify_parameters()
    }

    fn verify_parameters(&self) -> Result<(), String> {
        let statements = std::iter::once(&self.main_sql).chain(&self.figures_sql);
        let mut used: BTreeSet<&str> = statements.flat_map(|sql| placeholders(sql)).collect();
        used.extend(self.description.method.parameters());
        let parameters = &self.description.parameters;
        if let Some(unknown) = used.iter().find(|name| !parameters.contains_key(**name)) {
            return Err(format!("there is no parameter `{unknown}`"));
        }
        let several: Vec<&String> =
            parameters.iter().filter(|(_, of)| of.takes_more).map(|(name, _)| name).collect();
        self.verify_limits(&several)?;
        for (name, parameter) in parameters {
            if !used.contains(name.as_str()) {
                return Err(format!("the parameter `{name}` is used nowhere"));
            }
            let Parameter { kind, default, .. } = parameter;
            let fits = match kind {
                ParameterKind::Amount | ParameterKind::Number => *default >= 0.0,
                ParameterKind::Count => *default >= 0.0 && default.fract() == 0.0,
                ParameterKind::Share => (0.0..=1.0).contains(default),
            };
            // Four places hold every number that can be set.
            let places = default * 10_000.0;
            if !fits || (places - places.round()).abs() > 1e-6 {
                return Err(format!("{default} cannot be the default of `{name}`"));
            }
        }
        Ok(())
    }

    /// A limit that there may be more of is told from the others, and measured in its own currency.
    fn verify_limits(&self, several: &[&String]) -> Result<(), String> {
        if several.is_empty() {
            return Ok(());
        }
        let [name] = several else {
            return Err("one parameter at most has `takes_more`".to_owned());
        };
        if self.description.parameters[*name].kind != ParameterKind::Amount {
            return Err(format!("`{name}` takes more only as an `amount`"));
        }
        let missing =
            OF_LIMITS.iter().find(|of| !self.main_sql.contains(&format!("{{{name}.{of}}}")));
        match missing {
            Some(of) => Err(format!("`{name}` takes more, and `{{{name}.{of}}}` is used nowhere")),
            None => Ok(()),
        }
    }
}

/// A need as columns with their tables, of which one must hold something; none when it is not written so.
pub(crate) fn alternatives(need: &str) -> Option<Vec<(&str, &str)>> {
    let of =
        |one: &str| one.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    need.split(" or ")
        .map(|one| one.split_once('.').filter(|(table, column)| of(table) && of(column)))
        .collect()
}

/// The words behind the name of a limit that there may be more of, in `{…}` of a statement.
const OF_LIMITS: [&str; 4] = ["amount", "currency", "rows", "key"];

/// The names in `{…}` of a statement; `{….basis}` and `{….is_set}` are of the same parameter, and so is
/// what a limit has. `{calendar}` is of the unit.
fn placeholders(sql: &str) -> impl Iterator<Item = &str> {
    sql.split('{').skip(1).filter_map(|after| {
        let (name, _) = after.split_once('}')?;
        let (name, of) = name.split_once('.').unwrap_or((name, "basis"));
        let is_known = matches!(of, "basis" | "is_set" | "those") || OF_LIMITS.contains(&of);
        (is_known && is_snake_case(name) && name != "calendar").then_some(name)
    })
}

fn is_snake_case(name: &str) -> bool {
    let words = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    name.split('_').all(words)
}

fn entries(folder: &Path) -> Result<Vec<std::path::PathBuf>, String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(wrong)?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(wrong)?;
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> Result<&str, String> {
    let name = path.file_name().and_then(std::ffi::OsStr::to_str);
    name.ok_or_else(|| format!("{}: a name that is no text", path.display()))
}
