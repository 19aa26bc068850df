//! The tools of an agent: each asks the store or the ledgers what the REST API asks, and answers less of it.

use std::sync::Arc;

use domain::finding::{
    CheckedUnit, FindingSummary, NewVerdict, Remember, StoredFinding, VerdictRequest,
};
use domain::{AuditEntry, RefusalCode, UnitName, VerdictId};
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use schemars::{JsonSchema, schema_for};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::{FindingFilter, FindingOrder, SeenFinding, ToDo};

use super::arguments::{
    DecideFinding, GetFinding, GetStatement, GetSupplier, ITEMS_MAX, ListFindings, ListHolds,
    ListStatements, ListSuppliers, ScreenInvoices, page_size,
};
use crate::App;
use crate::http::access::Agent;
use crate::http::api::screenings::screen;
use crate::http::error::ApiError;

/// Rows of a finding that are told.
const ROWS_MAX: usize = 10;
/// Before the reason of a verdict, so that nobody takes it for a person's.
const BY_AN_AGENT: &str = "By an agent: ";
/// Letters that the audit log keeps of what a call names: longer than any key, id or number of an ERP.
const NAMED_CHARS_MAX: usize = 100;

const UNITS: &str = "list_units";
const FINDINGS: &str = "list_findings";
const FINDING: &str = "get_finding";
const SUPPLIERS: &str = "list_suppliers";
const SUPPLIER: &str = "get_supplier";
const STATEMENTS: &str = "list_statements";
const STATEMENT: &str = "get_statement";
const SCREEN: &str = "screen_invoices";
const HOLDS: &str = "list_holds";
const DECIDE: &str = "decide_finding";

/// Every tool there is.
const NAMES: [&str; 10] =
    [UNITS, FINDINGS, FINDING, SUPPLIERS, SUPPLIER, STATEMENTS, STATEMENT, SCREEN, HOLDS, DECIDE];
/// The arguments that say what a call is about.
const NAMING: [&str; 3] = ["key", "statement", "reference"];

/// The tools of whoever holds a token. Cheap to clone.
#[derive(Clone)]
pub(super) struct Tools {
    pub(super) app: App,
    pub(super) agent: Arc<Agent>,
}

impl Tools {
    pub(super) fn new(app: App, agent: Agent) -> Self {
        Self { app, agent: Arc::new(agent) }
    }

    /// The tools that the token may use.
    pub(super) fn list(&self) -> Vec<Tool> {
        let mut tools = reading_tools();
        if self.agent.role.may_decide() {
            let words =
                "Decide what a finding is. The reason is kept as an agent's; a person can undo it.";
            let hints = ToolAnnotations::new().read_only(false).destructive(false);
            tools.push(tool::<DecideFinding>(DECIDE, words).annotate(hints));
        }
        tools
    }

    /// The answer of a tool, or a sentence on why there is none.
    pub(super) async fn call(&self, name: &str, arguments: JsonObject) -> Result<Value, String> {
        let Some(tool) = NAMES.into_iter().find(|known| *known == name) else {
            return Err(format!("There is no tool {name}; list the tools."));
        };
        self.note(tool, &arguments).await.map_err(error_words)?;
        let answered = match tool {
            UNITS => self.units().await,
            FINDINGS => self.findings(parsed(arguments)?).await,
            FINDING => self.finding(parsed(arguments)?).await,
            SUPPLIERS => self.suppliers(parsed(arguments)?).await,
            SUPPLIER => self.supplier(parsed(arguments)?).await,
            STATEMENTS => self.statements(parsed(arguments)?).await,
            STATEMENT => self.statement(parsed(arguments)?).await,
            SCREEN => self.screen(parsed(arguments)?).await,
            HOLDS => self.holds(parsed(arguments)?).await,
            _ if self.agent.role.may_decide() => self.decide(parsed(arguments)?).await,
            _ => {
                return Err(
                    "Deciding takes a token of the role analyst; this one reads.".to_owned()
                );
            }
        };
        answered.map_err(error_words)
    }

    async fn units(&self) -> Result<Value, ApiError> {
        let units = self.own_units().await?;
        Ok(json!({ "units": units }))
    }

    async fn findings(&self, asked: ListFindings) -> Result<Value, ApiError> {
        let unit = self.unit(asked.unit.as_deref()).await?;
        let filter = FindingFilter {
            lane: asked.lane,
            state: asked.state,
            to_do: asked.state.is_none().then_some(ToDo::Any),
            supplier: asked.supplier,
            min_amount: asked.min_amount,
            ..FindingFilter::default()
        };
        let (size, order) = (page_size(asked.limit), FindingOrder::Priority);
        let store = &self.agent.store;
        let page = store.findings(&unit, &filter, order, size, asked.after.as_ref()).await?;
        let items: Vec<Value> = page.items.iter().map(summary).collect();
        Ok(json!({ "items": items, "next": page.next }))
    }

    async fn finding(&self, asked: GetFinding) -> Result<Value, ApiError> {
        let unit = self.unit(asked.unit.as_deref()).await?;
        let found = self.agent.store.finding(&unit, &asked.key).await?;
        let mut found = found.ok_or_else(|| ApiError::new(RefusalCode::FindingNotFound))?;
        found.finding.mask(self.agent.role.visibility());
        Ok(whole(&found))
    }

    async fn screen(&self, asked: ScreenInvoices) -> Result<Value, ApiError> {
        if !(1..=ITEMS_MAX as usize).contains(&asked.invoices.len()) {
            let why = format!("1 to {ITEMS_MAX} invoices are screened at once here");
            return Err(ApiError::because(RefusalCode::RequestMalformed, why));
        }
        let unit = self.unit(asked.unit.as_deref()).await?;
        let (store, of) = (&self.agent.store, self.checked(&unit));
        let screening = screen(&self.app, store, of, self.agent.token, asked.invoices).await?;
        Ok(json!(screening))
    }

    async fn holds(&self, asked: ListHolds) -> Result<Value, ApiError> {
        let unit = self.unit(asked.unit.as_deref()).await?;
        let page = self.agent.store.holds(&unit, None, page_size(None), asked.since).await?;
        Ok(json!({ "items": page.items, "next": page.next }))
    }

    async fn decide(&self, asked: DecideFinding) -> Result<Value, ApiError> {
        let unit = self.unit(asked.unit.as_deref()).await?;
        let impossible = |why: &str| ApiError::saying(RefusalCode::DecisionImpossible, why);
        if asked.because.trim().is_empty() {
            return Err(impossible("an agent's verdict takes a reason; say what it rests on"));
        }
        let now = self.app.clock.now();
        let request = VerdictRequest {
            state: asked.state,
            because: format!("{BY_AN_AGENT}{}", asked.because.trim()),
            reason_code: asked.reason_code,
            recovered: None,
            above: None,
            remember: Remember::None,
            until: None,
            due: None,
        };
        let verdict = NewVerdict::new(request, now).map_err(|why| impossible(&why.to_string()))?;
        let new_id = || VerdictId::new(now, self.app.randomness.bytes());
        let decider = self.agent.decider.at(now);
        let seen = SeenFinding::from(asked.key.clone());
        let count = self.agent.store.decide(&unit, [seen], &verdict, new_id, decider).await?;
        Ok(json!({ "key": asked.key, "state": asked.state, "isProposed": count.proposed > 0 }))
    }

    pub(super) fn checked(&self, unit: &UnitName) -> CheckedUnit {
        CheckedUnit { customer: self.agent.scope.customer.clone(), unit: unit.clone() }
    }

    async fn own_units(&self) -> Result<Vec<UnitName>, ApiError> {
        let mut units = self.agent.store.units().await?;
        units.retain(|unit| self.agent.scope.allows_unit(&self.agent.scope.customer, unit));
        Ok(units)
    }

    /// The unit that is named, when the token is for it; without a name, the only one.
    pub(super) async fn unit(&self, named: Option<&str>) -> Result<UnitName, ApiError> {
        let units = self.own_units().await?;
        let list = || units.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let why = match (named, units.as_slice()) {
            (None, [only]) => return Ok(only.clone()),
            (None, _) => format!("name a unit; the token is for {}", list()),
            (Some(name), _) => match units.iter().find(|unit| unit.as_str() == name) {
                Some(unit) => return Ok(unit.clone()),
                None => format!("the token is for no unit {name}; it is for {}", list()),
            },
        };
        Err(ApiError::saying(RefusalCode::NotFound, why))
    }

    /// Writes down that a tool was called, and about what, whatever comes of it.
    async fn note(&self, tool: &str, arguments: &JsonObject) -> Result<(), ApiError> {
        let named = |argument: &str| arguments.get(argument)?.as_str();
        let kept = |text: &str| text.chars().take(NAMED_CHARS_MAX).collect::<String>();
        let about = match self.unit(named("unit")).await {
            Ok(unit) => unit.to_string(),
            Err(_none_of_the_tokens) => {
                named("unit").map_or_else(|| self.agent.scope.customer.to_string(), kept)
            }
        };
        let of = NAMING.into_iter().find_map(named).map(kept);
        let entry = AuditEntry {
            at: self.app.clock.now(),
            who: self.agent.token.to_string(),
            what: "agent.call".to_owned(),
            about,
            customer: None,
            details: json!({ "tool": tool, "of": of }),
        };
        Ok(self.agent.store.audit(entry).await?)
    }
}

/// The tools that read, which every agent has.
fn reading_tools() -> Vec<Tool> {
    vec![
        reading::<Nothing>(UNITS, "The units of the organisation that the token is for."),
        reading::<ListFindings>(
            FINDINGS,
            "Findings, the gravest first: key, title, lane, state, probability, money at risk.",
        ),
        reading::<GetFinding>(
            FINDING,
            "One finding whole: its rows, the evidence with weights, what would make it legitimate, what \
             to do next, and what people decided.",
        ),
        reading::<ListSuppliers>(SUPPLIERS, "Suppliers by name: reference, name and place."),
        reading::<GetSupplier>(
            SUPPLIER,
            "One supplier: its record, accounts by their last digits, and what it billed each month.",
        ),
        reading::<ListStatements>(
            STATEMENTS,
            "The statements of a supplier that were compared with the ledger, the newest first.",
        ),
        reading::<GetStatement>(
            STATEMENT,
            "One statement beside the ledger, line by line: what is missing here, different, there twice, \
             paid, or a credit never taken; last, with the state missing_there, what is open here and not \
             on it.",
        ),
        reading::<ScreenInvoices>(
            SCREEN,
            "Check invoices against the ledgers before they are paid: clear, look or stop, with what each \
             may duplicate and what is odd about its supplier and account. Nothing is kept.",
        ),
        reading::<ListHolds>(HOLDS, "Invoices that are not to be paid, and those released again."),
    ]
}

fn error_words(error: ApiError) -> String {
    error.into_words().1
}

/// The arguments of a tool that takes none.
#[derive(JsonSchema)]
struct Nothing {}

fn reading<T: JsonSchema>(name: &'static str, words: &'static str) -> Tool {
    tool::<T>(name, words).annotate(ToolAnnotations::new().read_only(true))
}

fn tool<T: JsonSchema>(name: &'static str, words: &'static str) -> Tool {
    let schema = schema_for!(T).to_value();
    let schema = schema.as_object().cloned().expect("the schema of a struct is an object");
    Tool::new(name, words, Arc::new(schema))
}

/// The arguments as a tool takes them, or what is wrong with them.
fn parsed<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, String> {
    let wrong = |why| format!("The arguments are not those of this tool: {why}.");
    serde_json::from_value(Value::Object(arguments)).map_err(wrong)
}

fn summary(found: &FindingSummary) -> Value {
    json!({
        "key": found.key, "title": found.title, "lane": found.lane, "state": found.standing.state,
        "probability": found.probability, "atRisk": found.at_risk,
    })
}

fn whole(found: &StoredFinding) -> Value {
    let finding = &found.finding;
    let rows = finding
        .rows
        .iter()
        .take(ROWS_MAX)
        .map(|row| json!({ "ledger": row.ledger, "id": row.id, "fields": row.fields }));
    let evidence = finding
        .evidence
        .iter()
        .map(|one| json!({ "field": one.field, "words": one.words, "bits": one.bits }));
    json!({
        "key": finding.key, "title": finding.title, "claim": finding.claim, "kind": finding.kind,
        "lane": finding.lane, "probability": finding.probability, "atRisk": finding.at_risk,
        "rows": rows.collect::<Vec<_>>(), "rowsInAll": finding.rows.len(),
        "evidence": evidence.collect::<Vec<_>>(), "innocentIf": finding.innocent_if,
        "nextStep": found.explain().next_step, "state": found.standing.state,
        "because": found.standing.because, "assignee": found.standing.assignee,
    })
}
