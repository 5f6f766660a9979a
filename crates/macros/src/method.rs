//! What the methods of a slice's `impl` block are for.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    Attribute, FnArg, ImplItemFn, Meta, Pat, PatType, Receiver, ReceiverKind, ReturnType, Safety,
    Signature, Type, parse_quote,
};

use crate::leaf::{Leaf, Payload};
use crate::{names, path};

/// What a method is for.
pub(crate) enum Role {
    /// It is an action of this slice.
    Own(Own),
    /// It answers to an action of another slice.
    Extra(Extra),
    /// It is no reducer: a constructor, a selector, or skipped.
    Other,
}

/// A method that is an action of its slice.
pub(crate) struct Own {
    pub(crate) leaf: Leaf,
    pub(crate) ident: Ident,
    pub(crate) docs: Vec<Attribute>,
    pub(crate) output: Output,
}

/// A method that answers to an action of another slice.
pub(crate) struct Extra {
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) ident: Ident,
    /// The type of that action.
    pub(crate) action: Box<Type>,
    pub(crate) output: Output,
}

/// What a method says about the state after it.
pub(crate) enum Output {
    /// Nothing, so anything may have changed.
    Unit,
    /// A value of this type, which is `Changed`.
    Changed(Box<Type>),
}

impl Output {
    /// Returns `call` as an expression of type `Changed`.
    pub(crate) fn said(&self, call: &TokenStream, store: &TokenStream) -> TokenStream {
        match self {
            Self::Unit => quote!({ #call; #store::Changed::ALL }),
            Self::Changed(ty) => quote_spanned! {path::at(ty)=>
                { let said: #store::Changed = #call; said }
            },
        }
    }
}

enum Mark {
    On,
    Skip,
}

/// Returns what `function` of `impl state` is for in slice `slice`, and takes our attribute off it.
///
/// # Errors
/// An error at the part of `function` that an action cannot have.
pub(crate) fn role(function: &mut ImplItemFn, slice: &str, state: &Type) -> syn::Result<Role> {
    let mark = take_mark(function)?;
    let signature = &function.sig;
    let changes = signature.receiver().is_some_and(is_mut_reference);
    match mark {
        Some(Mark::Skip) => return Ok(Role::Other),
        Some(Mark::On) if !changes => {
            return Err(error(&signature.ident, "a reducer takes `&mut self` and the action"));
        }
        None if !changes => return Ok(Role::Other),
        Some(Mark::On) | None => {}
    }
    refuse_modifiers(signature)?;
    let output = output(&signature.output)?;
    let arguments: Vec<&PatType> = signature
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(argument) => Some(argument),
            FnArg::Receiver(_) => None,
        })
        .collect();
    let cfgs = attributes(function, "cfg");
    let ident = signature.ident.clone();
    if mark.is_some() {
        let action = Box::new(other_action(signature, &arguments, state)?);
        return Ok(Role::Extra(Extra { cfgs, ident, action, output }));
    }
    let payload = payload(&arguments, state)?;
    let variant = names::variant_of(&ident)?;
    let leaf = Leaf { cfgs, variant, kind: Leaf::kind(slice, &ident), payload };
    let mut docs = attributes(function, "doc");
    if docs.is_empty() {
        let doc = format!("The action `{}`.", leaf.kind);
        docs.push(parse_quote!(#[doc = #doc]));
    }
    Ok(Role::Own(Own { leaf, ident, docs, output }))
}

fn error(at: &impl ToTokens, message: &str) -> syn::Error {
    syn::Error::new_spanned(at, message)
}

// Takes `#[slice(on)]` and `#[slice(skip)]` off.
fn take_mark(function: &mut ImplItemFn) -> syn::Result<Option<Mark>> {
    let is_ours =
        |attr: &Attribute| attr.path().segments.last().is_some_and(|it| it.ident == "slice");
    let (ours, others) = function.attrs.drain(..).partition(is_ours);
    function.attrs = others;
    let mut mark = None;
    let ours: Vec<Attribute> = ours;
    for attr in &ours {
        let word = match &attr.meta {
            Meta::List(list) => list.parse_args::<Ident>().ok(),
            _ => None,
        };
        let found = match word.map(|word| word.to_string()).as_deref() {
            Some("on") => Mark::On,
            Some("skip") => Mark::Skip,
            _ => {
                return Err(error(
                    attr,
                    "on a method only `#[slice(on)]` and `#[slice(skip)]` are known",
                ));
            }
        };
        if mark.replace(found).is_some() {
            return Err(error(attr, "a method is marked once: `#[slice(on)]` or `#[slice(skip)]`"));
        }
    }
    Ok(mark)
}

fn is_mut_reference(receiver: &Receiver) -> bool {
    match &receiver.kind {
        ReceiverKind::Reference(_, _, mutability) => mutability.is_some(),
        ReceiverKind::Typed(_, ty) => {
            matches!(&**ty, Type::Reference(reference) if reference.mutability.is_some())
        }
        _ => false,
    }
}

fn refuse_modifiers(signature: &Signature) -> syn::Result<()> {
    if let Some(asyncness) = &signature.asyncness {
        return Err(error(
            asyncness,
            "a reducer cannot wait: await in a thunk and dispatch the result; \
             for a method that is no reducer use `#[slice(skip)]`",
        ));
    }
    if let Safety::Unsafe(unsafety) = &signature.safety {
        return Err(error(
            unsafety,
            "any code may dispatch any action, so a reducer is safe for all of them; \
             for a method that is no reducer use `#[slice(skip)]`",
        ));
    }
    if !signature.generics.params.is_empty() {
        return Err(error(
            &signature.generics,
            "an action has one JSON form, so its arguments have one type: a reducer is not generic; \
             for a method that is no reducer use `#[slice(skip)]`",
        ));
    }
    Ok(())
}

fn output(output: &ReturnType) -> syn::Result<Output> {
    match output {
        ReturnType::Default => Ok(Output::Unit),
        ReturnType::Type(_, ty) => match &**ty {
            Type::Tuple(tuple) if tuple.elems.is_empty() => Ok(Output::Unit),
            Type::Path(path)
                if path.path.segments.last().is_some_and(|it| it.ident == "Changed") =>
            {
                Ok(Output::Changed(ty.clone()))
            }
            _ => Err(error(
                ty,
                "a reducer returns nothing, or `Changed` to say what changed; \
                 for a method that is no reducer use `#[slice(skip)]`",
            )),
        },
    }
}

fn other_action(signature: &Signature, arguments: &[&PatType], state: &Type) -> syn::Result<Type> {
    const NEEDED: &str = "a `#[slice(on)]` method takes the other action by reference: `(&mut self, action: &OtherAction)`";
    let [argument] = arguments else {
        return Err(error(&signature.ident, NEEDED));
    };
    match &*argument.ty {
        Type::Reference(reference) if reference.mutability.is_none() => {
            refuse_impl(&reference.elem)?;
            resolved(&reference.elem, state)
        }
        other => Err(error(other, NEEDED)),
    }
}

fn payload(arguments: &[&PatType], state: &Type) -> syn::Result<Payload> {
    for argument in arguments {
        if let Type::Reference(reference) = &*argument.ty {
            return Err(error(
                reference,
                "an action owns its arguments, as it is recorded and replayed: use an owned type, \
                 `String` for `&str`",
            ));
        }
        refuse_impl(&argument.ty)?;
    }
    match arguments {
        [] => Ok(Payload::None),
        [argument] => Ok(Payload::Value(Box::new(resolved(&argument.ty, state)?))),
        _ => arguments
            .iter()
            .map(|argument| match &*argument.pat {
                Pat::Ident(pat) => Ok((pat.ident.clone(), resolved(&argument.ty, state)?)),
                pat => Err(error(
                    pat,
                    "each of several arguments needs a name: it is a member of the payload",
                )),
            })
            .collect::<syn::Result<_>>()
            .map(Payload::Members),
    }
}

fn refuse_impl(ty: &Type) -> syn::Result<()> {
    match ty {
        Type::ImplTrait(_) => Err(error(
            ty,
            "an action has one JSON form, so its arguments have one type: name it instead of `impl`",
        )),
        _ => Ok(()),
    }
}

// Returns `ty` as it is called outside of the `impl` block, where `Self` is something else.
fn resolved(ty: &Type, state: &Type) -> syn::Result<Type> {
    syn::parse2(without_self(ty.to_token_stream(), state))
}

fn without_self(tokens: TokenStream, state: &Type) -> TokenStream {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(ident) if ident == "Self" => state.to_token_stream(),
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), without_self(group.stream(), state));
                inner.set_span(group.span());
                TokenTree::Group(inner).into_token_stream()
            }
            other => other.into_token_stream(),
        })
        .collect()
}

fn attributes(function: &ImplItemFn, name: &str) -> Vec<Attribute> {
    function.attrs.iter().filter(|attr| attr.path().is_ident(name)).cloned().collect()
}
