//! People who are named in a comment or a reason, as `@ann`, `@ann@example.org` or `@AnnMiller`.
//!
//! Not for: who those are; names are looked for among the members of a customer.

/// The words behind an `@` that begins a word, without signs that end a sentence; each once.
pub fn mentions(words: &str) -> Vec<&str> {
    let mut named: Vec<&str> = Vec::new();
    for word in words.split(|sign: char| sign.is_whitespace() || "()[]<>\"',;:!?".contains(sign)) {
        let Some(name) = word.strip_prefix('@') else { continue };
        let name = name.trim_end_matches(['.', '-', '@', '…']);
        if !name.is_empty() && !named.contains(&name) {
            named.push(name);
        }
    }
    named
}

/// Returns `true` when a mention names somebody by their address, the part of it before the `@`, or their
/// name without blanks.
pub fn is_named(mention: &str, email: &str, name: &str) -> bool {
    let joined: String = name.chars().filter(|sign| !sign.is_whitespace()).collect();
    let local = email.split_once('@').map_or(email, |(local, _)| local);
    let mention = mention.to_lowercase();
    [email, local, joined.as_str()].iter().any(|known| known.to_lowercase() == mention)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn people_are_named_behind_an_at() {
        for (words, named) in [
            ("@ann, look; @bob@example.org. (@ann)", &["ann", "bob@example.org"][..]),
            ("mail ann@example.org @ @.", &[]),
            ("@ÅsaÖberg…", &["ÅsaÖberg"]),
        ] {
            assert_eq!(mentions(words), named, "{words}");
        }
        for (mention, is) in [
            ("ann", true),
            ("ANN@Example.org", true),
            ("annmiller", true),
            ("annm", false),
            ("", false),
        ] {
            assert_eq!(is_named(mention, "ann@example.org", "Ann Miller"), is, "{mention}");
        }
    }

    proptest! {
        #[test]
        fn a_mention_is_a_part_of_the_words(words in "[@a-z. ,\\n]{0,40}") {
            for name in mentions(&words) {
                let at = format!("@{name}");
                prop_assert!(words.contains(&at) && !name.contains(char::is_whitespace));
            }
        }
    }
}
