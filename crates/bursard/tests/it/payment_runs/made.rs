//! A run of payments made from a sample: open invoices that are paid as they should be, and faults planted
//! among them, in the formats that banks take.
//!
//! Not for: cases that the sample has planted itself; whoever is named there is paid by nobody here.
//!
//! Invariant: a format writes the same bytes for the same payments, so that a run without some of them is
//! what the file without them has to be.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use serde_json::Value;

use crate::table::{Table, name as column};

/// The account that all is paid from.
const OWN_SORT: &str = "200000";
const OWN_ACCOUNT: &str = "48271009";

/// A payment of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Payment {
    /// Its own number, which stays when others go.
    id: usize,
    payee: String,
    sort_code: String,
    account: String,
    pence: u64,
    /// The number of the invoice.
    reference: String,
}

/// A run, and the word for what is wrong with a payment, by its place.
pub(super) struct MadeRun {
    pub(super) payments: Vec<Payment>,
    pub(super) planted: BTreeMap<usize, &'static str>,
    /// Unique IDs of the invoices that are open because of it.
    pub(super) open: HashSet<String>,
}

/// The account of a supplier or an employee.
#[derive(Debug, Clone)]
struct Account {
    name: String,
    sort_code: String,
    number: String,
}

/// The files of a sample that a run is made from.
pub(super) struct SampleFiles<'a> {
    pub(super) transactions: &'a Table,
    pub(super) suppliers: &'a Table,
    pub(super) employees: &'a Table,
    pub(super) truth: &'a Value,
}

impl SampleFiles<'_> {
    /// A run of so many payments, of which one in twenty-five is at fault at most.
    pub(super) fn run(&self, count: usize) -> MadeRun {
        let faults = count / 400 + 5;
        let named = self.named();
        let suppliers = Self::accounts(self.suppliers, ["supplier_ref", "supplier_name"], &named);
        let employees = Self::accounts(self.employees, ["employee_id", "last_name"], &named);
        let (id, paid) =
            (self.transactions.place("unique_id"), self.transactions.place("paid_date"));
        let usable = |row: &&Vec<String>| self.is_payable(row, &suppliers, &named);
        let newest = self.transactions.rows.iter().rev().filter(usable);
        let rows: Vec<&Vec<String>> = newest.take(count).collect();
        assert_eq!(rows.len(), count, "the sample is too small");
        let mut run = MadeRun {
            open: rows.iter().map(|row| row[id].clone()).collect(),
            payments: rows.iter().map(|row| self.payment(row, &suppliers)).collect(),
            planted: BTreeMap::new(),
        };
        let is_open = |row: &&Vec<String>| row[paid].is_empty();
        let waiting = self.transactions.rows.iter().filter(is_open);
        let open: HashSet<String> =
            rows.iter().copied().chain(waiting).map(|row| self.key(row)).collect();
        let mut paid_before = self
            .transactions
            .rows
            .iter()
            .filter(usable)
            .filter(|row| !row[paid].is_empty() && !open.contains(&self.key(row)));
        let mut others: Vec<&Account> = suppliers.values().collect();
        others.sort_by(|one, other| one.name.cmp(&other.name));
        let mut workers: Vec<&Account> = employees.values().collect();
        workers.sort_by(|one, other| one.number.cmp(&other.number));
        let step = count / (5 * faults);
        for fault in 0..faults {
            let at = |kind: usize| (fault * 5 + kind) * step;
            run.payments[at(0)].account = format!("{:08}", 91_000_017 + fault * 1_313);
            run.planted.insert(at(0), "other_account");
            let stranger = others[(fault * 37 + 11) % others.len()];
            // One supplier may stand there twice, under names that begin alike.
            let first = |name: &str| name.split(' ').next().map(str::to_owned);
            if first(&stranger.name) != first(&run.payments[at(1)].payee) {
                run.payments[at(1)].pay_to(stranger);
                run.planted.insert(at(1), "other_account");
            }
            run.payments[at(2)].pay_to(workers[fault * 3 % workers.len()]);
            run.planted.insert(at(2), "employee_account");
            let row = paid_before.next().expect("most invoices of a sample are paid");
            run.payments[at(3)] = self.payment(row, &suppliers);
            run.planted.insert(at(3), "paid_already");
            run.planted.insert(run.payments.len(), "twice_in_run");
            run.payments.push(run.payments[at(4)].clone());
        }
        for (id, payment) in run.payments.iter_mut().enumerate() {
            payment.id = id;
        }
        run
    }

    /// Whoever and whatever the sample has planted as a case of its own.
    fn named(&self) -> HashSet<&str> {
        let cases = self.truth["cases"].as_array().unwrap().iter();
        let rows = cases.flat_map(|case| case["rows"].as_array().unwrap());
        rows.map(|row| row["id"].as_str().unwrap()).collect()
    }

    /// Parties of one account, in plain letters, by their ids.
    fn accounts(
        table: &Table,
        [id, name]: [&str; 2],
        named: &HashSet<&str>,
    ) -> HashMap<String, Account> {
        let [id, name, sort, number] =
            [id, name, "sort_code", "account_number"].map(|named| table.place(named));
        let one_time = table.header.iter().position(|title| column(title) == "one_time");
        let mut accounts: HashMap<String, Account> = HashMap::new();
        let mut several: HashSet<String> = HashSet::new();
        for row in &table.rows {
            let account = Account {
                name: row[name].clone(),
                sort_code: row[sort].replace('-', ""),
                number: row[number].clone(),
            };
            let is_usable = account.name.is_ascii()
                && account.sort_code.len() == 6
                // One of zeros names no bank, and no account.
                && account.sort_code.contains(|digit| digit != '0')
                && account.number.len() == 8
                && !named.contains(row[id].as_str())
                && one_time.is_none_or(|place| row[place] != "Y");
            if !is_usable || accounts.insert(row[id].clone(), account).is_some() {
                several.insert(row[id].clone());
            }
        }
        accounts.retain(|id, _| !several.contains(id));
        accounts
    }

    fn is_payable(
        &self,
        row: &[String],
        suppliers: &HashMap<String, Account>,
        named: &HashSet<&str>,
    ) -> bool {
        let cell = |column: &str| row[self.transactions.place(column)].as_str();
        cell("invoice_amount_currency") == "GBP"
            && !cell("invoice_amount").starts_with('-')
            && cell("payment_type") == "BACS"
            && cell("invoice_/_payment_status") != "Cancelled"
            && cell("invoice_number").bytes().filter(u8::is_ascii_digit).count() >= 3
            && cell("invoice_number").is_ascii()
            && suppliers.contains_key(cell("supplier_ref"))
            && !named.contains(cell("unique_id"))
    }

    /// The number of an invoice at its supplier.
    fn key(&self, row: &[String]) -> String {
        let cell = |column: &str| row[self.transactions.place(column)].as_str();
        format!("{} {}", cell("supplier_ref"), cell("invoice_number"))
    }

    fn payment(&self, row: &[String], suppliers: &HashMap<String, Account>) -> Payment {
        let cell = |column: &str| row[self.transactions.place(column)].as_str();
        let account = &suppliers[cell("supplier_ref")];
        let pence = cell("invoice_amount").replace('.', "").parse().unwrap();
        Payment {
            id: 0,
            payee: account.name.clone(),
            sort_code: account.sort_code.clone(),
            account: account.number.clone(),
            pence,
            reference: cell("invoice_number").to_owned(),
        }
    }
}

impl Payment {
    fn pay_to(&mut self, account: &Account) {
        self.sort_code.clone_from(&account.sort_code);
        self.account.clone_from(&account.number);
    }

    fn pounds(&self) -> String {
        pounds(self.pence)
    }
}

fn pounds(pence: u64) -> String {
    format!("{}.{:02}", pence / 100, pence % 100)
}

fn sum(payments: &[Payment]) -> u64 {
    payments.iter().map(|payment| payment.pence).sum()
}

/// ISO 20022, a line for each payment.
pub(super) fn pain001(payments: &[Payment]) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let (count, sum) = (payments.len(), pounds(sum(payments)));
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\"><CstmrCdtTrfInitn>\n\
         <GrpHdr><MsgId>R</MsgId><NbOfTxs>{count}</NbOfTxs><CtrlSum>{sum}</CtrlSum></GrpHdr>\n\
         <PmtInf><NbOfTxs>{count}</NbOfTxs><CtrlSum>{sum}</CtrlSum>\
         <ReqdExctnDt><Dt>2025-04-02</Dt></ReqdExctnDt>\n"
    );
    for payment in payments {
        let (id, amount, sort, number) =
            (payment.id, payment.pounds(), &payment.sort_code, &payment.account);
        let (payee, reference) = (escaped(&payment.payee), escaped(&payment.reference));
        writeln!(
            text,
            "<CdtTrfTxInf><PmtId><EndToEndId>E{id}</EndToEndId></PmtId><Amt><InstdAmt Ccy=\"GBP\">{amount}\
             </InstdAmt></Amt><CdtrAgt><FinInstnId><ClrSysMmbId><MmbId>{sort}</MmbId></ClrSysMmbId>\
             </FinInstnId></CdtrAgt><Cdtr><Nm>{payee}</Nm></Cdtr><CdtrAcct><Id><Othr><Id>{number}</Id>\
             </Othr></Id></CdtrAcct><RmtInf><Ustrd>{reference}</Ustrd></RmtInf></CdtTrfTxInf>"
        )
        .unwrap();
    }
    text + "</PmtInf></CstmrCdtTrfInitn></Document>\n"
}

/// UK Bacs Standard 18, whose names and references are 18 capitals, with a contra.
pub(super) fn bacs(payments: &[Payment]) -> String {
    let cut = |text: &str| text.to_uppercase().chars().take(18).collect::<String>();
    let mut text =
        "VOL1ABC123\r\nHDR1A123456S\r\nHDR2F0200000100\r\nUHL1 25092999999    000000001 DAILY  001\r\n"
            .to_owned();
    for payment in payments {
        let (sort, account, pence) = (&payment.sort_code, &payment.account, payment.pence);
        let (reference, payee) = (cut(&payment.reference), cut(&payment.payee));
        let own = format!("{:18}{reference:18}{payee:18}", "ACME");
        write!(text, "{sort}{account}099{OWN_SORT}{OWN_ACCOUNT}    {pence:011}{own}\r\n").unwrap();
    }
    let sum = sum(payments);
    let own = format!("{:18}{:18}{:18}", "ACME", "CONTRA", "ACME");
    let from = format!("{OWN_SORT}{OWN_ACCOUNT}");
    write!(text, "{from}017{from}    {sum:011}{own}\r\n").unwrap();
    let count = payments.len();
    write!(text, "EOF1A123456S\r\nEOF2F0200000100\r\nUTL1{sum:013}{sum:013}{:07}{count:07}\r\n", 1)
        .unwrap();
    text
}

/// A list.
pub(super) fn list(payments: &[Payment]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header =
        ["Supplier Name", "Amount", "Sort Code", "Account Number", "Payment Date", "Reference"];
    writer.write_record(header).unwrap();
    for payment in payments {
        let amount = payment.pounds();
        let (sort, account) = (&payment.sort_code, &payment.account);
        let cells: [&str; 6] =
            [&payment.payee, &amount, sort, account, "2025-04-02", &payment.reference];
        writer.write_record(cells).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}
