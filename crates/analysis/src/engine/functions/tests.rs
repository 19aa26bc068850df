use std::collections::BTreeSet;

use datafusion::prelude::SessionContext;

use super::*;
use crate::function_table::CHECK_FUNCTIONS;

#[test]
fn the_table_has_every_function() {
    let registered: BTreeSet<String> =
        all().iter().map(|function| function.name().to_owned()).collect();
    let listed = CHECK_FUNCTIONS.iter().map(|function| function.name.to_owned());
    assert_eq!(listed.collect::<BTreeSet<String>>(), registered);
}

#[tokio::test]
async fn every_example_gives_its_answer() {
    let session = SessionContext::new();
    register(&session);
    let mut wrong = Vec::new();
    for function in &CHECK_FUNCTIONS {
        let sql = format!("SELECT arrow_cast({}, 'Utf8') AS answer", function.example);
        let batches = session.sql(&sql).await.unwrap().collect().await.unwrap();
        let column = batches[0].column(0).as_string::<i32>();
        let answer = column.iter().next().flatten();
        if answer != Some(function.answer) {
            wrong.push((function.example, answer.map(str::to_owned)));
        }
    }
    assert_eq!(wrong, []);
}
