//! What an application does all the time: dispatch, edit, undo, invalidate.
//!
//! The cost may grow with what an action affects and with the depth of a tree, never with
//! the number of entries or rows: compare the sizes of one group.

use std::cell::Cell;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion};
use retake::prelude::*;
use retake::{PatchHandle, Store};
use retake_bench::{
    Counter, CounterAction, ListPosts, ListTaggedPosts, PassOn, PostList, PostsApi, Running, TITLES,
};

const SIZES: [u32; 4] = [100, 1_000, 10_000, 100_000];

fn dispatch(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dispatch");
    for middleware in [0, 3] {
        let mut builder = Store::<_, CounterAction>::builder(Counter::default());
        for _ in 0..middleware {
            builder = builder.middleware(PassOn);
        }
        let store = builder.build();
        store.dispatch(CounterAction::Incremented);
        assert_eq!(store.state().count, 1);
        group.bench_function(BenchmarkId::new("middleware", middleware), |bencher| {
            bencher.iter(|| store.dispatch(black_box(CounterAction::Incremented)));
        });
    }
    let store = Store::<_, CounterAction>::new(Counter::default());
    group.bench_function("and_read", |bencher| {
        bencher.iter(|| {
            store.dispatch(black_box(CounterAction::Incremented));
            store.state().count
        });
    });
    group.finish();
}

/// Renames the post in the middle of a list, to each title in turns.
struct Rename<E> {
    endpoint: E,
    count: u32,
    turn: Cell<usize>,
    running: Running,
}

impl<E: Query<Api = PostsApi, Arg = u32, Output = PostList> + Copy> Rename<E> {
    fn new(endpoint: E, count: u32) -> Self {
        let this =
            Self { endpoint, count, turn: Cell::new(0), running: Running::with_lists(count) };
        let before = this.rows();
        let edit = this.once();
        assert_eq!(edit.patches().map(<[_]>::len), Ok(1));
        assert_eq!(edit.inverse_patches().map(<[_]>::len), Ok(1));
        let (middle, after) = (count as usize / 2, this.rows());
        assert_eq!(after[middle].title, TITLES[0]);
        assert!(Arc::ptr_eq(&before[middle + 1], &after[middle + 1]));
        assert_eq!(edit.undo(), Ok(()));
        assert!(Arc::ptr_eq(&before[middle], &this.rows()[middle]));
        this
    }

    fn rows(&self) -> Arc<PostList> {
        let query = self.endpoint.select(&self.count)(&self.running.store.state());
        query.data.unwrap_or_default()
    }

    fn once(&self) -> PatchHandle<PostsApi> {
        let turn = self.turn.get();
        self.turn.set(turn ^ 1);
        let middle = self.count as usize / 2;
        self.running.store.dispatch(self.endpoint.update_query_data(self.count, |rows| {
            Arc::make_mut(&mut rows[middle]).title = TITLES[turn].to_owned();
        }))
    }
}

fn update_one(criterion: &mut Criterion) {
    for count in SIZES {
        let mut group = criterion.benchmark_group("update_one");
        let rename = Rename::new(ListPosts, count);
        group.bench_function(BenchmarkId::new("patches_unread", count), |bencher| {
            bencher.iter(|| rename.once());
        });
        group.bench_function(BenchmarkId::new("patches_read", count), |bencher| {
            bencher.iter(|| {
                let edit = rename.once();
                assert!(edit.patches().is_ok_and(|patches| patches.len() == 1));
                assert!(edit.inverse_patches().is_ok_and(|patches| patches.len() == 1));
                edit
            });
        });
        let tagged = Rename::new(ListTaggedPosts, count);
        group.bench_function(BenchmarkId::new("tag_per_row", count), |bencher| {
            bencher.iter(|| tagged.once());
        });
        group.finish();
        criterion.bench_with_input(BenchmarkId::new("undo", count), &rename, |bencher, rename| {
            bencher.iter_batched(|| rename.once(), PatchHandle::undo, BatchSize::PerIteration);
        });
    }
}

fn invalidate_one(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("invalidate_one");
    for count in SIZES {
        let running = Running::with_entries(count);
        let is_cached = |key: &str| running.store.state().posts.query(key).is_some();
        let entries = || running.store.state().posts.queries().len();
        let invalidate = |id: u32| {
            running.store.dispatch(PostsApi::invalidate_tags([tag("Post", id)]));
        };
        let (member, alone) = (count / 2, count / 2 + 1);
        for (name, id, key) in [
            ("alone", alone, format!("getPost({alone})")),
            ("list_member", member, format!("getPage({member})")),
        ] {
            assert!(is_cached(&key));
            invalidate(id);
            assert!(!is_cached(&key));
            assert_eq!(entries(), count as usize - 1);
            assert!(running.store.state().posts.provided().tags_of(&key).is_none());
            group.bench_function(BenchmarkId::new(name, count), |bencher| {
                bencher.iter_batched(
                    || running.put(id),
                    |()| invalidate(id),
                    BatchSize::PerIteration,
                );
            });
            running.put(id);
            assert!(is_cached(&key));
        }
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    dispatch(&mut criterion);
    update_one(&mut criterion);
    invalidate_one(&mut criterion);
    criterion.final_summary();
}
