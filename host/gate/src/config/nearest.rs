//! What somebody may have meant by a name.

/// What to append to an error about `name`: the names it may have meant, or all there are.
pub(crate) fn nearest(name: &str, known: &[&str]) -> String {
    let mut near: Vec<(usize, &str)> = known
        .iter()
        .map(|candidate| (distance(&name.to_lowercase(), &candidate.to_lowercase()), *candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 4)
        .collect();
    near.sort_unstable();
    let near: Vec<&str> = near.into_iter().map(|(_, candidate)| candidate).take(3).collect();
    match (near.is_empty(), known.len()) {
        (false, _) => format!(", did you mean {}?", list(&near)),
        (true, 0) => String::new(),
        (true, 1..=12) => format!(", expected {}", list(known)),
        (true, n) => {
            let some: Vec<&str> = known.iter().copied().take(3).collect();
            format!(", expected one of {n} names like {}", list(&some))
        }
    }
}

fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// Levenshtein's distance, in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let above = *cell;
            left = (left + 1).min(above + 1).min(diagonal + usize::from(x != *y));
            diagonal = above;
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, known: &[&str], expected: &str) {
        assert_eq!(nearest(name, known), expected);
    }

    #[test]
    fn a_slip_of_the_pen_is_recognised() {
        check("EMAIL_ADRESS", &["EMAIL_ADDRESS", "US_SSN"], ", did you mean `EMAIL_ADDRESS`?");
        check("us_ssn", &["EMAIL_ADDRESS", "US_SSN"], ", did you mean `US_SSN`?");
        check("moode", &["use", "mode"], ", did you mean `mode`?");
    }

    #[test]
    fn otherwise_all_names_are_listed() {
        check("zebra", &["a-one", "b-two", "c-three"], ", expected `a-one`, `b-two` or `c-three`");
        check("zebra", &[], "");
    }

    #[test]
    fn distances_are_levenshteins() {
        for (a, b, expected) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("ä", "a", 1)]
        {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }
}
