//! `#[derive(State)]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Data, DeriveInput, Field, Fields, Generics, Type, parse_quote, parse_quote_spanned};

use crate::{path, serde_attrs};

struct StateField<'a> {
    field: &'a Field,
    /// The field has no reducer.
    is_skipped: bool,
}

/// Returns the items that `#[derive(State)]` adds to `input`.
///
/// # Errors
/// An error at the part of `input` that has no meaning as a state.
pub(crate) fn expand(input: DeriveInput) -> syn::Result<TokenStream> {
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => &fields.named,
            _ => return Err(not_a_state(&input)),
        },
        _ => return Err(not_a_state(&input)),
    };
    let action = action_type(&input)?;
    let names = serde_attrs::field_names(&input.attrs, fields.iter())?;
    let fields = fields
        .iter()
        .map(|field| Ok(StateField { field, is_skipped: is_skipped(field)? }))
        .collect::<syn::Result<Vec<_>>>()?;

    let store = path::store();
    let state = implement_state(&input, &fields, &names, &store);
    let reducer = implement_reducer(&input, &fields, action, &store);
    Ok(quote!(#state #reducer))
}

fn not_a_state(input: &DeriveInput) -> syn::Error {
    syn::Error::new(
        input.ident.span(),
        "a combined state is a struct with named fields, one per slice: `struct App { filter: Filter }`; \
         for other types write `impl State` and `impl Reducer` by hand",
    )
}

// Reads `#[state(action = AppAction)]`.
fn action_type(input: &DeriveInput) -> syn::Result<Option<Type>> {
    let mut action = None;
    for attr in input.attrs.iter().filter(|attr| attr.path().is_ident("state")) {
        attr.parse_nested_meta(|meta| {
            if !meta.path.is_ident("action") {
                return Err(meta.error("only `#[state(action = AppAction)]` is known here"));
            }
            action = Some(meta.value()?.parse()?);
            Ok(())
        })?;
    }
    Ok(action)
}

// Reads `#[state(skip)]`.
fn is_skipped(field: &Field) -> syn::Result<bool> {
    let mut is_skipped = false;
    for attr in field.attrs.iter().filter(|attr| attr.path().is_ident("state")) {
        attr.parse_nested_meta(|meta| {
            if !meta.path.is_ident("skip") {
                return Err(meta.error("only `#[state(skip)]` is known on a field"));
            }
            is_skipped = true;
            Ok(())
        })?;
    }
    Ok(is_skipped)
}

fn implement_state(
    input: &DeriveInput,
    fields: &[StateField<'_>],
    names: &[String],
    store: &TokenStream,
) -> TokenStream {
    let ty = &input.ident;
    let sync = fields.iter().enumerate().map(|(index, StateField { field, is_skipped })| {
        let (name, field_ty) = (&field.ident, &field.ty);
        let sync = if *is_skipped {
            quote_spanned! {path::at(field_ty)=>
                <#field_ty as ::core::clone::Clone>::clone_from(&mut self.#name, &newer.#name)
            }
        } else {
            quote_spanned! {path::at(field_ty)=>
                <#field_ty as #store::State>::sync_from(
                    &mut self.#name, &newer.#name, #store::Changed::ALL,
                )
            }
        };
        quote!(if changed.has_field(#index) { #sync; })
    });
    let generics = with_bounds(&input.generics, |bounds| {
        bounds.push(parse_quote_spanned! {path::at(ty)=>
            Self: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync + 'static
        });
        for (field_ty, is_skipped) in fields.iter().map(|it| (&it.field.ty, it.is_skipped)) {
            bounds.push(match is_skipped {
                true => parse_quote_spanned!(path::at(field_ty)=> #field_ty: ::core::clone::Clone),
                false => parse_quote_spanned!(path::at(field_ty)=> #field_ty: #store::State),
            });
        }
    });
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #store::State for #ty #ty_generics #where_clause {
            const FIELDS: &'static [&'static str] = &[#(#names),*];

            fn sync_from(&mut self, newer: &Self, changed: #store::Changed) {
                let _ = (newer, changed);
                #(#sync)*
            }
        }
    }
}

fn implement_reducer(
    input: &DeriveInput,
    fields: &[StateField<'_>],
    action: Option<Type>,
    store: &TokenStream,
) -> TokenStream {
    let ty = &input.ident;
    let (_, ty_generics, _) = input.generics.split_for_impl();
    let is_any = action.is_none();
    let action = action.unwrap_or_else(|| parse_quote!(__Action));
    let mut generics = with_bounds(&input.generics, |bounds| {
        for field_ty in fields.iter().filter(|it| !it.is_skipped).map(|it| &it.field.ty) {
            bounds.push(
                parse_quote_spanned!(path::at(field_ty)=> #field_ty: #store::Reducer<#action>),
            );
        }
    });
    if is_any {
        generics.params.push(parse_quote!(__Action: #store::Action));
    }
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let changes = fields.iter().map(|StateField { field, is_skipped }| {
        let (name, field_ty) = (&field.ident, &field.ty);
        match is_skipped {
            true => quote!(#store::Changed::NONE),
            false => quote_spanned! {path::at(field_ty)=>
                <#field_ty as #store::Reducer<#action>>::reduce(&mut self.#name, action)
            },
        }
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics #store::Reducer<#action> for #ty #ty_generics #where_clause {
            fn reduce(&mut self, action: &#action) -> #store::Changed {
                let _ = action;
                #store::combine([#(#changes),*])
            }
        }
    }
}

// With type parameters, what the fields can do is for the user of the struct to say.
fn with_bounds(generics: &Generics, add: impl FnOnce(&mut Vec<syn::WherePredicate>)) -> Generics {
    let mut generics = generics.clone();
    if generics.type_params().next().is_some() {
        let mut bounds = Vec::new();
        add(&mut bounds);
        generics.make_where_clause().predicates.extend(bounds);
    }
    generics
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::TokenTree;

    // The names in `tokens` that stand at `line` of the user's source.
    fn names_at(line: usize, tokens: TokenStream) -> Vec<String> {
        tokens
            .into_iter()
            .flat_map(|token| match token {
                TokenTree::Group(group) => names_at(line, group.stream()),
                TokenTree::Ident(name) if name.span().start().line == line => {
                    vec![name.to_string()]
                }
                _ => Vec::new(),
            })
            .collect()
    }

    #[test]
    fn what_a_field_cannot_do_is_an_error_at_its_type() -> syn::Result<()> {
        let source = "struct App<T> {\n\n plain: Plain<T>,\n #[state(skip)]\n\n title: Title,\n}";
        let generated = expand(syn::parse_str(source)?)?;
        let plain = names_at(3, generated.clone());
        for name in ["State", "sync_from", "Reducer", "reduce"] {
            assert!(plain.iter().any(|it| it == name), "{name} is not in {plain:?}");
        }
        let title = names_at(6, generated);
        assert!(title.iter().any(|it| it == "clone_from"), "{title:?}");
        assert!(title.iter().all(|it| it != "State" && it != "Reducer"), "{title:?}");
        Ok(())
    }
}
