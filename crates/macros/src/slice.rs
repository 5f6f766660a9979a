//! `#[slice]`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::parse::Parser;
use syn::{ImplItem, Item, ItemImpl, LitStr, Type, Visibility, parse_quote};

use crate::errors::Errors;
use crate::leaf::{self, Leaf, Payload};
use crate::method::{self, Extra, Own, Role};
use crate::path;

struct Options {
    name: String,
    action: Option<Ident>,
    vis: Visibility,
}

struct Slice {
    name: String,
    vis: Visibility,
    /// The type that the methods are of.
    state: Type,
    action: Ident,
    own: Vec<Own>,
    extras: Vec<Extra>,
}

/// Returns the `impl` block `item` and what `#[slice(args)]` generates from it.
///
/// What is wrong is reported beside the block, so that its methods exist all the same.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut block = match syn::parse2(item) {
        Ok(Item::Impl(block)) => block,
        Ok(other) => {
            let message = "`#[slice(name = \"..\")]` goes on the `impl` block of a slice's methods";
            return syn::Error::new_spanned(other, message).into_compile_error();
        }
        Err(error) => return error.into_compile_error(),
    };
    let generated = match read(args, &mut block) {
        Ok(slice) => slice.generate(),
        Err(error) => error.into_compile_error(),
    };
    quote!(#block #generated)
}

// Also takes the attributes that are ours off the methods, whatever is wrong with them.
fn read(args: TokenStream, block: &mut ItemImpl) -> syn::Result<Slice> {
    let mut errors = Errors::default();
    let options = errors.note(options(args));
    let name = options.as_ref().map_or("", |options| &options.name);
    let (mut own, mut extras) = (Vec::new(), Vec::new());
    for item in &mut block.items {
        let ImplItem::Fn(function) = item else { continue };
        match errors.note(method::role(function, name, &block.self_ty)) {
            Some(Role::Own(method)) => own.push(method),
            Some(Role::Extra(method)) => extras.push(method),
            Some(Role::Other) | None => {}
        }
    }
    let leaves: Vec<&Leaf> = own.iter().map(|method: &Own| &method.leaf).collect();
    errors.note(leaf::refuse_duplicates(&leaves));
    let action = errors.note(action_name(block));
    if own.is_empty() && extras.is_empty() && errors.is_empty() {
        errors.note::<()>(Err(syn::Error::new_spanned(
            &block.self_ty,
            "a slice has at least one method that takes `&mut self`: each is one action",
        )));
    }
    let (options, action) = errors.finish(options.zip(action))?;
    let state = (*block.self_ty).clone();
    let action = options.action.unwrap_or(action);
    Ok(Slice { name: options.name, vis: options.vis, state, action, own, extras })
}

fn options(args: TokenStream) -> syn::Result<Options> {
    let (mut name, mut action, mut vis) = (None, None, parse_quote!(pub));
    let parser = syn::meta::parser(|meta| {
        if meta.path.is_ident("name") {
            let value: LitStr = meta.value()?.parse()?;
            if value.value().is_empty() {
                return Err(syn::Error::new(value.span(), "the name of a slice is not empty"));
            }
            name = Some(value.value());
        } else if meta.path.is_ident("action") {
            action = Some(meta.value()?.parse()?);
        } else if meta.path.is_ident("vis") {
            vis = meta.value()?.parse()?;
        } else {
            return Err(
                meta.error("a slice has `name = \"..\"`, `action = Name` and `vis = pub(crate)`")
            );
        }
        Ok(())
    });
    parser.parse2(args)?;
    match name {
        Some(name) => Ok(Options { name, action, vis }),
        None => Err(syn::Error::new(
            proc_macro2::Span::call_site(),
            "a slice needs the name that its actions begin with: `#[slice(name = \"filter\")]`",
        )),
    }
}

// Returns `FilterAction` for `impl Filter`.
fn action_name(block: &ItemImpl) -> syn::Result<Ident> {
    if let Some((path, _)) = &block.trait_ {
        let message = "a slice's methods are of the type itself: `impl Filter`, not of a trait";
        return Err(syn::Error::new_spanned(path, message));
    }
    if !block.generics.params.is_empty() {
        return Err(syn::Error::new_spanned(
            &block.generics,
            "a slice is one type: its actions have one JSON form; write `impl Filter` without parameters",
        ));
    }
    match &*block.self_ty {
        Type::Path(ty) if ty.qself.is_none() => ty.path.segments.last(),
        _ => None,
    }
    .map(|last| format_ident!("{}Action", last.ident))
    .ok_or_else(|| syn::Error::new_spanned(&block.self_ty, "a slice is a named type of this crate"))
}

impl Slice {
    fn generate(&self) -> TokenStream {
        // Without actions of its own a slice has no action type: it only answers to others.
        let action = match self.own.is_empty() {
            true => TokenStream::new(),
            false => self.implement_action(),
        };
        let reducer = self.implement_reducer();
        let state = &self.state;
        let store = path::store();
        let implement_state = quote_spanned! {path::at(state)=>
            #[automatically_derived]
            impl #store::State for #state {}
        };
        quote!(#action #reducer #implement_state)
    }

    fn implement_action(&self) -> TokenStream {
        let Self { name, vis, action, own, .. } = self;
        let variants = own.iter().map(|Own { leaf, docs, .. }| {
            let Leaf { cfgs, variant, kind, payload } = leaf;
            let fields = match payload {
                Payload::None => TokenStream::new(),
                Payload::Value(ty) => quote!((#ty)),
                Payload::Members(members) => {
                    let members = members.iter().map(|(name, ty)| {
                        let doc = format!("The argument `{name}`.");
                        quote!(#[doc = #doc] #name: #ty)
                    });
                    quote!({ #(#members),* })
                }
            };
            // The JSON form that serde writes is the one of `to_wire`.
            let rename = path::serde().map(|_| quote!(#[serde(rename = #kind)]));
            quote!(#(#cfgs)* #(#docs)* #rename #variant #fields,)
        });
        let doc = format!("The actions of slice `{name}`: one per method that changes it.");
        let serde = path::serde().map(|serde| {
            let path = serde.to_string();
            quote! {
                #[derive(#serde::Serialize, #serde::Deserialize)]
                #[serde(crate = #path, tag = "type", content = "payload")]
            }
        });
        let declared = quote! {
            #[doc = #doc]
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
            #serde
            #[allow(
                unreachable_pub,
                clippy::derive_partial_eq_without_eq,
                reason = "generated alike for every slice"
            )]
            #vis enum #action { #(#variants)* }
        };
        let leaves: Vec<&Leaf> = own.iter().map(|method| &method.leaf).collect();
        let implemented = leaf::implement(action, &syn::Generics::default(), &leaves);
        quote!(#declared #implemented)
    }

    // The reducer proper is not generic, so that it compiles once.
    fn implement_reducer(&self) -> TokenStream {
        let Self { state, action, own, extras, .. } = self;
        let store = path::store();
        let own_action = (!own.is_empty()).then(|| {
            let arms = own.iter().map(|Own { leaf, ident, output, .. }| {
                let cfgs = &leaf.cfgs;
                let pattern = leaf.pattern(&action.to_token_stream());
                let values = leaf.bindings();
                let call = quote! {
                    <#state>::#ident(state #(, ::core::clone::Clone::clone(#values))*)
                };
                let call = output.said(&call, &store);
                quote!(#(#cfgs)* #pattern => #call,)
            });
            quote! {
                if let ::core::option::Option::Some(action) = levels[0].downcast_ref::<#action>() {
                    changed |= match action { #(#arms)* };
                }
            }
        });
        let extra_actions = extras.iter().map(|Extra { cfgs, ident, action, output }| {
            let call = output.said(&quote!(<#state>::#ident(state, action)), &store);
            let found = quote_spanned! {path::at(action)=>
                levels.into_iter().find_map(|level| level.downcast_ref::<#action>())
            };
            quote! {
                #(#cfgs)*
                {
                    if let ::core::option::Option::Some(action) = #found {
                        changed |= #call;
                    }
                }
            }
        });
        quote! {
            #[automatically_derived]
            impl<__Action: #store::Action> #store::Reducer<__Action> for #state {
                fn reduce(&mut self, action: &__Action) -> #store::Changed {
                    // The leaf, and the action that it came in.
                    fn reduce_levels(
                        state: &mut #state,
                        levels: [&dyn ::core::any::Any; 2],
                    ) -> #store::Changed {
                        let mut changed = #store::Changed::NONE;
                        #own_action
                        #(#extra_actions)*
                        changed
                    }
                    reduce_levels(self, [#store::Action::leaf(action), action])
                }
            }
        }
    }
}
