//! Parties: which rows mean the same supplier, person or organisation.
