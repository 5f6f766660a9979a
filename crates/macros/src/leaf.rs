//! `impl Action` of an action of one slice.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Attribute, Generics, Type};

use crate::names::camel_case;
use crate::path;

/// One action of a slice: a variant of the slice's action enum.
pub(crate) struct Leaf {
    /// The `#[cfg]` attributes.
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) variant: Ident,
    /// The Redux type string.
    pub(crate) kind: String,
    pub(crate) payload: Payload,
}

/// What an action carries, and so the form of its variant.
pub(crate) enum Payload {
    /// A unit variant: no payload.
    None,
    /// A variant with one unnamed value, which is the payload.
    Value(Box<Type>),
    /// A variant with named values: the payload is an object.
    Members(Vec<(Ident, Type)>),
}

impl Leaf {
    /// Returns the type string of the action `name` of `slice`.
    pub(crate) fn kind(slice: &str, name: &Ident) -> String {
        format!("{slice}/{}", camel_case(&name.unraw().to_string()))
    }

    /// Returns the pattern that binds the values of this action to [`bindings`](Self::bindings).
    pub(crate) fn pattern(&self, of: &TokenStream) -> TokenStream {
        let variant = &self.variant;
        let bound = self.bindings();
        match &self.payload {
            Payload::None => quote!(#of::#variant),
            Payload::Value(_) => quote!(#of::#variant(#(#bound),*)),
            Payload::Members(members) => {
                let names = members.iter().map(|(name, _)| name);
                quote!(#of::#variant { #(#names: #bound),* })
            }
        }
    }

    /// Returns one local name per value. Hygienic: the user's names cannot clash with them.
    pub(crate) fn bindings(&self) -> Vec<Ident> {
        let count = match &self.payload {
            Payload::None => 0,
            Payload::Value(_) => 1,
            Payload::Members(members) => members.len(),
        };
        (0..count).map(|index| format_ident!("value_{index}", span = Span::mixed_site())).collect()
    }

    fn to_wire(&self, store: &TokenStream) -> TokenStream {
        let Self { cfgs, kind, .. } = self;
        let pattern = self.pattern(&quote!(Self));
        let bound = self.bindings();
        let wire = quote!(#store::WireAction::new(#kind));
        let written = match &self.payload {
            Payload::None => quote!(::core::result::Result::Ok(#wire)),
            Payload::Value(ty) => quote_spanned!(path::at(ty)=> #wire.with_payload(#(#bound)*)),
            // Indexing turns the null into an object and keeps the order of the arguments.
            Payload::Members(members) => {
                let names = members.iter().map(|(name, _)| name.unraw().to_string());
                let values = members.iter().zip(&bound).map(|((_, ty), value)| {
                    quote_spanned!(path::at(ty)=> #wire.with_payload(#value)?.payload)
                });
                quote! {{
                    let mut wire = #wire.with_payload(&())?;
                    if let ::core::option::Option::Some(payload) = &mut wire.payload {
                        #(payload[#names] = #values.unwrap_or_default();)*
                    }
                    ::core::result::Result::Ok(wire)
                }}
            }
        };
        quote!(#(#cfgs)* #pattern => #written,)
    }

    fn read_wire(&self, store: &TokenStream) -> TokenStream {
        let Self { cfgs, kind, variant, .. } = self;
        let read = match &self.payload {
            Payload::None => quote!(::core::result::Result::Ok(Self::#variant)),
            Payload::Value(ty) => {
                let value = quote_spanned!(path::at(ty)=> wire.payload_as::<#ty>());
                quote!(#value.map(Self::#variant))
            }
            Payload::Members(members) => {
                let values = members.iter().map(|(name, ty)| {
                    let member = name.unraw().to_string();
                    let value = quote_spanned!(path::at(ty)=> wire.member_as::<#ty>(#member)?);
                    quote!(#name: #value)
                });
                quote! {
                    (|| -> ::core::result::Result<Self, #store::WireError> {
                        ::core::result::Result::Ok(Self::#variant { #(#values),* })
                    })()
                }
            }
        };
        quote!(#(#cfgs)* #kind => #read,)
    }
}

/// Refuses two actions with one type string: neither could be told from the other in a log.
///
/// # Errors
/// An error at the second of the two.
pub(crate) fn refuse_duplicates(leaves: &[&Leaf]) -> syn::Result<()> {
    for (index, leaf) in leaves.iter().enumerate() {
        if leaves.iter().take(index).any(|other| other.kind == leaf.kind) {
            return Err(syn::Error::new(
                leaf.variant.span(),
                format!("a second action `{}`; each needs a name of its own", leaf.kind),
            ));
        }
    }
    Ok(())
}

/// Returns `impl Action` for the enum `ty` whose variants are `leaves`.
pub(crate) fn implement(ty: &Ident, generics: &Generics, leaves: &[&Leaf]) -> TokenStream {
    let store = path::store();
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let kinds = leaves
        .iter()
        .map(|Leaf { cfgs, variant, kind, .. }| quote!(#(#cfgs)* Self::#variant { .. } => #kind,));
    let written = leaves.iter().map(|leaf| leaf.to_wire(&store));
    let read = leaves.iter().map(|leaf| leaf.read_wire(&store));
    quote! {
        #[automatically_derived]
        impl #impl_generics #store::Action for #ty #ty_generics #where_clause {
            fn action_type(&self) -> ::std::borrow::Cow<'_, str> {
                ::std::borrow::Cow::Borrowed(match self { #(#kinds)* })
            }

            fn leaf(&self) -> &dyn ::core::any::Any {
                self
            }

            fn to_wire(
                &self,
            ) -> ::core::result::Result<#store::WireAction, #store::WireError> {
                match self { #(#written)* }
            }

            fn from_wire(
                wire: &#store::WireAction,
            ) -> ::core::option::Option<::core::result::Result<Self, #store::WireError>> {
                ::core::option::Option::Some(match wire.kind.as_str() {
                    #(#read)*
                    _ => return ::core::option::Option::None,
                })
            }
        }
    }
}
