//! Actions of one endpoint: in a slice's reducer, in a middleware.

use retake::prelude::*;
use retake::store::{Action, WireAction};
use retake_testing::{ActionLog, Reply, ScriptedBaseQuery, TestStore, VirtualRuntime};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a slice learns from the actions of the api beside it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Journal {
    lines: Vec<String>,
}

#[slice(name = "journal")]
impl Journal {
    fn cleared(&mut self) {
        self.lines.clear();
    }

    #[slice(on)]
    fn on_shop(&mut self, action: &ApiAction<Shop>) {
        if let Some(pending) = GetPrice.match_pending(action) {
            let what = if pending.is_upsert() { "upsert" } else { "ask" };
            self.lines.push(format!("{what} {:?}", pending.arg().ok()));
        } else if let Some(fulfilled) = GetPrice.match_fulfilled(action) {
            let price = fulfilled.data().ok().map(|price| *price);
            self.lines.push(format!("{} is {price:?}", fulfilled.cache_key()));
        } else if let Some(rejected) = GetPrice.match_rejected(action) {
            let value = rejected.value().map(|value| &value["status"]);
            self.lines.push(format!("no: {value:?}, aborted: {}", rejected.is_aborted()));
        } else if let Some(bought) = Buy.match_fulfilled(action) {
            self.lines.push(format!("bought {:?}: {:?}", bought.arg().ok(), bought.data().ok()));
        } else if let Some(refused) = Buy.match_rejected(action) {
            self.lines.push(format!("not bought: {}", refused.error()));
        } else if Buy.match_pending(action).is_some() {
            self.lines.push("buy".into());
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, State)]
struct App {
    journal: Journal,
    shop: ApiState<Shop>,
}

#[derive(Clone, Debug, Action)]
enum AppAction {
    Journal(JournalAction),
    Shop(ApiAction<Shop>),
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
    fn serialize_query_args(endpoint: &str, arg: Option<&Value>) -> String {
        let fruit = arg.and_then(Value::as_str).map_or_else(String::new, str::to_lowercase);
        assert_ne!(fruit, "durian", "no key for this");
        format!("{endpoint}:{fruit}")
    }
}

struct GetPrice;
impl Query for GetPrice {
    type Api = Shop;
    type Arg = String;
    type Output = u32;
    const NAME: &'static str = "getPrice";
    fn query(&self, fruit: &String) -> Request {
        Request::get(format!("prices/{fruit}"))
    }
}

/// Says its key itself.
struct GetStock;
impl Query for GetStock {
    type Api = Shop;
    type Arg = String;
    type Output = u32;
    const NAME: &'static str = "getStock";
    fn query(&self, _: &String) -> Request {
        "stock".into()
    }
    fn cache_key(&self, fruit: &String) -> Result<String, SerializedError> {
        Ok(format!("stock of {fruit}"))
    }
}

struct Buy;
impl Mutation for Buy {
    type Api = Shop;
    type Arg = String;
    type Output = bool;
    const NAME: &'static str = "buy";
    fn query(&self, fruit: &String) -> Request {
        Request::post(format!("buy/{fruit}"))
    }
}

fn start() -> TestStore<App, AppAction> {
    TestStore::new(|runtime: &VirtualRuntime, log: &ActionLog<AppAction>| {
        let server = ScriptedBaseQuery::new(runtime.clone());
        server.on("GET prices/*", Reply::ok(json!(3)));
        server.on("GET stock", Reply::ok(json!(7)));
        server.on("POST buy/plum", Reply::ok(json!(true)));
        configure_store::<App, AppAction>()
            .runtime(runtime.clone())
            .api(Shop, server)
            .middleware(log.clone())
            .build()
            .unwrap()
    })
}

/// Folds the recorded actions as a log has them.
fn replay(store: &TestStore<App, AppAction>) -> App {
    let mut replayed = App::default();
    for wire in store.log().wires() {
        let text = serde_json::to_string(&wire).unwrap();
        let wire: WireAction = serde_json::from_str(&text).unwrap();
        let _ = replayed.reduce(&AppAction::from_wire(&wire).unwrap().unwrap());
    }
    replayed
}

#[track_caller]
fn check(store: &TestStore<App, AppAction>, lines: &[&str]) {
    assert_eq!(store.state().journal.lines, lines);
    assert_eq!(replay(store).journal.lines, lines, "the log says the same");
}

#[test]
fn a_reducer_sees_the_steps_of_a_query_with_their_types() {
    let store = start();
    let price = store.dispatch(GetPrice.initiate("Plum".into()));
    store.run_until(price.settled());
    let hit = store.dispatch(GetPrice.initiate("Plum".into()));
    store.dispatch(GetPrice.prefetch("Plum".into()));
    check(&store, &[r#"ask Some("Plum")"#, "getPrice:plum is Some(3)"]);
    drop(hit);

    store.dispatch(JournalAction::Cleared);
    store.log().clear();
    store.run_until(store.dispatch(GetPrice.upsert_query_data("Fig".into(), 9))).unwrap();
    check(&store, &[r#"upsert Some("Fig")"#, "getPrice:fig is Some(9)"]);
}

#[test]
fn a_reducer_sees_failures_with_and_without_a_value() {
    let store = TestStore::new(|runtime: &VirtualRuntime, log: &ActionLog<AppAction>| {
        let server = ScriptedBaseQuery::new(runtime.clone());
        server.on("GET prices/kiwi", Reply::status(404, json!("no kiwi")));
        configure_store::<App, AppAction>()
            .runtime(runtime.clone())
            .api(Shop, server)
            .middleware(log.clone())
            .build()
            .unwrap()
    });
    let kiwi = store.dispatch(GetPrice.initiate("kiwi".into()));
    store.run_until(kiwi.settled());
    let fig = store.dispatch(GetPrice.initiate("fig".into()));
    fig.abort();
    store.settle();
    check(
        &store,
        &[
            r#"ask Some("kiwi")"#,
            "no: Some(Number(404)), aborted: false",
            r#"ask Some("fig")"#,
            "no: None, aborted: true",
        ],
    );
}

#[test]
fn a_reducer_sees_the_steps_of_a_mutation() {
    let store = start();
    store.run_until(store.dispatch(Buy.initiate("plum".into()))).unwrap();
    store.run_until(store.dispatch(Buy.initiate("air".into()))).unwrap_err();
    let refused = r#"not bought: request failed: {"data":{"message":"no route"},"status":404}"#;
    check(&store, &["buy", r#"bought Some("plum"): Some(true)"#, "buy", refused]);
}

#[test]
fn matchers_take_the_action_of_the_application_and_know_their_endpoint() {
    let store = start();
    store.run_until(store.dispatch(GetStock.initiate("plum".into()))).unwrap();
    let actions = store.log().actions();
    let found: Vec<_> = actions.iter().filter_map(|it| GetStock.match_fulfilled(it)).collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].data().ok().as_deref(), Some(&7));
    assert!(actions.iter().all(|it| GetPrice.match_fulfilled(it).is_none()), "another endpoint");
    assert!(actions.iter().all(|it| Buy.match_fulfilled(it).is_none()), "no mutation");
    assert!(GetStock.match_fulfilled(&JournalAction::Cleared).is_none());
}

/// What `Shop::match_request` says of `action`.
fn told(action: &AppAction) -> Option<String> {
    let request = Shop::match_request(action)?;
    let what = match (request.pending(), request.fulfilled(), request.rejected()) {
        (Some(_), None, None) => "asks".into(),
        (None, Some(fulfilled), None) => format!("got {}", fulfilled.payload.to_json().unwrap()),
        (None, None, Some(rejected)) if rejected.aborted => "aborted".into(),
        (None, None, Some(rejected)) => match &rejected.payload {
            Some(value) => format!("refused with {}", value["status"]),
            None => format!("failed: {}", rejected.to_error()),
        },
        several => panic!("one step is one thing: {several:?}"),
    };
    let (kind, arg) = (request.kind(), request.original_args());
    Some(format!("{kind:?} {}({}) {what}", request.endpoint_name(), arg.unwrap_or(&Value::Null)))
}

#[test]
fn an_api_finds_the_requests_of_all_its_endpoints() {
    let store = start();
    store.run_until(store.dispatch(GetPrice.initiate("plum".into()))).unwrap();
    drop(store.dispatch(GetPrice.initiate("plum".into()))); // cached: no request
    store.run_until(store.dispatch(Buy.initiate("air".into()))).unwrap_err();
    let fig = store.dispatch(GetStock.initiate("fig".into()));
    fig.abort();
    store.settle();
    store.dispatch(JournalAction::Cleared);
    store.dispatch(Shop::reset_api_state());

    let expected = [
        r#"Query getPrice("plum") asks"#,
        r#"Query getPrice("plum") got 3"#,
        r#"Mutation buy("air") asks"#,
        r#"Mutation buy("air") refused with 404"#,
        r#"Query getStock("fig") asks"#,
        r#"Query getStock("fig") aborted"#,
    ];
    let told: Vec<_> = store.log().actions().iter().filter_map(told).collect();
    assert_eq!(told, expected);
}

#[test]
fn an_api_may_say_the_keys_of_its_entries() {
    let store = start();
    let plum = store.dispatch(GetPrice.initiate("Plum".into()));
    assert_eq!(plum.query_cache_key().map(|key| &**key), Some("getPrice:plum"));
    store.run_until(plum.settled());
    let shouted = store.dispatch(GetPrice.initiate("PLUM".into()));
    assert!(shouted.state().is_success(), "one entry");
    let select = GetPrice.select(&"pluM".to_owned());
    assert_eq!(select(&store.state()).data.as_deref(), Some(&3));
    let edit = store.dispatch(GetPrice.update_query_data("PLuM".into(), |price| *price += 1));
    assert!(!edit.is_empty());
    store.dispatch(upsert_query_entries([GetPrice.upsert_entry("PLUm".into(), 5)]));
    assert_eq!(select(&store.state()).data.as_deref(), Some(&5));
    let stock = store.dispatch(GetStock.initiate("Fig".into()));
    let key = stock.query_cache_key().map(|key| &**key);
    assert_eq!(key, Some("stock of Fig"), "the endpoint goes first");
    let untyped = UntypedQuery::<Shop>::new("any").build();
    assert_eq!(untyped.cache_key(&json!("X").into()).as_deref(), Ok("any:x"));
}

#[test]
fn an_argument_whose_key_panics_is_an_error_of_the_handle() {
    let store = start();
    let durian = store.dispatch(GetPrice.initiate("durian".into()));
    let error = store.run_until(durian).unwrap_err();
    assert_eq!(error.value()["name"], "Panic");
    assert!(store.log().types().is_empty());
}

#[test]
fn no_argument_selects_nothing() {
    let store = start();
    store.run_until(store.dispatch(GetPrice.initiate("plum".into()))).unwrap();
    store.run_until(store.dispatch(GetPrice.initiate("fig".into()))).unwrap();
    let fig = "fig".to_owned();
    assert!(GetPrice.select_if(Some(&fig))(&store.state()).is_success());
    assert!(GetPrice.select_if(None)(&store.state()).is_uninitialized());
    assert_eq!(GetPrice.select_cached_args()(&store.state()), ["plum", "fig"]);
    assert!(GetStock.select_cached_args()(&store.state()).is_empty());
}
