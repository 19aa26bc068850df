//! What letters to suppliers say, and whether their answers are taken by themselves.
//!
//! Invariant: all of it is an admin's; letters themselves are an analyst's (`recovery`).

use super::super::Entry;
use super::{get, post};
use crate::http::pages::letter_template;
use crate::http::permission::Permission::Admin;

pub(super) fn entries() -> Vec<Entry> {
    vec![
        get(
            letter_template::PATH,
            "get_letter_template",
            "The letter by which suppliers are asked for money",
            Admin,
            letter_template::get_letter_template,
        ),
        post(
            letter_template::PATH,
            "set_letter_template",
            "Set that letter",
            Admin,
            letter_template::set_letter_template,
        ),
        get(
            "/settings/{customer}/letter/named",
            "get_named_letter",
            "A letter template with a name",
            Admin,
            letter_template::get_named_letter,
        ),
        post(
            "/settings/{customer}/letter/named",
            "set_named_letter",
            "Add a letter template, or change one",
            Admin,
            letter_template::set_named_letter,
        ),
        post(
            "/settings/{customer}/letter/named/remove",
            "remove_named_letter",
            "Remove a letter template",
            Admin,
            letter_template::remove_named_letter,
        ),
        post(
            "/settings/{customer}/letter/credits",
            "set_takes_credits",
            "Take credits that are certain without anybody, or no more",
            Admin,
            letter_template::set_takes_credits,
        ),
    ]
}
