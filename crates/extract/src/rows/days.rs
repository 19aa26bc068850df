//! How far ahead the days of a field may lie.
//!
//! Not for: reading dates (`dates`).

use crate::dates::DateStyle;
use crate::fields::Field;
use crate::formats::ColumnFormat;
use crate::options::Options;

/// The style of a field's column. Dates by which something ends or is due may lie far ahead.
pub(super) fn style(
    format: Option<ColumnFormat>,
    field: Field,
    options: &Options<'_>,
) -> DateStyle {
    let style = format.and_then(ColumnFormat::date_style);
    let style = style.unwrap_or_else(|| options.date_style());
    match field.name() {
        "due_date" | "leave_date" => DateStyle { today: style.today.far_ahead(), ..style },
        _ => style,
    }
}
