//! `gzip`, RFC 1952: members that follow each other, each with its checksum.

use flate2::Crc;

use super::Sink;
use super::deflate::Inflate;
use crate::coding::CodingError;

#[derive(Default)]
pub(crate) struct Gzip {
    state: State,
    crc: Crc,
    /// Bytes of a head or a tail that is not whole yet.
    held: Vec<u8>,
    members: usize,
}

#[derive(Default)]
enum State {
    #[default]
    Head,
    Body(Box<Inflate>),
    Tail,
}

/// The bytes that every head has, and every tail.
const HEAD: usize = 10;
const TAIL: usize = 8;
/// The longest head: names and comments are as long as somebody wants.
const MAX_HEAD: usize = 64 << 10;

impl Gzip {
    pub(super) fn push(&mut self, bytes: &[u8], sink: &mut Sink) -> Result<(), CodingError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = match &mut self.state {
                State::Head => self.head(rest)?,
                State::Body(inflate) => {
                    let crc = &mut self.crc;
                    let read = inflate.push(rest, |out| {
                        crc.update(out);
                        sink.write(out)
                    })?;
                    if inflate.done {
                        self.state = State::Tail;
                    } else if read == 0 {
                        return Err(CodingError::Corrupt);
                    }
                    rest.get(read..).unwrap_or_default()
                }
                State::Tail => self.tail(rest)?,
            };
        }
        Ok(())
    }

    pub(super) fn is_whole(&self) -> bool {
        matches!(self.state, State::Head) && self.held.is_empty() && self.members > 0
    }

    /// Takes a head; gives the bytes after it.
    fn head<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], CodingError> {
        let before = self.held.len();
        let taken = bytes.get(..MAX_HEAD).unwrap_or(bytes);
        self.held.extend_from_slice(taken);
        match head_length(&self.held)? {
            Some(length) => {
                self.held.clear();
                self.crc = Crc::new();
                self.state = State::Body(Box::new(Inflate::new(false)));
                Ok(bytes.get(length.saturating_sub(before)..).unwrap_or_default())
            }
            None if self.held.len() > MAX_HEAD => Err(CodingError::Corrupt),
            None => Ok(bytes.get(taken.len()..).unwrap_or_default()),
        }
    }

    /// Takes a tail, and checks what it says; gives the bytes after it.
    fn tail<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], CodingError> {
        let (taken, rest) = bytes.split_at(bytes.len().min(TAIL - self.held.len()));
        self.held.extend_from_slice(taken);
        if self.held.len() == TAIL {
            let said = [self.crc.sum().to_le_bytes(), self.crc.amount().to_le_bytes()].concat();
            if said != self.held {
                return Err(CodingError::Corrupt);
            }
            self.held.clear();
            self.members += 1;
            self.state = State::Head;
        }
        Ok(rest)
    }
}

/// How long a head is, if all of it is there.
fn head_length(bytes: &[u8]) -> Result<Option<usize>, CodingError> {
    let expected = [0x1f, 0x8b, 8];
    if bytes.iter().zip(expected).any(|(found, expected)| *found != expected) {
        return Err(CodingError::Corrupt);
    }
    let Some(flags) = bytes.get(3).filter(|_| bytes.len() >= HEAD) else { return Ok(None) };
    let has = |flag: u8| flags & flag != 0;
    if has(0xe0) {
        return Err(CodingError::Corrupt);
    }
    let mut at = HEAD;
    if has(4) {
        let Some([low, high]) = bytes.get(at..at + 2) else { return Ok(None) };
        at += 2 + usize::from(u16::from_le_bytes([*low, *high]));
    }
    // A name, and a comment.
    for _ in [8, 16].into_iter().filter(|flag| has(*flag)) {
        let end = bytes.get(at..).and_then(|rest| memchr::memchr(0, rest));
        let Some(end) = end else { return Ok(None) };
        at += end + 1;
    }
    if has(2) {
        let (Some(head), Some([low, high])) = (bytes.get(..at), bytes.get(at..at + 2)) else {
            return Ok(None);
        };
        if crc32fast::hash(head).to_le_bytes().get(..2) != Some(&[*low, *high]) {
            return Err(CodingError::Corrupt);
        }
        at += 2;
    }
    Ok((bytes.len() >= at).then_some(at))
}
