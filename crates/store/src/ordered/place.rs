//! Where a key stands in the order of iteration.

/// The place of a key: indices ascending, then the other keys in order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// An integer-like key.
    Index(u32),
    /// Any other key, by its creation sequence.
    Created(u64),
}

/// Decides which keys stand in front by their number.
pub(super) trait Order {
    /// Returns the index that `key` spells, if this order looks at indices.
    fn index(key: &str) -> Option<u32>;
}

/// The order of the properties of a JavaScript object.
#[derive(Debug)]
pub(super) struct PropertyOrder;

impl Order for PropertyOrder {
    /// An *array index* of ECMAScript: the canonical decimal of an integer below 2^32 - 1.
    fn index(key: &str) -> Option<u32> {
        let bytes = key.as_bytes();
        if !(1..=10).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_digit) {
            return None;
        }
        if bytes.len() > 1 && bytes[0] == b'0' {
            return None;
        }
        key.parse().ok().filter(|&index| index != u32::MAX)
    }
}

/// The order of creation alone.
#[derive(Debug)]
pub(super) struct CreationOrder;

impl Order for CreationOrder {
    fn index(_: &str) -> Option<u32> {
        None
    }
}

/// Returns whether `key` is integer-like: its place does not depend on when it was created.
pub(crate) fn is_index(key: &str) -> bool {
    PropertyOrder::index(key).is_some()
}
