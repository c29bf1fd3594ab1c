//! One byte of JSON after the other, and what each of them is.
//!
//! It has no recursion and keeps one bit a level, so that depth costs nothing, and it can stop and
//! go on at any byte. Numbers are told from what stands around them and checked by
//! [`is_number`], since only their end says whether they are any.

/// What a byte is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// White space, a comma, a colon, a byte of `true`, `false` or `null`.
    Filler,
    /// The first byte of `true`, `false` or `null`.
    Literal,
    /// `{`
    ObjectOpen,
    /// `}`
    ObjectClose,
    /// `[`
    ArrayOpen,
    /// `]`
    ArrayClose,
    /// The quote that begins a key.
    KeyOpen,
    /// The quote that begins a string.
    StringOpen,
    /// A byte within quotes, escapes included.
    Content,
    /// The quote that ends a key.
    KeyClose,
    /// The quote that ends a string.
    StringClose,
    /// A byte of a number.
    Number,
}

/// The text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Value,
    /// After `[`: a value or `]`.
    FirstElement,
    /// After `{`: a key or `}`.
    FirstKey,
    Key,
    Colon,
    AfterValue,
    Inside {
        key: bool,
    },
    Escape {
        key: bool,
    },
    Hex {
        key: bool,
        left: u8,
    },
    Number,
    /// The rest of a literal.
    Literal(&'static [u8]),
}

/// Knows what the next byte may be.
#[derive(Debug, Clone)]
pub(crate) struct Lexer {
    state: State,
    /// Whether each container around is an object.
    stack: Vec<bool>,
}

impl Lexer {
    pub(crate) fn new() -> Self {
        Self { state: State::Value, stack: Vec::new() }
    }

    /// Whether a whole value was read, and nothing is left open.
    pub(crate) fn is_done(&self) -> bool {
        self.stack.is_empty() && matches!(self.state, State::AfterValue | State::Number)
    }

    /// Whether the next byte is within quotes and no part of an escape.
    pub(crate) fn is_inside(&self) -> bool {
        matches!(self.state, State::Inside { .. })
    }

    /// Takes a byte.
    pub(crate) fn step(&mut self, byte: u8) -> Result<Mark, Broken> {
        match self.state {
            State::Inside { key } => self.inside(byte, key),
            State::Escape { key } => self.escape(byte, key),
            State::Hex { key, left } if byte.is_ascii_hexdigit() => {
                let inside = left == 1;
                self.state =
                    if inside { State::Inside { key } } else { State::Hex { key, left: left - 1 } };
                Ok(Mark::Content)
            }
            State::Hex { .. } => Err(Broken),
            State::Literal([first, rest @ ..]) if *first == byte => {
                self.state = if rest.is_empty() { State::AfterValue } else { State::Literal(rest) };
                Ok(Mark::Filler)
            }
            State::Literal(_) => Err(Broken),
            State::Number if is_numeric(byte) => Ok(Mark::Number),
            State::Number => {
                self.state = State::AfterValue;
                self.step(byte)
            }
            _ if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') => Ok(Mark::Filler),
            State::AfterValue => self.after_value(byte),
            State::Colon if byte == b':' => self.go(State::Value, Mark::Filler),
            State::Colon => Err(Broken),
            State::FirstKey if byte == b'}' => self.close(true),
            State::FirstKey | State::Key if byte == b'"' => {
                self.go(State::Inside { key: true }, Mark::KeyOpen)
            }
            State::FirstKey | State::Key => Err(Broken),
            State::FirstElement if byte == b']' => self.close(false),
            State::FirstElement | State::Value => self.value(byte),
        }
    }

    fn go(&mut self, state: State, mark: Mark) -> Result<Mark, Broken> {
        self.state = state;
        Ok(mark)
    }

    fn value(&mut self, byte: u8) -> Result<Mark, Broken> {
        match byte {
            b'"' => self.go(State::Inside { key: false }, Mark::StringOpen),
            b'{' => {
                self.stack.push(true);
                self.go(State::FirstKey, Mark::ObjectOpen)
            }
            b'[' => {
                self.stack.push(false);
                self.go(State::FirstElement, Mark::ArrayOpen)
            }
            b't' => self.go(State::Literal(b"rue"), Mark::Literal),
            b'f' => self.go(State::Literal(b"alse"), Mark::Literal),
            b'n' => self.go(State::Literal(b"ull"), Mark::Literal),
            b'-' | b'0'..=b'9' => self.go(State::Number, Mark::Number),
            _ => Err(Broken),
        }
    }

    fn inside(&mut self, byte: u8, key: bool) -> Result<Mark, Broken> {
        match byte {
            b'"' if key => self.go(State::Colon, Mark::KeyClose),
            b'"' => self.go(State::AfterValue, Mark::StringClose),
            b'\\' => self.go(State::Escape { key }, Mark::Content),
            0..0x20 => Err(Broken),
            _ => Ok(Mark::Content),
        }
    }

    fn escape(&mut self, byte: u8, key: bool) -> Result<Mark, Broken> {
        match byte {
            b'u' => self.go(State::Hex { key, left: 4 }, Mark::Content),
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {
                self.go(State::Inside { key }, Mark::Content)
            }
            _ => Err(Broken),
        }
    }

    fn after_value(&mut self, byte: u8) -> Result<Mark, Broken> {
        match (byte, self.stack.last()) {
            (b',', Some(true)) => self.go(State::Key, Mark::Filler),
            (b',', Some(false)) => self.go(State::Value, Mark::Filler),
            (b'}', _) => self.close(true),
            (b']', _) => self.close(false),
            _ => Err(Broken),
        }
    }

    fn close(&mut self, object: bool) -> Result<Mark, Broken> {
        match self.stack.pop() {
            Some(open) if open == object => self
                .go(State::AfterValue, if object { Mark::ObjectClose } else { Mark::ArrayClose }),
            _ => Err(Broken),
        }
    }
}

fn is_numeric(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')
}

/// Whether a text is a number of RFC 8259, of whatever size.
pub(crate) fn is_number(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let (whole, rest) = digits(text);
    let fits = !matches!(whole, [] | [b'0', _, ..]);
    let (fits, rest) = match rest.strip_prefix(b".") {
        Some(rest) => {
            let (fraction, rest) = digits(rest);
            (fits && !fraction.is_empty(), rest)
        }
        None => (fits, rest),
    };
    match rest {
        [] => fits,
        [b'e' | b'E', b'+' | b'-', rest @ ..] | [b'e' | b'E', rest @ ..] => {
            let (exponent, rest) = digits(rest);
            fits && !exponent.is_empty() && rest.is_empty()
        }
        _ => false,
    }
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    text.split_at(length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_json(text: &str) -> bool {
        let mut lexer = Lexer::new();
        let mut number = Vec::new();
        for byte in text.bytes() {
            match lexer.step(byte) {
                Ok(Mark::Number) => number.push(byte),
                Ok(_) if number.is_empty() => {}
                Ok(_) if !is_number(&number) => return false,
                Ok(_) => number.clear(),
                Err(Broken) => return false,
            }
        }
        lexer.is_done() && (number.is_empty() || is_number(&number))
    }

    #[test]
    fn numbers_are_those_of_the_standard() {
        for good in ["0", "-0", "10", "1.5", "1e9", "1E-9", "0.1e+22"] {
            assert!(is_number(good.as_bytes()), "{good}");
        }
        for bad in ["", "-", "01", "1.", ".5", "1e", "1e+", "1.5.5", "--1", "1-"] {
            assert!(!is_number(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn depth_is_no_problem() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(is_json(&deep));
        assert!(!is_json(&deep[1..]));
    }

    proptest! {
        /// What it takes for JSON is what a parser of JSON takes for it.
        #[test]
        fn agrees_with_a_parser(text in r#"[\[\]{}:,"\\u0a1e.+\- tfn]{0,24}|(true|null|"a"|1|\{"k":|\}|\[|\]|,| ){0,9}"#) {
            let parses = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(is_json(&text), parses);
        }
    }
}
