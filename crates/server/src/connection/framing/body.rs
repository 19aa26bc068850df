//! Where a body ends: behind so many bytes, or behind its last chunk (RFC 9112, section 7.1).
//!
//! Invariant: the bytes of chunks are skipped and never looked at, so that a body costs what its framing
//! costs.

/// The length of a line that says how long a chunk is. Extensions are for what nobody here understands.
const CHUNK_LINE_BYTES_MAX: usize = 1024;
/// Digits of the length of a chunk: as many as 64 bits have.
const SIZE_DIGITS_MAX: usize = 16;
/// Longer than the name of any field that may not stand behind a body.
const NAME_BYTES_MAX: usize = 32;
/// Fields that say how long a message is, whom it is for, who sends it or how it is to be read: RFC 9110,
/// section 6.5.1, lets none of them stand behind a body.
const FORBIDDEN_TRAILERS: [&[u8]; 13] = [
    b"authorization",
    b"content-encoding",
    b"content-length",
    b"content-range",
    b"content-type",
    b"cookie",
    b"expect",
    b"host",
    b"proxy-authorization",
    b"range",
    b"te",
    b"trailer",
    b"transfer-encoding",
];

/// A body under way.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// So many bytes are to come.
    Length(u64),
    Chunks(Chunks),
}

/// The bytes at the beginning of some that arrived that are of this body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) passed: usize,
    pub(super) is_over: bool,
    /// Why the byte behind those that pass is none of a body.
    pub(super) fault: Option<&'static str>,
}

/// Chunks, up to where they have arrived.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chunks {
    at: At,
    size: u64,
    /// Bytes of the line.
    line: usize,
    name: [u8; NAME_BYTES_MAX],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Size,
    Extension(Extension),
    SizeLineFeed,
    Data,
    DataReturn,
    DataLineFeed,
    TrailerStart,
    TrailerName,
    TrailerValue,
    TrailerLineFeed,
    EndLineFeed,
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extension {
    /// Blanks before a semicolon.
    Before,
    /// Behind a semicolon.
    Start,
    Name,
    /// Blanks behind a name.
    Named,
    /// Behind an equals sign.
    Equals,
    Value,
    Quoted,
    Escaped,
    /// Behind a closing quote.
    Closed,
}

impl Body {
    pub(super) fn run(&mut self, arrived: &[u8]) -> Run {
        match self {
            Self::Length(left) => {
                let passed = usize::try_from(*left).map_or(arrived.len(), |n| n.min(arrived.len()));
                *left -= passed as u64;
                Run { passed, is_over: *left == 0, fault: None }
            }
            Self::Chunks(chunks) => chunks.run(arrived),
        }
    }
}

impl Chunks {
    pub(super) const fn new() -> Self {
        Self { at: At::Size, size: 0, line: 0, name: [0; NAME_BYTES_MAX] }
    }

    fn run(&mut self, arrived: &[u8]) -> Run {
        let mut passed = 0;
        while passed < arrived.len() && self.at != At::End {
            if self.at == At::Data {
                let left = arrived.len() - passed;
                let run = usize::try_from(self.size).map_or(left, |size| size.min(left));
                self.size -= run as u64;
                passed += run;
                if self.size == 0 {
                    self.at = At::DataReturn;
                }
                continue;
            }
            match self.step(arrived[passed]) {
                Ok(at) => self.at = at,
                Err(why) => return Run { passed, is_over: false, fault: Some(why) },
            }
            passed += 1;
        }
        Run { passed, is_over: self.at == At::End, fault: None }
    }

    fn step(&mut self, byte: u8) -> Result<At, &'static str> {
        self.line += 1;
        match (self.at, byte) {
            (At::Size, _) => self.size(byte),
            (At::Extension(at), _) => self.extension(at, byte),
            (At::SizeLineFeed, b'\n') => {
                self.line = 0;
                Ok(if self.size == 0 { At::TrailerStart } else { At::Data })
            }
            (At::DataReturn, b'\r') => Ok(At::DataLineFeed),
            (At::DataLineFeed, b'\n') => {
                (self.line, self.size) = (0, 0);
                Ok(At::Size)
            }
            (At::DataReturn | At::DataLineFeed, _) => Err(
                "behind the bytes of a chunk stands no CRLF, or the chunk is longer than it says",
            ),
            (At::TrailerStart, b'\r') => Ok(At::EndLineFeed),
            (At::TrailerStart | At::TrailerName, _) => self.trailer_name(byte),
            (At::TrailerValue, b'\r') => Ok(At::TrailerLineFeed),
            (At::TrailerValue, _) if is_field_text(byte) => Ok(At::TrailerValue),
            (At::TrailerValue, _) => Err("a trailer field holds a control character"),
            (At::TrailerLineFeed, b'\n') => {
                self.line = 0;
                Ok(At::TrailerStart)
            }
            (At::EndLineFeed, b'\n') => Ok(At::End),
            (At::SizeLineFeed | At::TrailerLineFeed | At::EndLineFeed, _) => {
                Err("a line of the chunks ends in a carriage return without a line feed")
            }
            (At::Data | At::End, _) => unreachable!("these are passed over in `run`"),
        }
    }

    fn size(&mut self, byte: u8) -> Result<At, &'static str> {
        let has_digits = self.line > 1;
        if let Some(digit) = char::from(byte).to_digit(16) {
            if self.line > SIZE_DIGITS_MAX {
                return Err("the length of a chunk has more digits than a length can have");
            }
            self.size = (self.size << 4) | u64::from(digit);
            return Ok(At::Size);
        }
        match byte {
            b'\r' if has_digits => Ok(At::SizeLineFeed),
            b';' if has_digits => Ok(At::Extension(Extension::Start)),
            b' ' | b'\t' if has_digits => Ok(At::Extension(Extension::Before)),
            _ => Err("the length of a chunk is not written in hexadecimal digits alone"),
        }
    }

    /// `*( BWS ";" BWS name [ BWS "=" BWS value ] )`, RFC 9112, section 7.1.1.
    fn extension(&self, at: Extension, byte: u8) -> Result<At, &'static str> {
        use Extension::{Before, Closed, Equals, Escaped, Name, Named, Quoted, Start, Value};
        if self.line > CHUNK_LINE_BYTES_MAX {
            return Err("the extensions of a chunk are longer than is read here");
        }
        let is_blank = matches!(byte, b' ' | b'\t');
        let next = match (at, byte) {
            (Name | Value | Closed, b'\r') => return Ok(At::SizeLineFeed),
            (Before | Name | Named | Value | Closed, b';') => Start,
            (Name | Named, b'=') => Equals,
            (Equals, b'"') => Quoted,
            (Quoted, b'"') => Closed,
            (Quoted, b'\\') => Escaped,
            (Quoted | Escaped, _) if is_field_text(byte) => Quoted,
            (Before | Start | Named | Equals, _) if is_blank => at,
            (Name, _) if is_blank => Named,
            (Value | Closed, _) if is_blank => Before,
            (Start | Name, _) if is_token(byte) => Name,
            (Equals | Value, _) if is_token(byte) => Value,
            _ => return Err("an extension of a chunk is not written as RFC 9112 has it"),
        };
        Ok(At::Extension(next))
    }

    fn trailer_name(&mut self, byte: u8) -> Result<At, &'static str> {
        let length = self.line - 1;
        if byte == b':' && length > 0 {
            let name = &self.name[..length.min(NAME_BYTES_MAX)];
            return if length <= NAME_BYTES_MAX && FORBIDDEN_TRAILERS.contains(&name) {
                Err("behind the body stands a field that may stand before it only")
            } else {
                Ok(At::TrailerValue)
            };
        }
        if !is_token(byte) {
            return Err("a trailer field has no name, or one that is not written as a token");
        }
        if let Some(place) = self.name.get_mut(length) {
            *place = byte.to_ascii_lowercase();
        }
        Ok(At::TrailerName)
    }
}

/// Returns `true` when names of fields, methods and extensions may hold a byte (RFC 9110, section
/// 5.6.2).
pub(super) const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// Returns `true` when values of fields may hold a byte (RFC 9110, section 5.5).
pub(super) const fn is_field_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~' | 0x80..)
}
