//! Places in a log.

use std::fmt;
use std::str::FromStr;

/// A place in a log: after so many entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// After the entry with this seq; 0: before the first.
    After(u64),
    /// After the last.
    End,
}

impl Position {
    /// Returns whether the state after entry `seq` is the one that is meant, without knowing
    /// whether more follow.
    pub(crate) fn is_after(self, seq: u64) -> bool {
        self == Self::After(seq)
    }
}

impl FromStr for Position {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "end" => Ok(Self::End),
            number => number.parse().map(Self::After).map_err(|_| {
                "write the `seq` of an entry, 0 for the beginning, or `end`".to_owned()
            }),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::After(seq) => write!(f, "{seq}"),
            Self::End => f.write_str("end"),
        }
    }
}
