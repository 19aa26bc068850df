//! What fields are called in the files of others: in general, in other languages, and by each system.
//!
//! Not for: which column of a file holds which field in the end (`headers`), or what a unit's
//! mapping says. The names are data: one file a system in `names/`, read when the crate is built.
//!
//! Invariant: within one table a name means one field at most.

mod abbreviations;
mod header_currency;
mod spelling;
mod stand_in;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use domain::FileType;

use crate::fields::Field;
pub(crate) use header_currency::currency_of_header;
pub(crate) use spelling::normal;
use spelling::{parts, plainer, spellings};

/// All tables, the general one first.
static TABLES: &[NameTable] = include!(concat!(env!("OUT_DIR"), "/names.rs"));

/// Headers that a system must explain to be recognised: fewer are met by chance.
const EXPLAINED_MIN: usize = 3;

/// Marks among them, headers that have no general meaning: without any, little tells whose they are.
const MARKS_MIN: usize = 2;

/// Of 100 headers those that must be explained where one mark is there that is of that system alone.
const PERCENT_WITH_MARK: usize = 75;

/// Likewise where no mark is there, and how many of them must be of fields: a whole list of the system.
const PERCENT_WITHOUT: usize = 90;
const EXPLAINED_WITHOUT: usize = 8;

/// The weight of a mark that one system alone writes so, that two do, and that more do.
const WEIGHTS: [usize; 3] = [4, 3, 2];

/// The likelihood of names of other tables than that of the recognised system: behind all of that one.
const BEHIND: usize = 1_000;

/// The names that one system, or one language, has for fields.
#[derive(Debug)]
pub struct NameTable {
    /// The name by which people know it, such as `Sage 200`.
    pub name: &'static str,
    pub kind: TableKind,
    /// In the order of [`FileType::ALL`].
    sections: [Section; FileType::ALL.len()],
}

/// The use that is made of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// Holds wherever the recognised system says nothing.
    General,
    /// Likewise, behind the general names.
    Language,
    /// Holds as a whole when its headers are recognised, and not at all otherwise.
    System,
}

/// The names that a table has for one file type.
#[derive(Debug)]
pub struct Section {
    /// The lists, reports or tables of the system that have them.
    pub lists: &'static str,
    /// Field and its names, the likeliest first.
    pub fields: &'static [(&'static str, &'static [&'static str])],
    /// Headers that look like a field and are none.
    pub not_ours: &'static [&'static str],
}

/// The names of one file type, by the form they are compared in.
#[derive(Debug)]
pub(crate) struct KnownNames {
    file_type: FileType,
    by_name: HashMap<String, Vec<Meaning>>,
}

/// The meaning of a name in one table.
#[derive(Debug, Clone, Copy)]
struct Meaning {
    /// The place in [`TABLES`].
    table: usize,
    /// None: no field of ours, whatever it looks like.
    field: Option<Field>,
    /// The rank of what the name means, 0 the likeliest.
    rank: usize,
}

/// The meanings of the headers of a file.
#[derive(Debug, Default)]
pub(crate) struct HeaderMeanings {
    /// The system that writes headers so; of several that could be, all.
    pub(crate) system: Option<String>,
    /// For each header its field, and how likely it is that, 0 the likeliest.
    pub(crate) columns: Vec<Option<(Field, usize)>>,
}

impl NameTable {
    /// All tables, the general one first, then those of languages and of systems.
    pub fn all() -> &'static [Self] {
        TABLES
    }

    pub fn section(&self, file_type: FileType) -> &Section {
        let place = FileType::ALL.iter().position(|known| *known == file_type);
        &self.sections[place.expect("all types are among all")]
    }
}

impl KnownNames {
    pub(crate) fn for_type(file_type: FileType) -> &'static Self {
        static ALL: LazyLock<[KnownNames; FileType::ALL.len()]> =
            LazyLock::new(|| FileType::ALL.map(KnownNames::read));
        let place = FileType::ALL.iter().position(|known| *known == file_type);
        &ALL[place.expect("all types are among all")]
    }

    fn read(file_type: FileType) -> Self {
        let mut names = Self { file_type, by_name: HashMap::new() };
        for field in Field::all(file_type) {
            names.add(0, field.title(), Some(field), 0);
            names.add(0, field.name(), Some(field), 0);
        }
        for (table, NameTable { name, .. }) in TABLES.iter().enumerate() {
            let section = TABLES[table].section(file_type);
            for (field, known) in section.fields {
                let field = Field::named(file_type, field);
                debug_assert!(field.is_some(), "{name}: {known:?}");
                for (rank, known) in known.iter().enumerate() {
                    names.add(table, known, field, rank + 1);
                }
            }
            for known in section.not_ours {
                names.add(table, known, None, 0);
            }
            names.borrow(table);
        }
        names
    }

    /// Adds the names that a table has for the type with the same columns.
    fn borrow(&mut self, table: usize) {
        let Some(like) = self.file_type.spec().named_like else { return };
        let section = TABLES[table].section(like);
        for (field, known) in section.fields {
            let Some(field) = Field::named(self.file_type, field) else { continue };
            for (rank, known) in known.iter().enumerate() {
                self.add(table, known, Some(field), rank + 1);
            }
        }
        for known in section.not_ours {
            self.add(table, known, None, 0);
        }
    }

    /// The earlier of two meanings in one table stays.
    fn add(&mut self, table: usize, name: &str, field: Option<Field>, rank: usize) {
        for name in spellings(name) {
            let meanings = self.by_name.entry(name).or_default();
            if meanings.iter().all(|known| known.table != table) {
                meanings.push(Meaning { table, field, rank });
            }
        }
    }

    /// The meanings that a header could have: as it is, else without what was put round it.
    fn meanings(&self, header: &str) -> &[Meaning] {
        let exact = self.by_name.get(&normal(header));
        let plain = || plainer(header).iter().find_map(|plain| self.by_name.get(plain));
        exact.or_else(plain).map_or_else(|| self.meanings_of_parts(header), Vec::as_slice)
    }

    /// The general meaning of a header without what was put round it, where the whole is a name of
    /// systems that did not write the file.
    fn in_plain(
        &self,
        header: &str,
        meanings: &[Meaning],
        systems: &[usize],
    ) -> Option<(Field, usize)> {
        let is_said = |meaning: &Meaning| !is_system(meaning) || systems.contains(&meaning.table);
        if meanings.is_empty() || meanings.iter().any(is_said) {
            return None;
        }
        let plain = plainer(header);
        let known = plain.iter().find_map(|plain| self.by_name.get(plain))?;
        let general: Vec<Meaning> =
            known.iter().filter(|meaning| !is_system(meaning)).copied().collect();
        meaning_by(&general, &[])
    }

    /// The meanings of a header in two languages, where its parts mean one field.
    fn meanings_of_parts(&self, header: &str) -> &[Meaning] {
        let field = |meanings: &[Meaning]| in_general(meanings)?.field.map(Field::name);
        let meanings = |part: &str| self.by_name.get(&normal(part)).map_or(&[][..], Vec::as_slice);
        let mut of_parts = parts(header).into_iter().map(meanings);
        let first = of_parts.next().unwrap_or_default();
        let known = field(first);
        let are_one = known.is_some() && of_parts.all(|other| field(other) == known);
        if are_one { first } else { &[] }
    }

    /// Takes headers for what the system that explains most of them means by them, and the rest for what
    /// they mean in general; none for a field that a mapping speaks of.
    pub(crate) fn understand(
        &self,
        headers: &[&str],
        is_mapped: impl Fn(Field) -> bool,
    ) -> HeaderMeanings {
        let all: Vec<&[Meaning]> = headers.iter().map(|header| self.meanings(header)).collect();
        let systems = likeliest_systems(headers, &all);
        let meanings = all.iter().zip(headers).map(|(meanings, header)| {
            meaning_by(meanings, &systems).or_else(|| self.in_plain(header, meanings, &systems))
        });
        let mut columns: Vec<_> =
            meanings.map(|meaning| meaning.filter(|(field, _)| !is_mapped(*field))).collect();
        stand_in::fill_lacking(self.file_type, headers, &mut columns, is_mapped);
        let names: Vec<&str> = systems.iter().map(|table| TABLES[*table].name).collect();
        HeaderMeanings { system: (!names.is_empty()).then(|| names.join(" or ")), columns }
    }
}

/// The systems that explain most of the headers, weighed by how few others write them so: one as a
/// rule, and several where nothing tells them apart.
fn likeliest_systems(headers: &[&str], all: &[&[Meaning]]) -> Vec<usize> {
    let named = headers.iter().filter(|header| !header.is_empty()).count();
    let mut scores = vec![Score::default(); TABLES.len()];
    for meanings in all {
        let has_general = in_general(meanings).is_some();
        for meaning in meanings.iter().filter(|meaning| is_system(meaning)) {
            let is_same = |other: &&Meaning| is_system(other) && other.field == meaning.field;
            let as_many = meanings.iter().filter(is_same).count();
            let is_mark = !has_general && (meaning.field.is_some() || as_many == 1);
            scores[meaning.table].add(meaning.field, is_mark.then_some(as_many));
        }
    }
    let in_general = fields(all, &[]);
    let worth = |table: usize| {
        let score = scores[table];
        // Headers that are none of ours may be anybody's.
        let is_useful = score.is_whole(named) || fields(all, &[table]) > in_general;
        score.worth(named).filter(|_| is_useful)
    };
    let worths: Vec<Option<usize>> = (0..TABLES.len()).map(worth).collect();
    let most = worths.iter().flatten().max();
    (0..TABLES.len()).filter(|table| most.is_some() && worths[*table].as_ref() == most).collect()
}

/// The number of fields that headers mean when these systems may have written them.
fn fields(all: &[&[Meaning]], systems: &[usize]) -> usize {
    let fields = all.iter().filter_map(|meanings| meaning_by(meanings, systems));
    fields.map(|(field, _)| field.name()).collect::<HashSet<_>>().len()
}

/// The evidence for a system.
#[derive(Debug, Clone, Copy, Default)]
struct Score {
    explained: usize,
    /// Those of them that are of a field.
    fields: usize,
    /// Headers that have no general meaning; those of no field where no other system has them.
    marks: usize,
    /// Those among them that no other system writes so.
    own_marks: usize,
    weight: usize,
}

impl Score {
    /// Adds a header that the system writes; of a mark, how many systems write it so.
    fn add(&mut self, field: Option<Field>, as_many: Option<usize>) {
        self.explained += 1;
        self.fields += usize::from(field.is_some());
        self.marks += usize::from(as_many.is_some());
        self.own_marks += usize::from(as_many == Some(1));
        self.weight += as_many.map_or(1, |many| WEIGHTS[many.clamp(1, WEIGHTS.len()) - 1]);
    }

    /// The worth of a match; none when it is too little to go by.
    fn worth(&self, headers: usize) -> Option<usize> {
        let is_enough = self.marks >= MARKS_MIN
            || (self.own_marks > 0 && self.explains(headers, PERCENT_WITH_MARK))
            || self.is_whole(headers);
        (self.explained >= EXPLAINED_MIN && is_enough).then_some(self.weight)
    }

    /// Returns `true` for a whole list of the system.
    fn is_whole(&self, headers: usize) -> bool {
        self.fields >= EXPLAINED_WITHOUT && self.explains(headers, PERCENT_WITHOUT)
    }

    fn explains(&self, headers: usize, percent: usize) -> bool {
        self.explained * 100 >= headers * percent
    }
}

/// The meaning of one header when these systems may have written it. Where they contradict one another
/// it is what the general names say.
fn meaning_by(meanings: &[Meaning], systems: &[usize]) -> Option<(Field, usize)> {
    let mut of_systems = meanings.iter().filter(|meaning| systems.contains(&meaning.table));
    if let Some(first) = of_systems.next()
        && of_systems.all(|other| other.field == first.field)
    {
        return first.field.map(|field| (field, first.rank));
    }
    let known = in_general(meanings)?;
    let is_language = TABLES[known.table].kind == TableKind::Language;
    known.field.map(|field| (field, known.rank + BEHIND * (1 + usize::from(is_language))))
}

/// The meaning where no system is recognised: the general table stands before those of languages.
fn in_general(meanings: &[Meaning]) -> Option<&Meaning> {
    meanings.iter().find(|meaning| !is_system(meaning))
}

fn is_system(meaning: &Meaning) -> bool {
    TABLES[meaning.table].kind == TableKind::System
}

#[cfg(test)]
mod tests;
