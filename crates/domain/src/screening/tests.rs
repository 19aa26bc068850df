use super::*;

#[test]
fn an_invoice_is_read_by_the_names_of_columns_and_of_headers() {
    let by_columns = r#"{"invoice_number":"A1","invoice_amount":1200.5,"invoice_date":"2026-03-01",
        "supplier_ref":" S1 "}"#;
    let by_headers = r#"{"Invoice Number":"A1","Invoice Amount":"1200.50","Invoice Date":"2026-03-01",
        "Supplier Ref":" S1 "}"#;
    let read = |text: &str| serde_json::from_str::<ScreenedInvoice>(text);
    let invoice = read(by_columns).unwrap();
    assert_eq!(invoice, read(by_headers).unwrap());
    assert_eq!((invoice.supplier(), invoice.base().to_string()), ("S1", "1200.50".to_owned()));
    for (wrong, why) in [
        (by_columns.replace("1200.5", "1e30"), "not an amount"),
        (by_columns.replace("1200.5", "\"1,200\""), "not an amount"),
        (by_columns.replace("invoice_number", "invoice_nr"), "unknown field"),
        (by_columns.replace("2026-03-01", "1.3.2026"), "not a day"),
    ] {
        let error = read(&wrong).unwrap_err().to_string();
        assert!(error.contains(why), "{wrong}: {error}");
    }
}

#[test]
fn the_word_is_the_gravest_and_its_sentence_the_first_of_those() {
    let oddity = |word, words: &str| SupplierOddity {
        word,
        kind: OddityKind::SharedAccount,
        words: words.to_owned(),
    };
    let (clear, look, stop) = (ScreeningWord::Clear, ScreeningWord::Look, ScreeningWord::Stop);
    for (oddities, word, words) in [
        (vec![], clear, "nothing is in the way"),
        (vec![oddity(clear, "one")], clear, "nothing is in the way"),
        (vec![oddity(look, "one"), oddity(look, "two")], look, "one"),
        (vec![oddity(look, "one"), oddity(stop, "two"), oddity(stop, "three")], stop, "two"),
    ] {
        let answer = InvoiceScreening::new(&ScreenedInvoice::default(), vec![], oddities, vec![]);
        assert_eq!((answer.word, answer.words.as_str()), (word, words));
    }
}

#[test]
fn settings_say_from_when_on_and_never_look_behind_stop() {
    let settings = ScreeningSettings::default();
    let words = [0.1, 0.25, 0.79, 0.8].map(|probability| settings.of_duplicate(probability));
    let (clear, look, stop) = (ScreeningWord::Clear, ScreeningWord::Look, ScreeningWord::Stop);
    assert_eq!(words, [clear, look, look, stop]);
    assert_eq!(settings.of_oddity(OddityKind::EmployeeAccount), stop);
    let number = |text: &str| text.parse::<crate::CheckNumber>().unwrap();
    let with = |look: &str, stop: &str, recent_days| ScreeningSettings {
        look_from: number(look),
        stop_from: number(stop),
        recent_days,
        ..ScreeningSettings::default()
    };
    assert_eq!(with("0.5", "0.4", 60).checked(), Err(InvalidScreeningSettings::StopBeforeLook));
    assert_eq!(with("0.5", "1.1", 60).checked(), Err(InvalidScreeningSettings::NoShare));
    assert_eq!(with("0.5", "0.9", 0).checked(), Err(InvalidScreeningSettings::NoDays));
    assert!(with("0.5", "0.5", 1).checked().is_ok());
    let text = serde_json::to_string(&settings).unwrap();
    assert_eq!(serde_json::from_str::<ScreeningSettings>(&text).unwrap(), settings);
}
