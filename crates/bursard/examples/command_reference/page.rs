//! The page of all commands of a program, made of its command line as clap has it.
//!
//! Not for: what the commands mean together; the guides say that. Invariant: what `--help` lists stands
//! in it once: options that several commands share have a section of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command};
use domain::markdown::in_line;

/// Commands that share a group of options, from which on it stands apart.
const SHARED_FROM: usize = 3;

/// A command with its name as it is typed.
struct NamedCommand<'a> {
    name: String,
    command: &'a Command,
}

/// Options below one heading of `--help`, as rows of a table.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct OptionGroup {
    heading: Option<String>,
    rows: String,
}

/// The whole page of a program.
pub(crate) fn page(mut program: Command) -> String {
    program.build();
    let mut commands = Vec::new();
    collect(program.get_name().to_owned(), &program, &mut commands);
    let shared = shared_groups(&commands);
    let mut page = String::new();
    let name = program.get_name();
    line(&mut page, format_args!("# The commands of `{name}`\n"));
    line(&mut page, format_args!("{}\n", about(&program)));
    line(
        &mut page,
        format_args!(
            "This page is made by `cargo xtask reference` from the command line of the program; change \
             that, not the page.\n`{name} COMMAND --help` shows the same.\n"
        ),
    );
    page.push_str("| command | does |\n|---|---|\n");
    for NamedCommand { name, command } in commands.iter().skip(1) {
        let does = in_line(&text(command.get_about()));
        line(&mut page, format_args!("| [`{name}`](#{}) | {does} |", name.replace(' ', "-")));
    }
    let of_all = groups(&program, |_| true);
    if !of_all.is_empty() {
        line(&mut page, format_args!("\n## Options of every command"));
        for group in &of_all {
            write_group(&mut page, group);
        }
    }
    let mut said = BTreeSet::new();
    for of in commands.iter().skip(1) {
        write_command(&mut page, of, &shared, &mut said);
    }
    for (heading, rows) in shared {
        line(&mut page, format_args!("\n## {heading}\n\nOptions of several commands.\n"));
        page.push_str("| option | is |\n|---|---|\n");
        page.push_str(&rows);
    }
    page
}

fn collect<'a>(name: String, command: &'a Command, into: &mut Vec<NamedCommand<'a>>) {
    let parts = command.get_subcommands().filter(|part| part.get_name() != "help");
    let parts: Vec<_> = parts
        .filter(|part| !part.is_hide_set())
        .map(|part| (format!("{name} {}", part.get_name()), part))
        .collect();
    into.push(NamedCommand { name, command });
    for (name, part) in parts {
        collect(name, part, into);
    }
}

fn shared_groups(commands: &[NamedCommand<'_>]) -> BTreeMap<String, String> {
    let mut counts: BTreeMap<OptionGroup, usize> = BTreeMap::new();
    for of in commands.iter().skip(1) {
        for group in groups(of.command, |arg| !arg.is_global_set()) {
            *counts.entry(group).or_default() += 1;
        }
    }
    let often = counts.into_iter().filter(|(_, count)| *count >= SHARED_FROM);
    often.filter_map(|(group, _)| Some((group.heading?, group.rows))).collect()
}

fn write_command(
    page: &mut String,
    of: &NamedCommand<'_>,
    shared: &BTreeMap<String, String>,
    said: &mut BTreeSet<String>,
) {
    let NamedCommand { name, command } = of;
    let level = "#".repeat(name.split(' ').count());
    line(page, format_args!("\n{level} `{name}`\n\n{}\n", about(command)));
    let usage = (*command).clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").replace("\n       ", "\n");
    line(page, format_args!("```text\n{}\n```", usage.trim()));
    let positionals: String =
        command.get_positionals().filter(|arg| !arg.is_hide_set()).map(row).collect();
    if !positionals.is_empty() {
        page.push_str("\n| argument | is |\n|---|---|\n");
        page.push_str(&positionals);
    }
    let mut elsewhere = Vec::new();
    for group in groups(command, |arg| !arg.is_global_set()) {
        match &group.heading {
            Some(heading) if shared.get(heading) == Some(&group.rows) => {
                let anchor = heading.to_lowercase().replace(' ', "-");
                elsewhere.push(format!("[{heading}](#{anchor})"));
            }
            _ => write_group(page, &group),
        }
    }
    if !elsewhere.is_empty() {
        line(page, format_args!("\nBesides, the options of {}.", elsewhere.join(", ")));
    }
    let after = text(command.get_after_long_help().or(command.get_after_help()));
    if !after.is_empty() && said.insert(after.clone()) {
        if after.contains('\n') {
            line(page, format_args!("\n```text\n{}\n```", after.trim_end()));
        } else {
            line(page, format_args!("\n{}", in_line(&after)));
        }
    }
}

/// The options of a command by heading, in the order of `--help`; those that every command has are the
/// program's own.
fn groups(command: &Command, is_wanted: impl Fn(&Arg) -> bool) -> Vec<OptionGroup> {
    let mut groups: Vec<OptionGroup> = Vec::new();
    let options = command.get_arguments().filter(|arg| !arg.is_positional() && !arg.is_hide_set());
    // Those that clap makes: an option of ours may have such an id as well.
    let made = [Some("help"), Some("version")];
    for arg in options.filter(|arg| is_wanted(arg) && !made.contains(&arg.get_long())) {
        let heading = arg.get_help_heading().map(str::to_owned);
        match groups.iter_mut().find(|group| group.heading == heading) {
            Some(group) => group.rows.push_str(&row(arg)),
            None => groups.push(OptionGroup { heading, rows: row(arg) }),
        }
    }
    groups
}

fn write_group(page: &mut String, group: &OptionGroup) {
    let heading = group.heading.as_deref().unwrap_or("option").to_lowercase();
    line(page, format_args!("\n| {heading} | is |\n|---|---|"));
    page.push_str(&group.rows);
}

fn row(arg: &Arg) -> String {
    let mut words = vec![in_line(&text(arg.get_long_help().or(arg.get_help())))];
    let values = arg.get_possible_values();
    let values: Vec<_> = values
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !values.is_empty() && !arg.is_hide_possible_values_set() {
        words.push(format!("one of {}", values.join(", ")));
    }
    let defaults: Vec<_> = arg
        .get_default_values()
        .iter()
        .filter(|value| !value.is_empty())
        .map(|value| format!("`{}`", value.to_string_lossy()))
        .collect();
    if arg.get_action().takes_values() && !defaults.is_empty() && !arg.is_hide_default_value_set() {
        words.push(format!("default {}", defaults.join(", ")));
    }
    if let Some(variable) = arg.get_env() {
        words.push(format!("in the environment `{}`", variable.to_string_lossy()));
    }
    if arg.is_required_set() {
        words.push("required".to_owned());
    }
    words.retain(|part| !part.is_empty());
    format!("| `{}` | {} |\n", typed(arg).replace('|', "\\|"), words.join("; "))
}

/// An argument as it is typed: `FILE…`, `-q, --quiet`, `--limit N`.
fn typed(arg: &Arg) -> String {
    let names = arg.get_value_names().unwrap_or_default();
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let value = match names.as_slice() {
        [] => arg.get_id().as_str().to_uppercase(),
        _ => names.join(" "),
    };
    if arg.is_positional() {
        let many = matches!(arg.get_action(), ArgAction::Append);
        return format!("{value}{}", if many { "…" } else { "" });
    }
    let short = arg.get_short().map(|letter| format!("-{letter}"));
    let long = arg.get_long().map(|name| format!("--{name}"));
    let flag = short.into_iter().chain(long).collect::<Vec<_>>().join(", ");
    if arg.get_action().takes_values() { format!("{flag} {value}") } else { flag }
}

/// Paragraphs, each on a line of its own.
fn about(command: &Command) -> String {
    let whole = text(command.get_long_about().or(command.get_about()));
    whole.split("\n\n").map(in_line).collect::<Vec<_>>().join("\n\n")
}

fn text(words: Option<&clap::builder::StyledStr>) -> String {
    words.map(ToString::to_string).unwrap_or_default()
}

fn line(page: &mut String, words: std::fmt::Arguments<'_>) {
    writeln!(page, "{words}").expect("a text takes everything");
}
