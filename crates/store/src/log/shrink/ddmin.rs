//! Delta debugging: which of many parts are needed.

/// Returns a part of `items`, in their order, that `still` holds for and from which no single
/// item can be taken away.
///
/// `still` holds for all `items`. It is asked about parts of them: first without halves, then
/// without quarters, and so on. When it says `None`, nothing more is tried.
///
/// Time: for a needed items of n, about a log n questions; n² at worst.
///
/// Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input".
pub(super) fn minimise<T: Clone>(
    mut items: Vec<T>,
    still: &mut dyn FnMut(&[T]) -> Option<bool>,
) -> Vec<T> {
    let mut size = items.len().div_ceil(2);
    while size > 0 && !items.is_empty() {
        let before = items.len();
        let mut at = 0;
        while at < items.len() {
            let end = items.len().min(at + size);
            let rest = [&items[..at], &items[end..]].concat();
            match still(&rest) {
                Some(true) => items = rest,
                Some(false) => at = end,
                None => return items,
            }
        }
        // What was needed may no longer be, as others are gone.
        let is_settled = size == 1 && items.len() == before;
        size = if is_settled { 0 } else { size.div_ceil(2).min(items.len()) };
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what is left, and how many questions it took.
    fn minimised(count: u32, still: impl Fn(&[u32]) -> bool) -> (Vec<u32>, usize) {
        let mut questions = 0;
        let left = minimise((0..count).collect(), &mut |items| {
            questions += 1;
            Some(still(items))
        });
        (left, questions)
    }

    #[test]
    fn what_is_needed_is_left() {
        let has = |items: &[u32], wanted: &[u32]| wanted.iter().all(|it| items.contains(it));
        for wanted in [&[][..], &[0], &[9999], &[17, 4711, 9998], &[1, 2, 3, 4, 5]] {
            let (left, questions) = minimised(10_000, |items| has(items, wanted));
            assert_eq!(left, wanted);
            assert!(questions < 40 * (wanted.len() + 1), "{questions} for {wanted:?}");
        }
        assert!(minimised(0, |_| true).0.is_empty());
    }

    /// Any three of a kind are enough.
    #[test]
    fn nothing_single_can_be_taken_away() {
        let (left, _) =
            minimised(1000, |items| items.iter().filter(|it| *it % 7 == 3).count() >= 3);
        assert_eq!(left.len(), 3);
        // Pairs go together, or not at all.
        let (left, _) = minimised(64, |items| items.len() % 2 == 0 && items.contains(&5));
        assert_eq!(left.len(), 2);
    }

    #[test]
    fn who_asks_may_stop() {
        let left = minimise(vec![1, 2, 3], &mut |_| None);
        assert_eq!(left, [1, 2, 3]);
    }
}
