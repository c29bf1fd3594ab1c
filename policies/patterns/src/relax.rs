//! Patterns without what they demand of the text around them.
//!
//! The relaxed pattern matches wherever the whole one does, and perhaps elsewhere: a place that it
//! does not match at needs no second look.

use fancy_regex::{Expr, LookAround};
use regex_automata::util::syntax;
use regex_syntax::hir::{Dot, Hir, HirKind, Repetition};

/// `hir` without its assertions.
pub(crate) fn regular(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Look(_) => Hir::empty(),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) => hir.clone(),
        HirKind::Capture(capture) => regular(&capture.sub),
        HirKind::Repetition(repetition) => {
            Hir::repetition(repetition.with(regular(&repetition.sub)))
        }
        HirKind::Concat(subs) => Hir::concat(subs.iter().map(regular).collect()),
        HirKind::Alternation(subs) => Hir::alternation(subs.iter().map(regular).collect()),
    }
}

/// A look-around pattern without its assertions.
pub(crate) struct Relaxed {
    pub(crate) hir: Hir,
    /// Whether the pattern looks at more than one character after its match.
    pub(crate) looks_ahead: bool,
}

/// `expr` without its assertions; where it refers to what was matched before, anything goes.
pub(crate) fn fancy(expr: &Expr) -> Relaxed {
    let mut looks_ahead = false;
    let hir = relax(expr, &mut looks_ahead);
    Relaxed { hir, looks_ahead }
}

fn relax(expr: &Expr, looks_ahead: &mut bool) -> Hir {
    match expr {
        Expr::LookAround(_, LookAround::LookAhead | LookAround::LookAheadNeg) => {
            *looks_ahead = true;
            Hir::empty()
        }
        Expr::Empty | Expr::Assertion(_) | Expr::LookAround(..) => Hir::empty(),
        Expr::Any { .. } => Hir::dot(Dot::AnyChar),
        Expr::Literal { val, casei } => parse(&regex_syntax::escape(val), *casei),
        Expr::Delegate { inner, casei } => parse(inner, *casei),
        Expr::Concat(subs) => Hir::concat(subs.iter().map(|e| relax(e, looks_ahead)).collect()),
        Expr::Alt(subs) => Hir::alternation(subs.iter().map(|e| relax(e, looks_ahead)).collect()),
        Expr::Group(sub) => relax(sub, looks_ahead),
        Expr::AtomicGroup(sub) => relax(sub, looks_ahead),
        Expr::Repeat { child, lo, hi, greedy } => Hir::repetition(Repetition {
            min: u32::try_from(*lo).unwrap_or(u32::MAX),
            // Without end is `usize::MAX`, which is no more than `u32::MAX` in wasm.
            max: u32::try_from(*hi).ok().filter(|&hi| hi != u32::MAX),
            greedy: *greedy,
            sub: Box::new(relax(child, looks_ahead)),
        }),
        Expr::Backref { .. } => anything(),
        _ => {
            *looks_ahead = true;
            anything()
        }
    }
}

fn parse(pattern: &str, ignore_case: bool) -> Hir {
    let config = syntax::Config::new().case_insensitive(ignore_case);
    syntax::parse_with(pattern, &config).map_or_else(|_| anything(), |hir| regular(&hir))
}

fn anything() -> Hir {
    let sub = Box::new(Hir::dot(Dot::AnyChar));
    Hir::repetition(Repetition { min: 0, max: None, greedy: true, sub })
}
