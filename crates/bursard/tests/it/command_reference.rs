//! The pages of commands are those of the programs.

#[path = "../../examples/command_reference/page.rs"]
mod page;

use std::fs;
use std::path::Path;

use clap::{Arg, Command};

#[test]
fn the_pages_are_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference");
    for (program, command) in
        [("bursar", bursar::args::Cli::whole_command()), ("bursard", bursard::command())]
    {
        let kept = fs::read_to_string(folder.join(format!("{program}.md"))).unwrap();
        assert!(
            kept == page::page(command),
            "docs/reference/{program}.md is not current: run `cargo xtask reference`"
        );
    }
}

#[test]
fn what_several_commands_share_stands_once() {
    let url = || Arg::new("url").long("url").help("The <server> | host").help_heading("Where to");
    let part = |name: &'static str| Command::new(name).about("Does it").arg(url());
    let program =
        Command::new("made").about("Makes").subcommands(["one", "two", "three"].map(part));
    let page = page::page(program);
    assert_eq!(page.matches("| `--url URL` | The \\<server> \\| host |").count(), 1, "{page}");
    assert_eq!(page.matches("the options of [Where to](#where-to).").count(), 3, "{page}");
    assert!(page.contains("| [`made two`](#made-two) | Does it |"), "{page}");
}
