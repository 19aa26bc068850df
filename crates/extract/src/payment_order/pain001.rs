//! ISO 20022 credit transfers (pain.001), of any version.
//!
//! Not for: validating against a schema. Invariants: no document type is read, so nothing can be defined or
//! fetched; depth and texts are bounded; counts and sums that the file states are those of its payments.

mod cleaned;

use domain::Amount;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

pub(super) use self::cleaned::without;
use super::order::{OrderFault, OrderedPayment, check_room};
use crate::limits::{ORDER_DEPTH_MAX, ORDER_TEXT_BYTES_MAX};

/// Names above what is read: the document, and the message within it.
const OUTER: usize = 2;

/// Payments in sums, as the file states them or as they are.
#[derive(Debug, Default, Clone, Copy)]
struct Sums {
    count: u64,
    /// In ten-thousandths, whatever the currencies.
    amount: i128,
}

/// Sums that the file states of its payments, each with its line.
#[derive(Debug, Default)]
struct StatedSums {
    count: Option<(u64, u64)>,
    amount: Option<(i128, u64)>,
}

struct Order<'a> {
    text: &'a str,
    /// The place up to which lines are counted, and the line there.
    counted: (usize, u64),
    path: Vec<String>,
    /// Text of the element that is open, as far as it was read.
    value: String,
    currency: String,
    day: String,
    /// The payment that is being read.
    payment: Option<OrderedPayment>,
    payments: Vec<OrderedPayment>,
    of_file: (StatedSums, Sums),
    of_group: (StatedSums, Sums),
}

pub(super) fn parse(bytes: &[u8]) -> Result<Vec<OrderedPayment>, OrderFault> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = &bytes[..error.valid_up_to()];
        let line = 1 + memchr::memchr_iter(b'\n', valid).count() as u64;
        OrderFault::new(line, "the text is not UTF-8; write the file in UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut order = Order {
        text,
        counted: (0, 1),
        path: Vec::new(),
        value: String::new(),
        currency: String::new(),
        day: String::new(),
        payment: None,
        payments: Vec::new(),
        of_file: Default::default(),
        of_group: Default::default(),
    };
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    loop {
        let before = place(reader.buffer_position());
        let event = reader.read_event();
        let line = order.line_at(before);
        match event {
            Ok(Event::Eof) => break,
            Ok(event) => order.take(event, line)?,
            Err(error) => {
                let line = order.line_at(place(reader.error_position()));
                return Err(OrderFault::new(line, format!("the XML is not well formed: {error}")));
            }
        }
    }
    let line = order.line_at(text.len());
    if let Some(open) = order.path.last() {
        return Err(OrderFault::new(
            line,
            format!("the file ends within {open}; was it cut short?"),
        ));
    }
    check(&order.of_file, "the file")?;
    Ok(order.payments)
}

fn place(position: u64) -> usize {
    usize::try_from(position).expect("the file is in memory")
}

impl Order<'_> {
    /// The line of a place; places come in order.
    fn line_at(&mut self, place: usize) -> u64 {
        let (from, line) = self.counted;
        if place > from {
            let between = &self.text.as_bytes()[from..place.min(self.text.len())];
            let lines = memchr::memchr_iter(b'\n', between).count() as u64;
            self.counted = (place.min(self.text.len()), line + lines);
        }
        self.counted.1
    }

    fn take(&mut self, event: Event<'_>, line: u64) -> Result<(), OrderFault> {
        match event {
            Event::Start(start) => self.open(&start, line),
            Event::End(_) => self.close(line),
            Event::Text(text) => self.add(&text.xml10_content(), line),
            Event::CData(text) => self.add(&text.xml10_content(), line),
            Event::GeneralRef(reference) => self.refer(&reference, line),
            Event::DocType(_) => {
                let what = "a document type (DTD) is not read; write the file without one";
                Err(OrderFault::new(line, what))
            }
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Eof => {
                Ok(())
            }
        }
    }

    fn open(&mut self, start: &BytesStart<'_>, line: u64) -> Result<(), OrderFault> {
        if self.path.len() >= ORDER_DEPTH_MAX {
            let what = format!("elements are more than {ORDER_DEPTH_MAX} deep");
            return Err(OrderFault::new(line, what));
        }
        self.value.clear();
        self.path.push(start.local_name().as_ref().to_owned());
        match self.inner().as_slice() {
            ["PmtInf"] => {
                self.of_group = Default::default();
                self.day.clear();
            }
            ["PmtInf", "CdtTrfTxInf"] => {
                check_room(&self.payments, line)?;
                let date = self.day.clone();
                self.payment = Some(OrderedPayment { line, date, ..OrderedPayment::default() });
            }
            [.., "InstdAmt"] | [.., "EqvtAmt", "Amt"] => {
                self.currency = currency(start, line)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// The names below the message.
    fn inner(&self) -> Vec<&str> {
        self.path.iter().skip(OUTER).map(String::as_str).collect()
    }

    fn add(&mut self, text: &str, line: u64) -> Result<(), OrderFault> {
        if self.value.len() + text.len() > ORDER_TEXT_BYTES_MAX {
            let what = format!("a text is longer than {ORDER_TEXT_BYTES_MAX} bytes");
            return Err(OrderFault::new(line, what));
        }
        self.value.push_str(text);
        Ok(())
    }

    fn refer(&mut self, reference: &BytesRef<'_>, line: u64) -> Result<(), OrderFault> {
        let name: &str = reference;
        let known = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => reference.resolve_char_ref().ok().flatten(),
        };
        match known {
            Some(sign) => self.add(sign.encode_utf8(&mut [0; 4]), line),
            None => Err(OrderFault::new(line, format!("the reference &{name}; is not known"))),
        }
    }

    fn close(&mut self, line: u64) -> Result<(), OrderFault> {
        let value = std::mem::take(&mut self.value).trim().to_owned();
        let path = std::mem::take(&mut self.path);
        let inner: Vec<&str> = path.iter().skip(OUTER).map(String::as_str).collect();
        let outcome = self.settle(&inner, value, line);
        self.path = path;
        self.path.pop();
        outcome
    }

    /// Takes the value of an element that has ended.
    fn settle(&mut self, inner: &[&str], value: String, line: u64) -> Result<(), OrderFault> {
        match inner {
            ["GrpHdr", "NbOfTxs"] => self.of_file.0.count = Some((count(&value, line)?, line)),
            ["GrpHdr", "CtrlSum"] => self.of_file.0.amount = Some((amount(&value, line)?, line)),
            ["PmtInf", "NbOfTxs"] => self.of_group.0.count = Some((count(&value, line)?, line)),
            ["PmtInf", "CtrlSum"] => self.of_group.0.amount = Some((amount(&value, line)?, line)),
            ["PmtInf", "ReqdExctnDt"] | ["PmtInf", "ReqdExctnDt", "Dt" | "DtTm"]
                if !value.is_empty() =>
            {
                self.day = value.chars().take("2026-11-23".len()).collect();
            }
            ["PmtInf", "PmtMtd"] if value == "DD" => {
                let what = "the file orders direct debits, and no payments";
                return Err(OrderFault::new(line, what));
            }
            ["PmtInf", "CdtTrfTxInf"] => self.end_payment(line)?,
            ["PmtInf", "CdtTrfTxInf", of_payment @ ..] => {
                if let Some(payment) = &mut self.payment {
                    set(payment, of_payment, value, &self.currency);
                }
            }
            ["PmtInf"] => check(&self.of_group, "this part (PmtInf)")?,
            _ => {}
        }
        Ok(())
    }

    fn end_payment(&mut self, line: u64) -> Result<(), OrderFault> {
        let payment = self.payment.take().expect("it was begun by its tag");
        let began = payment.line;
        if payment.amount.is_empty() {
            return Err(OrderFault::new(began, "a payment has no amount (InstdAmt)"));
        }
        let amount = amount(&payment.amount, began)?;
        if amount <= 0 {
            return Err(OrderFault::new(began, "a payment is over nothing or less"));
        }
        if payment.payee.is_empty() {
            return Err(OrderFault::new(began, "a payment names no payee (Cdtr/Nm)"));
        }
        debug_assert!(began <= line, "an element begins before it ends");
        for sums in [&mut self.of_file.1, &mut self.of_group.1] {
            sums.count += 1;
            sums.amount += amount;
        }
        self.payments.push(payment);
        Ok(())
    }
}

/// Sets a field of a payment by the names of its element.
fn set(payment: &mut OrderedPayment, path: &[&str], value: String, currency: &str) {
    match path {
        ["PmtId", "EndToEndId"] if value != "NOTPROVIDED" => payment.id = value,
        ["PmtId", "InstrId"] if payment.id.is_empty() => payment.id = value,
        ["Amt", "InstdAmt"] | ["Amt", "EqvtAmt", "Amt"] => {
            payment.amount = value;
            currency.clone_into(&mut payment.currency);
        }
        ["CdtrAgt", "FinInstnId", "BIC" | "BICFI"] => payment.bic = value,
        ["CdtrAgt", "FinInstnId", "ClrSysMmbId", "MmbId"] => payment.sort_code = value,
        ["Cdtr", "Nm"] => payment.payee = value,
        ["Cdtr", "Id", "OrgId" | "PrvtId", "Othr", "Id"] => payment.payee_ref = value,
        ["CdtrAcct", "Id", "IBAN"] => payment.iban = value,
        ["CdtrAcct", "Id", "Othr", "Id"] => payment.account_number = value,
        ["RmtInf", "Ustrd"]
        | ["RmtInf", "Strd", "RfrdDocInf", "Nb"]
        | ["RmtInf", "Strd", "CdtrRefInf", "Ref"] => {
            if !payment.reference.is_empty() && !value.is_empty() {
                payment.reference.push(' ');
            }
            payment.reference.push_str(&value);
        }
        _ => {}
    }
}

fn currency(start: &BytesStart<'_>, line: u64) -> Result<String, OrderFault> {
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| {
            OrderFault::new(line, format!("the XML is not well formed: {error}"))
        })?;
        if attribute.key.local_name().as_ref() == "Ccy" {
            let code: &str = attribute.value.as_ref();
            let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
            return if is_code {
                Ok(code.to_owned())
            } else {
                Err(OrderFault::new(line, "the currency (Ccy) is no code of three letters"))
            };
        }
    }
    Err(OrderFault::new(line, "an amount names no currency (Ccy)"))
}

fn count(value: &str, line: u64) -> Result<u64, OrderFault> {
    value
        .parse()
        .map_err(|_no_number| OrderFault::new(line, "the number of payments (NbOfTxs) is none"))
}

/// An amount in ten-thousandths.
fn amount(value: &str, line: u64) -> Result<i128, OrderFault> {
    let wrong =
        || OrderFault::new(line, format!("\"{value}\" is no amount; write it like 1234.56"));
    let is_plain = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let amount: Amount = value.parse().ok().filter(|_| is_plain).ok_or_else(wrong)?;
    Ok(amount.ten_thousandths().into())
}

/// Holds sums that are stated against those of the payments.
fn check((stated, found): &(StatedSums, Sums), of: &str) -> Result<(), OrderFault> {
    if let Some((count, line)) = stated.count.filter(|(count, _)| *count != found.count) {
        let what = format!("{of} says {count} payments (NbOfTxs) and has {}", found.count);
        return Err(OrderFault::new(line, what));
    }
    if let Some((amount, line)) = stated.amount.filter(|(amount, _)| *amount != found.amount) {
        let what = format!(
            "{of} says a sum of {} (CtrlSum) and its payments come to {}",
            Amount::nearest(amount),
            Amount::nearest(found.amount)
        );
        return Err(OrderFault::new(line, what));
    }
    Ok(())
}
