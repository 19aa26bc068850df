//! Registers that the operator supplies as files: sanctioned parties as OpenSanctions writes them
//! (`targets.simple.csv`), companies as Companies House does (its free company data product).
//!
//! Not for: what suppliers have to do with them (`run/registers`), or fetching anything: nothing here calls
//! anybody.
//!
//! Invariant: a register is read to its end or not at all; what it lacks is said by the name of its column.

mod records;

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use self::records::Records;

/// The files of the operator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registers {
    /// `targets.simple.csv` of OpenSanctions, of any of its collections.
    pub sanctions: Option<PathBuf>,
    /// `BasicCompanyDataAsOneFile-….csv` of Companies House.
    pub companies: Option<PathBuf>,
}

/// Why a register cannot be used, for whoever supplies it.
#[derive(Debug, thiserror::Error)]
pub enum RegisterFault {
    #[error("the file cannot be read")]
    Unreadable(#[from] io::Error),
    #[error("the file has no column {0}; supply it as its publisher writes it")]
    NoColumn(&'static str),
}

/// A party on a list of sanctions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ListedParty {
    pub(crate) id: String,
    /// `Company`, `Person`, `Vessel`…
    pub(crate) schema: String,
    /// Its name, then its other names.
    pub(crate) names: Vec<String>,
    /// In two small letters each.
    pub(crate) countries: Vec<String>,
    pub(crate) identifiers: Vec<String>,
    pub(crate) dataset: String,
}

/// A company on the register of live ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RegisteredCompany {
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) status: String,
}

/// Gives every party of a list.
pub(crate) fn each_listed(
    path: &Path,
    mut take: impl FnMut(ListedParty),
) -> Result<(), RegisterFault> {
    let mut records = open(path)?;
    let header = records.header()?;
    let at = |name: &'static str| header.position(name).ok_or(RegisterFault::NoColumn(name));
    let (id, schema, name, aliases) = (at("id")?, at("schema")?, at("name")?, at("aliases")?);
    let (countries, identifiers) = (at("countries")?, at("identifiers")?);
    let dataset = at("dataset")?;
    while let Some(record) = records.next()? {
        let several = |at: usize| {
            let texts = record.cell(at).split(';').map(str::trim).filter(|text| !text.is_empty());
            texts.map(str::to_owned).collect::<Vec<_>>()
        };
        let mut names = vec![record.cell(name).trim().to_owned()];
        names.extend(several(aliases));
        take(ListedParty {
            id: record.cell(id).to_owned(),
            schema: record.cell(schema).to_owned(),
            names,
            countries: several(countries),
            identifiers: several(identifiers),
            dataset: record.cell(dataset).to_owned(),
        });
    }
    Ok(())
}

/// Gives every company of the register.
pub(crate) fn each_company(
    path: &Path,
    mut take: impl FnMut(RegisteredCompany),
) -> Result<(), RegisterFault> {
    let mut records = open(path)?;
    let header = records.header()?;
    let at = |name: &'static str| header.position(name).ok_or(RegisterFault::NoColumn(name));
    let (name, number) = (at("CompanyName")?, at("CompanyNumber")?);
    let status = at("CompanyStatus")?;
    while let Some(record) = records.next()? {
        take(RegisteredCompany {
            number: record.cell(number).trim().to_owned(),
            name: record.cell(name).trim().to_owned(),
            status: record.cell(status).trim().to_owned(),
        });
    }
    Ok(())
}

/// A number of the register of companies as it writes it: eight characters, zeros in front; none of what
/// is no such number.
pub(crate) fn company_number(text: &str) -> Option<String> {
    let plain: String =
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let digits = plain.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let letters = plain.len() - digits.len();
    let is_number = letters <= 2
        && !digits.is_empty()
        && plain.len() <= 8
        && digits.chars().all(|c| c.is_ascii_digit())
        && digits.chars().any(|c| c != '0');
    is_number.then(|| format!("{}{digits:0>width$}", &plain[..letters], width = 8 - letters))
}

fn open(path: &Path) -> Result<Records<BufReader<File>>, RegisterFault> {
    Ok(Records::new(BufReader::new(File::open(path)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_companies_are_written_in_one_way() {
        for (text, number) in [
            ("12345678", Some("12345678")),
            ("345678", Some("00345678")),
            ("SC 123456", Some("SC123456")),
            ("sc123", Some("SC000123")),
            ("NI012345", Some("NI012345")),
            ("", None),
            ("n/a", None),
            ("0", None),
            ("123456789", None),
            ("HRB 12345", None),
            ("12A45678", None),
        ] {
            assert_eq!(company_number(text).as_deref(), number, "{text}");
        }
    }

    #[test]
    fn registers_are_read_as_they_are_published() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("register.csv");
        std::fs::write(
            &path,
            "\u{feff}\"id\",\"schema\",\"name\",\"aliases\",\"birth_date\",\"countries\",\"addresses\",\
             \"identifiers\",\"sanctions\",\"phones\",\"emails\",\"dataset\",\"first_seen\",\"last_seen\"\n\
             \"NK-1\",\"Company\",\"Vostok \"\"Trade\"\" LLC\",\"VT Ltd;OOO Vostok\",\"\",\"ru;by\",\"1, Main\nStreet\",\
             \"7701234567\",\"EU\",\"\",\"\",\"EU Financial Sanctions\",\"\",\"\"\r\n",
        )
        .unwrap();
        let mut parties = Vec::new();
        each_listed(&path, |party| parties.push(party)).unwrap();
        let [party] = &parties[..] else { panic!("{parties:?}") };
        assert_eq!(party.names, ["Vostok \"Trade\" LLC", "VT Ltd", "OOO Vostok"]);
        assert_eq!((party.countries.len(), party.dataset.as_str()), (2, "EU Financial Sanctions"));
        let fault = each_company(&path, |_| ()).unwrap_err();
        assert!(fault.to_string().contains("no column CompanyName"), "{fault}");

        std::fs::write(
            &path,
            "CompanyName, CompanyNumber,RegAddress.CareOf,CompanyStatus\n\"ALDER, LTD\",\"00345678\",,\"Liquidation\"\n",
        )
        .unwrap();
        let mut companies = Vec::new();
        each_company(&path, |company| companies.push(company)).unwrap();
        assert_eq!(companies[0].name, "ALDER, LTD");
        assert_eq!(companies[0].status, "Liquidation");
        assert!(matches!(
            each_company(&place.path().join("none.csv"), |_| ()),
            Err(RegisterFault::Unreadable(_))
        ));
    }
}
