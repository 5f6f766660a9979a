//! What `build` checks because types cannot.

use retake::prelude::*;
use retake::{BuildError, configure_store};
use retake_testing::{ScriptedBaseQuery, VirtualRuntime};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Renamed {
    wrong: ApiState<RenamedApi>,
}

impl retake::store::State for Renamed {}
impl<A: retake::store::Action> Reducer<A> for Renamed {
    fn reduce(&mut self, action: &A) -> Changed {
        self.wrong.reduce(action)
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Deaf {
    posts: ApiState<DeafApi>,
}

impl retake::store::State for Deaf {}
impl<A> Reducer<A> for Deaf {
    fn reduce(&mut self, _: &A) -> Changed {
        Changed::NONE
    }
}

macro_rules! api {
    ($api:ident, $state:ident, $field:ident) => {
        struct $api;
        impl Api for $api {
            const REDUCER_PATH: &'static str = "posts";
            type State = $state;
            type Action = ApiAction<Self>;
            type BaseQuery = ScriptedBaseQuery;
            fn slice(state: &$state) -> &ApiState<Self> {
                &state.$field
            }
        }
    };
}

api!(RenamedApi, Renamed, wrong);
api!(DeafApi, Deaf, posts);
api!(FineApi, Fine, posts);

#[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
struct Fine {
    posts: ApiState<FineApi>,
}

#[track_caller]
fn check<T>(result: Result<T, BuildError>, expected: &str) {
    let error = result.err().expect("it does not fit");
    assert!(error.to_string().contains(expected), "{error}");
}

#[test]
fn an_api_and_its_state_have_to_fit() {
    let runtime = VirtualRuntime::new();
    let server = || ScriptedBaseQuery::new(runtime.clone());
    check(
        configure_store().runtime(runtime.clone()).api(RenamedApi, server()).build(),
        "has no slice of that name in the state, which has [\"wrong\"]",
    );
    check(
        configure_store().runtime(runtime.clone()).api(DeafApi, server()).build(),
        "does not pass actions of the api `posts` to its slice",
    );
    check(
        configure_store()
            .runtime(runtime.clone())
            .api(FineApi, server())
            .api(FineApi, server())
            .build(),
        "two apis have the REDUCER_PATH `posts`",
    );
    check(configure_store::<Fine, ApiAction<FineApi>>().build(), "there is no tokio runtime here");
    let store = configure_store().runtime(runtime.clone()).api(FineApi, server()).build();
    let store = store.expect("everything fits");
    assert!(store.state().posts.config().middleware_registered);
}

#[test]
fn an_endpoint_of_an_absent_api_is_refused() {
    struct GetPost;
    impl Query for GetPost {
        type Api = FineApi;
        type Arg = ();
        type Output = u32;
        const NAME: &'static str = "getPost";
    }
    let store = configure_store::<Fine, ApiAction<FineApi>>()
        .runtime(VirtualRuntime::new())
        .build()
        .expect("a store without the api");
    let refused = store.try_dispatch(GetPost.initiate(())).expect_err("there is no api");
    assert_eq!(
        refused.to_string(),
        "no api was added for the slice `posts`: add `.api(FineApi, base_query)` to \
         `configure_store`"
    );

    let by_hand = retake::store::Store::<Fine, ApiAction<FineApi>>::new(Fine::default());
    let refused = by_hand.try_dispatch(GetPost.initiate(())).expect_err("there is no runtime");
    assert!(
        refused.to_string().starts_with("the store has no runtime: build it with"),
        "{refused}"
    );
}

#[test]
fn a_tokio_runtime_needs_timers() {
    let tokio = tokio::runtime::Builder::new_current_thread().build().expect("tokio starts");
    let _inside = tokio.enter();
    check(configure_store::<Fine, ApiAction<FineApi>>().build(), "build it with `enable_time()`");
}
