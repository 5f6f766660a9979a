//! Names in the cases that Rust, Redux and serde write them in.

use proc_macro2::Ident;
use syn::ext::IdentExt;

/// Returns `text_changed` as `textChanged`, `TextChanged` as `textChanged`.
pub(crate) fn camel_case(name: &str) -> String {
    let pascal = pascal_case(name);
    let mut chars = pascal.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => pascal,
    }
}

/// Returns `text_changed` as `TextChanged`.
pub(crate) fn pascal_case(name: &str) -> String {
    name.split('_').filter(|word| !word.is_empty()).map(capitalized).collect()
}

/// Returns the identifier of the enum variant for the method `method`.
///
/// # Errors
/// An error at `method` when its name in CamelCase is not an identifier.
pub(crate) fn variant_of(method: &Ident) -> syn::Result<Ident> {
    let name = pascal_case(&method.unraw().to_string());
    let mut variant: Ident = syn::parse_str(&name).map_err(|_| {
        syn::Error::new(
            method.span(),
            format!("`{name}`, the action of this method, is not a name; rename the method"),
        )
    })?;
    variant.set_span(method.span());
    Ok(variant)
}

/// Returns the field name `field`, which is in snake_case, in the case that serde calls `rule`;
/// `None` when serde knows no such rule.
pub(crate) fn renamed(field: &str, rule: &str) -> Option<String> {
    Some(match rule {
        "lowercase" | "snake_case" => field.to_owned(),
        "UPPERCASE" | "SCREAMING_SNAKE_CASE" => field.to_ascii_uppercase(),
        "PascalCase" => pascal_case(field),
        "camelCase" => camel_case(field),
        "kebab-case" => field.replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => field.to_ascii_uppercase().replace('_', "-"),
        _ => return None,
    })
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_become_redux_types_and_variants() {
        let cases = [
            ("cleared", "cleared", "Cleared"),
            ("text_changed", "textChanged", "TextChanged"),
            ("set_2d", "set2d", "Set2d"),
            ("_moved__to_", "movedTo", "MovedTo"),
            ("größe_ändern", "größeÄndern", "GrößeÄndern"),
            ("a_b_c", "aBC", "ABC"),
        ];
        for (method, camel, pascal) in cases {
            assert_eq!(camel_case(method), camel);
            assert_eq!(pascal_case(method), pascal);
        }
        assert_eq!(camel_case("TextChanged"), "textChanged");
        assert_eq!(camel_case("URLChanged"), "uRLChanged");
    }

    #[test]
    fn fields_are_renamed_as_serde_does() {
        let cases = [
            ("lowercase", "open_posts"),
            ("UPPERCASE", "OPEN_POSTS"),
            ("PascalCase", "OpenPosts"),
            ("camelCase", "openPosts"),
            ("snake_case", "open_posts"),
            ("SCREAMING_SNAKE_CASE", "OPEN_POSTS"),
            ("kebab-case", "open-posts"),
            ("SCREAMING-KEBAB-CASE", "OPEN-POSTS"),
        ];
        for (rule, name) in cases {
            assert_eq!(renamed("open_posts", rule).as_deref(), Some(name), "{rule}");
        }
        assert_eq!(renamed("open_posts", "Title Case"), None);
    }
}
