//! Times of entries: read from the command line, and written.

use std::str::FromStr;
use std::time::{Duration, UNIX_EPOCH};

/// A time that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// So long after the first entry.
    After(Duration),
    /// In milliseconds since the Unix epoch.
    At(u64),
}

impl Moment {
    /// Returns this moment in milliseconds since the Unix epoch, for a log that begins at
    /// `started_at`.
    pub(crate) fn after(self, started_at: u64) -> u64 {
        match self {
            Self::After(duration) => started_at.saturating_add(millis(duration)),
            Self::At(at) => at,
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(duration) = humantime::parse_duration(text) {
            return Ok(Self::After(duration));
        }
        let at = humantime::parse_rfc3339_weak(text).ok();
        at.and_then(|at| at.duration_since(UNIX_EPOCH).ok()).map(|at| Self::At(millis(at))).ok_or(
            "write a duration after the first entry, such as `250ms` or `1m 30s`, or a time, such \
             as `2026-01-31T12:00:00Z`"
                .to_owned(),
        )
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Returns the time from `started_at` to `at`, such as `1:02:03.004` or `0.003`: seconds at the
/// end, and before them minutes and hours if there are any.
pub(crate) fn elapsed(at: u64, started_at: u64) -> String {
    let sign = if at < started_at { "-" } else { "" };
    let all = at.abs_diff(started_at);
    let (hours, minutes) = (all / 3_600_000, all / 60_000 % 60);
    let (seconds, millis) = (all / 1000 % 60, all % 1000);
    match (hours, minutes) {
        (0, 0) => format!("{sign}{seconds}.{millis:03}"),
        (0, _) => format!("{sign}{minutes}:{seconds:02}.{millis:03}"),
        _ => format!("{sign}{hours}:{minutes:02}:{seconds:02}.{millis:03}"),
    }
}

/// Returns the time of day of `at`, such as `2026-01-31T12:00:00.250Z`; the number itself, if
/// it is too far away to be a time of day.
pub(crate) fn timestamp(at: u64) -> String {
    /// The last second of the year 9999.
    const END: u64 = 253_402_300_799;
    match at / 1000 <= END {
        true => {
            let time = UNIX_EPOCH + Duration::from_millis(at);
            humantime::format_rfc3339_millis(time).to_string()
        }
        false => at.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written() {
        assert_eq!(elapsed(1003, 1000), "0.003");
        assert_eq!(elapsed(1000, 1003), "-0.003");
        assert_eq!(elapsed(62_004, 0), "1:02.004");
        assert_eq!(elapsed(3_723_004, 0), "1:02:03.004");
        assert_eq!(timestamp(1_700_000_000_123), "2023-11-14T22:13:20.123Z");
        assert_eq!(timestamp(u64::MAX), u64::MAX.to_string());
    }

    #[test]
    fn moments_are_read() {
        assert_eq!("1m 30s".parse::<Moment>().map(|it| it.after(1)), Ok(90_001));
        assert_eq!("2023-11-14T22:13:20.123Z".parse(), Ok(Moment::At(1_700_000_000_123)));
        assert_eq!("2023-11-14 22:13:20".parse(), Ok(Moment::At(1_700_000_000_000)));
        assert!("soon".parse::<Moment>().is_err());
        assert!("1900-01-01T00:00:00Z".parse::<Moment>().is_err());
    }
}
