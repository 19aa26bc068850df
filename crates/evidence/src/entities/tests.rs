//! Parties, end to end, on made-up rows.
