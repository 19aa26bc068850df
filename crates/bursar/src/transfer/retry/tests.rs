use super::*;

#[test]
fn waits_double_up_to_a_minute_and_chance_spreads_them() {
    for (retry, rng, seconds) in [
        (1, 1.0, 1.0),
        (2, 1.0, 2.0),
        (4, 0.5, 4.0),
        (7, 1.0, 60.0),
        (60, 1.0, 60.0),
        (3, 0.0, 0.0),
    ] {
        let expected = Duration::from_secs_f64(seconds);
        assert_eq!(backoff(retry, None, rng), expected, "{retry} {rng}");
    }
}

#[test]
fn a_server_may_ask_for_time_within_reason() {
    let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
    for (field, seconds) in [
        ("2", Some(2)),
        ("0", Some(0)),
        ("Mon, 23 Nov 2026 10:00:07 GMT", Some(7)),
        ("Mon, 23 Nov 2026 09:00:00 GMT", Some(0)),
        ("99999999", Some(300)),
        ("99999999999999999999999999", Some(300)),
        ("soon", None),
        ("-5", None),
        ("", None),
    ] {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, field.parse().unwrap())]);
        let asked = retry_after(&headers, now);
        assert_eq!(asked.is_some(), seconds.is_some(), "{field:?}");
        let expected = Duration::from_secs(seconds.unwrap_or(1));
        assert_eq!(backoff(1, asked, 1.0), expected, "{field:?}");
    }
}

#[test]
fn only_the_statuses_of_the_contract_are_tried_again() {
    let temporary: Vec<u16> =
        (100..600).filter(|status| is_temporary(StatusCode::from_u16(*status).unwrap())).collect();
    assert_eq!(temporary, [408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 527, 530]);
}
