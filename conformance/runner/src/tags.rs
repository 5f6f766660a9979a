//! Tags of a scenario (FORMAT 2.4).

use retake::Query;
use retake::store::cache::{Tag, TagDescription, TagId, Tags, tag};
use retake::thunks::{JsonArg, MutationOutcome, QueryOutcome};
use serde_json::{Value, json};

use crate::endpoints::AnyMutation;
use crate::scenario::{TagSource, TagSpec, TagsSpec};
use crate::slot::Slot;
use crate::template::{Scope, at, expand};

/// Returns the tags that a query provides.
pub(crate) fn query_tags<E: Query>(
    spec: &TagsSpec,
    outcome: QueryOutcome<'_, E>,
    arg: &JsonArg,
) -> Tags {
    let data = outcome.data.map(|data| json!(data));
    tags(spec, data.as_ref(), outcome.error.map(|error| error.value()), arg)
}

/// Returns the tags that a mutation makes outdated.
pub(crate) fn mutation_tags<N: Slot>(
    spec: &TagsSpec,
    outcome: MutationOutcome<'_, AnyMutation<N>>,
    arg: &JsonArg,
) -> Tags {
    tags(spec, outcome.data, outcome.error.map(|error| error.value()), arg)
}

fn tags(spec: &TagsSpec, data: Option<&Value>, error: Option<&Value>, arg: &JsonArg) -> Tags {
    let list = match spec {
        TagsSpec::Always(list) => list,
        TagsSpec::ByOutcome { on_result, .. } if data.is_some() => on_result,
        TagsSpec::ByOutcome { on_error, .. } => on_error,
    };
    let scope = Scope {
        arg: arg.value().cloned(),
        result: data.cloned(),
        error: error.cloned(),
        ..Scope::default()
    };
    let described = list.iter().flat_map(|spec| describe(spec, &scope));
    described.filter_map(|tag| tag.to_tag()).collect()
}

/// Returns the tags that `spec` stands for, in the form in which it has them.
pub(crate) fn describe(spec: &TagSpec, scope: &Scope) -> Vec<TagDescription> {
    match spec {
        TagSpec::None => vec![TagDescription::None],
        TagSpec::Type(kind) => vec![TagDescription::Type(kind.clone().into())],
        TagSpec::Each { each, of, kind, id } => {
            let source = match of {
                TagSource::Result => &scope.result,
                TagSource::Arg => &scope.arg,
            };
            let items = source.as_ref().and_then(|source| at(source, each)?.as_array());
            let items = items.into_iter().flatten();
            items.map(|item| full(kind, at(item, id).cloned()).into()).collect()
        }
        TagSpec::Full { kind, id } => {
            let id = match id {
                Some(template @ Value::Object(_)) => expand(template, scope),
                id => id.clone(),
            };
            vec![full(kind, id).into()]
        }
    }
}

fn full(kind: &str, id: Option<Value>) -> Tag {
    let id = match id {
        None | Some(Value::Null) => return Tag::of_type(kind.to_owned()),
        Some(Value::Number(id)) => TagId::Number(id),
        Some(Value::String(id)) => id.into(),
        Some(other) => other.to_string().into(),
    };
    tag(kind.to_owned(), id)
}
