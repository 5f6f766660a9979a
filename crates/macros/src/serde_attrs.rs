//! The part of serde's attributes that decides how a field is called in JSON.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, Field, LitStr, Token, parenthesized, token};

use crate::names::renamed;

/// Returns the names under which serde writes `fields` of a struct with attributes `attrs`.
///
/// # Errors
/// An error at a `rename_all` that serde does not know.
pub(crate) fn field_names<'a>(
    attrs: &[Attribute],
    fields: impl Iterator<Item = &'a Field>,
) -> syn::Result<Vec<String>> {
    let rule = written(attrs, "rename_all")?;
    fields
        .map(|field| {
            if let Some(name) = written(&field.attrs, "rename")? {
                return Ok(name.value());
            }
            let name = field.ident.as_ref().map(|name| name.unraw().to_string());
            let name = name.unwrap_or_default();
            match &rule {
                Some(rule) => renamed(&name, &rule.value()).ok_or_else(|| {
                    syn::Error::new(rule.span(), "serde knows no such case; see its `rename_all`")
                }),
                None => Ok(name),
            }
        })
        .collect()
}

// Returns the value of `#[serde(key = "..")]` or of `#[serde(key(serialize = ".."))]`.
fn written(attrs: &[Attribute], key: &str) -> syn::Result<Option<LitStr>> {
    let mut found = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
        attr.parse_nested_meta(|meta| {
            if !meta.path.is_ident(key) {
                skip(&meta)
            } else if meta.input.peek(token::Paren) {
                meta.parse_nested_meta(|inner| {
                    let name = inner.value()?.parse()?;
                    if inner.path.is_ident("serialize") {
                        found = Some(name);
                    }
                    Ok(())
                })
            } else {
                found = Some(meta.value()?.parse()?);
                Ok(())
            }
        })?;
    }
    Ok(found)
}

fn skip(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if meta.input.peek(Token![=]) {
        meta.value()?.parse::<Expr>()?;
    } else if meta.input.peek(token::Paren) {
        let content;
        parenthesized!(content in meta.input);
        content.parse::<TokenStream>()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::{ItemStruct, parse_quote};

    #[track_caller]
    fn check(item: ItemStruct, names: &[&str]) {
        let found = field_names(&item.attrs, item.fields.iter());
        assert_eq!(found.ok().as_deref().unwrap_or_default(), names);
    }

    #[test]
    fn renames_are_read_and_everything_else_is_passed_over() {
        check(
            parse_quote!(
                struct App {
                    open_posts: u8,
                    r#type: u8,
                }
            ),
            &["open_posts", "type"],
        );
        check(
            parse_quote! {
                #[serde(deny_unknown_fields, rename_all = "camelCase", bound(serialize = "T: X"))]
                struct App { open_posts: u8, #[serde(default, rename = "p", alias = "q")] posts: u8 }
            },
            &["openPosts", "p"],
        );
        check(
            parse_quote! {
                #[serde(rename_all(serialize = "kebab-case", deserialize = "lowercase"))]
                struct App { open_posts: u8, #[serde(rename(deserialize = "p"))] my_posts: u8 }
            },
            &["open-posts", "my-posts"],
        );
    }

    #[test]
    fn an_unknown_case_is_an_error() {
        let item: ItemStruct = parse_quote!(
            #[serde(rename_all = "Title")]
            struct App {
                a: u8,
            }
        );
        assert!(field_names(&item.attrs, item.fields.iter()).is_err());
    }
}
