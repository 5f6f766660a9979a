//! `#[derive(Patchable)]`.
mod attrs;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DataEnum, DeriveInput, ExprPath, Fields, Index, Member, Type, parse_quote};

use self::attrs::{
    enum_field_is_ignored, field_attrs, is_option, one_name, read_default, refuse_patch_attrs,
    serde_items,
};
use crate::{path, serde_attrs};

/// A field that is in the JSON form.
struct Part<'a> {
    member: Member,
    ty: &'a Type,
    /// What the field is called in a path.
    token: String,
    /// `skip_serializing_if` of serde.
    is_absent: Option<ExprPath>,
    /// What the field is read as when it is absent, if it may be.
    absent: Option<TokenStream>,
}

/// The bodies of the methods of `Patchable`.
struct Bodies {
    is_same: TokenStream,
    is_equal: TokenStream,
    share_with: TokenStream,
    diff_into: TokenStream,
    apply_at: TokenStream,
    value_at: TokenStream,
    key: TokenStream,
}

/// Returns the implementation of `Patchable` for `input`.
///
/// # Errors
/// An error at the part of `input` whose JSON form patches could not follow.
pub(crate) fn expand(input: DeriveInput) -> syn::Result<TokenStream> {
    let store = path::store();
    let patch = quote!(#store::patch);
    let bodies = match &input.data {
        Data::Struct(data) => of_struct(&input, &data.fields, &patch)?,
        Data::Enum(data) => of_enum(&input, data, &patch)?,
        Data::Union(data) => {
            return Err(syn::Error::new(
                data.union_token.span,
                "a union has no JSON form; derive `Patchable` for a struct or an enum",
            ));
        }
    };
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!(#patch::Patchable));
    }
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (ty, (_, ty_generics, _)) = (&input.ident, input.generics.split_for_impl());
    let Bodies { is_same, is_equal, share_with, diff_into, apply_at, value_at, key } = bodies;
    let result = quote!(::core::result::Result);
    let option = quote!(::core::option::Option);
    Ok(quote! {
        #[automatically_derived]
        #[allow(unused_variables, unused_mut, unreachable_patterns)]
        impl #impl_generics #patch::Patchable for #ty #ty_generics #where_clause {
            fn is_same(&self, other: &Self) -> bool { #is_same }
            fn is_equal(&self, other: &Self) -> bool { #is_equal }
            fn share_with(&mut self, old: &Self) -> bool { #share_with }
            fn diff_into(
                &self, next: &Self, diff: &mut #patch::Diff,
            ) -> #result<(), #patch::PatchError> { #diff_into }
            fn apply_at(
                &mut self, path: #patch::Path<'_>, edit: #patch::Edit<'_>,
            ) -> #result<(), #patch::PatchError> { #apply_at }
            fn value_at(
                &self, path: #patch::Path<'_>,
            ) -> #result<#patch::Value, #patch::PatchError> { #value_at }
            fn key(&self) -> #option<::std::borrow::Cow<'_, str>> { #key }
        }
    })
}

fn of_struct(input: &DeriveInput, fields: &Fields, patch: &TokenStream) -> syn::Result<Bodies> {
    let mut is_transparent = matches!(fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1);
    let mut default = None;
    serde_items(&input.attrs, |name, meta| {
        match name {
            "transparent" => is_transparent = true,
            "default" => default = Some(read_default(&quote!(Self), meta)?),
            "tag" | "from" | "try_from" | "into" | "remote" => {
                return Err(meta.error(format!(
                    "with `{name}` the JSON form is not that of the fields; implement `Patchable` \
                     by hand, or patch the value as `Json<{}>`",
                    input.ident
                )));
            }
            "rename_all" => one_name(meta)?,
            _ => {}
        }
        Ok(())
    })?;
    refuse_patch_attrs(&input.attrs)?;

    let names = serde_attrs::field_names(&input.attrs, fields.iter())?;
    let (mut parts, mut ignored, mut key) = (Vec::new(), Vec::new(), None);
    for (index, (field, name)) in fields.iter().zip(names).enumerate() {
        let member = match &field.ident {
            Some(name) => Member::Named(name.clone()),
            None => Member::Unnamed(Index::from(index)),
        };
        let attrs = field_attrs(field)?;
        if attrs.is_ignored {
            ignored.push(member);
            continue;
        }
        if attrs.is_key && key.replace(member.clone()).is_some() {
            return Err(syn::Error::new(field.span(), "one field is the key of a row, not two"));
        }
        let absent = match (attrs.absent, &default) {
            (Some(absent), _) => Some(absent),
            (None, Some(whole)) => Some(quote!(#whole.#member)),
            (None, None) if attrs.is_absent.is_some() && is_option(&field.ty) => {
                Some(quote!(::core::option::Option::None))
            }
            (None, None) => None,
        };
        if attrs.is_absent.is_some() && absent.is_none() {
            return Err(syn::Error::new(
                field.ty.span(),
                "a field with `skip_serializing_if` is not read back without `#[serde(default)]`",
            ));
        }
        let token = if field.ident.is_some() { name } else { index.to_string() };
        if field.ident.is_none() && attrs.is_absent.is_some() {
            return Err(syn::Error::new(
                field.ty.span(),
                "a skipped field shifts those behind it; give the fields names",
            ));
        }
        parts.push(Part { member, ty: &field.ty, token, is_absent: attrs.is_absent, absent });
    }
    if key.is_none() {
        key = parts.iter().find(|part| part.token == "id").map(|part| part.member.clone());
    }
    if is_transparent && let [part] = &parts[..] {
        return Ok(transparent(part, patch));
    }
    let is_list = matches!(fields, Fields::Unnamed(_));
    Ok(members(&parts, &ignored, key.as_ref(), is_list, patch))
}

/// The methods of a type whose JSON form is that of its only part.
fn transparent(part: &Part<'_>, patch: &TokenStream) -> Bodies {
    let (member, at) = (&part.member, path::at(part.ty));
    let call = |method: &str, on: TokenStream, args: TokenStream| {
        let method = format_ident!("{method}");
        quote_spanned!(at=> #patch::Patchable::#method(#on self.#member, #args))
    };
    Bodies {
        is_same: call("is_same", quote!(&), quote!(&other.#member)),
        is_equal: call("is_equal", quote!(&), quote!(&other.#member)),
        share_with: call("share_with", quote!(&mut), quote!(&old.#member)),
        diff_into: call("diff_into", quote!(&), quote!(&next.#member, diff)),
        apply_at: call("apply_at", quote!(&mut), quote!(path, edit)),
        value_at: call("value_at", quote!(&), quote!(path)),
        key: call("key", quote!(&), quote!()),
    }
}

/// The methods of a type whose JSON form is an object or list of its parts.
fn members(
    parts: &[Part<'_>],
    ignored: &[Member],
    key: Option<&Member>,
    is_list: bool,
    patch: &TokenStream,
) -> Bodies {
    let all = |method: &str| {
        let method = format_ident!("{method}");
        let calls = parts.iter().map(|Part { member, ty, .. }| {
            quote_spanned! {path::at(ty)=>
                #patch::Patchable::#method(&self.#member, &other.#member)
            }
        });
        quote!(true #(&& #calls)*)
    };
    let shared = parts.iter().map(|Part { member, ty, .. }| {
        quote_spanned! {path::at(ty)=>
            is_equal &= #patch::Patchable::share_with(&mut self.#member, &old.#member);
        }
    });
    let diffs = parts.iter().map(|part| {
        let Part { member, token, ty, .. } = part;
        match (&part.is_absent, &part.absent) {
            (Some(is_absent), Some(absent)) => quote_spanned! {path::at(ty)=>
                diff.optional_member(
                    #token, &self.#member, &next.#member, |it: &#ty| !#is_absent(it), &#absent,
                )?;
            },
            _ => quote_spanned! {path::at(ty)=>
                diff.member(#token, &self.#member, &next.#member)?;
            },
        }
    });
    let applied = parts.iter().map(|part| {
        let Part { member, token, ty, .. } = part;
        let Some(absent) = &part.absent else {
            return quote_spanned! {path::at(ty)=>
                #token => #patch::Patchable::apply_at(&mut self.#member, rest, edit),
            };
        };
        let present = match &part.is_absent {
            Some(is_absent) => quote!(!#is_absent(it)),
            None => quote!(true),
        };
        quote_spanned! {path::at(ty)=>
            #token => edit.optional_member(
                &mut self.#member, rest, |it: &#ty| #present, || #absent,
            ),
        }
    });
    let values = parts.iter().map(|Part { member, token, ty, is_absent, .. }| {
        let guard = is_absent.as_ref().map(|is_absent| quote!(if !#is_absent(&self.#member)));
        quote_spanned! {path::at(ty)=>
            #token #guard => #patch::Patchable::value_at(&self.#member, rest),
        }
    });
    let kept = (0..ignored.len()).map(|it| format_ident!("kept_{it}")).collect::<Vec<_>>();
    let check = is_list.then(|| quote!(edit.check_slot(rest)?;));
    let ok = quote!(::core::result::Result::Ok(()));
    let none = quote!(::core::option::Option::None);
    let some = quote!(::core::option::Option::Some);
    let unresolved = quote!(_ => ::core::result::Result::Err(rest.unresolved()),);
    Bodies {
        is_same: all("is_same"),
        is_equal: all("is_equal"),
        share_with: quote!(let mut is_equal = true; #(#shared)* is_equal),
        diff_into: quote!(#(#diffs)* #ok),
        apply_at: quote! {
            match path.split() {
                #none => {
                    #(let #kept = ::core::clone::Clone::clone(&self.#ignored);)*
                    edit.assign(self, path)?;
                    #(self.#ignored = #kept;)*
                    #ok
                }
                #some((token, rest)) => {
                    #check
                    match &*token { #(#applied)* #unresolved }
                }
            }
        },
        value_at: quote! {
            match path.split() {
                #none => path.value(self),
                #some((token, rest)) => match &*token { #(#values)* #unresolved },
            }
        },
        key: match key {
            Some(member) => quote!(#patch::Patchable::key(&self.#member)),
            None => none,
        },
    }
}

/// The methods of an enum: it is replaced as a whole, and paths into it go through JSON,
/// which is right for every way that serde has to write variants.
fn of_enum(input: &DeriveInput, data: &DataEnum, patch: &TokenStream) -> syn::Result<Bodies> {
    refuse_patch_attrs(&input.attrs)?;
    let mut variants = Vec::new();
    for variant in &data.variants {
        let mut members = Vec::new();
        for (index, field) in variant.fields.iter().enumerate() {
            if enum_field_is_ignored(field)? {
                continue;
            }
            members.push(match &field.ident {
                Some(name) => (Member::Named(name.clone()), &field.ty),
                None => (Member::Unnamed(Index::from(index)), &field.ty),
            });
        }
        variants.push((&variant.ident, members));
    }
    let arms = |method: &str, joint: TokenStream| {
        let method = format_ident!("{method}");
        let arms = variants.iter().map(|(name, members)| {
            let member = members.iter().map(|(member, _)| member).collect::<Vec<_>>();
            let own = (0..members.len()).map(|it| format_ident!("own_{it}")).collect::<Vec<_>>();
            let theirs =
                (0..members.len()).map(|it| format_ident!("their_{it}")).collect::<Vec<_>>();
            let calls = members.iter().zip(own.iter().zip(&theirs)).map(|((_, ty), (a, b))| {
                quote_spanned!(path::at(ty)=> #patch::Patchable::#method(#a, #b))
            });
            quote! {
                (
                    Self::#name { #(#member: #own,)* .. },
                    Self::#name { #(#member: #theirs,)* .. },
                ) => { true #(#joint #calls)* }
            }
        });
        quote!(#(#arms)* _ => false,)
    };
    let (same, equal) = (arms("is_same", quote!(&&)), arms("is_equal", quote!(&&)));
    // Not `&&`: every field takes over what it can.
    let share = arms("share_with", quote!(&));
    Ok(Bodies {
        is_same: quote!(match (self, other) { #same }),
        is_equal: quote!(match (self, other) { #equal }),
        share_with: quote!(match (self, old) { #share }),
        diff_into: quote! {
            if #patch::Patchable::is_equal(self, next) {
                ::core::result::Result::Ok(())
            } else {
                diff.replaced(self, next)
            }
        },
        apply_at: quote!(#patch::apply_through_json(self, path, edit)),
        value_at: quote!(#patch::value_through_json(self, path)),
        key: quote!(::core::option::Option::None),
    })
}
