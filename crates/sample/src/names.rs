//! Names of people, firms and places, made of syllables and trades.
//!
//! Not for: looking like anybody. Domains are below example.com and example.org, and telephone
//! numbers and postcodes come from ranges that are never given to anybody.
//!
//! Invariant: the same draws give the same names.

use super::country::Country;
use super::rng::Rng;

const STARTS: [&str; 32] = [
    "Ald", "Bram", "Corv", "Dunn", "Elsen", "Fenn", "Garr", "Hald", "Ing", "Kell", "Lang", "Marr",
    "Norr", "Oster", "Penn", "Quarr", "Roth", "Sell", "Thorn", "Ulver", "Vex", "Wend", "Yarr",
    "Zell", "Brock", "Crann", "Dorr", "Frith", "Grind", "Holl", "Tarr", "Wick",
];
const MIDDLES: [&str; 8] = ["a", "e", "en", "er", "i", "o", "ing", "us"];
const PLACE_ENDS: [&str; 12] = [
    "by", "combe", "den", "ford", "garth", "ham", "holt", "mere", "stead", "thwaite", "wick",
    "worth",
];
const SURNAME_ENDS: [&str; 10] =
    ["man", "ley", "son", "well", "sby", "croft", "dale", "field", "gate", "low"];
const FIRST_NAMES: [&str; 40] = [
    "Aisha", "Alan", "Amir", "Anna", "Ben", "Carla", "Chloe", "Daniel", "Dawn", "Dilip", "Ella",
    "Emeka", "Farah", "Fiona", "George", "Grace", "Hannah", "Ian", "Imran", "Jane", "Joshua",
    "Karen", "Kofi", "Lena", "Luke", "Maria", "Mei", "Nadia", "Neil", "Olive", "Owen", "Priya",
    "Rhys", "Rosa", "Sam", "Sean", "Tara", "Tom", "Wendy", "Zoe",
];
const TRADES: [&str; 40] = [
    "Timber",
    "Fencing",
    "Catering",
    "Joinery",
    "Electrical",
    "Plumbing",
    "Roofing",
    "Print",
    "Signs",
    "Software",
    "Logistics",
    "Courier",
    "Training",
    "Care",
    "Nursing",
    "Cleaning",
    "Security",
    "Energy",
    "Water",
    "Telecom",
    "Office Supplies",
    "Furniture",
    "Laboratory",
    "Plant Hire",
    "Vehicle Hire",
    "Tyres",
    "Fuels",
    "Waste",
    "Gardens",
    "Surveying",
    "Architects",
    "Legal",
    "Recruitment",
    "Translation",
    "Foods",
    "Dairy",
    "Packaging",
    "Steel",
    "Glass",
    "Paints",
];
const STREETS: [&str; 16] = [
    "Anvil",
    "Bakehouse",
    "Chandler",
    "Drovers",
    "Elm",
    "Foundry",
    "Granary",
    "Heron",
    "Ivy",
    "Kiln",
    "Lantern",
    "Mill",
    "Orchard",
    "Quarry",
    "Ropewalk",
    "Weaver",
];
const STREET_KINDS: [&str; 8] = ["Street", "Road", "Lane", "Way", "Close", "Yard", "Rise", "Court"];
/// Letters that stand in the second half of a postcode.
const INWARD: &[u8; 20] = b"ABDEFGHJLNPQRSTUWXYZ";

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) lines: [String; 2],
    pub(super) town: String,
    pub(super) postcode: String,
}

pub(super) fn surname(rng: &mut Rng) -> String {
    made(rng, &SURNAME_ENDS)
}

pub(super) fn first_name(rng: &mut Rng) -> &'static str {
    rng.pick::<&str>(&FIRST_NAMES)
}

pub(super) fn trade(rng: &mut Rng) -> &'static str {
    rng.pick::<&str>(&TRADES)
}

pub(super) fn firm(rng: &mut Rng, country: Country, trade: &str) -> String {
    let name = if rng.percent(60) { surname(rng) } else { made(rng, &PLACE_ENDS) };
    let form = *rng.pick(country.legal_forms());
    match rng.below(10) {
        0 => format!("{name} & {} {trade} {form}", surname(rng)),
        1 => format!("{} {name} {trade} {form}", *rng.pick(&["North", "Royal", "New", "First"])),
        2 => format!("{name} {trade} Services {form}"),
        _ => format!("{name} {trade} {form}"),
    }
}

/// The part of a firm's name that stands before `.example.com`.
pub(super) fn host(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

pub(super) fn address(rng: &mut Rng, country: Country) -> Address {
    let street =
        format!("{} {} {}", rng.between(1, 240), rng.pick(&STREETS), rng.pick(&STREET_KINDS));
    let town = made(rng, &PLACE_ENDS);
    let lines = if rng.percent(25) {
        [format!("Unit {}, {town} Park", rng.between(1, 60)), street]
    } else {
        [street, String::new()]
    };
    Address { lines, town, postcode: postcode(rng, country) }
}

/// A postcode of the right form, in an area that no post office has.
fn postcode(rng: &mut Rng, country: Country) -> String {
    let digits = rng.between(0, 999);
    let mut letter = || char::from(*rng.pick(INWARD));
    match country {
        Country::Gb => {
            format!("V{}{} {}{}{}", letter(), digits % 20 + 1, digits % 9 + 1, letter(), letter())
        }
        Country::Ie => format!("Q00 {}{:03}", letter(), digits),
        Country::De | Country::Fr | Country::Us => format!("00{digits:03}"),
        Country::Nl => format!("0{digits:03} {}{}", letter(), letter()),
    }
}

/// Number `serial` of those kept for drama; behind the last of them, extensions.
pub(super) fn telephone(serial: u64, country: Country) -> String {
    const AREAS: [&str; 12] = [
        "01632 960",
        "020 7946 0",
        "0113 496 0",
        "0114 496 0",
        "0115 496 0",
        "0116 496 0",
        "0117 496 0",
        "0118 496 0",
        "0121 496 0",
        "0151 496 0",
        "0161 496 0",
        "0191 498 0",
    ];
    // An area has a thousand numbers, an area with "555-01" a hundred.
    let (line, turn) = (serial % 1_000, serial / 1_000);
    let (number, used) = match country {
        Country::Gb | Country::Nl => {
            let area = AREAS[usize::try_from(turn % 12).expect("it is below twelve")];
            (format!("{area}{line:03}"), turn / 12)
        }
        Country::Ie => (format!("+353 20 91{} {line:04}", turn % 10), turn / 10),
        Country::De => (format!("+49 30 23125 {line:03}"), turn),
        Country::Fr => (format!("+33 1 99 00 {:02} {:02}", line / 100, line % 100), turn),
        Country::Us => {
            (format!("+1 {} 555 01{:02}", 201 + serial / 100 % 700, serial % 100), serial / 70_000)
        }
    };
    if used == 0 { number } else { format!("{number} ext {used}") }
}

/// There are a thousand of them; who comes later has none.
pub(super) fn mobile(serial: u64) -> Option<String> {
    (serial < 1_000).then(|| format!("07700 900{serial:03}"))
}

fn made(rng: &mut Rng, ends: &[&str]) -> String {
    let middle = if rng.percent(60) { *rng.pick(&MIDDLES) } else { "" };
    format!("{}{middle}{}", rng.pick(&STARTS), rng.pick(ends))
}
