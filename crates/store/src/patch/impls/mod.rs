//! [`Patchable`](super::Patchable) for the types of the language and for `im` containers.
mod btree_map;
mod leaf;
pub(super) mod members;
mod ord_map;
mod pointers;
mod tuple;
mod vec;
mod vector;
