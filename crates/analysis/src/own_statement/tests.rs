use std::fmt::Write as _;
use std::fs;

use super::expressions::LISTED;
use super::*;
use crate::checks::{Check, ConfiguredCheck, Method};

fn refused(sql: &str) -> String {
    match OwnStatement::parse(sql) {
        Err(why) => why.to_string(),
        Ok(_) => panic!("this would be run: {sql}"),
    }
}

#[test]
fn what_could_do_harm_is_refused() {
    let nested = format!("SELECT {}1{}", "(".repeat(5_000), ")".repeat(5_000));
    let sum = format!("SELECT {} FROM transactions", vec!["1"; 9_000].join("+"));
    let chain = format!("SELECT {} FROM transactions", vec!["1"; 1_400].join("+"));
    let ors = format!("SELECT 1 FROM transactions WHERE {}", vec!["1=1"; 2_000].join(" OR "));
    for (sql, says) in [
        ("", "one statement"),
        ("SELECT 1; SELECT 2", "one statement"),
        ("DROP TABLE transactions", "only a SELECT"),
        ("DELETE FROM transactions", "only a SELECT"),
        ("INSERT INTO transactions SELECT * FROM transactions", "only a SELECT"),
        ("CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '/etc/passwd'", ""),
        ("CREATE TABLE x AS SELECT 1", "only a SELECT"),
        ("COPY transactions TO '/tmp/x.csv'", "only a SELECT"),
        ("SET datafusion.execution.target_partitions = 9", "only a SELECT"),
        ("EXPLAIN SELECT 1", "only a SELECT"),
        ("SHOW TABLES", "only a SELECT"),
        ("SELECT * FROM information_schema.tables", "no table"),
        ("SELECT * FROM datafusion.public.transactions", "no table"),
        ("SELECT * FROM '/etc/passwd'", "no table"),
        ("SELECT * FROM \"https://example.org/x.parquet\"", "no table"),
        ("SELECT * FROM other_unit", "no table"),
        ("SELECT * FROM \"Transactions\"", "no table"),
        ("SELECT * FROM read_csv('/etc/passwd')", "no functions, files"),
        ("SELECT * FROM generate_series(1, 1000000000)", "no functions, files"),
        ("SELECT * FROM range(1, 1000000000)", "no functions, files"),
        ("SELECT * FROM TABLE(generate_series(1, 9))", "no functions, files"),
        ("SELECT * FROM UNNEST(make_array(1))", "no functions, files"),
        ("SELECT * FROM transactions TABLESAMPLE BERNOULLI (10)", "no functions, files"),
        ("SELECT * FROM transactions, LATERAL (SELECT 1)", "no functions, files"),
        ("SELECT unnest(make_array(1)) FROM transactions", "unnest"),
        ("SELECT generate_series(1, 1000000000) FROM transactions", "generate_series"),
        ("SELECT repeat('a', 1000000000) FROM transactions", "repeat"),
        ("SELECT lpad('a', 1000000000) FROM transactions", "lpad"),
        ("SELECT replace(description, 'a', 'aaaa') FROM transactions", "replace"),
        ("SELECT regexp_replace(description, '(a+)+$', '') FROM transactions", "regexp_replace"),
        ("SELECT 1 FROM transactions WHERE description ~ '((a{1000}){1000}){1000}'", "the sign ~"),
        ("SELECT 1 FROM transactions WHERE description SIMILAR TO '%'", "not run here"),
        ("SELECT description || description FROM transactions", "write concat"),
        ("SELECT string_agg(description, ',') FROM transactions", "string_agg"),
        ("SELECT array_to_string(make_array('a'), '') FROM transactions", "array_to_string"),
        ("SELECT [1, 2, 3] FROM transactions", "not run here"),
        ("SELECT now() FROM transactions", "now"),
        ("SELECT random() FROM transactions", "random"),
        ("SELECT version()", "version"),
        ("SELECT arrow_cast(1, 'Utf8')", "arrow_cast"),
        ("SELECT current_schema()", "current_schema"),
        ("SELECT public.concat('a')", "no function public.concat"),
        ("VALUES (1), (2)", "no VALUES"),
        ("SELECT * FROM (VALUES (1)) AS v", "no VALUES"),
        ("SELECT * INTO x FROM transactions", "nothing else"),
        ("SELECT * FROM transactions FOR UPDATE", "no locks"),
        ("WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT * FROM r", "RECURSIVE"),
        ("SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a)", "at the beginning"),
        ("WITH transactions AS (SELECT 1) SELECT * FROM transactions", "that of a table"),
        (&nested, ""),
        (&sum, "more than 3000 words"),
        (&ors, "more than 3000 words"),
        (&chain, "more than 50 expressions"),
    ] {
        let why = refused(sql);
        assert!(why.contains(says), "{}: {why}", &sql[..sql.len().min(80)]);
    }
}

/// A part that reads two of the part before it.
fn doubling(parts: usize, part: impl Fn(usize) -> String) -> String {
    let parts: Vec<String> = (1..parts).map(|at| format!("p{at} AS ({})", part(at))).collect();
    format!(
        "WITH p0 AS (SELECT unique_id AS x, description AS d FROM transactions), {} SELECT x AS title FROM p{}",
        parts.join(", "),
        parts.len()
    )
}

#[test]
fn what_doubles_with_every_part_is_refused() {
    let joins =
        doubling(18, |at| format!("SELECT a.x, a.d FROM p{0} a JOIN p{0} b ON a.x = b.x", at - 1));
    assert!(
        refused(&joins).contains("262144 tables") || refused(&joins).contains("tables would be")
    );
    let columns = doubling(19, |at| format!("SELECT concat(x, x) AS x, d FROM p{}", at - 1));
    assert!(refused(&columns).contains("too large"), "{}", refused(&columns));
    let inner = "SELECT (SELECT max(x) FROM (SELECT concat(x,x,x,x,x,x,x,x,x,x) AS x FROM \
        (SELECT concat(x,x,x,x,x,x,x,x,x,x) AS x FROM (SELECT concat(x,x,x,x,x,x,x,x,x,x) AS x FROM \
        (SELECT concat(x,x,x,x,x,x,x,x,x,x) AS x FROM (SELECT concat(x,x,x,x,x,x,x,x,x,x) AS x FROM \
        (SELECT unique_id AS x FROM transactions))))))) AS title FROM suppliers";
    assert!(refused(inner).contains("too large"), "{}", refused(inner));
    let many = doubling(22, |at| format!("SELECT x, d FROM p{}", at - 1));
    assert!(refused(&many).contains("more than 20 parts"));
    OwnStatement::parse(&doubling(10, |at| {
        format!("SELECT concat(x, d) AS x, d FROM p{}", at - 1)
    }))
    .unwrap();
}

/// What the program's own checks say can be said by others too, but for what has a limit of its own.
#[test]
fn statements_like_those_of_the_program_are_run() {
    let mut accepted = 0;
    let mut refusals = String::new();
    for check in Check::all().iter().filter(|check| check.method == Method::Sql) {
        let sql = ConfiguredCheck::new(check, |_| None).main_sql();
        match OwnStatement::parse(&sql) {
            Ok(_) => accepted += 1,
            Err(why) => writeln!(refusals, "{}: {why}", check.name).unwrap(),
        }
    }
    assert!(accepted >= 20, "{accepted} of the checks are accepted; not these:\n{refusals}");
}

#[test]
fn the_documentation_lists_the_functions() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/write-a-check.md");
    let page = fs::read_to_string(page).unwrap();
    for functions in LISTED {
        let listed: Vec<String> = functions.iter().map(|name| format!("`{name}`")).collect();
        let listed = listed.join(", ");
        assert!(page.contains(&listed), "docs/write-a-check.md lacks:\n\n{listed}");
    }
}
