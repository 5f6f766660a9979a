//! `#[derive(Action)]`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Data, DeriveInput, Fields, LitStr, Type, Variant, parse_quote_spanned};

use crate::errors::Errors;
use crate::leaf::{self, Leaf, Payload};
use crate::path;

/// Returns the items that `#[derive(Action)]` adds to `input`.
///
/// # Errors
/// An error at the part of `input` that has no meaning as an action.
pub(crate) fn expand(input: DeriveInput) -> syn::Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(syn::Error::new(
            input.ident.span(),
            "an action is an enum with one variant per slice: `enum AppAction { Filter(FilterAction) }`",
        ));
    };
    if data.variants.is_empty() {
        return Err(syn::Error::new(
            input.ident.span(),
            "an action without variants cannot be dispatched; add a variant per slice",
        ));
    }
    let variants: Vec<&Variant> = data.variants.iter().collect();
    match slice_name(&input)? {
        Some(slice) => {
            let leaves = each(&variants, |variant| leaf_of(variant, &slice.value()))?;
            let leaves: Vec<&Leaf> = leaves.iter().collect();
            leaf::refuse_duplicates(&leaves)?;
            Ok(leaf::implement(&input.ident, &input.generics, &leaves))
        }
        None => root(&input, &variants),
    }
}

// Reads `#[action(slice = "..")]`.
fn slice_name(input: &DeriveInput) -> syn::Result<Option<LitStr>> {
    let mut slice = None;
    for attr in input.attrs.iter().filter(|attr| attr.path().is_ident("action")) {
        attr.parse_nested_meta(|meta| {
            if !meta.path.is_ident("slice") {
                return Err(meta.error("only `#[action(slice = \"name\")]` is known here"));
            }
            let name: LitStr = meta.value()?.parse()?;
            if name.value().is_empty() {
                return Err(syn::Error::new(name.span(), "the name of a slice is not empty"));
            }
            slice = Some(name);
            Ok(())
        })?;
    }
    Ok(slice)
}

// Reports what is wrong with every variant, not only with the first.
fn each<'a, T>(
    variants: &[&'a Variant],
    read: impl Fn(&'a Variant) -> syn::Result<T>,
) -> syn::Result<Vec<T>> {
    let mut errors = Errors::default();
    let all = variants.iter().filter_map(|variant| errors.note(read(variant))).collect();
    errors.finish(Some(all))
}

fn leaf_of(variant: &Variant, slice: &str) -> syn::Result<Leaf> {
    let payload = match &variant.fields {
        Fields::Unit => Payload::None,
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            Payload::Value(Box::new(fields.unnamed[0].ty.clone()))
        }
        Fields::Unnamed(fields) => {
            return Err(syn::Error::new_spanned(
                fields,
                "the payload of an action is one value, or several with names: `Moved { from: u32, to: u32 }`",
            ));
        }
        Fields::Named(fields) => Payload::Members(
            fields.named.iter().filter_map(|f| Some((f.ident.clone()?, f.ty.clone()))).collect(),
        ),
    };
    Ok(Leaf {
        cfgs: Vec::new(),
        variant: variant.ident.clone(),
        kind: Leaf::kind(slice, &variant.ident),
        payload,
    })
}

fn root(input: &DeriveInput, variants: &[&Variant]) -> syn::Result<TokenStream> {
    let content = each(variants, |variant| content_of(input, variant))?;
    for (index, ty) in content.iter().enumerate() {
        if content.iter().take(index).any(|other| same(other, ty)) {
            return Err(syn::Error::new_spanned(
                ty,
                "a second variant with this content: neither `From` nor `from_wire` could choose",
            ));
        }
    }
    let store = path::store();
    let ty = &input.ident;
    let names: Vec<_> = variants.iter().map(|variant| &variant.ident).collect();
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let from = content.iter().zip(&names).map(|(content, name)| {
        quote_spanned! {path::at(content)=>
            #[automatically_derived]
            impl #impl_generics ::core::convert::From<#content> for #ty #ty_generics
            #where_clause
            {
                fn from(action: #content) -> Self {
                    Self::#name(action)
                }
            }
        }
    });
    let read = content.iter().zip(&names).map(|(content, name)| {
        let read =
            quote_spanned!(path::at(content)=> <#content as #store::Action>::from_wire(wire));
        quote! {
            if let ::core::option::Option::Some(read) = #read {
                return ::core::option::Option::Some(read.map(Self::#name));
            }
        }
    });
    let generics = with_bounds(input, &content, &store);
    let (_, _, bounds) = generics.split_for_impl();
    Ok(quote! {
        #(#from)*

        #[automatically_derived]
        impl #impl_generics #store::Action for #ty #ty_generics #bounds {
            fn action_type(&self) -> ::std::borrow::Cow<'_, str> {
                match self { #(Self::#names(action) => #store::Action::action_type(action),)* }
            }

            fn leaf(&self) -> &dyn ::core::any::Any {
                match self { #(Self::#names(action) => #store::Action::leaf(action),)* }
            }

            fn to_wire(
                &self,
            ) -> ::core::result::Result<#store::WireAction, #store::WireError> {
                match self { #(Self::#names(action) => #store::Action::to_wire(action),)* }
            }

            fn from_wire(
                wire: &#store::WireAction,
            ) -> ::core::option::Option<::core::result::Result<Self, #store::WireError>> {
                #(#read)*
                ::core::option::Option::None
            }

            fn affects(&self, visit: &mut dyn ::core::ops::FnMut(#store::Topic<'_>)) {
                match self { #(Self::#names(action) => #store::Action::affects(action, visit),)* }
            }
        }
    })
}

fn same(one: &Type, other: &Type) -> bool {
    one.to_token_stream().to_string() == other.to_token_stream().to_string()
}

fn content_of(input: &DeriveInput, variant: &Variant) -> syn::Result<Type> {
    let content = match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => &fields.unnamed[0].ty,
        _ => {
            return Err(syn::Error::new_spanned(
                variant,
                format!(
                    "a variant of the root action wraps the action of one slice: `{}(SomeAction)`; \
                     for the actions of one slice themselves add `#[action(slice = \"name\")]` to the enum",
                    variant.ident
                ),
            ));
        }
    };
    let parameter = input
        .generics
        .type_params()
        .find(|parameter| matches!(content, Type::Path(ty) if ty.path.is_ident(&parameter.ident)));
    match parameter {
        Some(_) => Err(syn::Error::new_spanned(
            content,
            "a type parameter could be any action, this one too, so `From` cannot exist; wrap it in a type",
        )),
        None => Ok(content.clone()),
    }
}

// With type parameters, whether the contents are actions is for the user of the enum to say.
fn with_bounds(input: &DeriveInput, content: &[Type], store: &TokenStream) -> syn::Generics {
    let mut generics = input.generics.clone();
    if generics.type_params().next().is_some() {
        let bounds = generics.make_where_clause();
        bounds.predicates.push(parse_quote_spanned! {input.ident.span()=>
            Self: ::core::clone::Clone + ::core::fmt::Debug
                + ::core::marker::Send + ::core::marker::Sync + 'static
        });
        for ty in content {
            bounds.predicates.push(parse_quote_spanned!(path::at(ty)=> #ty: #store::Action));
        }
    }
    generics
}
