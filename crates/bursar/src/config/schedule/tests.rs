use super::*;

fn next(text: &str, zone: &str, from: &str) -> String {
    let schedule = Schedule::parse(text, Some(zone)).unwrap();
    schedule.next_after(from.parse().unwrap()).unwrap().to_string()
}

#[test]
fn the_next_time_it_is_due() {
    for (text, zone, from, due) in [
        ("0 2 * * *", "UTC", "2026-11-23T01:59:59Z", "2026-11-23T02:00:00Z"),
        ("0 2 * * *", "UTC", "2026-11-23T02:00:00Z", "2026-11-24T02:00:00Z"),
        ("*/15 * * * *", "UTC", "2026-11-23T10:15:00Z", "2026-11-23T10:30:00Z"),
        ("5/20 3 * * *", "UTC", "2026-11-23T03:05:30Z", "2026-11-23T03:25:00Z"),
        ("30 6 * * mon-fri", "UTC", "2026-11-20T07:00:00Z", "2026-11-23T06:30:00Z"),
        ("0 0 * * 7", "UTC", "2026-11-23T00:00:00Z", "2026-11-29T00:00:00Z"),
        ("0 0 * * SUN", "UTC", "2026-11-23T00:00:00Z", "2026-11-29T00:00:00Z"),
        // Either is enough, as in every cron.
        ("0 0 1 * mon", "UTC", "2026-11-24T00:00:00Z", "2026-11-30T00:00:00Z"),
        ("0 0 1 * mon", "UTC", "2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z"),
        ("0 12 31 * *", "UTC", "2026-11-01T00:00:00Z", "2026-12-31T12:00:00Z"),
        ("0 0 29 2 *", "UTC", "2026-11-23T00:00:00Z", "2028-02-29T00:00:00Z"),
        ("0,30 8-9 * jan,dec *", "UTC", "2026-12-31T09:30:00Z", "2027-01-01T08:00:00Z"),
        ("0 2 * * *", "Europe/London", "2026-07-01T00:00:00Z", "2026-07-01T01:00:00Z"),
        ("0 2 * * *", "America/New_York", "2026-01-01T00:00:00Z", "2026-01-01T07:00:00Z"),
        // 29 March 2026: 01:00 to 02:00 is left out in London; made up right after.
        ("30 1 * * *", "Europe/London", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"),
        ("30 1 * * *", "Europe/London", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"),
        // 25 October 2026: 01:00 to 02:00 comes twice; once is enough.
        ("30 1 * * *", "Europe/London", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"),
        ("30 1 * * *", "Europe/London", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
    ] {
        assert_eq!(next(text, zone, from), due, "{text} {zone} {from}");
    }
}

#[test]
fn slips_are_named() {
    for (text, words) in [
        ("0 2 * *", "five fields"),
        ("0 2 * * * *", "this has 6"),
        ("60 2 * * *", "\"60\" is no minute"),
        ("0 24 * * *", "\"24\" is no hour"),
        ("0 2 0 * *", "no day of the month"),
        ("0 2 * 13 *", "no month"),
        ("0 2 * * 8", "no weekday"),
        ("0 2 * * fri-mon", "\"fri-mon\""),
        ("*/0 2 * * *", "\"*/0\""),
        ("+5 2 * * *", "\"+5\""),
        ("a 2 * * *", "\"a\""),
        ("0 2 30 2 *", "never comes"),
    ] {
        let fault = Schedule::parse(text, Some("UTC")).unwrap_err().to_string();
        assert!(fault.contains(words), "{text}: {fault}");
    }
    let fault = Schedule::parse("0 2 * * *", Some("Europe/Londinium")).unwrap_err().to_string();
    assert!(fault.contains("Londinium"), "{fault}");
}
