//! Persistent containers with string keys and JavaScript's order.
//!
//! One mechanism ([`map`]) under two faces: [`PropertyMap`] orders its keys like the
//! properties of an object, [`KeyList`] like the elements of an array.

mod iter;
mod key_list;
mod map;
mod place;
mod property_map;

pub use iter::{KeyIter, PropertyIter};
pub use key_list::KeyList;
pub(crate) use place::is_index;
pub use property_map::PropertyMap;
