//! What the panels show of an entry, as trees.

use std::borrow::Cow;
use std::sync::Arc;

use ratatui::style::{Modifier, Style};
use retake_store::PropertyMap;
use retake_store::cache::{
    CacheData, CacheState, MutationEntry, QueryEntry, QueryError, QueryStatus, Subscribers,
};
use retake_store::log::Difference;
use retake_store::patch::Pointer;
use serde::Serialize;
use serde_json::Value;

use super::changes::{Changes, json};
use super::moment::Moment;
use super::node::Node;
use crate::recording::clock::elapsed;
use crate::recording::row::tags;
use crate::recording::state::Slice;

/// One of the panels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Panel {
    /// What the entry changed.
    Diff,
    /// The state after it.
    State,
    /// The cache entries after it.
    Cache,
    /// The entry itself.
    Action,
}

impl Panel {
    /// All panels, in the order of their keys.
    pub(crate) const ALL: [Self; 4] = [Self::Diff, Self::State, Self::Cache, Self::Action];

    /// Returns its name on the screen.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Diff => "Diff",
            Self::State => "State",
            Self::Cache => "Cache",
            Self::Action => "Action",
        }
    }

    /// Returns what it shows of `moment`, in a log that begins at `started_at`.
    pub(crate) fn nodes(self, moment: &Moment, started_at: u64) -> Vec<Node<'_>> {
        match self {
            Self::Diff => diff(moment),
            Self::State => state(moment),
            Self::Cache => cache(moment, started_at),
            Self::Action => action(moment),
        }
    }

    /// Returns whether `changes` are about what is shown at `path`.
    pub(crate) fn is_changed(self, changes: &Changes, path: &Pointer) -> bool {
        let mut changed = changes.differences.iter().map(|difference| &difference.path);
        match self {
            Self::State => changed.any(|it| it.is_within(path) || path.is_within(it)),
            Self::Cache => changed.any(|it| is_about(it, path)),
            Self::Diff | Self::Action => false,
        }
    }
}

fn dim() -> Style {
    Style::new().add_modifier(Modifier::DIM)
}

/// Returns whether a path in the state leads into the entry of the cache that is shown at `shown`,
/// or to its subscriptions.
fn is_about(path: &Pointer, shown: &Pointer) -> bool {
    let (mut path, mut shown) = (path.tokens(), shown.tokens());
    let is_of_api = path.next() == shown.next();
    let (Some(part), Some(key)) = (path.next(), path.next()) else { return false };
    let (Some(name), None) = (shown.next(), shown.next()) else { return false };
    is_of_api
        && match &*part {
            "queries" | "subscriptions" => name == key,
            "mutations" => name.ends_with(&format!("({key})")),
            _ => false,
        }
}

fn diff(moment: &Moment) -> Vec<Node<'_>> {
    if moment.entry.is_none() {
        return vec![Node::new("the beginning:", "nothing happened before it").styled(dim())];
    }
    let mut nodes: Vec<_> = moment.changes.differences.iter().map(difference).collect();
    if nodes.is_empty() {
        nodes.push(Node::new("nothing changed", "").styled(dim()));
    }
    nodes.extend(
        moment
            .changes
            .untold
            .iter()
            .map(|(name, until)| Node::new(format!("/{name}"), &untold(*until)).styled(dim())),
    );
    nodes
}

fn untold(until: u64) -> String {
    format!("the log tells it up to entry {until} only")
}

fn difference(difference: &Difference) -> Node<'_> {
    let Difference { path, expected: old, got: new } = difference;
    let path = if path.is_root() { "the root" } else { path.as_str() };
    let children = move || {
        let (red, green) = (Style::new().red(), Style::new().green());
        let sides = [("-", old, red), ("+", new, green)].into_iter();
        let sides = sides.filter_map(|(sign, value, style)| {
            Some(Node::json(sign, Cow::Borrowed(value.as_ref()?)).styled(style))
        });
        sides.collect()
    };
    Node::new(path, "").with(children).open()
}

fn state(moment: &Moment) -> Vec<Node<'_>> {
    let nodes = moment.state.slices().into_iter().map(|(name, slice)| match slice {
        Slice::Api(slice) => Node::new(name, "an api").styled(dim()).with(|| api(slice)),
        Slice::Recorded(known) => {
            let node = Node::json(name, Cow::Borrowed(known.value()));
            match known.at() == moment.seq {
                true => node,
                false => Node { text: untold(known.at()), style: dim(), ..node },
            }
        }
    });
    nodes.collect()
}

fn api(slice: &CacheState) -> Vec<Node<'_>> {
    vec![
        part("queries", slice.queries(), |key, entry| {
            Node::new(key, word(entry.status))
                .styled(style(entry.status))
                .with(move || members(entry))
        }),
        part("mutations", slice.mutations(), |key, entry| {
            Node::new(key, word(entry.status))
                .styled(style(entry.status))
                .with(move || members(entry))
        }),
        Node::json("provided", Cow::Owned(json(slice.provided()))),
        part("subscriptions", slice.subscriptions(), |key, subscribers| {
            Node::json(key, Cow::Owned(json(subscribers)))
        }),
        Node::json("config", Cow::Owned(json(slice.config()))),
    ]
}

fn part<'a, V>(
    name: &str,
    map: &'a PropertyMap<V>,
    node: impl Fn(&str, &'a V) -> Node<'a> + 'a,
) -> Node<'a> {
    let count = Node::new(name, &map.len().to_string()).styled(dim());
    match map.is_empty() {
        true => count,
        false => count.with(move || map.iter().map(|(key, value)| node(key, value)).collect()),
    }
}

fn members<'a, T: Serialize>(value: &T) -> Vec<Node<'a>> {
    let Value::Object(members) = json(value) else { return Vec::new() };
    members.into_iter().map(|(name, value)| Node::json(name, Cow::Owned(value))).collect()
}

fn cache(moment: &Moment, started_at: u64) -> Vec<Node<'_>> {
    let slices = moment.state.slices().into_iter();
    let mut apis = slices.filter_map(|(name, slice)| match slice {
        Slice::Api(slice) => Some((name, slice)),
        Slice::Recorded(_) => None,
    });
    let mut nodes = Vec::new();
    for (name, slice) in apis.by_ref() {
        let config = slice.config();
        let network = if config.online { "online" } else { "offline" };
        let window = if config.focused { "focused" } else { "not focused" };
        let text = format!(
            "queries: {}, mutations: {}; {network}, {window}",
            slice.queries().len(),
            slice.mutations().len()
        );
        let children = move || {
            let queries = slice.queries().iter();
            let queries = queries.map(move |(key, entry)| query(slice, key, entry, started_at));
            let mutations = slice.mutations().iter();
            let mutations = mutations.map(move |(key, entry)| mutation(key, entry, started_at));
            queries.chain(mutations).collect()
        };
        nodes.push(Node::new(name, &text).styled(dim()).with(children).open());
    }
    if nodes.is_empty() {
        nodes.push(Node::new("the state has no slice of an api", "").styled(dim()));
    }
    nodes
}

fn query<'a>(
    slice: &'a CacheState,
    key: &'a str,
    entry: &'a QueryEntry,
    started_at: u64,
) -> Node<'a> {
    let tags_of_it = slice.provided().tags_of(key).map(json);
    let tags_of_it = tags_of_it.as_ref().and_then(Value::as_array).map(|it| tags(it));
    let subscribers = slice.subscriptions().get(key);
    let count = subscribers.map_or(0, PropertyMap::len);
    let mut text = match count {
        1 => format!("{}  1 subscription", word(entry.status)),
        _ => format!("{}  {count} subscriptions", word(entry.status)),
    };
    let tags_of_it = tags_of_it.filter(|tags| !tags.is_empty());
    if let Some(tags) = &tags_of_it {
        text += &format!("  tags {tags}");
    }
    let children = move || {
        let mut nodes = Vec::new();
        nodes.extend(tags_of_it.map(|tags| Node::new("tags", &tags)));
        nodes.extend(subscriptions(subscribers.filter(|_| count > 0)));
        nodes.extend(times(entry.started_time_stamp, entry.fulfilled_time_stamp, started_at));
        nodes.extend(outcome(entry.data.as_ref(), entry.error.as_ref()));
        nodes
    };
    Node::new(key, &text).styled(style(entry.status)).with(children)
}

fn subscriptions(subscribers: Option<&Subscribers>) -> Option<Node<'_>> {
    let subscribers = subscribers?;
    Some(part("subscriptions", subscribers, |request_id, options| {
        Node::json(request_id, Cow::Owned(json(options)))
    }))
}

fn mutation<'a>(key: &'a Arc<str>, entry: &'a MutationEntry, started_at: u64) -> Node<'a> {
    let children = move || {
        let mut nodes = Vec::new();
        nodes.extend(times(entry.started_time_stamp, entry.fulfilled_time_stamp, started_at));
        nodes.extend(outcome(entry.data.as_ref(), entry.error.as_ref()));
        nodes
    };
    let name = format!("{} ({key})", entry.endpoint_name);
    Node::new(name, word(entry.status)).styled(style(entry.status)).with(children)
}

/// Returns when a request was sent, and when data came.
fn times<'a>(sent: Option<u64>, came: Option<u64>, started_at: u64) -> Vec<Node<'a>> {
    let node = |name, at| Node::new(name, &elapsed(at, started_at));
    let sent = sent.map(|at| node("last request at", at));
    sent.into_iter().chain(came.map(|at| node("data came at", at))).collect()
}

fn outcome<'a>(data: Option<&CacheData>, error: Option<&QueryError>) -> Vec<Node<'a>> {
    let data = data.map(|data| Node::json("data", Cow::Owned(json(data))));
    let error = error.map(|error| Node::json("error", Cow::Owned(json(error))));
    data.into_iter().chain(error).collect()
}

fn action(moment: &Moment) -> Vec<Node<'_>> {
    let Some(entry) = &moment.entry else {
        return vec![Node::new("the beginning:", "nothing happened before it").styled(dim())];
    };
    members(entry)
        .into_iter()
        .map(|node| match node.name.as_str() {
            "action" | "lifted" => node.open(),
            _ => node,
        })
        .collect()
}

fn word(status: QueryStatus) -> &'static str {
    match status {
        QueryStatus::Uninitialized => "none",
        QueryStatus::Pending => "pending",
        QueryStatus::Fulfilled => "fulfilled",
        QueryStatus::Rejected => "rejected",
    }
}

fn style(status: QueryStatus) -> Style {
    match status {
        QueryStatus::Uninitialized => dim(),
        QueryStatus::Pending => Style::new().yellow(),
        QueryStatus::Fulfilled => Style::new().green(),
        QueryStatus::Rejected => Style::new().red(),
    }
}
