//! A slice that answers to every action of the application, those of an api included.

use retake::prelude::*;
use retake_testing::{ScriptedBaseQuery, VirtualRuntime};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Count {
    own: u32,
    all: u32,
    of_the_api: u32,
}

#[slice(name = "count")]
impl Count {
    fn touched(&mut self) {
        self.own += 1;
    }

    #[slice(on)]
    fn on_any(&mut self, _: &AppAction) {
        self.all += 1;
    }

    #[slice(on)]
    fn on_shop(&mut self, _: &ApiAction<Shop>) {
        self.of_the_api += 1;
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
struct App {
    shop: ApiState<Shop>,
    count: Count,
}

#[derive(Clone, Debug, Action)]
enum AppAction {
    Shop(ApiAction<Shop>),
    Count(CountAction),
}

struct Shop;
impl Api for Shop {
    const REDUCER_PATH: &'static str = "shop";
    type State = App;
    type Action = AppAction;
    type BaseQuery = ScriptedBaseQuery;
    fn slice(app: &App) -> &ApiState<Self> {
        &app.shop
    }
}

#[test]
fn a_method_on_the_root_action_sees_all_of_them() {
    let runtime = VirtualRuntime::new();
    let store = configure_store::<App, AppAction>()
        .runtime(runtime.clone())
        .api(Shop, ScriptedBaseQuery::new(runtime))
        .build()
        .unwrap();
    let before = store.state();
    store.dispatch(CountAction::Touched);
    store.dispatch(Shop::reset_api_state());
    store.dispatch(AppAction::Count(CountAction::Touched));
    let (before, now) = (&before.count, &store.state().count);
    assert_eq!((now.own, now.all - before.all, now.of_the_api - before.of_the_api), (2, 3, 1));
}
