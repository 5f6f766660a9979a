//! Patterns for names, with `*` and `?`.

use std::convert::Infallible;
use std::str::FromStr;

/// A pattern: `*` stands for any characters, `?` for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<char>);

impl Pattern {
    /// Returns whether the whole of `text` is as this pattern says.
    pub(crate) fn fits(&self, text: &str) -> bool {
        let (pattern, text) = (&self.0, text.chars().collect::<Vec<_>>());
        let (mut at, mut place) = (0, 0);
        // Where the last `*` is, and how much of the text it stands for so far.
        let mut star: Option<(usize, usize)> = None;
        while place < text.len() {
            match pattern.get(at) {
                Some('*') => {
                    star = Some((at, place));
                    at += 1;
                }
                Some(char) if *char == '?' || *char == text[place] => {
                    at += 1;
                    place += 1;
                }
                _ => {
                    let Some((starred, taken)) = star else { return false };
                    star = Some((starred, taken + 1));
                    (at, place) = (starred + 1, taken + 1);
                }
            }
        }
        pattern[at..].iter().all(|char| *char == '*')
    }

    /// Returns whether `text` contains this pattern, or, if it has `*` or `?`, fits it.
    pub(crate) fn fits_within(&self, text: &str) -> bool {
        match self.0.iter().any(|char| matches!(char, '*' | '?')) {
            true => self.fits(text),
            false => text.contains(&self.0.iter().collect::<String>()),
        }
    }
}

impl FromStr for Pattern {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.chars().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, text: &str, whole: bool, within: bool) {
        let pattern: Pattern = pattern.parse().unwrap();
        assert_eq!((pattern.fits(text), pattern.fits_within(text)), (whole, within));
    }

    #[test]
    fn patterns() {
        check("posts/execute*/pending", "posts/executeQuery/pending", true, true);
        check("posts/execute*/pending", "posts/executeQuery/rejected", false, false);
        check("rejected", "posts/executeQuery/rejected", false, true);
        check("*jected", "posts/executeQuery/rejected", true, true);
        check("a*b*c", "aXbYbZc", true, true);
        check("a*b*c", "aXbYbZ", false, false);
        check("getPost(?)", "getPost(5)", true, true);
        check("getPost(?)", "getPost(55)", false, false);
        check("?", "é", true, true);
        check("**", "", true, true);
        check("", "", true, true);
        check("?", "", false, false);
    }
}
