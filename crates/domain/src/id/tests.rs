use proptest::prelude::*;

use super::*;

#[test]
fn ids_sort_by_time_and_keep_their_kind() {
    let early = UploadId::new("2026-11-23T10:00:00Z".parse().unwrap(), [255; 10]);
    let late = UploadId::new("2026-11-23T10:00:01Z".parse().unwrap(), [0; 10]);
    assert!(early < late && early.to_string() < late.to_string());
    assert!(early.to_string().parse::<TokenId>().is_err());
    assert_eq!(early.to_string().len(), 30);
}

#[test]
fn only_the_exact_form_parses() {
    let good = UploadId::new("2026-11-23T10:00:00Z".parse().unwrap(), [7; 10]).to_string();
    assert!(good.parse::<UploadId>().is_ok());
    for bad in [
        "",
        "upl_",
        "upl",
        &good[..29],
        &good.to_uppercase(),
        &format!("{good}0"),
        "upl_zzzzzzzzzzzzzzzzzzzzzzzzzz",
        "upl_../../../../../etc/passwd",
    ] {
        assert!(bad.parse::<UploadId>().is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn every_id_comes_back(millis in 0i64..4_000_000_000_000, random: [u8; 10]) {
        let id = JobId::new(Timestamp::from_millisecond(millis).unwrap(), random);
        prop_assert_eq!(id.to_string().parse::<JobId>(), Ok(id));
        prop_assert_eq!(id.made_at().as_millisecond(), millis);
    }
}
