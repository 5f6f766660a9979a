//! Focus and reconnection: entries are fetched again when somebody looks, or can.

use retake_store::cache::{
    CacheAction, CacheState, InvalidatedEntry, Subscribers, SubscriptionOptions, WindowAction,
};

use crate::effect::Effect;
use crate::handler::{Frame, Handler, HandlerContext};
use crate::handlers::was_requested;

/// Fetches entries again when the window gets the focus or the network is back, where a
/// subscription or the api says so.
///
/// The api decides for an entry of which no subscription says anything. One that it decides
/// to fetch again and that nobody subscribes to any more is removed.
///
/// Source: RTK Query, `windowEventHandling`.
#[derive(Clone, Copy, Debug, Default)]
pub struct WindowEvents;

/// Returns the option that asks for a fetch at `action`; `None` when none does.
fn option(action: &CacheAction) -> Option<fn(&SubscriptionOptions) -> Option<bool>> {
    match action {
        CacheAction::Window(WindowAction::Focused) => Some(|options| options.refetch_on_focus),
        CacheAction::Window(WindowAction::Online) => Some(|options| options.refetch_on_reconnect),
        _ => None,
    }
}

fn is_default(action: &CacheAction, now: &CacheState) -> bool {
    match action {
        CacheAction::Window(WindowAction::Focused) => now.config().refetch_on_focus,
        CacheAction::Window(WindowAction::Online) => now.config().refetch_on_reconnect,
        _ => false,
    }
}

/// Returns whether an entry with these subscriptions is fetched again.
fn is_wanted(
    subscribers: &Subscribers,
    option: fn(&SubscriptionOptions) -> Option<bool>,
    is_default: bool,
) -> bool {
    let mut is_open = true;
    for options in subscribers.values() {
        match option(options) {
            Some(true) => return true,
            Some(false) => is_open = false,
            None => {}
        }
    }
    is_open && is_default
}

impl Handler for WindowEvents {
    fn step(&mut self, cx: &HandlerContext<'_>, frame: &mut Frame) -> Option<Effect> {
        let option = option(cx.action)?;
        if frame.steps == 0 {
            let entries =
                cx.now.subscriptions().keys().filter_map(|key| {
                    cx.now.query(key).map(|entry| InvalidatedEntry::new(key, entry))
                });
            frame.entries.extend(entries);
        }
        let is_default = is_default(cx.action, cx.now);
        while let Some(entry) = frame.entries.pop_front() {
            // What was done for the entries before may have ended subscriptions of this one.
            let query_cache_key = &entry.query_cache_key;
            let Some(subscribers) = cx.now.subscriptions().get(query_cache_key) else { continue };
            if !is_wanted(subscribers, option, is_default) {
                continue;
            }
            if subscribers.is_empty() {
                let query_cache_key = entry.query_cache_key;
                return Some(Effect::Dispatch(CacheAction::RemoveQueryResult { query_cache_key }));
            }
            if was_requested(cx.now, query_cache_key) {
                return Some(Effect::Refetch(entry));
            }
        }
        None
    }
}
