use proptest::prelude::*;

use super::*;

fn now() -> Timestamp {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

fn document(blocks: Vec<Block>) -> TextDocument {
    TextDocument { title: "A letter".to_owned(), blocks }
}

#[test]
fn a_document_is_pages_with_text() {
    let column =
        |heading: &str, width, is_number| Column { heading: heading.to_owned(), width, is_number };
    let long = "Müller & Søn – 漢字 ".repeat(800);
    let table = Table {
        columns: vec![column("Supplier", 3, false), column("Amount", 1, true)],
        rows: vec![vec!["Alder Works".to_owned(), "£1,000.00".to_owned()]; 100],
    };
    let blocks = vec![
        Block::Heading("Please refund £10.00".to_owned()),
        Block::Paragraph(format!("Dear Sir,\n\n{long}")),
        Block::Table(table),
    ];
    let file = document(blocks).write(now()).unwrap();
    assert!(file.starts_with(b"%PDF-1.7"), "{:?}", &file[..9]);
    let again = document(vec![Block::Paragraph("x".to_owned())]);
    assert_eq!(again.write(now()).unwrap(), again.write(now()).unwrap(), "the same bytes");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_text_can_be_written(text in "\\PC{0,80}|[\\x00-\\x1f a-z]{0,40}|\\p{Arabic}{0,20}") {
        let table = Table {
            columns: vec![Column { heading: text.clone(), width: 1, is_number: true }],
            rows: vec![vec![text.clone()]],
        };
        let blocks =
            vec![Block::Heading(text.clone()), Block::Paragraph(text), Block::Table(table)];
        prop_assert!(document(blocks).write(now()).is_ok());
    }
}
