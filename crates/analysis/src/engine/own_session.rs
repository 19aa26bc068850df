//! The session of a statement of somebody else's making: memory of its own, no disk, texts and lists with
//! limits, and nothing of people or accounts.
//!
//! Not for: which statements are run at all (`own_statement`). Invariant: a value that is personal or
//! leads to money never comes out of it; two that are equal are still equal.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, StringArray};
use arrow_schema::DataType;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::functions_nested::make_array::MakeArray;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    create_udf,
};
use datafusion::prelude::{SessionContext, cast, col, lit};
use datafusion::scalar::ScalarValue;
use domain::{FileType, Sensitivity};

use crate::error::Error;
use crate::limits::{OWN_CHECK_MEMORY_BYTES, OWN_TEXT_BYTES_MAX};
use crate::schema::table_schema;

/// Stands before what stands for a value that is not shown; no ledger writes so.
const HIDDEN: char = '\u{b7}';
/// Digits behind it.
const HIDDEN_DIGITS: usize = 16;

/// Memory that ends, and no place to put what does not fit.
pub(super) fn environment() -> Result<Arc<RuntimeEnv>> {
    let no_disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled);
    RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(GreedyMemoryPool::new(OWN_CHECK_MEMORY_BYTES)))
        .with_disk_manager_builder(no_disk)
        .build_arc()
}

/// Puts functions with limits in the place of those without.
pub(super) fn limit_functions(session: &SessionContext) {
    session.register_udf(ScalarUDF::new_from_impl(LimitedConcat::new()));
    session.register_udf(ScalarUDF::new_from_impl(FlatArray(MakeArray::new())));
}

/// Puts views in the place of the tables: columns that are personal or lead to money hold what stands
/// for their values.
pub(crate) fn hide_personal(session: &SessionContext) -> std::result::Result<(), Error> {
    let hidden = hidden();
    for file_type in FileType::ALL {
        let name = file_type.spec().table;
        let schema = table_schema(file_type);
        let shown: Vec<Expr> = schema
            .fields()
            .iter()
            .map(|field| {
                let column = col(field.name().as_str());
                let is_plain = file_type
                    .column(field.name())
                    .is_none_or(|_| file_type.sensitivity(field.name()) == Sensitivity::Plain)
                    && field.name() != domain::columns::EXTRA;
                if is_plain {
                    return column;
                }
                let instead = if *field.data_type() == DataType::Utf8 {
                    hidden.call(vec![column])
                } else {
                    cast(lit(ScalarValue::Null), field.data_type().clone())
                };
                instead.alias(field.name().as_str())
            })
            .collect();
        let whole = session.deregister_table(name)?.expect("every table is registered");
        let view = session.read_table(whole)?.select(shown)?.into_view();
        session.register_table(name, view)?;
    }
    Ok(())
}

/// The text without what stands for hidden values, which is of no use to anybody who reads it.
pub(crate) fn without_hidden(text: &str) -> String {
    let mut parts = text.split(HIDDEN);
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.chars().take_while(char::is_ascii_hexdigit).count();
        if digits >= HIDDEN_DIGITS {
            plain.push('…');
            plain.push_str(&part[HIDDEN_DIGITS..]);
        } else {
            plain.push(HIDDEN);
            plain.push_str(part);
        }
    }
    plain
}

/// Stands for a value: equal where letters and digits are.
fn hidden() -> ScalarUDF {
    let call = |values: &[ColumnarValue]| -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(values)?;
        let texts = arrays[0].as_string::<i32>();
        let mut built = StringBuilder::new();
        for text in texts {
            let plain: Option<String> = text.map(|text| {
                text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
            });
            let known = plain.filter(|text| !text.is_empty());
            built.append_option(
                known.map(|text| format!("{HIDDEN}{:016x}", evidence::text_key(&text))),
            );
        }
        Ok(ColumnarValue::Array(Arc::new(built.finish())))
    };
    let types = vec![DataType::Utf8];
    create_udf("hidden_value", types, DataType::Utf8, Volatility::Immutable, Arc::new(call))
}

/// `concat`, which fails where a text becomes too long.
#[derive(Debug, PartialEq, Eq, Hash)]
struct LimitedConcat {
    signature: Signature,
}

impl LimitedConcat {
    fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for LimitedConcat {
    fn name(&self) -> &'static str {
        "concat"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        if types.is_empty() || types.iter().any(DataType::is_nested) {
            return Err(DataFusionError::Plan("concat joins texts and numbers".to_owned()));
        }
        Ok(vec![DataType::Utf8; types.len()])
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_one = args.args.iter().all(|value| matches!(value, ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let columns: Vec<&StringArray> =
            arrays.iter().map(datafusion::arrow::array::AsArray::as_string::<i32>).collect();
        let mut built = StringBuilder::new();
        let mut text = String::new();
        for row in 0..columns.first().map_or(0, |column| StringArray::len(column)) {
            text.clear();
            for column in columns.iter().filter(|column| column.is_valid(row)) {
                text.push_str(column.value(row));
                if text.len() > OWN_TEXT_BYTES_MAX {
                    let why = format!("concat made a text longer than {OWN_TEXT_BYTES_MAX} bytes");
                    return Err(DataFusionError::ResourcesExhausted(why));
                }
            }
            built.append_value(&text);
        }
        let made = built.finish();
        if is_one {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&made, 0)?));
        }
        Ok(ColumnarValue::Array(Arc::new(made)))
    }
}

/// `make_array`, of single values: a list of lists of lists could double with every level.
#[derive(Debug, PartialEq, Eq, Hash)]
struct FlatArray(MakeArray);

impl ScalarUDFImpl for FlatArray {
    fn name(&self) -> &'static str {
        "make_array"
    }

    fn signature(&self) -> &Signature {
        self.0.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.0.return_type(types)
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        if types.iter().any(DataType::is_nested) {
            return Err(DataFusionError::Plan(
                "make_array makes a list of single values".to_owned(),
            ));
        }
        self.0.coerce_types(types)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        self.0.invoke_with_args(args)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_value_is_not_shown() {
        for (text, shown) in [
            ("", ""),
            ("a · b", "a · b"),
            ("paid to \u{b7}0123456789abcdef on Monday", "paid to … on Monday"),
            ("\u{b7}0123456789abcdef\u{b7}fedcba9876543210x", "……x"),
            ("\u{b7}0123", "\u{b7}0123"),
        ] {
            assert_eq!(without_hidden(text), shown);
        }
    }
}
