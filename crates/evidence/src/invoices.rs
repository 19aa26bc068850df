//! Invoices in columns, as the evidence about them is weighed: a few dozen bytes each, millions in memory.
//!
//! Not for: reading them (`analysis`), or what they mean.
//!
//! Invariant: all columns have one length; a number of 0 for a word means that there is none.

/// Days since 1970; none.
pub const NO_DAY: i32 = i32::MIN;

/// One invoice, as it is added.
#[derive(Debug, Clone, Copy, Default)]
pub struct Invoice<'a> {
    pub id: &'a str,
    pub number: &'a str,
    /// Numbered by the caller from 0.
    pub supplier: u32,
    /// Suppliers that are one party have one number, from 0.
    pub party: u32,
    /// Base amount in ten-thousandths.
    pub amount: i64,
    /// Invoice amount in ten-thousandths, in `currency`.
    pub stated: i64,
    /// Words are numbered by the caller from 1.
    pub currency: u32,
    pub invoiced: i32,
    pub entered: i32,
    pub paid: i32,
    pub user: u32,
    pub group: u32,
    pub order: u32,
    pub means: u32,
    pub description: u32,
}

/// Invoices, known by their place.
#[derive(Debug, Default)]
pub struct Invoices {
    ids: Texts,
    numbers: Texts,
    pub supplier: Vec<u32>,
    pub party: Vec<u32>,
    pub amount: Vec<i64>,
    pub stated: Vec<i64>,
    pub currency: Vec<u32>,
    pub invoiced: Vec<i32>,
    pub entered: Vec<i32>,
    pub paid: Vec<i32>,
    pub user: Vec<u32>,
    pub group: Vec<u32>,
    pub order: Vec<u32>,
    pub means: Vec<u32>,
    pub description: Vec<u32>,
}

/// Many short texts in one.
#[derive(Debug, Default)]
struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Invoices {
    pub fn push(&mut self, invoice: &Invoice<'_>) {
        self.ids.push(invoice.id);
        self.numbers.push(invoice.number);
        self.supplier.push(invoice.supplier);
        self.party.push(invoice.party);
        self.amount.push(invoice.amount);
        self.stated.push(invoice.stated);
        self.currency.push(invoice.currency);
        self.invoiced.push(invoice.invoiced);
        self.entered.push(invoice.entered);
        self.paid.push(invoice.paid);
        self.user.push(invoice.user);
        self.group.push(invoice.group);
        self.order.push(invoice.order);
        self.means.push(invoice.means);
        self.description.push(invoice.description);
    }

    pub fn len(&self) -> usize {
        self.amount.len()
    }

    pub fn is_empty(&self) -> bool {
        self.amount.is_empty()
    }

    pub fn id(&self, at: usize) -> &str {
        self.ids.get(at)
    }

    pub fn number(&self, at: usize) -> &str {
        self.numbers.get(at)
    }
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    fn get(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }
}
