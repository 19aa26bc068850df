use super::*;

fn source(json: &str) -> Result<FieldSource, String> {
    serde_json::from_str(json).map_err(|fault| fault.to_string())
}

#[test]
fn a_field_says_in_four_ways_where_it_comes_from() {
    let text = str::to_owned;
    for (json, expected, shown) in [
        (r#""Amount#2""#, FieldSource::Column(text("Amount#2")), "Amount#2"),
        (r#"["Year","No"]"#, FieldSource::Columns(vec![text("Year"), text("No")]), "Year, No"),
        (
            r#"{"field":"invoice_date"}"#,
            FieldSource::SameAs { field: text("invoice_date") },
            "the field invoice_date",
        ),
        (
            r#"{"constant":"GBP"}"#,
            FieldSource::Constant { constant: text("GBP") },
            r#"the text "GBP""#,
        ),
    ] {
        let read = source(json).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), json);
        assert_eq!((read.to_string().as_str(), read), (shown, expected));
    }
}

#[test]
fn any_other_way_is_told_the_four() {
    for json in ["7", r#"{"column":"A"}"#, r#"{"field":"a","constant":"b"}"#, r#"{"constant":1}"#] {
        let fault = source(json).unwrap_err();
        assert!(fault.contains(r#"{ constant = "GBP" }"#), "{json}: {fault}");
    }
}
