//! Two slices whose changes are undone as one, beside a server cache, which is not undone.

use std::sync::{Arc, Mutex};

use retake::im;
use retake::prelude::*;
use retake::store::log::{AppInfo, LogOptions, LogReader, LogWriter, fold, verify};
use retake_testing::{ActionLog, Reply, ScriptedBaseQuery, TestStore};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Patchable)]
struct Heading {
    text: String,
}

#[slice(name = "heading")]
impl Heading {
    fn typed(&mut self, text: String) {
        self.text = text;
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
struct Shape {
    id: u32,
    x: i32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Patchable)]
struct Shapes {
    list: im::Vector<Arc<Shape>>,
    selected: Option<u32>,
}

#[slice(name = "shapes")]
impl Shapes {
    fn added(&mut self, id: u32) {
        self.list.push_back(Arc::new(Shape { id, x: 0 }));
    }

    fn moved(&mut self, id: u32, x: i32) {
        for shape in self.list.iter_mut().filter(|shape| shape.id == id) {
            Arc::make_mut(shape).x = x;
        }
    }

    fn selected(&mut self, id: u32) {
        self.selected = Some(id);
    }

    /// What the server knows is no step of the user.
    #[slice(on)]
    fn on_server(&mut self, action: &ApiAction<Server>) {
        if let Some(Ok(shape)) = GetShape.match_fulfilled(action).map(|answer| answer.data()) {
            self.list.push_back(shape);
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Patchable, State)]
struct Drawing {
    heading: Heading,
    shapes: Shapes,
}

impl Undo for Drawing {
    const NAME: &'static str = "drawing";
    type Action = AppAction;

    fn recording(action: &AppAction) -> Recording<'_> {
        match action {
            AppAction::Heading(HeadingAction::Typed(_)) => Recording::merge("heading"),
            AppAction::Shapes(ShapesAction::Moved { id, .. }) => Recording::merge(id.to_string()),
            AppAction::Shapes(ShapesAction::Added(_)) => Recording::Step,
            _ => Recording::Skip,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, State)]
struct App {
    drawing: Undoable<Drawing>,
    server: ApiState<Server>,
}

#[derive(Clone, Debug, Serialize, Deserialize, Action)]
enum AppAction {
    Heading(HeadingAction),
    Shapes(ShapesAction),
    Undo(UndoAction<Drawing>),
    Server(ApiAction<Server>),
}

struct Server;
impl Api for Server {
    const REDUCER_PATH: &'static str = "server";
    type State = App;
    type Action = AppAction;
    type BaseQuery = ScriptedBaseQuery;
    fn slice(app: &App) -> &ApiState<Self> {
        &app.server
    }
}

struct GetShape;
impl Query for GetShape {
    type Api = Server;
    type Arg = u32;
    type Output = Shape;
    const NAME: &'static str = "getShape";
    fn query(&self, id: &u32) -> Request {
        Request::get(format!("shapes/{id}"))
    }
}

fn start() -> TestStore<App, AppAction> {
    TestStore::new(|runtime, log: &ActionLog<AppAction>| {
        let server = ScriptedBaseQuery::new(runtime.clone());
        server.on("GET shapes/9", Reply::ok(json!({"id": 9, "x": 90})));
        configure_store::<App, AppAction>()
            .runtime(runtime.clone())
            .api(Server, server)
            .middleware(log.clone())
            .build()
            .unwrap()
    })
}

fn moved(id: u32, x: i32) -> ShapesAction {
    ShapesAction::Moved { id, x }
}

/// Returns the heading and where the shapes are.
fn seen(app: &App) -> (String, Vec<i32>) {
    let shapes = &app.drawing.shapes.list;
    (app.drawing.heading.text.clone(), shapes.iter().map(|shape| shape.x).collect())
}

#[test]
fn one_sequence_of_steps_covers_both_slices() {
    let store = start();
    store.dispatch(ShapesAction::Added(1));
    store.dispatch(HeadingAction::Typed("a".into()));
    store.dispatch(HeadingAction::Typed("ab".into()));
    (1..=50).for_each(|x| store.dispatch(moved(1, x)));
    assert_eq!(store.state().drawing.undo_len(), 3);

    let undo = || {
        store.dispatch(UndoAction::<Drawing>::undo());
        seen(&store.state())
    };
    assert_eq!(undo(), ("ab".into(), vec![0]));
    assert_eq!(undo(), (String::new(), vec![0]));
    assert_eq!(undo(), (String::new(), vec![]));
    store.dispatch(UndoAction::<Drawing>::jump(3));
    assert_eq!(seen(&store.state()), ("ab".into(), vec![50]));
}

#[test]
fn what_the_server_said_stays() {
    let store = start();
    store.dispatch(ShapesAction::Added(1));
    store.dispatch(moved(1, 5));
    let query = store.dispatch(GetShape.initiate(9));
    store.run_until(&query).unwrap();
    store.dispatch(ShapesAction::Selected(9));
    let cached = store.state().server.clone();

    store.dispatch(UndoAction::<Drawing>::undo());
    assert_eq!(seen(&store.state()).1, [0, 90]);
    store.dispatch(UndoAction::<Drawing>::undo());
    assert_eq!(seen(&store.state()).1, [90]);
    assert_eq!(store.state().drawing.shapes.selected, Some(9));
    assert_eq!(store.state().server, cached);
    store.dispatch(UndoAction::<Drawing>::jump(2));
    assert_eq!(seen(&store.state()).1, [5, 90]);
}

#[test]
fn listeners_are_told() {
    let store = start();
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = {
        let told = Arc::clone(&told);
        let can = |app: &App| (app.drawing.can_undo(), app.drawing.can_redo());
        let tell = move |can: &_| told.lock().unwrap().push(*can);
        store.subscribe_to(Topic::slice("drawing"), can, tell)
    };
    store.dispatch(UndoAction::<Drawing>::undo());
    store.dispatch(HeadingAction::Typed("a".into()));
    store.dispatch(UndoAction::<Drawing>::undo());
    store.dispatch(Server::reset_api_state());
    store.dispatch(UndoAction::<Drawing>::redo());
    drop(listener);
    assert_eq!(*told.lock().unwrap(), [(true, false), (false, true), (true, false)]);
}

/// Law 1: the hash of every state in the log, steps included, is that of a replay.
#[test]
fn a_log_replays_with_its_steps() {
    let store = start();
    let mut state = (*store.state()).clone();
    let query = store.dispatch(GetShape.initiate(9));
    store.run_until(&query).unwrap();
    for x in 1..5 {
        store.dispatch(moved(9, x));
        store.dispatch(HeadingAction::Typed("a".repeat(x as usize)));
        store.dispatch(ShapesAction::Added(10));
        store.dispatch(UndoAction::<Drawing>::jump(-2));
        store.dispatch(UndoAction::<Drawing>::redo());
    }

    let app = AppInfo::new("drawing", "1");
    let options = LogOptions::new().with_hashes(true).with_patches(true);
    let mut writer = LogWriter::new(Vec::new(), app, &state, options).unwrap();
    for (action, at) in store.log().actions().iter().zip(0..) {
        let _ = state.reduce(action);
        writer.append(at, action, &state).unwrap();
    }
    let text = writer.into_inner();
    let reader = || LogReader::new(&text[..]).unwrap();
    let verified = verify::<App, AppAction, _>(reader()).unwrap();
    assert_eq!(verified.actions as usize, store.log().actions().len());
    assert_eq!(fold::<App, AppAction, _>(reader()).unwrap().run().unwrap(), *store.state());
    assert!(store.state().drawing.can_redo());
}
