//! The expressions and functions that a statement of somebody's own may have.
//!
//! Not for: how many. Invariant: a function that is not listed is not run. None that is makes a text or
//! a list much longer than what it is given (`repeat`, `lpad`, `replace`, `range`), matches patterns of
//! its own making, knows the time, or looks at anything but its arguments.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArguments, UnaryOperator,
};

use super::single_word;
use crate::function_table::{CHECK_FUNCTIONS, CheckFunction};

/// Functions of one row that the query engine has; those of the program are in `function_table`.
const SCALAR: &[&str] = &[
    // Numbers.
    "abs",
    "ceil",
    "exp",
    "floor",
    "ln",
    "log10",
    "log2",
    "power",
    "round",
    "sign",
    "sqrt",
    "trunc",
    // Choices.
    "coalesce",
    "greatest",
    "least",
    "nullif",
    "nvl",
    // Texts; `concat` is one of our own, with a limit.
    "btrim",
    "char_length",
    "character_length",
    "concat",
    "contains",
    "ends_with",
    "left",
    "length",
    "lower",
    "ltrim",
    "reverse",
    "right",
    "rtrim",
    "split_part",
    "starts_with",
    "strpos",
    "substr",
    "substring",
    "trim",
    "upper",
    // Days.
    "date_part",
    "date_trunc",
    "make_date",
    // Lists; `make_array` is one of our own, of single values.
    "array_distinct",
    "array_length",
    "array_sort",
    "cardinality",
    "make_array",
];

/// Functions of many rows.
const AGGREGATE: &[&str] = &[
    "approx_distinct",
    "array_agg",
    "avg",
    "bool_and",
    "bool_or",
    "count",
    "max",
    "median",
    "min",
    "stddev",
    "stddev_pop",
    "sum",
    "var_pop",
    "variance",
];

/// Functions of rows in an order, which stand before `OVER`.
const WINDOW: &[&str] =
    &["dense_rank", "first_value", "lag", "last_value", "lead", "ntile", "rank", "row_number"];

/// Returns `true` when a function makes one value of many rows.
pub(super) fn is_aggregate(name: &str) -> bool {
    AGGREGATE.contains(&name)
}

fn is_scalar(name: &str) -> bool {
    let is_ours = |of: &CheckFunction| of.is_for_all && of.name == name;
    SCALAR.contains(&name) || CHECK_FUNCTIONS.iter().any(is_ours)
}

/// Why an expression is not run; none where it may be.
pub(super) fn refused_expression(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Identifier(_)
        | Expr::CompoundIdentifier(_)
        | Expr::Wildcard(_)
        | Expr::IsFalse(_)
        | Expr::IsNotFalse(_)
        | Expr::IsTrue(_)
        | Expr::IsNotTrue(_)
        | Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::IsDistinctFrom(..)
        | Expr::IsNotDistinctFrom(..)
        | Expr::InList { .. }
        | Expr::InSubquery { .. }
        | Expr::Between { .. }
        | Expr::Like { .. }
        | Expr::ILike { .. }
        | Expr::Cast { .. }
        | Expr::Extract { .. }
        | Expr::Ceil { .. }
        | Expr::Floor { .. }
        | Expr::Position { .. }
        | Expr::Substring { .. }
        | Expr::Trim { .. }
        | Expr::Nested(_)
        | Expr::Value(_)
        | Expr::TypedString(_)
        | Expr::Case { .. }
        | Expr::Exists { .. }
        | Expr::Subquery(_)
        | Expr::Interval(_) => None,
        Expr::UnaryOp { op, .. } => refused_unary(*op),
        Expr::BinaryOp { op, .. } => refused_operator(op),
        Expr::Function(function) => refused_function(function),
        other => Some(format!("`{}` is not run here", beginning(&other.to_string()))),
    }
}

fn refused_unary(operator: UnaryOperator) -> Option<String> {
    let is_known =
        matches!(operator, UnaryOperator::Plus | UnaryOperator::Minus | UnaryOperator::Not);
    (!is_known).then(|| format!("the sign {operator} is not run here"))
}

fn refused_operator(operator: &BinaryOperator) -> Option<String> {
    match operator {
        BinaryOperator::Plus
        | BinaryOperator::Minus
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Modulo
        | BinaryOperator::Gt
        | BinaryOperator::Lt
        | BinaryOperator::GtEq
        | BinaryOperator::LtEq
        | BinaryOperator::Eq
        | BinaryOperator::NotEq
        | BinaryOperator::And
        | BinaryOperator::Or => None,
        BinaryOperator::StringConcat => {
            Some("write concat(…) for ||: it has a limit of its own".to_owned())
        }
        other => Some(format!("the sign {other} is not run here")),
    }
}

fn refused_function(function: &Function) -> Option<String> {
    let Some(name) = single_word(&function.name) else {
        return Some(format!("there is no function {}", beginning(&function.name.to_string())));
    };
    let is_windowed = function.over.is_some();
    let is_known = if is_windowed {
        is_aggregate(&name) || WINDOW.contains(&name.as_str())
    } else {
        is_aggregate(&name) || is_scalar(&name)
    };
    if !is_known {
        return Some(format!(
            "the function {} is not one of those that checks of your own may use; \
             docs/write-a-check.md lists them",
            beginning(&name)
        ));
    }
    let is_plain = matches!(function.args, FunctionArguments::List(_))
        && matches!(function.parameters, FunctionArguments::None)
        && !function.uses_odbc_syntax;
    (!is_plain).then(|| format!("write {name}(…) with its arguments in brackets"))
}

/// The beginning of a text, as much as a sentence has room for.
fn beginning(text: &str) -> String {
    text.chars().take(60).collect()
}

/// The functions as the documentation lists them: of a row, of many rows, of rows in an order.
#[cfg(test)]
pub(super) const LISTED: [&[&str]; 3] = [SCALAR, AGGREGATE, WINDOW];
