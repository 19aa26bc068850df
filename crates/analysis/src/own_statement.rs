//! The rules by which a statement of somebody's own is run or refused: one SELECT over the tables of a
//! unit, of functions that are known, and not so large that planning it could take the machine.
//!
//! Not for: running it, whose time, memory and rows have limits of their own (`run/own_checks`). Invariant:
//! what is not known to be harmless is refused, and the refusal says what to write instead.

mod expressions;
mod growth;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, ObjectName, Query, Select, SetExpr, Statement, TableFactor, Visit, Visitor,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use domain::FileType;

use self::expressions::refused_expression;
use self::growth::Growth;

/// Expressions within one another. The checks of the program have ten; parsing and planning follow each level
/// with a level of the stack.
const NESTED_MAX: usize = 50;
/// Tables that are read when every `WITH` is written out where it is named: five times what the largest check
/// of the program reads.
const TABLES_READ_MAX: u64 = 64;
/// Parts of `WITH`; what they multiply is bounded by `growth`.
const PARTS_MAX: usize = 20;
/// Words, numbers and signs: the largest check of the program has a third of them. A chain of signs
/// becomes as deep as it is long, and is looked at only when it has been read.
const TOKENS_MAX: usize = 3_000;
/// Expressions in all: a statement within its bytes has fewer.
const EXPRESSIONS_MAX: usize = 5_000;

/// Why a statement is not run, as a sentence for whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct RefusedStatement(String);

/// A statement that may be run.
#[derive(Debug, Clone)]
pub(crate) struct OwnStatement(Box<Statement>);

impl RefusedStatement {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl OwnStatement {
    pub(crate) fn parse(sql: &str) -> Result<Self, RefusedStatement> {
        let dialect = GenericDialect {};
        verify_length(dialect, sql)?;
        let parser = Parser::new(&dialect).with_recursion_limit(NESTED_MAX);
        let parsed = parser.try_with_sql(sql).and_then(|mut parser| parser.parse_statements());
        let mut statements = parsed
            .map_err(|why| RefusedStatement::new(format!("the SQL cannot be read: {why}")))?;
        let (Some(statement), None) = (statements.pop(), statements.pop()) else {
            return Err(RefusedStatement::new("write one statement: a SELECT"));
        };
        let Statement::Query(query) = &statement else {
            return Err(RefusedStatement::new("only a SELECT is run, and it changes nothing"));
        };
        let parts = parts(query)?;
        let mut vetting = Vetting { parts: &parts, nested: 0, expressions: 0, queries: 0 };
        if let ControlFlow::Break(why) = query.visit(&mut vetting) {
            return Err(why);
        }
        verify_size(query)?;
        Growth::verify(query)?;
        Ok(Self(Box::new(statement)))
    }

    pub(crate) fn into_inner(self) -> Statement {
        *self.0
    }
}

fn verify_length(dialect: GenericDialect, sql: &str) -> Result<(), RefusedStatement> {
    let tokens = Tokenizer::new(&dialect, sql).tokenize();
    let tokens =
        tokens.map_err(|why| RefusedStatement::new(format!("the SQL cannot be read: {why}")))?;
    let words = tokens.iter().filter(|token| !matches!(token, Token::Whitespace(_))).count();
    if words > TOKENS_MAX {
        let why = format!("the SQL has more than {TOKENS_MAX} words, numbers and signs");
        return Err(RefusedStatement::new(why));
    }
    Ok(())
}

/// The names that `WITH` gives, in their order.
fn parts(query: &Query) -> Result<Vec<String>, RefusedStatement> {
    let Some(with) = &query.with else { return Ok(Vec::new()) };
    if with.recursive {
        return Err(RefusedStatement::new("WITH RECURSIVE is not run: it may never end"));
    }
    if with.cte_tables.len() > PARTS_MAX {
        return Err(RefusedStatement::new(format!("WITH has more than {PARTS_MAX} parts")));
    }
    let mut names: Vec<String> = Vec::new();
    for cte in &with.cte_tables {
        let name = cte.alias.name.value.to_lowercase();
        if names.contains(&name) || is_table(&name) {
            let why = format!("WITH gives the name {name} twice, or that of a table");
            return Err(RefusedStatement::new(why));
        }
        names.push(name);
    }
    Ok(names)
}

fn is_table(name: &str) -> bool {
    FileType::ALL.iter().any(|file_type| file_type.spec().table == name)
}

/// Goes through a statement and stops at the first thing that is not known to be harmless.
struct Vetting<'a> {
    parts: &'a [String],
    /// Expressions round this one.
    nested: usize,
    expressions: usize,
    queries: usize,
}

fn refuse(why: impl Into<String>) -> ControlFlow<RefusedStatement> {
    ControlFlow::Break(RefusedStatement::new(why))
}

impl Visitor for Vetting<'_> {
    type Break = RefusedStatement;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<RefusedStatement> {
        self.queries += 1;
        if self.queries > 1 && query.with.is_some() {
            return refuse("WITH stands at the beginning of the statement only");
        }
        let is_plain = query.fetch.is_none()
            && query.locks.is_empty()
            && query.for_clause.is_none()
            && query.settings.is_none()
            && query.format_clause.is_none()
            && query.pipe_operators.is_empty();
        if !is_plain || !is_select(&query.body) {
            return refuse(
                "only SELECT, and UNION of several, is run; no VALUES, no locks, no pipes",
            );
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<RefusedStatement> {
        let is_plain = select.into.is_none()
            && select.top.is_none()
            && select.lateral_views.is_empty()
            && select.prewhere.is_none()
            && select.connect_by.is_empty()
            && select.cluster_by.is_empty()
            && select.distribute_by.is_empty()
            && select.sort_by.is_empty()
            && select.qualify.is_none()
            && select.value_table_mode.is_none()
            && select.exclude.is_none();
        if is_plain {
            ControlFlow::Continue(())
        } else {
            refuse("a SELECT has columns, FROM, WHERE, GROUP BY and HAVING here, and nothing else")
        }
    }

    fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<RefusedStatement> {
        let word = single_word(name);
        match word {
            Some(word) if is_table(&word) || self.parts.contains(&word) => {
                ControlFlow::Continue(())
            }
            _ => refuse(format!(
                "there is no table {name}; there are transactions, suppliers, employees and unposted_invoices of \
                 this unit, and what WITH names"
            )),
        }
    }

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<RefusedStatement> {
        let is_plain = match table {
            TableFactor::Table {
                args,
                with_hints,
                version,
                with_ordinality,
                partitions,
                json_path,
                sample,
                index_hints,
                ..
            } => {
                args.is_none()
                    && with_hints.is_empty()
                    && version.is_none()
                    && !with_ordinality
                    && partitions.is_empty()
                    && json_path.is_none()
                    && sample.is_none()
                    && index_hints.is_empty()
            }
            TableFactor::Derived { lateral, sample, .. } => !lateral && sample.is_none(),
            TableFactor::NestedJoin { .. } => true,
            _ => false,
        };
        if is_plain {
            ControlFlow::Continue(())
        } else {
            refuse("FROM names tables and parts of WITH; no functions, files or samples")
        }
    }

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<RefusedStatement> {
        self.nested += 1;
        self.expressions += 1;
        if self.nested > NESTED_MAX || self.expressions > EXPRESSIONS_MAX {
            return refuse(format!(
                "the SQL has more than {NESTED_MAX} expressions within one another, or {EXPRESSIONS_MAX} in all"
            ));
        }
        match refused_expression(expression) {
            None => ControlFlow::Continue(()),
            Some(why) => refuse(why),
        }
    }

    fn post_visit_expr(&mut self, _expression: &Expr) -> ControlFlow<RefusedStatement> {
        self.nested -= 1;
        ControlFlow::Continue(())
    }
}

fn is_select(body: &SetExpr) -> bool {
    match body {
        SetExpr::Select(_) | SetExpr::Query(_) => true,
        SetExpr::SetOperation { left, right, .. } => is_select(left) && is_select(right),
        _ => false,
    }
}

/// A name of one word, as it is looked up; none of one with a schema or a catalogue before it.
fn single_word(name: &ObjectName) -> Option<String> {
    let [part] = name.0.as_slice() else { return None };
    let ident = part.as_ident()?;
    Some(if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() })
}

/// Every part is written out where it is named: counts the tables that are read then.
fn verify_size(query: &Query) -> Result<(), RefusedStatement> {
    let mut sizes: HashMap<String, u64> = HashMap::new();
    let mut total = 0_u64;
    for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
        let size = tables_read(&cte.query, &sizes);
        sizes.insert(cte.alias.name.value.to_lowercase(), size);
        total = total.max(size);
    }
    total = total.max(tables_read_of_body(query, &sizes));
    if total > TABLES_READ_MAX {
        return Err(RefusedStatement::new(format!(
            "the parts of WITH name one another so often that {total} tables would be read; at most \
             {TABLES_READ_MAX} are"
        )));
    }
    Ok(())
}

/// Goes through something with a visitor that sees all of it.
fn visit_all<V: Visitor>(something: &impl Visit, visitor: &mut V) {
    match something.visit(visitor) {
        ControlFlow::Continue(()) | ControlFlow::Break(_) => {}
    }
}

struct Relations<'a> {
    sizes: &'a HashMap<String, u64>,
    read: u64,
}

impl Visitor for Relations<'_> {
    type Break = ();
    fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<()> {
        let size = single_word(name).and_then(|word| self.sizes.get(&word).copied());
        self.read = self.read.saturating_add(size.unwrap_or(1));
        ControlFlow::Continue(())
    }
}

fn tables_read(query: &Query, sizes: &HashMap<String, u64>) -> u64 {
    let mut relations = Relations { sizes, read: 0 };
    visit_all(query, &mut relations);
    relations.read
}

/// The tables that its body reads, counted, without what stands in its `WITH`.
fn tables_read_of_body(query: &Query, sizes: &HashMap<String, u64>) -> u64 {
    let mut relations = Relations { sizes, read: 0 };
    visit_all(&*query.body, &mut relations);
    relations.read
}
