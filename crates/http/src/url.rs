//! Addresses: a base, what a request adds to it, and parameters.

use reqwest::Url;
use retake_store::cache::SerializedError;

/// Returns the address of a request for `path` to the server at `base`.
pub(crate) fn resolve(base: &str, path: &str) -> Result<Url, SerializedError> {
    let joined = join(base, path);
    let error = |message: String| SerializedError::new("UrlError", message);
    let url = Url::parse(&joined)
        .map_err(|reason| error(format!("`{joined}` is no absolute URL: {reason}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(error(format!("`{joined}` does not start with http:// or https://")));
    }
    Ok(url)
}

/// Adds `query`, which is encoded, behind the parameters that `url` has.
pub(crate) fn append_query(url: &mut Url, query: &str) {
    if query.is_empty() {
        return;
    }
    let whole = match url.query() {
        Some(before) if !before.is_empty() => format!("{before}&{query}"),
        _ => query.to_owned(),
    };
    url.set_query(Some(&whole));
}

/// Adds `params` form-urlencoded, in order, behind the parameters that `url` has.
pub(crate) fn append_params(url: &mut Url, params: &[(String, String)]) {
    if !params.is_empty() {
        url.query_pairs_mut().extend_pairs(params);
    }
}

/// Returns `path` behind `base` with one slash in between; an absolute `path` stays alone.
///
/// Source: RTK Query, `joinUrls`.
fn join(base: &str, path: &str) -> String {
    if path.starts_with("//") {
        // What a browser takes from its page comes from the base here.
        return scheme(base).map_or_else(|| path.to_owned(), |scheme| format!("{scheme}:{path}"));
    }
    if base.is_empty() || scheme(path).is_some() {
        return path.to_owned();
    }
    if path.is_empty() {
        return base.to_owned();
    }
    let slash = if path.starts_with('?') && !base.ends_with('/') { "" } else { "/" };
    let base = base.strip_suffix('/').unwrap_or(base);
    let path = path.strip_prefix('/').unwrap_or(path);
    format!("{base}{slash}{path}")
}

/// Returns the scheme of an address that starts with one and two slashes.
fn scheme(url: &str) -> Option<&str> {
    let (scheme, _) = url.split_once("://")?;
    let mut characters = scheme.chars();
    let is_scheme = characters.next()?.is_ascii_alphabetic()
        && characters.all(|it| it.is_ascii_alphanumeric() || matches!(it, '+' | '-' | '.'));
    is_scheme.then_some(scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cases: &[(&str, &str, &str)]) {
        for (base, path, expected) in cases {
            assert_eq!(&join(base, path), expected, "{base:?} and {path:?}");
        }
    }

    #[test]
    fn one_slash_between_base_and_path() {
        check(&[
            ("http://h", "posts", "http://h/posts"),
            ("http://h/", "posts", "http://h/posts"),
            ("http://h", "/posts", "http://h/posts"),
            ("http://h/", "/posts", "http://h/posts"),
            ("http://h/api", "posts/", "http://h/api/posts/"),
            ("http://h/api/", "posts", "http://h/api/posts"),
            ("/api", "posts", "/api/posts"),
        ]);
    }

    #[test]
    fn nothing_to_join() {
        check(&[
            ("http://h/api", "", "http://h/api"),
            ("http://h/api/", "", "http://h/api/"),
            ("", "posts", "posts"),
            ("", "http://h/posts", "http://h/posts"),
            ("", "", ""),
        ]);
    }

    #[test]
    fn a_query_without_a_path() {
        check(&[
            ("http://h/api", "?a=1", "http://h/api?a=1"),
            ("http://h/api/", "?a=1", "http://h/api/?a=1"),
        ]);
    }

    #[test]
    fn absolute_paths_stand_alone() {
        check(&[
            ("http://h/api", "http://other/posts", "http://other/posts"),
            ("http://h/api", "HTTPS://other", "HTTPS://other"),
            ("https://h/api", "//other/posts", "https://other/posts"),
            ("/api", "//other/posts", "//other/posts"),
        ]);
    }

    #[test]
    fn an_address_inside_a_path_does_not_make_it_absolute() {
        check(&[
            ("http://h", "to?url=http://other", "http://h/to?url=http://other"),
            ("http://h", "a//b", "http://h/a//b"),
            ("http://h", "?u=x://y", "http://h?u=x://y"),
        ]);
    }

    #[test]
    fn what_is_no_address_is_an_error_that_says_so() {
        for (base, path, part) in [
            ("", "posts", "`posts` is no absolute URL"),
            ("/api", "posts", "`/api/posts` is no absolute URL"),
            ("localhost:3000", "posts", "`localhost:3000/posts` does not start with http://"),
            ("http://h:99999", "", "`http://h:99999` is no absolute URL"),
            ("ftp://h", "posts", "does not start with http://"),
        ] {
            let error = resolve(base, path).unwrap_err();
            assert_eq!(error.name.as_deref(), Some("UrlError"));
            assert!(error.to_string().contains(part), "{error}");
        }
    }

    #[test]
    fn queries_go_behind_what_is_there_and_before_the_fragment() {
        for (url, query, expected) in [
            ("http://h/p", "a=1", "http://h/p?a=1"),
            ("http://h/p?z=0", "a=1", "http://h/p?z=0&a=1"),
            ("http://h/p?", "a=1", "http://h/p?a=1"),
            ("http://h/p#top", "a=1", "http://h/p?a=1#top"),
            ("http://h/p", "", "http://h/p"),
        ] {
            let mut encoded = Url::parse(url).unwrap();
            append_query(&mut encoded, query);
            assert_eq!(encoded.as_str(), expected);

            let mut pairs = Url::parse(url).unwrap();
            let split = query.split_once('=').map(|(name, value)| (name.into(), value.into()));
            append_params(&mut pairs, split.as_slice());
            assert_eq!(pairs.as_str(), expected);
        }
    }
}
