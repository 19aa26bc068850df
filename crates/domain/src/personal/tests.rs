use super::*;

#[test]
fn values_are_masked_by_sight_and_once() {
    use Sensitivity::{Account, Name, Personal, Plain};
    for (sensitivity, value, viewer, analyst) in [
        (Account, "GB33 BUKB 2020 1555 55", "…5555", "…5555"),
        (Account, "123", HIDDEN, HIDDEN),
        (Account, "…2491", "…2491", "…2491"),
        (Account, "…2491, …7520", "…2491, …7520", "…2491, …7520"),
        (Account, "hidden, …7520", "hidden, …7520", "hidden, …7520"),
        (Account, "…2491, GB33BUKB20201555", "…1555", "…1555"),
        (Account, "…GB33BUKB20201555", "…1555", "…1555"),
        (Account, "…", HIDDEN, HIDDEN),
        (Account, r#"{"Konto":"12345678"}"#, HIDDEN, HIDDEN),
        (Name, "van Dyke", "V. D.", "van Dyke"),
        (Name, "A. S.", "A. S.", "A. S."),
        (Personal, "Leeds", HIDDEN, "Leeds"),
        (Personal, "", "", ""),
        (Plain, "Öz Ltd", "Öz Ltd", "Öz Ltd"),
    ] {
        let seen = |visibility| sensitivity.masked(value, visibility).into_owned();
        assert_eq!(seen(Visibility::Masked), viewer, "{value}");
        assert_eq!(seen(Visibility::AccountsMasked), analyst, "{value}");
        assert_eq!(seen(Visibility::Full), value);
        let again = sensitivity.masked(viewer, Visibility::Masked).into_owned();
        assert_eq!(again, viewer, "masked twice is masked once: {value}");
    }
}
