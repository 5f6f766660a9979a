//! How the user's crate names the crates that generated code refers to.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned;

/// Returns the path of the store crate: its own name, or its place in the facade.
pub(crate) fn store() -> TokenStream {
    store_among(|name| crate_name(name).ok())
}

/// Returns the name of serde, `None` when the user's crate does not depend on it.
pub(crate) fn serde() -> Option<TokenStream> {
    crate_name("serde").ok().map(|found| absolute(found, "serde"))
}

/// Returns the place of `tokens`, for code that is wrong when they are, with the names of the
/// code around it (`tokens` may come from a macro of the user's, which has names of its own).
pub(crate) fn at(tokens: &impl Spanned) -> Span {
    tokens.span().resolved_at(Span::call_site())
}

// The manifest does not say which dependencies are for tests only. Those who have both use
// the facade in their tests, hence the store first.
fn store_among(find: impl Fn(&str) -> Option<FoundCrate>) -> TokenStream {
    if let Some(found) = find("retake-store") {
        return absolute(found, "retake_store");
    }
    match find("retake") {
        Some(found) => {
            let facade = absolute(found, "retake");
            quote!(#facade::store)
        }
        None => quote!(::retake_store),
    }
}

// Doctests, tests and examples of a crate see it under its own name, never as `crate`.
fn absolute(found: FoundCrate, itself: &str) -> TokenStream {
    let name = match found {
        FoundCrate::Itself => format_ident!("{itself}"),
        FoundCrate::Name(name) => format_ident!("{name}"),
    };
    quote!(::#name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(dependencies: &[(&str, FoundCrate)], path: &str) {
        let found = store_among(|name| {
            dependencies.iter().find(|(known, _)| *known == name).map(|(_, found)| found.clone())
        });
        assert_eq!(found.to_string().replace(' ', ""), path);
    }

    fn name(name: &str) -> FoundCrate {
        FoundCrate::Name(name.to_owned())
    }

    #[test]
    fn the_store_is_found_directly_or_in_the_facade() {
        check(&[("retake-store", name("retake_store"))], "::retake_store");
        check(&[("retake", name("retake"))], "::retake::store");
        check(&[("retake", name("redux"))], "::redux::store");
        check(&[("retake-store", name("core")), ("retake", name("retake"))], "::core");
        check(&[("retake-store", FoundCrate::Itself)], "::retake_store");
        check(&[("retake", FoundCrate::Itself)], "::retake::store");
        check(&[], "::retake_store");
    }
}
