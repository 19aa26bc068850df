//! The drawing of `cargo xtask tidy --floors`: the floors of each crate, the modules on them, how many arrows
//! run down, and what runs back up or in a ring.
//!
//! Not for: refusing anything. Invariant: it is text, the same for the same tree.

use std::fmt::Write as _;

use super::super::Tree;
use super::{Arrow, House, Storey, folders, shown};

pub(crate) fn draw(tree: &Tree) -> String {
    let mut text = String::new();
    for folder in folders(tree) {
        house(&mut text, &folder, &House::read(tree, &folder));
    }
    text
}

fn house(text: &mut String, name: &str, house: &House) {
    let modules = house.modules.paths().count();
    line(text, &format!("{name}: {modules} modules, {} arrows", house.arrows.len()));
    for storey in &house.storeys {
        floors(text, house, storey);
    }
    for ring in house.rings() {
        line(text, &format!("  RING: {}", ring.members.join(", ")));
        ring.arrows.iter().for_each(|arrow| place(text, arrow));
    }
    line(text, "");
}

fn floors(text: &mut String, house: &House, storey: &Storey) {
    line(text, &format!("  {}", shown(&storey.folder)));
    for (number, floor) in storey.floors.iter().enumerate() {
        let down = house.arrows_in(&storey.folder).filter(|(from, to, _)| {
            storey.floor_of(from) == Some(number) && storey.floor_of(to) > Some(number)
        });
        line(text, &format!("    {:>3} ↓  {}", down.count(), floor.join(", ")));
    }
    for arrow in house.upward(storey) {
        line(text, "    UPWARD");
        place(text, arrow);
    }
}

fn place(text: &mut String, arrow: &Arrow) {
    let Arrow { from, to, file, line: number, name } = arrow;
    line(text, &format!("      {} -> {}: {name} ({file}:{number})", shown(from), shown(to)));
}

fn line(text: &mut String, words: &str) {
    writeln!(text, "{words}").expect("a text takes whatever is written into it");
}
