//! Tables of the sample and of exported ledgers: a header and rows of text.
//!
//! Not for: reading what customers send (`extract`). Invariant: a column is found by its title and by its
//! name, as files and exports have them.

/// A file of rows.
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn parse(text: &str) -> Self {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
        let header = cells(reader.headers().unwrap());
        Self { header, rows: reader.records().map(|record| cells(&record.unwrap())).collect() }
    }

    /// The place of a column by its title or its name, which has to be there.
    pub(crate) fn place(&self, column: &str) -> usize {
        let found = self.header.iter().position(|header| name(header) == name(column));
        found.unwrap_or_else(|| panic!("no column {column} in {:?}", self.header))
    }

    pub(crate) fn csv<'a>(&self, rows: impl IntoIterator<Item = &'a Vec<String>>) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.header).unwrap();
        rows.into_iter().for_each(|row| writer.write_record(row).unwrap());
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    }
}

/// A column as the ledger names it.
pub(crate) fn name(title: &str) -> String {
    title.to_lowercase().replace(' ', "_")
}
