//! What findings about suppliers say, held against the ledgers.

use domain::FileType;

use super::checks::{near, whole};
use super::facts::{Facts, Row, amount};
use super::template::{cents, count, holes};

impl Facts<'_> {
    pub(super) fn supplier_title(&self, title: &str) -> Option<bool> {
        if let Some(of) = holes(
            "The first digits of the {} amounts of {} are not distributed as amounts usually are",
            title,
        ) {
            return Some(self.names(of[1]) && count(of[0])? == whole(self.billed().len()));
        }
        if let Some(of) = holes("{} is flagged as one-time and has billed {} times", title) {
            let billed = self.of_ledger().into_iter();
            let billed = billed.filter(|row| amount(row, "base_amount").is_none_or(|own| own > 0));
            return Some(self.names(of[0]) && count(of[1])? == whole(billed.count()));
        }
        if let Some(of) = holes("Supplier {} and employee {} share something: {}", title) {
            let is_employee = self.rows(FileType::Employees).iter().any(|row| row.id == of[1]);
            return Some(self.names(of[0]) && is_employee && !of[2].is_empty());
        }
        if let Some(of) = holes("{} is a supplier of {} and is paid into an account in {}", title) {
            return Some(self.names(of[0]) && of[1] != of[2]);
        }
        let named = [
            "The IBAN of {} cannot be one",
            "The only address of {} is a post office box: {}",
            "The VAT number of {}, {}, cannot be one",
            "{} has no VAT number",
            "{} has no address",
        ];
        let of = named.iter().find_map(|template| holes(template, title))?;
        Some(self.names(of[0]) && of.iter().all(|hole| !hole.is_empty()))
    }

    pub(super) fn supplier_evidence(&self, words: &str) -> Option<bool> {
        let account = |ending: &str| {
            let fields = self.finding.rows.iter().flat_map(|row| &row.fields);
            let mut accounts =
                fields.filter(|(name, _)| ["iban", "account_number"].contains(&name.as_str()));
            ending.len() == 4 && accounts.any(|(_, value)| value.contains(ending))
        };
        if let Some(of) = holes("the account ending in {} became one ending in {}", words) {
            let ending = of[1].split(',').next()?;
            return Some(of[0].len() == 4 && account(ending));
        }
        if let Some(of) = holes("the IBAN ending in {}: {}", words) {
            return Some(account(of[0]) && !of[1].is_empty());
        }
        if let Some(of) = holes("mean absolute deviation {}, where up to {} conforms", words) {
            return Some(of[0].parse::<f64>().ok()? > of[1].parse::<f64>().ok()?);
        }
        let known = [
            "the supplier is paid into the account that the employee's pay goes to",
            "the supplier bears the employee's surname and has the employee's address",
            "the supplier has the employee's telephone number",
            "the supplier has the employee's mobile number",
            "the supplier has the employee's own e-mail address",
            "its telephone number changed with it: call one that was known before",
            "its e-mail address changed with it",
            "its telephone number is the one from before",
            "its e-mail address is the one from before",
            "no telephone number of it is known from before and after",
            "no e-mail address of it is known from before and after",
        ];
        let is_known = known.contains(&words)
            || holes("{}% of the {} suppliers have an address", words).is_some()
            || holes("{} of {} suppliers have nothing but a box", words).is_some()
            || holes("{}% of the {} suppliers of {} with an IBAN bank at home", words).is_some()
            || holes("{}% of the {} suppliers of {} have one", words).is_some()
            || self.is_vat_fault(words);
        is_known.then_some(true)
    }

    pub(super) fn suppliers_title(&self, title: &str) -> Option<bool> {
        let rows = self.rows(FileType::Suppliers);
        let are_named = |list: &str| rows.iter().all(|row| list.contains(row.id.as_str()));
        if let Some(of) = holes("One supplier seems to be in the file more than once: {}", title) {
            return Some(rows.len() >= 2 && are_named(of[0]));
        }
        if let Some(of) = holes("{} suppliers are paid into one account: {}", title) {
            return Some(count(of[0])? == whole(rows.len()) && are_named(of[1]));
        }
        let of = holes("{} could be taken for the big supplier {} and is another party", title)?;
        Some(self.names(of[0]) && self.names(of[1]) && of[0] != of[1])
    }

    /// Returns `true` for what is wrong with a VAT number, of a row that has one.
    fn is_vat_fault(&self, words: &str) -> bool {
        let faults = [
            "This VAT number does not say which country it is of. ",
            "This is no VAT number of ",
            "The check digits of this VAT number of ",
            "This is the number of an organisation in ",
        ];
        let has_number =
            || self.finding.rows.iter().any(|row| row.fields.contains_key("vat_number"));
        faults.iter().any(|fault| words.starts_with(fault)) && has_number()
    }

    pub(super) fn suppliers_evidence(&self, words: &str) -> Option<bool> {
        let rows = self.rows(FileType::Suppliers);
        let billed = |reference: &str| -> i64 {
            self.ledger.of_supplier(reference).filter_map(|row| amount(row, "base_amount")).sum()
        };
        if let Some(of) = holes("{} has billed {}, {} {}", words) {
            let mut sums: Vec<i64> = rows.iter().map(|row| billed(&row.id)).collect();
            sums.sort_unstable();
            let mut said = [cents(of[1])?, cents(of[3])?];
            said.sort_unstable();
            return Some(sums.len() == 2 && near(sums[0], said[0]) && near(sums[1], said[1]));
        }
        if let Some(of) = holes(
            "the account ending in {} belongs to {} suppliers; nearly all accounts of the file belong to one",
            words,
        ) {
            return Some(of[0].len() == 4 && count(of[1])? == whole(rows.len()));
        }
        if let Some(of) = holes("same {}, which {} of {} share", words) {
            return Some((2..=count(of[2])?).contains(&count(of[1])?) && self.share(of[0]));
        }
        let known = [
            "they have one name: one supplier that is in the file more than once",
            "their names and VAT registrations are not one",
            "their bank accounts differ: find out which is right before either is paid",
            "one name but for capitals, punctuation and spaces; nothing else is known of them",
            "one name but for capitals, punctuation, spaces and a legal form that is left out; nothing else is \
             known of them",
            "they share no account, no VAT number and no address",
            "e-mail at the same domain",
            "same postal district",
        ];
        let ends =
            [" differs", " similar", " words", " shares little", " differs by one character"];
        let is_known = known.contains(&words)
            || words.starts_with("the names differ only by ")
            || ends.iter().any(|end| words.ends_with(end));
        is_known.then_some(true)
    }

    /// Returns `true` when two of its suppliers have one value of what is called so.
    fn share(&self, name: &str) -> bool {
        let column = match name {
            "name" => "supplier_name",
            "address" => "address_line_1",
            "company number" => "company_registration_number",
            "town" | "postcode" | "telephone" => name,
            "e-mail" => "email",
            // Kept by their end, or not shown at all.
            _ => return true,
        };
        let ids: Vec<&str> =
            self.rows(FileType::Suppliers).iter().map(|row| row.id.as_str()).collect();
        let values =
            self.ledger.suppliers.iter().filter(|row| ids.contains(&row["supplier_ref"].as_str()));
        let written = |row: &Row| -> String {
            row[column]
                .chars()
                .filter(|c| c.is_alphanumeric())
                .flat_map(char::to_lowercase)
                .collect()
        };
        let mut met: Vec<(String, &str)> =
            values.map(|row| (written(row), row["supplier_ref"].as_str())).collect();
        met.sort();
        met.dedup();
        // Names and telephones are compared without legal forms and codes.
        let is_loose = ["supplier_name", "telephone", "address_line_1"].contains(&column);
        is_loose || met.windows(2).any(|two| two[0].0 == two[1].0 && !two[0].0.is_empty())
    }
}
