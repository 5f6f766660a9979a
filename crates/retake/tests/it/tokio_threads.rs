//! On tokio: dispatches from threads of their own, and real tasks.

use std::sync::Arc;

use retake::prelude::*;
use retake::store::{Next, Store};
use retake::thunks::{Fetched, RequestContext};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
struct App {
    numbers: ApiState<Numbers>,
}

/// Answers at once: every request is settled by a task of tokio.
struct Echo;
impl BaseQuery for Echo {
    type Args = u32;
    async fn run(
        &self,
        number: u32,
        _: RequestContext,
    ) -> Result<retake::thunks::Answer, retake::thunks::Failure> {
        tokio::task::yield_now().await;
        Ok(retake::thunks::Answer::new(number.into()))
    }
}

struct Numbers;
impl Api for Numbers {
    const REDUCER_PATH: &'static str = "numbers";
    type State = App;
    type Action = ApiAction<Self>;
    type BaseQuery = Echo;
    fn slice(app: &App) -> &ApiState<Self> {
        &app.numbers
    }
}

struct GetNumber;
impl Query for GetNumber {
    type Api = Numbers;
    type Arg = u32;
    type Output = u32;
    const NAME: &'static str = "getNumber";
    fn query(&self, number: &u32) -> u32 {
        *number
    }
}

/// Never ends, and says when it is dropped.
struct Hang;
impl Query for Hang {
    type Api = Numbers;
    type Arg = ();
    type Output = u32;
    const NAME: &'static str = "hang";
    async fn query_fn(
        &self,
        (): (),
        cx: retake::thunks::QueryFnContext<Numbers>,
    ) -> Result<Fetched<u32>, retake::thunks::Failure> {
        struct OnDrop(tokio::sync::mpsc::UnboundedSender<()>);
        impl Drop for OnDrop {
            fn drop(&mut self) {
                let _ = self.0.send(());
            }
        }
        let dropped: &tokio::sync::mpsc::UnboundedSender<()> = cx.extra().expect("the extra value");
        let _on_drop = OnDrop(dropped.clone());
        std::future::pending().await
    }
}

type AppStore = Store<App, ApiAction<Numbers>>;

#[test]
fn threads_without_a_runtime_can_dispatch() {
    let tokio = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("tokio starts");
    let store: AppStore = {
        let _inside = tokio.enter();
        configure_store().api(Numbers, Echo).build().expect("the store fits")
    };
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let store = store.clone();
            std::thread::spawn(move || {
                (0..100)
                    .map(|number| store.dispatch(GetNumber.initiate(thread * 50 + number)))
                    .collect::<Vec<_>>()
            })
        })
        .collect();
    let handles: Vec<_> =
        threads.into_iter().flat_map(|thread| thread.join().expect("no thread panics")).collect();
    tokio.block_on(async {
        for handle in &handles {
            let key = handle.query_cache_key().cloned().expect("it has a key");
            let number: Arc<u32> = handle.await.expect("every request succeeds");
            assert_eq!(format!("getNumber({number})"), *key);
        }
    });
    assert_eq!(store.state().numbers.queries().len(), 250);
    assert!(
        store.state().numbers.queries().keys().all(|key| store.state().numbers.is_subscribed(key))
    );
    drop(handles);
    assert!(!store.state().numbers.is_subscribed("getNumber(1)"));
}

#[test]
fn law_7_every_wait_is_cancellable() {
    let tokio =
        tokio::runtime::Builder::new_current_thread().enable_time().build().expect("tokio starts");
    let (sender, mut dropped) = tokio::sync::mpsc::unbounded_channel::<()>();
    tokio.block_on(async {
        let store: AppStore =
            configure_store().api(Numbers, Echo).extra(sender).build().expect("the store fits");
        let hang = store.dispatch(Hang.initiate(()));
        hang.abort();
        let error = (&hang).await.expect_err("it was aborted");
        assert_eq!(error.value()["name"], "AbortError");
        dropped.recv().await.expect("aborting drops the transport's future");

        let again = store.dispatch(Hang.initiate(()));
        assert!(again.state().is_fetching());
        store.dispatch(Numbers::reset_api_state());
        dropped.recv().await.expect("a reset drops what is under way");
        assert!(again.state().is_uninitialized());
    });
}

#[test]
fn law_7_a_handle_dropped_inside_a_reducer_unsubscribes_afterwards() {
    /// Drops a handle while an action is on its way through the chain.
    struct DropHandle(std::sync::Mutex<Option<retake::QueryHandle<GetNumber>>>);
    impl retake::Middleware<App, ApiAction<Numbers>> for DropHandle {
        fn handle(&self, action: ApiAction<Numbers>, next: Next<'_, App, ApiAction<Numbers>>) {
            let handle = self.0.lock().expect("not poisoned").take();
            drop(handle);
            next.run(action);
        }
    }
    let tokio =
        tokio::runtime::Builder::new_current_thread().enable_time().build().expect("tokio starts");
    tokio.block_on(async {
        let slot = Arc::new(DropHandle(std::sync::Mutex::new(None)));
        struct Shared(Arc<DropHandle>);
        impl retake::Middleware<App, ApiAction<Numbers>> for Shared {
            fn handle(&self, action: ApiAction<Numbers>, next: Next<'_, App, ApiAction<Numbers>>) {
                self.0.handle(action, next);
            }
        }
        let store: AppStore = configure_store()
            .api(Numbers, Echo)
            .middleware(Shared(Arc::clone(&slot)))
            .build()
            .expect("the store fits");
        let handle = store.dispatch(GetNumber.initiate(1));
        *slot.0.lock().expect("not poisoned") = Some(handle);
        assert!(store.state().numbers.is_subscribed("getNumber(1)"));
        store.dispatch(Numbers::invalidate_tags(Tags::none()));
        assert!(!store.state().numbers.is_subscribed("getNumber(1)"));
    });
}

/// Adds to a number at once; the server always refuses.
struct Add;
impl Mutation for Add {
    type Api = Numbers;
    type Arg = u32;
    type Output = u32;
    const NAME: &'static str = "add";
    async fn query_fn(
        &self,
        _: u32,
        _: retake::thunks::QueryFnContext<Numbers>,
    ) -> Result<Fetched<u32>, retake::thunks::Failure> {
        tokio::task::yield_now().await;
        Err(retake::thunks::Failure::error("refused".into()))
    }
    async fn on_query_started(&self, number: u32, cx: MutationContext<Self>) {
        let patch = cx.dispatch(GetNumber.update_query_data(number, |cached| *cached += 1000));
        patch.undo_on_err(cx.query_fulfilled()).await;
    }
}

/// Once failed because the caller went on before the function that runs with the request:
/// the refused edit was still shown.
#[test]
fn what_runs_with_a_request_reacts_before_its_caller_goes_on() {
    let tokio = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(3)
        .enable_all()
        .build()
        .expect("tokio starts");
    tokio.block_on(async {
        let store: AppStore = configure_store().api(Numbers, Echo).build().expect("it fits");
        let callers: Vec<_> = (0..100)
            .map(|number| {
                let store = store.clone();
                tokio::spawn(async move {
                    let query = store.dispatch(GetNumber.initiate(number));
                    (&query).await.expect("the server echoes");
                    store.dispatch(Add.initiate(number)).await.expect_err("the server refuses");
                    assert_eq!(query.state().data.as_deref(), Some(&number));
                })
            })
            .collect();
        for caller in callers {
            caller.await.expect("the edit was undone");
        }
    });
}
