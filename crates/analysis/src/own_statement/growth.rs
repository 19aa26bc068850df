//! The size of a statement's expressions when columns are written out: a column that is made of two
//! others, each made of two, doubles with every part of `WITH`, and planning would never end.
//!
//! Invariant: an upper bound, over the whole statement; what is grouped is a column of its own again.

use std::collections::HashMap;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, Query, Select, SetExpr, TableFactor, TableWithJoins, Visit, Visitor,
};

use super::{RefusedStatement, expressions, single_word, visit_all};

/// Columns in one expression, all written out: the largest of the checks of the program has a hundred, and
/// this many are planned in a second.
const COLUMNS_MAX: u64 = 20_000;

/// The columns that one column of each part of `WITH` stands for at most.
#[derive(Debug, Default)]
pub(super) struct Growth {
    parts: HashMap<String, u64>,
    largest: u64,
}

impl Growth {
    pub(super) fn verify(query: &Query) -> Result<(), RefusedStatement> {
        let mut growth = Self::default();
        for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
            let columns = growth.of_body(&cte.query.body);
            growth.parts.insert(cte.alias.name.value.to_lowercase(), columns);
        }
        // Those within expressions as well.
        visit_all(query, &mut EveryQuery(&mut growth));
        if growth.largest > COLUMNS_MAX {
            return Err(RefusedStatement::new(
                "an expression becomes too large when its columns are written out: group in between, or \
                 name fewer columns that are made of others",
            ));
        }
        Ok(())
    }

    fn of_body(&mut self, body: &SetExpr) -> u64 {
        match body {
            SetExpr::Select(select) => self.of_select(select),
            SetExpr::Query(query) => self.of_body(&query.body),
            SetExpr::SetOperation { left, right, .. } => {
                self.of_body(left).max(self.of_body(right))
            }
            _ => 1,
        }
    }

    fn of_select(&mut self, select: &Select) -> u64 {
        let from: Vec<u64> = select.from.iter().map(|table| self.of_tables(table)).collect();
        let source = from.into_iter().max().unwrap_or(1).max(1);
        let mut own = 1;
        let mut is_grouped = select.distinct.is_some() || is_grouped(&select.group_by);
        for item in &select.projection {
            let counted = Columns::of(item);
            is_grouped |= counted.has_aggregate;
            own = own.max(counted.columns.saturating_mul(source));
        }
        let filters = [&select.selection, &select.having].into_iter().flatten();
        let filtered =
            filters.map(|filter| Columns::of(filter).columns.saturating_mul(source)).max();
        self.largest = self.largest.max(own).max(filtered.unwrap_or(0));
        if is_grouped { 1 } else { own }
    }

    fn of_tables(&mut self, tables: &TableWithJoins) -> u64 {
        let mut most = self.of_factor(&tables.relation);
        for join in &tables.joins {
            most = most.max(self.of_factor(&join.relation));
            let on = Columns::of(&join.join_operator).columns;
            self.largest = self.largest.max(on.saturating_mul(most));
        }
        most
    }

    fn of_factor(&mut self, factor: &TableFactor) -> u64 {
        match factor {
            TableFactor::Table { name, .. } => {
                let part = single_word(name).and_then(|word| self.parts.get(&word).copied());
                part.unwrap_or(1)
            }
            TableFactor::Derived { subquery, .. } => self.of_body(&subquery.body),
            TableFactor::NestedJoin { table_with_joins, .. } => self.of_tables(table_with_joins),
            _ => 1,
        }
    }
}

struct EveryQuery<'g>(&'g mut Growth);

impl Visitor for EveryQuery<'_> {
    type Break = ();
    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.0.of_body(&query.body);
        ControlFlow::Continue(())
    }
}

fn is_grouped(group_by: &GroupByExpr) -> bool {
    match group_by {
        GroupByExpr::All(_) => true,
        GroupByExpr::Expressions(expressions, _) => !expressions.is_empty(),
    }
}

/// The columns that are named in something.
#[derive(Debug, Default)]
struct Columns {
    columns: u64,
    has_aggregate: bool,
}

impl Columns {
    fn of(something: &impl Visit) -> Self {
        let mut counted = Self::default();
        visit_all(something, &mut counted);
        // A star, or a number: what is there is taken over as it is.
        counted.columns = counted.columns.max(1);
        counted
    }
}

impl Visitor for Columns {
    type Break = ();
    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
        match expression {
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.columns += 1,
            Expr::Function(function) if function.over.is_none() => {
                let name = single_word(&function.name);
                self.has_aggregate |= name.is_some_and(|name| expressions::is_aggregate(&name));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}
