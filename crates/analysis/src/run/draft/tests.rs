use super::{prior, reckoning, rounded};

#[test]
fn a_reckoning_says_odds_as_people_say_them() {
    let cases = [
        (
            3.0,
            0.8889,
            "All weights together are +3.0: odds of 8.0 to 1 that it is so, a probability of 0.8889.",
        ),
        (
            -4.0,
            0.0588,
            "All weights together are -4.0: odds of 1 to 16 that it is so, a probability of 0.0588: \
             more likely legitimate than not, and shown because a look costs less than the money.",
        ),
        (
            30.0,
            0.9999,
            "odds of more than 1,048,576 to 1 that it is so, a probability of 0.9999, the highest that is shown.",
        ),
    ];
    for (bits, probability, ends) in cases {
        let words = reckoning(bits, "it is so", probability);
        assert!(words.ends_with(ends), "{words}");
    }
}

#[test]
fn nothing_is_certain() {
    assert_eq!(
        [rounded(1.0), rounded(0.0), rounded(0.123_456)].map(|p| format!("{p:.4}")),
        ["0.9999", "0.0001", "0.1235"]
    );
}

#[test]
fn a_prior_says_one_in_how_many() {
    let words = prior("suppliers that come back", -3.0, "an assumption").words;
    assert_eq!(
        words,
        "before anything else is known: of 9 suppliers that come back the claim is true of about 1 \
         (an assumption)"
    );
}
