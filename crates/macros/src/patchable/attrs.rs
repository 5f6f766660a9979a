//! What `#[patch(..)]` and `#[serde(..)]` say about patches.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprPath, Field, LitStr, Token, Type, token};

/// What the attributes of a field say.
#[derive(Default)]
pub(super) struct FieldAttrs {
    pub(super) is_key: bool,
    pub(super) is_ignored: bool,
    pub(super) is_absent: Option<ExprPath>,
    pub(super) absent: Option<TokenStream>,
}

pub(super) fn field_attrs(field: &Field) -> syn::Result<FieldAttrs> {
    let mut found = FieldAttrs::default();
    patch_items(&field.attrs, |meta| {
        match () {
            () if meta.path.is_ident("key") => found.is_key = true,
            () if meta.path.is_ident("ignore") => found.is_ignored = true,
            () => return Err(meta.error("only `#[patch(key)]` and `#[patch(ignore)]` are known")),
        }
        Ok(())
    })?;
    let mut is_skipped = false;
    serde_items(&field.attrs, |name, meta| {
        match name {
            "skip" => is_skipped = true,
            "default" => found.absent = Some(read_default(&field.ty, meta)?),
            "skip_serializing_if" => {
                found.is_absent = Some(meta.value()?.parse::<LitStr>()?.parse()?);
            }
            "flatten" | "with" | "serialize_with" | "deserialize_with" | "skip_serializing"
            | "skip_deserializing" | "getter" => {
                return Err(meta.error(format!(
                    "with `{name}` patches of this field would not lead from one value to the \
                     other; use a field type with the JSON form you need, or implement \
                     `Patchable` by hand"
                )));
            }
            "rename" => one_name(meta)?,
            _ => {}
        }
        Ok(())
    })?;
    match (is_skipped, found.is_ignored) {
        (true, false) => Err(syn::Error::new(
            field.span(),
            "patches cannot carry a field that serde skips; add `#[patch(ignore)]` if two values \
             that differ only there are the same",
        )),
        (false, true) => Err(syn::Error::new(
            field.span(),
            "an ignored field must not be in the JSON form; add `#[serde(skip)]`",
        )),
        _ => Ok(found),
    }
}

pub(super) fn enum_field_is_ignored(field: &Field) -> syn::Result<bool> {
    let mut is_ignored = false;
    patch_items(&field.attrs, |meta| {
        is_ignored = meta.path.is_ident("ignore");
        if is_ignored { Ok(()) } else { Err(meta.error("only `#[patch(ignore)]` is known here")) }
    })?;
    Ok(is_ignored)
}

pub(super) fn refuse_patch_attrs(attrs: &[Attribute]) -> syn::Result<()> {
    patch_items(attrs, |meta| Err(meta.error("`patch` attributes belong on fields")))
}

pub(super) fn is_option(ty: &Type) -> bool {
    matches!(ty, Type::Path(ty) if ty.path.segments.last().is_some_and(|it| it.ident == "Option"))
}

/// Reads `default` or `default = "path"` and returns the expression for the value.
pub(super) fn read_default(
    ty: &impl quote::ToTokens,
    meta: &syn::meta::ParseNestedMeta<'_>,
) -> syn::Result<TokenStream> {
    if meta.input.peek(Token![=]) {
        let path = meta.value()?.parse::<LitStr>()?.parse::<ExprPath>()?;
        return Ok(quote!(#path()));
    }
    Ok(quote!(<#ty as ::core::default::Default>::default()))
}

/// Refuses different names for writing and reading.
pub(super) fn one_name(meta: &syn::meta::ParseNestedMeta<'_>) -> syn::Result<()> {
    if meta.input.peek(token::Paren) {
        return Err(meta.error("a field has one name in patches; write `= \"..\"`"));
    }
    Ok(())
}

fn patch_items(
    attrs: &[Attribute],
    mut read: impl FnMut(syn::meta::ParseNestedMeta<'_>) -> syn::Result<()>,
) -> syn::Result<()> {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("patch"))
        .try_for_each(|attr| attr.parse_nested_meta(&mut read))
}

/// Calls `read` with each item of serde's attributes, and passes over what it leaves.
pub(super) fn serde_items(
    attrs: &[Attribute],
    mut read: impl FnMut(&str, &syn::meta::ParseNestedMeta<'_>) -> syn::Result<()>,
) -> syn::Result<()> {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
        attr.parse_nested_meta(|meta| {
            let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            read(&name, &meta)?;
            if meta.input.peek(Token![=]) {
                meta.value()?.parse::<Expr>()?;
            } else if meta.input.peek(token::Paren) {
                let content;
                syn::parenthesized!(content in meta.input);
                content.parse::<TokenStream>()?;
            }
            Ok(())
        })?;
    }
    Ok(())
}
