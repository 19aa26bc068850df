//! Old workbooks made for tests: records, and a container round them.

/// A record with its number and length.
pub(super) fn record(id: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&id.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
}

pub(super) fn fields(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// A text since Excel 97, with the length in two bytes.
pub(super) fn text(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let length = u16::try_from(units.len()).unwrap();
    [&length.to_le_bytes()[..], &[1], &fields(&units)].concat()
}

/// A sheet's name, further bytes of its entry, its records.
pub(super) type MadeOldSheet<'a> = (&'a str, u8, Vec<u8>);

/// The stream of a workbook: `globals` are records before the sheets.
pub(super) fn stream(globals: &[u8], sheets: &[MadeOldSheet<'_>]) -> Vec<u8> {
    let bof = |kind: u16| record(0x0809, &fields(&[0x0600, kind, 0, 0, 0, 0, 0, 0]));
    let eof = record(0x000a, &[]);
    let entry = |offset: u32, (name, state, _): &MadeOldSheet<'_>| {
        let name = text(name);
        let name = [&name[..1], &name[2..]].concat();
        record(0x0085, &[&offset.to_le_bytes()[..], &[*state, 0], &name].concat())
    };
    let list_bytes: usize = sheets.iter().map(|sheet| entry(0, sheet).len()).sum();
    let mut out = [bof(5), globals.to_vec()].concat();
    let mut offset = out.len() + list_bytes + eof.len();
    let mut bodies = Vec::new();
    for sheet in sheets {
        out.extend(entry(u32::try_from(offset).unwrap(), sheet));
        let body = [bof(0x10), sheet.2.clone(), eof.clone()].concat();
        offset += body.len();
        bodies.push(body);
    }
    [out, eof, bodies.concat()].concat()
}

/// The stream in a container of 512-byte sectors, filled up so that it lies in large ones.
pub(super) fn container(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut stream = stream.to_vec();
    stream.resize(stream.len().max(4_096).next_multiple_of(512), 0);
    let sectors = u32::try_from(stream.len() / 512).unwrap();
    assert!(sectors < 120, "one sector of followers is enough");
    let mut header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    header.resize(512, 0);
    header[24..34].copy_from_slice(&[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    header[44] = 1;
    header[48..52].copy_from_slice(&1_u32.to_le_bytes());
    header[56..60].copy_from_slice(&4_096_u32.to_le_bytes());
    header[60..64].copy_from_slice(&u32::MAX.to_le_bytes().map(|_| 0xfe).map(|_| 0xff));
    header[60] = 0xfe;
    header[68..72].copy_from_slice(&[0xfe, 0xff, 0xff, 0xff]);
    header[76..].fill(0xff);
    header[76..80].copy_from_slice(&0_u32.to_le_bytes());
    // Followers: themselves, the directory, then the stream from sector 2 on.
    let mut followers = vec![0xffff_fffd, 0xffff_fffe_u32];
    followers
        .extend((3..3 + sectors).map(|next| if next == 2 + sectors { 0xffff_fffe } else { next }));
    followers.resize(128, u32::MAX);
    let table: Vec<u8> = followers.iter().flat_map(|next| next.to_le_bytes()).collect();
    let bytes = u32::try_from(stream.len()).unwrap();
    let root = entry("Root Entry", 5, 0xffff_fffe, 0);
    let directory = [root, entry(name, 2, 2, bytes), vec![0; 256]].concat();
    [header, table, directory, stream].concat()
}

fn entry(name: &str, kind: u8, first: u32, bytes: u32) -> Vec<u8> {
    let units: Vec<u16> = name.encode_utf16().chain([0]).collect();
    let mut entry = fields(&units);
    let length = u16::try_from(entry.len()).unwrap();
    entry.resize(128, 0);
    entry[64..66].copy_from_slice(&length.to_le_bytes());
    entry[66..68].copy_from_slice(&[kind, 1]);
    entry[68..80].fill(0xff);
    if kind == 5 {
        entry[76..80].copy_from_slice(&1_u32.to_le_bytes());
    }
    entry[116..120].copy_from_slice(&first.to_le_bytes());
    entry[120..124].copy_from_slice(&bytes.to_le_bytes());
    entry
}
