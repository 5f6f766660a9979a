//! What the ordered containers visit, against their length.

use retake_store::cost::{measure, visit};

use super::*;

/// One for the operation, the rest for the scan and the change of a small list.
const MOST: u64 = 18;

#[test]
fn keyed_operations_do_not_depend_on_the_length() {
    for len in LENGTHS {
        let mut map = numbered(len);
        let mut list: KeyList = map.keys().cloned().collect();
        let last = format!("getPost({})", len.saturating_sub(1));
        let check = |what: &str, work: &mut dyn FnMut() -> Option<usize>| {
            let visited = measure(work).1;
            assert!((1..=MOST).contains(&visited), "{what} in {len} visited {visited}");
        };
        check("get", &mut || map.get(&last).copied());
        check("miss", &mut || map.get("5").copied());
        check("insert", &mut || map.insert("new", 1));
        check("insert index", &mut || map.insert("5", 1));
        check("overwrite", &mut || map.insert(last.clone(), 1));
        check("get_mut", &mut || map.get_mut(&last).copied());
        check("first", &mut || map.first().map(|(_, &value)| value));
        check("remove", &mut || map.remove(&last));
        check("remove index", &mut || map.remove("5"));
        check("push", &mut || list.push("new").then_some(1));
        check("list remove", &mut || list.remove(&last).then_some(1));
    }
}

#[test]
fn trees_are_one_visit_however_long() {
    for len in [10, 10_000] {
        let mut map = numbered(len);
        assert_eq!(measure(|| map.get("getPost(7)").copied()), (Some(7), 1));
        assert_eq!(measure(|| map.insert("getPost(7)", 8)), (Some(7), 1));
        assert_eq!(measure(|| map.insert("new", 0)), (None, 1));
        assert_eq!(measure(|| map.remove("getPost(7)")), (Some(8), 1));
    }
}

#[test]
fn iteration_visits_what_it_yields() {
    for len in LENGTHS {
        let map = numbered(len);
        assert_eq!(measure(|| map.iter().count()), (len, len as u64));
        assert_eq!(measure(|| map.keys().rev().count()).1, len as u64);
        assert_eq!(measure(|| map.values().take(3).count()).1, len.min(3) as u64);
        assert_eq!(measure(|| serde_json::to_string(&map).unwrap()).1, len as u64);
    }
}

#[test]
fn sharing_and_comparing_by_pointer_visits_nothing() {
    for len in LENGTHS {
        let map = numbered(len);
        let (equal, visited) = measure(|| map.clone() == map);
        assert_eq!((equal, visited, measure(|| map.len()).1), (true, 0, 0));
    }
}

#[test]
fn measurements_nest() {
    let ((inner, ()), outer) = measure(|| {
        visit(1);
        let inner = measure(|| visit(2)).1;
        (inner, visit(4))
    });
    assert_eq!((inner, outer), (2, 7));
}
