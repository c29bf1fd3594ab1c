//! In which charset a body's text is written.
//!
//! Many readers of JSON never look at the header that says it. So a body counts as readable only
//! where both kinds of readers see the same text, or where one of them would see none.
//!
//! The tables of all charsets are large: without the feature `encodings` there is UTF-8.

#[cfg(feature = "encodings")]
mod any;
#[cfg(any(test, not(feature = "encodings")))]
#[cfg_attr(feature = "encodings", expect(unreachable_pub, reason = "here only tests reach it"))]
mod utf8;

#[cfg(feature = "encodings")]
pub use any::Charset;
#[cfg(not(feature = "encodings"))]
pub use utf8::Charset;

/// The parameter `charset` of a content type.
fn label(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })
}
