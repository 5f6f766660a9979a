//! Which actions are sent.

use regex_lite::Regex;
use retake_store::Action;

type Predicate<S, A> = Box<dyn Fn(&S, &A) -> bool + Send>;

/// Which actions are sent: the first and the last word of each is the application's.
pub(crate) struct Filter<S, A> {
    patterns: Vec<Regex>,
    is_allowlist: bool,
    predicate: Option<Predicate<S, A>>,
    error: Option<PatternError>,
}

/// A pattern is no regular expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is no regular expression: {reason}")]
pub struct PatternError {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: String,
}

impl<S, A> Filter<S, A> {
    pub(crate) fn deny(&mut self, patterns: &[&str]) {
        if !self.is_allowlist {
            self.add(patterns);
        }
    }

    pub(crate) fn allow(&mut self, patterns: &[&str]) {
        if !self.is_allowlist {
            self.patterns.clear();
            self.is_allowlist = true;
        }
        self.add(patterns);
    }

    pub(crate) fn only_if(&mut self, predicate: Predicate<S, A>) {
        self.predicate = Some(predicate);
    }

    /// Returns what is wrong with the first pattern that is none.
    pub(crate) fn check(&self) -> Result<(), PatternError> {
        self.error.clone().map_or(Ok(()), Err)
    }

    fn add(&mut self, patterns: &[&str]) {
        for &pattern in patterns {
            match Regex::new(pattern) {
                Ok(regex) => self.patterns.push(regex),
                Err(error) => {
                    let (pattern, reason) = (pattern.to_owned(), error.to_string());
                    self.error.get_or_insert(PatternError { pattern, reason });
                }
            }
        }
    }
}

impl<S, A: Action> Filter<S, A> {
    /// Returns whether `action`, which led to `state`, is sent.
    pub(crate) fn shows(&self, state: &S, action: &A) -> bool {
        if self.is_allowlist || !self.patterns.is_empty() {
            let kind = action.action_type();
            let is_matched = self.patterns.iter().any(|pattern| pattern.is_match(&kind));
            if is_matched != self.is_allowlist {
                return false;
            }
        }
        self.predicate.as_ref().is_none_or(|predicate| predicate(state, action))
    }
}

impl<S, A> Default for Filter<S, A> {
    fn default() -> Self {
        Self { patterns: Vec::new(), is_allowlist: false, predicate: None, error: None }
    }
}
