//! User and password together: in addresses, HTTP headers and command lines.

use sandgate_guest::Window;

use crate::cursor::{Cursor, Open};
use crate::generic::{self, Secret};
use crate::{checks, entropy, lookalike};

/// The longest user and password looked at.
const LONGEST: usize = 128;

/// The password in an address whose `://` is at `at`, and the rule for its scheme.
pub(crate) fn url(window: Window<'_>, at: usize) -> Result<Option<(&'static str, Secret)>, Open> {
    let before = window.before(at);
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let scheme = &before[before.trim_end_matches(is_scheme).len()..];
    let Some(rule) = rule_of(&scheme.to_ascii_lowercase()) else { return Ok(None) };
    let start = at + 3;
    let part = |b: u8| b > b' ' && !b"/\"'`<>?#\\".contains(&b);
    let authority = Cursor::new(window, start).skip(LONGEST, part)?;
    let Some(host) = authority.iter().rposition(|&b| b == b'@') else { return Ok(None) };
    Ok(pair(&authority[..host], start).map(|secret| (rule, secret)))
}

fn rule_of(scheme: &str) -> Option<&'static str> {
    let last = scheme.rsplit([':', '+']).next_back().unwrap_or(scheme);
    Some(match last {
        "postgres" | "postgresql" | "pgsql" | "cockroachdb" | "redshift" => "POSTGRES_URL_PASSWORD",
        "mysql" | "mysql2" | "mysqlx" | "mariadb" => "MYSQL_URL_PASSWORD",
        "mongodb" => "MONGODB_URL_PASSWORD",
        "redis" | "rediss" | "valkey" => "REDIS_URL_PASSWORD",
        "amqp" | "amqps" | "nats" | "kafka" | "mqtt" | "mqtts" | "stomp" => "AMQP_URL_PASSWORD",
        "mssql" | "sqlserver" | "oracle" | "clickhouse" | "couchbase" | "couchbases"
        | "cassandra" | "neo4j" | "bolt" | "ldap" | "ldaps" | "influxdb" | "snowflake" | "db2"
        | "libsql" | "elasticsearch" => "DATABASE_URL_PASSWORD",
        "http" | "https" | "ftp" | "ftps" | "sftp" | "ssh" | "git" | "smtp" | "smtps" | "imap"
        | "imaps" | "ws" | "wss" | "svn" | "socks5" | "socks5h" | "rtsp" | "smb" | "proxy" => {
            "BASIC_AUTH_URL_PASSWORD"
        }
        _ => return None,
    })
}

/// The password in `user:password`.
fn pair(credentials: &[u8], start: usize) -> Option<Secret> {
    let colon = credentials.iter().position(|&b| b == b':')?;
    let (user, password) = (&credentials[..colon], &credentials[colon + 1..]);
    if password.is_empty() && generic::is_random(user, 2800) {
        return Some(Secret { start, end: start + colon, confidence: 75 });
    }
    if password.len() < 3 || is_reference(password) || is_sample(user, password) {
        return None;
    }
    let start = start + colon + 1;
    Some(Secret { start, end: start + password.len(), confidence: 85 })
}

/// Whether a password only stands for one.
fn is_reference(password: &[u8]) -> bool {
    let braced = password.iter().any(|b| b"{}[]<>*()".contains(b));
    let variable = password[0] == b'$' || password[0] == b'%' && !password[1].is_ascii_hexdigit();
    let text = password.to_ascii_lowercase();
    let has = |part: &[u8]| text.windows(part.len()).any(|w| w == part);
    let shouted = password.iter().all(|b| b.is_ascii_uppercase() || *b == b'_');
    braced || variable || shouted || has(b"xxx") || has(b"your") || has(b"example") || has(b"...")
}

/// The pairs that documentation uses.
fn is_sample(user: &[u8], password: &[u8]) -> bool {
    let generic =
        [&b"user"[..], b"username", b"usr", b"u", b"name", b"foo", b"login", b"admin", b"xxx"];
    let plain = [
        &b"pass"[..],
        b"password",
        b"passwd",
        b"pwd",
        b"pw",
        b"bar",
        b"secret",
        b"token",
        b"yyy",
        b"xxx",
        b"pass123",
    ];
    user == password
        || plain.contains(&password) && generic.contains(&user)
        || user.is_empty() && plain.contains(&password)
}

/// The credentials in the authorization header whose name ends at `at`.
pub(crate) fn authorization(window: Window<'_>, at: usize) -> Result<Option<Secret>, Open> {
    let mut cursor = Cursor::new(window, at);
    let glue = cursor.skip(12, |b| {
        matches!(b, b':' | b'=' | b' ' | b'"' | b'\'' | b'`' | b',' | b']' | b'\\' | b'>' | b'(')
    })?;
    if !glue.iter().any(|b| b":=,".contains(b)) {
        return Ok(None);
    }
    let bare = cursor;
    let mut scheme = cursor.skip(16, |b| b.is_ascii_alphabetic() || b == b'-')?;
    if scheme.is_empty() || cursor.skip(2, |b| b == b' ')?.is_empty() {
        (cursor, scheme) = (bare, b"");
    }
    let start = cursor.at;
    let value = cursor.skip(512, |b| b.is_ascii_alphanumeric() || b"+/=_-.~|:".contains(&b))?;
    let good = match scheme.eq_ignore_ascii_case(b"basic") {
        true => {
            return Ok(checks::basic(value).then_some(Secret {
                start,
                end: start + value.len(),
                confidence: 85,
            }));
        }
        false => {
            value.len() >= 12 && entropy::of(value) >= 2800 && value.iter().any(u8::is_ascii_digit)
        }
    };
    let doubtful = lookalike::is_placeholder(value) || lookalike::is_words(value);
    let end = start + value.len();
    Ok((good && !doubtful).then_some(Secret { start, end, confidence: 75 }))
}

/// The password of `curl -u user:password`, whose option ends at `at`.
pub(crate) fn command(window: Window<'_>, key: usize, at: usize) -> Result<Option<Secret>, Open> {
    let line = window.before(key).rsplit('\n').next().unwrap_or_default();
    if !["curl", "wget", "http"].iter().any(|name| line.contains(name)) {
        return Ok(None);
    }
    let mut cursor = Cursor::new(window, at);
    let space = cursor.skip(4, |b| matches!(b, b' ' | b'"' | b'\'' | b'='))?;
    let quote = space.last().copied().filter(|b| b"\"'".contains(b));
    let start = cursor.at;
    let value = cursor.skip(LONGEST, |b| match quote {
        Some(quote) => b != quote && b != b'\n',
        None => b > b' ',
    })?;
    // The cap may lie inside a character, and nobody types that much.
    if value.len() == LONGEST {
        return Ok(None);
    }
    let quoted_well = quote.is_none_or(|quote| cursor.peek().is_ok_and(|b| b == quote));
    Ok(pair(value, start).filter(|_| quoted_well))
}
