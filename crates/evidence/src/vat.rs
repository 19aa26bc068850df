//! VAT numbers: which are possible at all, by the check digits of each country.
