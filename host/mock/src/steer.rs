//! What the last user message orders: its lines that start with `mock:`.

use std::time::Duration;

use serde_json::Value;

use crate::problem::Problem;

const MAX_CHUNK: u64 = 65_536;
const MAX_DELAY_MS: u64 = 10_000;
const MAX_EVENTS: u64 = 1_000_000;
const MAX_CALLS: usize = 8;
/// The longest arguments of a call, in bytes.
const MAX_ARGUMENTS: usize = 64 << 10;
/// The most choices an answer has.
pub(crate) const MAX_CHOICES: u64 = 16;

/// The orders of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Steering {
    /// The text to answer with.
    pub(crate) say: Option<String>,
    /// Tools to call, with their arguments.
    pub(crate) calls: Vec<(String, Option<Value>)>,
    /// The status of an error to answer with.
    pub(crate) status: Option<u16>,
    /// Characters a delta.
    pub(crate) chunk: Option<usize>,
    /// Between two events.
    pub(crate) delay: Duration,
    /// How many events there are before it breaks off.
    pub(crate) cut: Option<usize>,
    pub(crate) choices: Option<u64>,
}

impl Steering {
    /// The orders in a text, and the text without them.
    ///
    /// # Errors
    /// Where a line starts with `mock:` and is no order.
    pub(crate) fn read(text: &str) -> Result<(Self, String), Problem> {
        let mut steering = Self::default();
        let mut rest = Vec::new();
        for line in text.split('\n') {
            match line.trim_start().strip_prefix("mock:") {
                Some(order) => steering.take(order.trim())?,
                None => rest.push(line),
            }
        }
        Ok((steering, rest.join("\n")))
    }

    fn take(&mut self, order: &str) -> Result<(), Problem> {
        let (word, value) = order.split_once(char::is_whitespace).unwrap_or((order, ""));
        let value = value.trim_start();
        match word {
            "say" => match &mut self.say {
                Some(said) => said.extend(["\n", value]),
                None => self.say = Some(value.into()),
            },
            "tool" if self.calls.len() < MAX_CALLS => self.calls.push(call(value)?),
            "tool" => return Err(Problem::bad(format!("mock: tool: more than {MAX_CALLS} calls"))),
            "status" => self.status = Some(number(word, value, 400, 599)?),
            "chunk" => self.chunk = Some(number(word, value, 1, MAX_CHUNK)?),
            "delay" => {
                self.delay = Duration::from_millis(number(word, value, 0, MAX_DELAY_MS)?);
            }
            "cut" => self.cut = Some(number(word, value, 0, MAX_EVENTS)?),
            "choices" => self.choices = Some(number(word, value, 1, MAX_CHOICES)?),
            _ => {
                let expected = "expected say, tool, status, chunk, delay, cut or choices";
                return Err(Problem::bad(format!("mock: {word}: no such order, {expected}")));
            }
        }
        Ok(())
    }
}

/// `NAME {"key": …}`.
fn call(value: &str) -> Result<(String, Option<Value>), Problem> {
    let (name, arguments) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
    if name.is_empty() {
        return Err(Problem::bad("mock: tool: no name"));
    }
    if arguments.trim().is_empty() {
        return Ok((name.into(), None));
    }
    if arguments.len() > MAX_ARGUMENTS {
        let problem = format!("mock: tool {name}: the arguments are longer than {MAX_ARGUMENTS}");
        return Err(Problem::bad(problem));
    }
    match serde_json::from_str(arguments) {
        Ok(arguments @ Value::Object(_)) => Ok((name.into(), Some(arguments))),
        _ => Err(Problem::bad(format!("mock: tool {name}: the arguments are no JSON object"))),
    }
}

fn number<T: TryFrom<u64>>(word: &str, value: &str, min: u64, max: u64) -> Result<T, Problem> {
    let number = value.trim_end().parse().ok().filter(|number| (min..=max).contains(number));
    number.and_then(|number| T::try_from(number).ok()).ok_or_else(|| {
        Problem::bad(format!("mock: {word}: not a number from {min} to {max}: {value}"))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn steering(text: &str) -> (Steering, String) {
        Steering::read(text).expect("it is well ordered")
    }

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        let problem = Steering::read(text).expect_err("it is badly ordered");
        assert_eq!(problem.message(), expected);
    }

    #[test]
    fn lines_of_orders_are_no_text() {
        let (read, rest) = steering("one\n  mock: chunk 3\nmock:delay 20\r\ntwo mock: say");
        assert_eq!(rest, "one\ntwo mock: say");
        assert_eq!((read.chunk, read.delay), (Some(3), Duration::from_millis(20)));
        assert_eq!(steering("\n"), (Steering::default(), "\n".into()));
    }

    #[test]
    fn several_lines_are_said_as_lines() {
        let (read, rest) = steering("mock: say one\nmock: say\nmock: say  two");
        assert_eq!((read.say.as_deref(), rest.as_str()), (Some("one\n\ntwo"), ""));
    }

    #[test]
    fn tools_are_called_with_and_without_arguments() {
        let (read, _) = steering("mock: tool mail {\"to\": \"ana\"}\nmock: tool look");
        let mail = ("mail".to_owned(), Some(json!({"to": "ana"})));
        assert_eq!(read.calls, [mail, ("look".into(), None)]);
    }

    #[test]
    fn bad_orders_say_what_is_wrong() {
        refused("mock: tool", "mock: tool: no name");
        refused("mock: tool f [1]", "mock: tool f: the arguments are no JSON object");
        refused("mock: status 200", "mock: status: not a number from 400 to 599: 200");
        refused("mock: delay 10001", "mock: delay: not a number from 0 to 10000: 10001");
        refused("mock: cut some", "mock: cut: not a number from 0 to 1000000: some");
        refused(&"mock: tool f\n".repeat(9), "mock: tool: more than 8 calls");
        let expected = "expected say, tool, status, chunk, delay, cut or choices";
        refused("mock: sing", &format!("mock: sing: no such order, {expected}"));
    }
}
