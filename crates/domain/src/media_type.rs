//! The media types an upload may have.
//!
//! The vendor's page has `text/csv` for all files, whatever the format of the body; the others are
//! taken because honest clients send them.

use crate::enum_words::enum_words;

/// A `Content-Type` that an upload may have; parameters are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    Csv,
    Plain,
    TabSeparated,
    Xlsx,
}

/// Why a `Content-Type` was refused, named by what the sender has to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MediaTypeRefusal {
    #[error("there is no Content-Type header; send Content-Type: text/csv")]
    Missing,
    #[error(
        "this request is a web form (multipart/form-data), and the server takes the file itself, not a \
         form: send the file as the body; with curl, use --data-binary @FILE instead of -F"
    )]
    Form,
    #[error("the Content-Type is not one the server takes; send Content-Type: text/csv")]
    Other,
}

enum_words! {
    MediaType;
    Csv = "text/csv",
    Plain = "text/plain",
    TabSeparated = "text/tab-separated-values",
    Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

impl MediaType {
    /// Reads a `Content-Type` field value; `None` is an absent header.
    pub fn from_field(field: Option<&str>) -> Result<Self, MediaTypeRefusal> {
        let field = field.ok_or(MediaTypeRefusal::Missing)?;
        let essence = field.split_once(';').map_or(field, |(essence, _)| essence).trim();
        if essence.is_empty() {
            return Err(MediaTypeRefusal::Missing);
        }
        if essence.eq_ignore_ascii_case("multipart/form-data") {
            return Err(MediaTypeRefusal::Form);
        }
        Self::ALL
            .into_iter()
            .find(|known| essence.eq_ignore_ascii_case(known.as_str()))
            .ok_or(MediaTypeRefusal::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_content_types() {
        for (field, expected) in [
            (Some("text/csv"), Ok(MediaType::Csv)),
            (Some("TEXT/CSV"), Ok(MediaType::Csv)),
            (Some("text/csv; charset=utf-8"), Ok(MediaType::Csv)),
            (Some("text/csv;header=present"), Ok(MediaType::Csv)),
            (Some("text/plain"), Ok(MediaType::Plain)),
            (Some("text/tab-separated-values"), Ok(MediaType::TabSeparated)),
            (Some(MediaType::Xlsx.as_str()), Ok(MediaType::Xlsx)),
            (Some("multipart/form-data; boundary=x"), Err(MediaTypeRefusal::Form)),
            (Some("text/csv, text/html"), Err(MediaTypeRefusal::Other)),
            (Some("application/csv"), Err(MediaTypeRefusal::Other)),
            (Some("application/octet-stream"), Err(MediaTypeRefusal::Other)),
            (Some("application/json"), Err(MediaTypeRefusal::Other)),
            (Some(""), Err(MediaTypeRefusal::Missing)),
            (None, Err(MediaTypeRefusal::Missing)),
        ] {
            assert_eq!(MediaType::from_field(field), expected, "{field:?}");
        }
    }
}
