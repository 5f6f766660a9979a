//! Slots: where the apis of a scenario run.
//!
//! An api is a type, and its reducer path a constant of it. The application has a few such types,
//! each with a slice; the apis of a scenario, whatever their paths, take them in order.

use std::sync::Mutex;

use retake::State;
use retake::store::cache::{ApiAction, ApiState};
use serde::{Deserialize, Serialize};

use crate::app::{AppAction, TestApi, User};
use crate::endpoints::Endpoints;

/// The types of the slots have this.
pub(crate) trait Slot: Sized + Send + Sync + 'static {
    /// The reducer path of the api that runs here.
    const PATH: &'static str;

    fn slice(app: &App) -> &ApiState<TestApi<Self>>;

    fn slice_mut(app: &mut App) -> &mut ApiState<TestApi<Self>>;

    fn root_action(action: ApiAction<TestApi<Self>>) -> AppAction;

    fn endpoints(all: &AllEndpoints) -> &Mutex<Endpoints<Self>>;
}

macro_rules! slots {
    ($($slot:ident, $field:ident, $path:literal;)+) => {
        /// The slots, in the order in which apis take them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum SlotName {
            $($slot),+
        }

        impl SlotName {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$slot),+];
        }

        $(
            pub(crate) struct $slot;

            impl Slot for $slot {
                const PATH: &'static str = $path;

                fn slice(app: &App) -> &ApiState<TestApi<Self>> {
                    &app.$field
                }

                fn slice_mut(app: &mut App) -> &mut ApiState<TestApi<Self>> {
                    &mut app.$field
                }

                fn root_action(action: ApiAction<TestApi<Self>>) -> AppAction {
                    AppAction::$slot(action)
                }

                fn endpoints(all: &AllEndpoints) -> &Mutex<Endpoints<Self>> {
                    &all.$field
                }
            }
        )+

        /// The state of the application: a slice for each slot, and one of the user's.
        #[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
        pub(crate) struct App {
            $(
                #[serde(rename = $path)]
                $field: ApiState<TestApi<$slot>>,
            )+
            pub(crate) user: User,
        }

        /// The endpoints of the apis.
        #[derive(Default)]
        pub(crate) struct AllEndpoints {
            $($field: Mutex<Endpoints<$slot>>),+
        }
    };
}

// No scenario has such paths.
slots! {
    First, first, "api 1";
    Second, second, "api 2";
    Third, third, "api 3";
}

/// Evaluates `$run` with the type of the slot `$name` as `$slot`.
macro_rules! in_slot {
    ($name:expr, $slot:ident => $run:expr) => {
        match $name {
            $crate::slot::SlotName::First => {
                type $slot = $crate::slot::First;
                $run
            }
            $crate::slot::SlotName::Second => {
                type $slot = $crate::slot::Second;
                $run
            }
            $crate::slot::SlotName::Third => {
                type $slot = $crate::slot::Third;
                $run
            }
        }
    };
}
pub(crate) use in_slot;
