//! Bodies that other implementations encoded, cut at every byte; made ones, cut anywhere.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use proptest::prelude::*;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use sandgate_wire::{CodingError, Decoder};

/// What the fixtures say, three times.
const EVENT: &str = "data: {\"delta\":\"mail ana@example.org\"}\n\n";

// By Python's gzip, zlib, brotli and zstandard.
const GZIP: &[u8] =
    b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x02\xffname.txt\x00KI,I\xb4R\xa8VJI\xcd)IT\xb2R\xca\
    M\xcc\xccQH\xccKtH\xadH\xcc-\xc8I\xd5\xcb/JW\xaa\xe5\xe2J\xa1\xb2:\x00H\xacxWx\x00\
    \x00\x00";
const ZLIB: &[u8] =
    b"x\xdaKI,I\xb4R\xa8VJI\xcd)IT\xb2R\xcaM\xcc\xccQH\xccKtH\xadH\xcc-\xc8I\xd5\xcb/JW\
    \xaa\xe5\xe2J\xa1\xb2:\x00\x8e\x1d($";
const DEFLATE: &[u8] =
    b"KI,I\xb4R\xa8VJI\xcd)IT\xb2R\xcaM\xcc\xccQH\xccKtH\xadH\xcc-\xc8I\xd5\xcb/JW\xaa\xe5\
    \xe2J\xa1\xb2:\x00";
const BROTLI: &[u8] =
    b"\x1bw\x00@\x1d\x07v\xc3\xd7\xa2\xb98\x186\xe1\xcf\xb6\x16\x09#\xdb\x9b\x0a n-\xa2\
    \x03\xd4\x07&r\xc0\x9e`\xdaN\xec\x87\x89\x9cX\x9c\xbd\x1d\xb2KX\xf4\x92\xeb\xda\x98\
    \x9c\x9f\xcc\x0c";
const ZSTD: &[u8] =
    b"(\xb5/\xfd$x\x85\x01\x00\x84\x02data: {\x22delta\x22:\x22mail ana@example.org\x22}\
    \x0a\x0a\x01\x00\xe8\x85\xaa28\xb8E\xdd";
/// By the same brotli, flushed after each event, without an end.
const FLUSHED: [&[u8]; 3] = [
    b"\x8b\x13\x80data: {\x22delta\x22:\x22mail ana@example.org\x22}\x0a\x0a",
    b"8\x01\x80_\x82,\x9c\x89\x1b\xc2\x00",
    b"8\x01\x80_\x02 \x8c\x08\x00\xc4\x00",
];

const ALL: &[(&str, &[u8])] =
    &[("gzip", GZIP), ("deflate", ZLIB), ("deflate", DEFLATE), ("br", BROTLI), ("zstd", ZSTD)];

fn decode(encoding: &str, limit: u64, chunks: &[&[u8]]) -> Result<Vec<u8>, CodingError> {
    let (mut decoder, mut out) = (Decoder::new(encoding, limit)?, Vec::new());
    for chunk in chunks {
        decoder.push(chunk, &mut out)?;
    }
    decoder.end(&mut out)?;
    Ok(out)
}

fn whole(encoding: &str, body: &[u8]) -> Result<Vec<u8>, CodingError> {
    decode(encoding, 1 << 20, &[body])
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("it encodes")
}

#[test]
fn however_a_body_is_cut_it_says_the_same() {
    for (encoding, body) in ALL {
        for at in 0..=body.len() {
            let (first, second) = body.split_at(at);
            let found = decode(encoding, 1 << 20, &[first, second]);
            assert_eq!(found, Ok(EVENT.repeat(3).into_bytes()), "{encoding} cut at {at}");
        }
    }
}

#[test]
fn a_body_that_breaks_off_is_not_whole() {
    for (encoding, body) in ALL {
        for at in 0..body.len() {
            let found = whole(encoding, &body[..at]);
            assert_eq!(found, Err(CodingError::Truncated), "{encoding} up to {at}");
        }
    }
}

#[test]
fn what_is_left_over_is_an_error() {
    for (encoding, body) in ALL {
        let found = whole(encoding, &[*body, b"more"].concat());
        assert_eq!(found, Err(CodingError::Corrupt), "{encoding}");
    }
}

#[test]
fn a_wrong_byte_never_goes_unseen_where_there_is_a_checksum() {
    for (encoding, body) in ALL {
        for at in 0..body.len() {
            let mut body = body.to_vec();
            body[at] ^= 0x10;
            let found = whole(encoding, &body);
            let says_the_same = found.as_deref() == Ok(EVENT.repeat(3).as_bytes());
            let is_checked = *encoding != "br" && body.len() != DEFLATE.len();
            assert!(found.is_err() || says_the_same || !is_checked, "{encoding} {at}: {found:?}");
        }
    }
}

#[test]
fn members_follow_each_other() {
    let twice = [gzip(b"one "), gzip(b"two")].concat();
    assert_eq!(whole("gzip", &twice).as_deref(), Ok(&b"one two"[..]));
    let skipped = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9];
    let frames = [ZSTD, &skipped, ZSTD].concat();
    for at in 0..frames.len() {
        let found = decode("zstd", 1 << 20, &[&frames[..at], &frames[at..]]);
        assert_eq!(found, Ok(EVENT.repeat(6).into_bytes()), "cut at {at}");
    }
}

#[test]
fn encodings_come_off_in_reverse() {
    let twice = gzip(BROTLI);
    for name in ["br, gzip", "BR ,, x-gzip", "identity, br, gzip"] {
        assert_eq!(whole(name, &twice), Ok(EVENT.repeat(3).into_bytes()), "{name}");
    }
    assert_eq!(whole("gzip, br", &twice), Err(CodingError::Corrupt));
    assert_eq!(whole("identity", b"as it came").as_deref(), Ok(&b"as it came"[..]));
    assert!(Decoder::new(" ", 1).expect("it is none").is_identity());
}

#[test]
fn what_nobody_knows_is_an_error() {
    for name in ["compress", "gzip2", "gzip;q=1", "br, lzma", "gzip,gzip,gzip,gzip,gzip"] {
        assert_eq!(Decoder::new(name, 1).map(|_| ()), Err(CodingError::Unknown), "{name}");
    }
}

#[test]
fn a_bomb_ends_at_the_limit() {
    let zeros = vec![0; 1 << 20];
    let bomb = gzip(&zeros);
    let mut decoder = Decoder::new("gzip", 1 << 16).expect("it is known");
    let mut out = Vec::new();
    assert_eq!(decoder.push(&bomb, &mut out), Err(CodingError::TooLong));
    assert!(out.len() <= 1 << 16);
    // A frame of blocks that each say one byte 128 Ki times.
    let head = [0x28, 0xb5, 0x2f, 0xfd, 0, 0x58];
    let block = [0x02, 0x00, 0x10, 0];
    let bomb = [&head[..], &block.repeat(1 << 16)].concat();
    let mut out = Vec::new();
    let mut decoder = Decoder::new("zstd", 1 << 22).expect("it is known");
    assert_eq!(decoder.push(&bomb, &mut out), Err(CodingError::TooLong));
    assert!(out.len() <= 1 << 22);
    // Two layers: what is between them is bounded as well.
    let twice = gzip(&gzip(&zeros));
    assert_eq!(decode("gzip, gzip", 1 << 10, &[&twice]), Err(CodingError::TooLong));
    assert_eq!(decode("identity", 3, &[b"four"]), Err(CodingError::TooLong));
}

#[test]
fn a_window_that_http_does_not_have_is_refused() {
    let large = [0x28, 0xb5, 0x2f, 0xfd, 0, 0x70, 1, 0, 0];
    assert_eq!(whole("zstd", &large), Err(CodingError::TooLong));
    // Brotli's large window: its first byte says so.
    assert_eq!(whole("br", &[0x11, 0x18, 0x03]), Err(CodingError::Corrupt));
}

#[test]
fn a_flushed_event_does_not_wait() {
    let mut bodies: Vec<(&str, Vec<Vec<u8>>)> = Vec::new();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let mut pieces = Vec::new();
    for _ in 0..3 {
        encoder.write_all(EVENT.as_bytes()).and_then(|()| encoder.flush()).expect("it encodes");
        pieces.push(std::mem::take(encoder.get_mut()));
    }
    bodies.push(("gzip", pieces));
    bodies.push(("br", FLUSHED.iter().map(|piece| piece.to_vec()).collect()));
    for (encoding, pieces) in bodies {
        let (mut decoder, mut out) = (Decoder::new(encoding, 1 << 20).expect("known"), Vec::new());
        for (idx, piece) in pieces.iter().enumerate() {
            decoder.push(piece, &mut out).expect("it decodes");
            assert_eq!(out, EVENT.repeat(idx + 1).into_bytes(), "{encoding}");
        }
    }
}

#[test]
fn a_head_of_every_field_is_read() {
    // Extra field, name, comment and checksum.
    let mut head = vec![0x1f, 0x8b, 8, 4 | 8 | 16 | 2, 0, 0, 0, 0, 0, 255, 2, 0, b'x', b'y'];
    head.extend(b"name\0comment\0");
    head.extend(&crc32fast::hash(&head).to_le_bytes()[..2]);
    let body = [&head[..], &gzip(b"text")[10..]].concat();
    for at in 0..body.len() {
        let found = decode("gzip", 99, &[&body[..at], &body[at..]]);
        assert_eq!(found.as_deref(), Ok(&b"text"[..]), "cut at {at}");
    }
    let endless = [&[0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 255][..], &[b'n'; 1 << 17]].concat();
    assert_eq!(whole("gzip", &endless), Err(CodingError::Corrupt));
}

proptest! {
    /// What was encoded is decoded, however it is cut.
    #[test]
    fn what_goes_in_comes_out(
        body in prop::collection::vec(prop_oneof![Just(b'a'), any::<u8>()], 0..3000),
        cuts in prop::collection::vec(0_usize..400, 0..6),
    ) {
        let zlib = {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&body).and_then(|()| encoder.finish()).expect("it encodes")
        };
        let bare = {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&body).and_then(|()| encoder.finish()).expect("it encodes")
        };
        let zstd = compress_to_vec(body.as_slice(), CompressionLevel::Fastest);
        for (name, encoded) in
            [("gzip", gzip(&body)), ("deflate", zlib), ("deflate", bare), ("zstd", zstd)]
        {
            let (mut chunks, mut rest) = (Vec::new(), encoded.as_slice());
            for cut in &cuts {
                let (chunk, after) = rest.split_at((*cut).min(rest.len()));
                chunks.push(chunk);
                rest = after;
            }
            chunks.push(rest);
            let found = decode(name, 1 << 20, &chunks);
            prop_assert_eq!(found.as_deref(), Ok(body.as_slice()));
        }
    }

    /// Whatever comes, it is decoded or an error, and within the limit.
    #[test]
    fn nothing_panics(
        which in 0..ALL.len(),
        at in any::<prop::sample::Index>(),
        noise in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let (encoding, body) = ALL[which];
        let at = at.index(body.len());
        let found = decode(encoding, 1 << 16, &[&body[..at], &noise, &body[at..]]);
        prop_assert!(found.is_err() || found.is_ok_and(|out| out.len() <= 1 << 16));
        let found = decode(encoding, 1 << 16, &[&noise]);
        prop_assert!(found.is_err() || found.is_ok_and(|out| out.len() <= 1 << 16));
    }
}
