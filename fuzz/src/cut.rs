//! Seeds with a line before the body: words that say how it is read, and numbers where it is cut.

/// A body and what its first line says.
pub struct Cut<'a> {
    /// The words of the first line.
    pub words: Vec<&'a str>,
    /// The body in pieces.
    pub chunks: Vec<&'a [u8]>,
    /// All of it.
    pub body: &'a [u8],
}

impl<'a> Cut<'a> {
    /// Splits `data`; none where its first line is no text.
    pub fn new(data: &'a [u8]) -> Option<Self> {
        let end = data.iter().position(|byte| *byte == b'\n')?;
        let (line, body) = (std::str::from_utf8(&data[..end]).ok()?, &data[end + 1..]);
        let is_number = |word: &&str| word.parse::<usize>().is_ok();
        let (numbers, words): (Vec<&str>, Vec<&str>) = line.split(' ').partition(is_number);
        let mut ends: Vec<usize> = numbers.iter().filter_map(|n| n.parse().ok()).collect();
        ends.iter_mut().for_each(|end: &mut usize| *end %= body.len() + 1);
        ends.push(body.len());
        ends.sort_unstable();
        let mut start = 0;
        let chunks = ends.into_iter().map(|end| &body[std::mem::replace(&mut start, end)..end]);
        Some(Self { words, chunks: chunks.collect(), body })
    }
}
