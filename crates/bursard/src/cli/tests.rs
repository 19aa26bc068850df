use super::*;

/// The help of the command with these words.
fn help(words: &[&str]) -> String {
    let mut whole = Cli::whole_command();
    whole.build();
    let found = words.iter().fold(&mut whole, |command, word| {
        command.find_subcommand_mut(word).unwrap_or_else(|| panic!("there is no {word}"))
    });
    found.render_long_help().to_string()
}

#[test]
fn settings_are_shown_where_they_count_and_apart() {
    for (words, flag, is_shown) in [
        (&["serve"][..], "--listen", true),
        (&["serve"], "--metrics-listen", true),
        (&["work"], "--listen", false),
        (&["work"], "--log-format", true),
        (&["token", "issue"], "--listen", false),
        (&["token", "issue"], "--region", true),
        (&["token", "issue"], "--data-dir", true),
        (&["upload", "list"], "--region", false),
        (&["upload", "list"], "--database", true),
        (&["try"], "--data-dir", false),
        (&["sample"], "--config", false),
    ] {
        let help = help(words);
        let (own, settings) = help.split_once("Settings of the server:").unwrap_or((&help, ""));
        let stands_in = |text: &str| text.contains(&format!("{flag} <"));
        assert_eq!(stands_in(settings), is_shown, "{words:?} {flag}: {help}");
        assert!(!stands_in(own), "{words:?} {flag}: {help}");
    }
}

#[test]
fn settings_are_taken_everywhere_and_the_last_of_them_counts() {
    let read = |words: &[&str]| {
        let matches = Cli::whole_command().try_get_matches_from(words).unwrap();
        Cli::from_arg_matches(&matches).unwrap().settings
    };
    for (words, region) in [
        (&["bursard", "--region", "uksouth", "serve"][..], "uksouth"),
        (&["bursard", "serve", "--region", "uksouth", "--region", "euwest"], "euwest"),
        (&["bursard", "--region", "uksouth", "upload", "list", "--customer", "acme"], "uksouth"),
        (&["bursard", "upload", "list", "--customer", "acme", "--region", "euwest"], "euwest"),
        (&["bursard", "try", "--region", "euwest"], "euwest"),
    ] {
        assert_eq!(read(words).region.unwrap().as_str(), region, "{words:?}");
    }
}
