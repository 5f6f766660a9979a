//! Which rows of two lists are the same row.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::patch::Patchable;

/// How many insertions and removals are looked for among rows without keys. The search costs
/// the square of it; a list that differs more is compared by position.
const MAX_EDITS: usize = 64;

/// The rows that two lists have in common.
pub(super) struct Matching {
    /// Positions in the old and in the next list, both ascending.
    pub(super) pairs: Vec<(usize, usize)>,
    /// Whether the rows were identified by their keys.
    pub(super) are_keyed: bool,
}

/// Finds the rows that `old` and `next` have in common, by key or else by value.
pub(super) fn find<T: Patchable>(old: &[&T], next: &[&T]) -> Matching {
    if old.is_empty() || next.is_empty() {
        return Matching { pairs: Vec::new(), are_keyed: false };
    }
    if old.iter().all(|row| row.key().is_some()) {
        return Matching { pairs: by_key(old, next), are_keyed: true };
    }
    let pairs = by_edits(old.len(), next.len(), |i, j| old[i].is_equal(next[j]));
    Matching { pairs: pairs.unwrap_or_default(), are_keyed: false }
}

/// The most rows with equal keys that are in the same order in both lists. The n-th row with
/// a key matches the n-th row with that key.
fn by_key<T: Patchable>(old: &[&T], next: &[&T]) -> Vec<(usize, usize)> {
    let mut places: BTreeMap<Cow<'_, str>, Vec<usize>> = BTreeMap::new();
    for (i, row) in old.iter().enumerate().rev() {
        if let Some(key) = row.key() {
            places.entry(key).or_default().push(i);
        }
    }
    let found = next.iter().enumerate().filter_map(|(j, row)| {
        let i = places.get_mut(&row.key()?)?.pop()?;
        Some((i, j))
    });
    longest_ascending(&found.collect::<Vec<_>>())
}

/// The longest part of `pairs`, which ascend in the second place, that ascends in the first.
fn longest_ascending(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // tails[n]: the pair that ends the best sequence of length n + 1.
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (it, pair) in pairs.iter().enumerate() {
        let length = tails.partition_point(|&tail| pairs[tail].0 < pair.0);
        before.push(length.checked_sub(1).map(|shorter| tails[shorter]));
        if length == tails.len() {
            tails.push(it);
        } else {
            tails[length] = it;
        }
    }
    let mut chosen = Vec::with_capacity(tails.len());
    let mut last = tails.last().copied();
    while let Some(it) = last {
        chosen.push(pairs[it]);
        last = before[it];
    }
    chosen.reverse();
    chosen
}

/// The rows that stay when one list is made from the other with the fewest insertions and
/// removals; `None` when these are more than [`MAX_EDITS`]. Source: Myers, "An O(ND)
/// difference algorithm" (1986).
fn by_edits(
    n: usize,
    m: usize,
    is_same: impl Fn(usize, usize) -> bool,
) -> Option<Vec<(usize, usize)>> {
    let most = MAX_EDITS.min(n + m);
    // reached[k]: how far in the old list diagonal `k - centre` got with the edits so far.
    let centre = most + 1;
    let mut reached = vec![0; 2 * centre + 1];
    let mut history: Vec<Vec<usize>> = Vec::new();
    for edits in 0..=most {
        history.push(reached.clone());
        for k in (centre - edits..=centre + edits).step_by(2) {
            let mut i = step(&reached, k, centre, edits);
            // Reaching diagonal `k` took at least `k - centre` removals.
            let mut j = i + centre - k;
            while i < n && j < m && is_same(i, j) {
                (i, j) = (i + 1, j + 1);
            }
            reached[k] = i;
            if i >= n && j >= m {
                return Some(walk_back(&history, n, m, centre));
            }
        }
    }
    None
}

/// Where diagonal `k` begins with one more edit: an insertion keeps, a removal adds one row.
fn step(reached: &[usize], k: usize, centre: usize, edits: usize) -> usize {
    if edits == 0 {
        0
    } else if inserts(reached, k, centre, edits) {
        reached[k + 1]
    } else {
        reached[k - 1] + 1
    }
}

fn inserts(reached: &[usize], k: usize, centre: usize, edits: usize) -> bool {
    k == centre - edits || (k != centre + edits && reached[k - 1] < reached[k + 1])
}

fn walk_back(history: &[Vec<usize>], n: usize, m: usize, centre: usize) -> Vec<(usize, usize)> {
    let (mut i, mut j) = (n, m);
    let mut pairs = Vec::new();
    for (edits, reached) in history.iter().enumerate().rev() {
        let k = i + centre - j;
        let start = step(reached, k, centre, edits);
        while i > start {
            (i, j) = (i - 1, j - 1);
            pairs.push((i, j));
        }
        if edits > 0 {
            if inserts(reached, k, centre, edits) { j -= 1 } else { i -= 1 }
        }
    }
    pairs.reverse();
    pairs
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &str, next: &str, kept: usize) {
        let (old, next): (Vec<char>, Vec<char>) = (old.chars().collect(), next.chars().collect());
        let pairs = by_edits(old.len(), next.len(), |i, j| old[i] == next[j]).unwrap();
        assert!(pairs.iter().all(|&(i, j)| old[i] == next[j]), "{pairs:?}");
        assert!(pairs.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1));
        assert_eq!(pairs.len(), kept, "{pairs:?}");
    }

    #[test]
    fn fewest_edits() {
        check("abcabba", "cbabac", 4);
        check("a", "b", 0);
        check("abc", "abc", 3);
        check("abc", "c", 1);
        check("c", "abc", 1);
        check("aaaa", "aa", 2);
        check("xabcy", "abc", 3);
        check("ab", "ba", 1);
    }

    #[test]
    fn gives_up_on_lists_that_have_little_in_common() {
        assert_eq!(by_edits(100, 100, |_, _| false), None);
        assert!(by_edits(10, 10, |_, _| false).is_some());
    }

    #[test]
    fn nth_of_a_key_matches_nth() {
        let found = find(&[&1, &1, &2, &1], &[&1, &2, &1, &3]);
        assert!(found.are_keyed);
        assert_eq!(found.pairs, [(0, 0), (1, 2)]);
    }

    #[test]
    fn longest_ascending_part() {
        let pairs = [(2, 0), (0, 1), (1, 2), (5, 3), (3, 4)];
        assert_eq!(longest_ascending(&pairs), [(0, 1), (1, 2), (3, 4)]);
        assert_eq!(longest_ascending(&[]), []);
    }
}
