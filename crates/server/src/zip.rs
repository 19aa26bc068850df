//! Files in one ZIP, as they are: what is put in is compressed already, or small.
//!
//! Not for: reading one (`extract`).
//!
//! Invariant: names are plain, all of it is far below the sizes at which the format has to be another
//! (APPNOTE 4.4.1.4), and the same files make the same bytes; each file is in memory while it is put in.

use flate2::Crc;
use jiff::Timestamp;
use jiff::tz::TimeZone;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// The version that a program takes to unpack it: the first.
const VERSION: u16 = 10;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
const STORED: u16 = 0;

/// A ZIP on its way.
#[derive(Debug)]
pub(crate) struct ZipWriter {
    /// The bytes since the last part that was taken.
    bytes: Vec<u8>,
    /// The length of the parts that were taken.
    taken: usize,
    central: Vec<u8>,
    files: u16,
    /// The time and the day of every file, as DOS has them.
    moment: (u16, u16),
}

impl ZipWriter {
    /// `at` is the moment that stands with each file.
    pub(crate) fn new(at: Timestamp) -> Self {
        let at = TimeZone::UTC.to_datetime(at);
        let part = |value: i8| u16::try_from(value).expect("parts of a moment are not negative");
        let years = u16::try_from(at.year() - 1980).expect("no clock stands before 1980");
        let day = years << 9 | part(at.month()) << 5 | part(at.day());
        let time = part(at.hour()) << 11 | part(at.minute()) << 5 | (part(at.second()) / 2);
        Self { bytes: Vec::new(), taken: 0, central: Vec::new(), files: 0, moment: (time, day) }
    }

    pub(crate) fn add(&mut self, name: &str, content: &[u8]) {
        let length = |of: usize| u32::try_from(of).expect("all of it is far below four gigabytes");
        let offset = length(self.taken + self.bytes.len());
        let mut crc = Crc::new();
        crc.update(content);
        let mut header = Vec::new();
        for value in [VERSION, FLAGS, STORED, self.moment.0, self.moment.1] {
            header.extend(value.to_le_bytes());
        }
        for value in [crc.sum(), length(content.len()), length(content.len())] {
            header.extend(value.to_le_bytes());
        }
        header.extend(u16::try_from(name.len()).expect("names are short").to_le_bytes());
        // Nothing extra.
        header.extend(0_u16.to_le_bytes());
        self.bytes.extend(LOCAL.to_le_bytes());
        self.bytes.extend(&header);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(content);
        self.central.extend(CENTRAL.to_le_bytes());
        self.central.extend(VERSION.to_le_bytes());
        self.central.extend(&header);
        // No comment, the first disk, no attributes.
        self.central.extend([0; 2 + 2 + 2 + 4]);
        self.central.extend(offset.to_le_bytes());
        self.central.extend(name.as_bytes());
        self.files += 1;
    }

    /// Takes what was added since the last part, for whoever sends a ZIP while it is written.
    pub(crate) fn take_part(&mut self) -> Vec<u8> {
        self.taken += self.bytes.len();
        std::mem::take(&mut self.bytes)
    }

    /// The last part, or all of it where none was taken.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        let length = |of: usize| u32::try_from(of).expect("all of it is far below four gigabytes");
        let (offset, size) = (length(self.taken + self.bytes.len()), length(self.central.len()));
        self.bytes.extend(&self.central);
        self.bytes.extend(END.to_le_bytes());
        self.bytes.extend([0; 4]);
        self.bytes.extend(self.files.to_le_bytes());
        self.bytes.extend(self.files.to_le_bytes());
        self.bytes.extend(size.to_le_bytes());
        self.bytes.extend(offset.to_le_bytes());
        self.bytes.extend([0; 2]);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn python_reads_what_is_packed() {
        let folder = tempfile::tempdir().unwrap();
        let mut zip = ZipWriter::new("2026-11-23T10:05:42Z".parse().unwrap());
        zip.add("letter.txt", "Dear Müller".as_bytes());
        let first = zip.take_part();
        zip.add("empty", b"");
        let path = folder.path().join("claim.zip");
        std::fs::write(&path, [first, zip.finish()].concat()).unwrap();
        let script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n\
            for i in z.infolist(): print(i.filename, i.date_time, z.read(i).decode())";
        let read = Command::new("python3").args(["-c", script]).arg(&path).output().unwrap();
        assert_eq!(
            String::from_utf8(read.stdout).unwrap(),
            "letter.txt (2026, 11, 23, 10, 5, 42) Dear Müller\nempty (2026, 11, 23, 10, 5, 42) \n"
        );
    }
}
