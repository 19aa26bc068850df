use super::*;

#[test]
fn every_folder_parses_and_needs_columns_that_exist() {
    assert_eq!(Check::all().len(), FOLDERS.len(), "a check.toml does not parse");
    for check in Check::all() {
        for text in &check.about.needs {
            let columns = need(text);
            assert!(!columns.is_empty(), "{}: {text}", check.name);
            for (of, column) in columns {
                let schema = crate::schema::table_schema(of);
                assert!(schema.column_with_name(column).is_some(), "{}: {column}", check.name);
            }
        }
        let sql = check.main_sql();
        assert!(!sql.contains("{{"), "{}", check.name);
        let is_sql = check.about.method == Method::Sql;
        assert_eq!(check.about.prior.is_some(), is_sql, "{}: a prior", check.name);
        assert!(!check.about.innocent_if.trim().is_empty(), "{}", check.name);
        assert!(!check.about.innocent_reasons.is_empty(), "{}", check.name);
    }
}
