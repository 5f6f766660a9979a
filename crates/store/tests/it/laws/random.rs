//! Random actions of the cache, and random damage to their JSON.

use std::sync::Arc;
use std::time::Duration;

use im::Vector;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use retake_store::cache::{
    CacheAction, CacheData, Delta, InfiniteData, InfiniteQueryDirection, PageArg, ProvidedTags,
    QueryArg, Refetch, Rejected, Step, SubscriptionOptions, Tag, TagDescription, Tags,
    UpsertedEntry, WindowAction, tag,
};
use serde_json::{Value, json};

use crate::cache_app::*;

fn request_id() -> impl Strategy<Value = String> {
    prop_oneof![(0..3_u32).prop_map(|n| format!("r{n}")), (0..12_u32).prop_map(|n| n.to_string())]
}

fn tags() -> impl Strategy<Value = Tags> {
    let one = prop_oneof![
        (0..12_i32).prop_map(|id| tag("Post", id)),
        (0..12_i32).prop_map(|id| tag("Post", id.to_string())),
        Just(Tag::of_type("Post")),
        Just(tag("User", "LIST")),
        Just(tag("User", "")),
    ];
    vec(one, 0..4).prop_map(Tags::from)
}

/// Typed lists and plain JSON, so that data of one entry may change its type.
fn data_of_any_type() -> impl Strategy<Value = CacheData> {
    let list = vec((0..8_u32, "[a-c]"), 0..4);
    prop_oneof![
        3 => list.prop_map(|rows| {
            let rows = rows.iter().map(|(id, title)| Arc::new(post(*id, title)));
            CacheData::new(rows.collect::<Vector<_>>())
        }),
        1 => vec(("[a-c]", 0..4_u32), 0..4).prop_map(|pages| {
            let mut data = InfiniteData::<String, u32>::default();
            for (page, page_param) in pages {
                data.add_page(InfiniteQueryDirection::Forward, page, page_param, None);
            }
            CacheData::new(data)
        }),
        1 => value().prop_map(data),
        1 => (0..3_u32).prop_map(CacheData::new),
    ]
}

fn delta() -> impl Strategy<Value = Delta> {
    prop_oneof![
        2 => (data_of_any_type(), data_of_any_type())
            .prop_map(|(old, new)| Delta::between(old, new)),
        1 => (data_of_any_type(), data_of_any_type())
            .prop_filter_map("the way back", |(old, new)| Delta::between(old, new).inverse()),
        1 => (0..4_usize, 0..3_usize, value()).prop_map(|(at, op, value)| {
            let path = ["", "/0", "/2/title", "/-"][at];
            let op = json!({"op": (["add", "replace", "remove"][op]), "path": path, "value": value});
            Delta::from_patches(ops(json!([op])))
        }),
    ]
}

fn options() -> impl Strategy<Value = SubscriptionOptions> {
    (of(0..9_u64), of(any::<bool>()), of(any::<bool>())).prop_map(|(polling, skip, focus)| {
        SubscriptionOptions {
            polling_interval: polling.map(Duration::from_millis),
            skip_polling_if_unfocused: skip,
            refetch_on_focus: focus,
            refetch_on_reconnect: None,
        }
    })
}

fn page() -> impl Strategy<Value = PageArg> {
    let direction = of(prop_oneof![
        Just(InfiniteQueryDirection::Forward),
        Just(InfiniteQueryDirection::Backward),
    ]);
    (direction, of(value()), of(value()), of(any::<bool>())).prop_map(
        |(direction, param, initial_page_param, refetch_cached_pages)| PageArg {
            direction,
            param: param.map(Arc::new),
            initial_page_param: initial_page_param.map(Arc::new),
            refetch_cached_pages,
        },
    )
}

fn query_arg() -> impl Strategy<Value = QueryArg> {
    let refetch = of(prop_oneof![
        any::<bool>().prop_map(Refetch::from),
        (0..90_u64).prop_map(|seconds| Duration::from_millis(seconds * 100).into()),
    ]);
    (0..4_u32, any::<bool>(), refetch, of(options()), of(value()), page()).prop_map(
        |(id, subscribe, force_refetch, subscription_options, original_args, page)| QueryArg {
            subscribe,
            force_refetch,
            subscription_options,
            original_args: original_args.map(Arc::new),
            page,
            ..arg(id)
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let fulfilled = (0..99_u64, data_of_any_type(), of(delta()), tags());
    prop_oneof![
        3 => (0..99_u64).prop_map(pending_at),
        4 => fulfilled.prop_map(|(at, payload, merged, tags)| {
            let mut step = fulfilled_at(at, payload, tags.to_vec());
            if let Step::Fulfilled(fulfilled) = &mut step {
                fulfilled.merged = merged;
            }
            step
        }),
        1 => (value(), tags()).prop_map(|(payload, tags)| rejected_with(payload, tags.to_vec())),
        1 => Just(aborted()),
        1 => Just(Step::Rejected(Rejected::by_condition())),
    ]
}

/// Entries with distinct keys, as their merges are made from what is cached.
fn entries() -> impl Strategy<Value = Vec<UpsertedEntry>> {
    vec((data_of_any_type(), of(delta()), tags()), 0..4).prop_map(|entries| {
        let entries = (0..).zip(entries).map(|(id, (value, merged, tags))| UpsertedEntry {
            merged,
            ..upserted(id, value, tags.to_vec())
        });
        entries.collect()
    })
}

pub(super) fn action() -> impl Strategy<Value = CacheAction> {
    let descriptions = vec(
        prop_oneof![
            Just(TagDescription::None),
            Just(TagDescription::from("Post")),
            (0..12_i32).prop_map(|id| tag("Post", id).into()),
        ],
        0..3,
    );
    let window = prop_oneof![
        Just(WindowAction::Focused),
        Just(WindowAction::Unfocused),
        Just(WindowAction::Online),
        Just(WindowAction::Offline),
    ];
    prop_oneof![
        12 => (query_arg(), request_id(), step(), proptest::bool::weighted(0.2)).prop_map(
            |(arg, request_id, step, is_upsert)| {
                let action = query(arg, &request_id, step);
                if is_upsert { upsert(action) } else { action }
            },
        ),
        4 => (request_id(), of("[a-b]"), proptest::bool::weighted(0.8), step()).prop_map(
            |(request_id, fixed, track, step)| mutation(&request_id, fixed.as_deref(), track, step),
        ),
        2 => (0..4_u32).prop_map(remove),
        6 => (0..4_u32, delta()).prop_map(|(id, patches)| {
            CacheAction::QueryResultPatched { query_cache_key: key(id), patches }
        }),
        2 => (request_id(), 0..99_u64, entries())
            .prop_map(|(request_id, at, entries)| upsert_entries(&request_id, at, entries)),
        1 => (request_id(), of("[a-b]")).prop_map(|(request_id, fixed)| {
            CacheAction::RemoveMutationResult {
                request_id: request_id.into(),
                fixed_cache_key: fixed.map(Into::into),
            }
        }),
        2 => vec((0..5_u32, tags()), 0..3).prop_map(|entries| {
            let entries = entries.into_iter().map(|(id, provided_tags)| ProvidedTags {
                query_cache_key: key(id),
                provided_tags,
            });
            CacheAction::UpdateProvidedBy(entries.collect())
        }),
        1 => (0..4_u32, request_id(), options()).prop_map(|(id, request_id, options)| {
            CacheAction::UpdateSubscriptionOptions {
                endpoint_name: "getPost".into(),
                request_id: request_id.into(),
                query_cache_key: key(id),
                options,
            }
        }),
        2 => (0..4_u32, request_id()).prop_map(|(id, request_id)| {
            CacheAction::UnsubscribeQueryResult {
                request_id: request_id.into(),
                query_cache_key: key(id),
            }
        }),
        1 => descriptions.prop_map(CacheAction::InvalidateTags),
        1 => Just(CacheAction::ResetApiState),
        1 => Just(CacheAction::MiddlewareRegistered),
        1 => window.prop_map(CacheAction::Window),
    ]
}

/// Small JSON values, of the words that actions are made of.
pub(super) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2..3_i64).prop_map(Value::from),
        Just(json!(1.5)),
        Just(json!(u64::MAX)),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((word(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn word() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "",
        "0",
        "type",
        "query",
        "mutation",
        "arg",
        "requestId",
        "queryCacheKey",
        "endpointName",
        "subscribe",
        "track",
        "retake",
        "tags",
        "patches",
        "upsert",
        "op",
        "replace",
        "path",
        "/0",
        "value",
        "id",
        "title",
        "likes",
        "getPost(1)",
        "startedTimeStamp",
        "fulfilledTimeStamp",
        "payload",
        "queryDescription",
        "providedTags",
        "timestamp",
        "condition",
        "options",
        "pollingInterval",
        "__proto__",
        "__internal_without_id",
    ];
    (0..WORDS.len()).prop_map(|at| WORDS[at].to_owned())
}

pub(super) fn kind() -> impl Strategy<Value = String> {
    let suffix = prop_oneof![
        Just("executeQuery/pending"),
        Just("executeQuery/fulfilled"),
        Just("executeQuery/rejected"),
        Just("executeMutation/fulfilled"),
        Just("queries/queryResultPatched"),
        Just("queries/cacheEntriesUpserted"),
        Just("invalidation/updateProvidedBy"),
        Just("subscriptions/updateSubscriptionOptions"),
        Just("invalidateTags"),
        Just(""),
    ];
    prop_oneof![9 => suffix.prop_map(|suffix| format!("api/{suffix}")), 1 => word()]
}

/// Where to damage a value, by turns through it, and what to put there; `None` removes.
pub(super) type Damage = (Vec<usize>, Option<Value>);

pub(super) fn damage() -> impl Strategy<Value = Damage> {
    (vec(0..12_usize, 1..6), of(value()))
}

/// Damages `json` somewhere.
pub(super) fn harm(json: &mut Value, (turns, value): &Damage) {
    let Some((turn, rest)) = turns.split_first() else {
        *json = value.clone().unwrap_or_default();
        return;
    };
    let is_last = rest.is_empty();
    match json {
        Value::Object(members) if !members.is_empty() => {
            let name = members.keys().nth(turn % members.len()).cloned().unwrap_or_default();
            if is_last && value.is_none() {
                members.remove(&name);
            } else if let Some(member) = members.get_mut(&name) {
                harm(member, &(rest.to_vec(), value.clone()));
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let at = turn % items.len();
            if is_last && value.is_none() {
                items.remove(at);
            } else {
                harm(&mut items[at], &(rest.to_vec(), value.clone()));
            }
        }
        scalar => *scalar = value.clone().unwrap_or_default(),
    }
}
