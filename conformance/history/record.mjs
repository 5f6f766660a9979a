// Records what the real `instrument` of Redux DevTools does with drawn sequences of lifted
// actions:  npm ci && node record.mjs > recordings.json
//
// Left out is what it does with actions that are not there, and with skipping action 0: it
// breaks its own state then, and retake returns an error. Nor is a range of actions skipped
// after a reordering: it then forgets to compute those of the range that stand first.
import { createStore } from "redux";
import { instrument, ActionCreators } from "@redux-devtools/instrument";

function random(seed) { // mulberry32
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function reducer(state = { value: 0, log: [] }, action) {
  switch (action.type) {
    case "trace/add": return { value: state.value + action.payload, log: [...state.log, action.payload].slice(-4) };
    case "trace/double": return { ...state, value: (state.value * 2) % 1000 };
    case "trace/failAbove":
      if (state.value > action.payload) throw new Error(`${state.value} is above ${action.payload}`);
      return state;
    default: return state;
  }
}

function record(seed) {
  const next = random(seed);
  const below = (n) => Math.floor(next() * n);
  const pick = (list) => list[below(list.length)];
  const options = {
    maxAge: below(3) === 0 ? 2 + below(6) : undefined,
    shouldCatchErrors: below(2) === 0,
    pauseActionType: below(2) === 0 ? "@@PAUSED" : undefined,
    shouldStartLocked: below(12) === 0,
    shouldRecordChanges: below(12) !== 0,
  };
  const initial = { value: 1, log: [] };
  const store = createStore(reducer, initial, instrument(undefined, options));
  const lifted = store.liftedStore;
  const view = () => {
    const s = lifted.getState();
    return {
      staged: s.stagedActionIds, skipped: s.skippedActionIds, current: s.currentStateIndex,
      next: s.nextActionId, committed: s.committedState, locked: s.isLocked, paused: s.isPaused,
      computed: s.computedStates.map(({ state, error }) => (error ? { state, error: error.replace(/^Error: /, "") } : { state })),
    };
  };
  const steps = [];
  const length = 12 + below(24);
  for (let i = 0; i < length; i++) {
    const s = lifted.getState();
    const ids = s.stagedActionIds;
    const own = ids.slice(1);
    const draws = [
      ...Array(8).fill(() => ({ perform: { type: "trace/add", payload: below(9) - 2 } })),
      ...Array(2).fill(() => ({ perform: { type: "trace/double" } })),
      () => ({ perform: { type: "trace/failAbove", payload: below(30) } }),
      () => ({ lifted: { type: "JUMP_TO_STATE", index: below(ids.length) } }),
      () => ({ lifted: { type: "JUMP_TO_ACTION", actionId: below(s.nextActionId + 2) } }),
      () => ({ lifted: { type: "SWEEP" } }),
      () => ({ lifted: { type: "LOCK_CHANGES", status: below(4) === 0 } }),
    ];
    if (own.length > 0) {
      draws.push(...Array(3).fill(() => ({ lifted: { type: "TOGGLE_ACTION", id: pick(own) } })));
      draws.push(...Array(2).fill(() => ({
        lifted: { type: "REORDER_ACTION", actionId: below(s.nextActionId + 1), beforeActionId: below(s.nextActionId + 2) },
      })));
      if (own.every((id, at) => at === 0 || own[at - 1] < id)) draws.push(() => {
        // Ascending, so that no committed action lies between.
        const start = Math.min(...own);
        return { lifted: { type: "SET_ACTIONS_ACTIVE", start, end: start + below(s.nextActionId - start + 1), active: below(2) === 0 } };
      });
    }
    if (i > length / 2) {
      for (const type of ["RESET", "ROLLBACK", "COMMIT"]) draws.push(() => ({ lifted: { type } }));
      draws.push(() => ({ lifted: { type: "PAUSE_RECORDING", status: below(2) === 0 } }));
      draws.push(() => ({ import: { committed: { value: below(9), log: [] },
        actions: Array.from({ length: below(4) }, () => ({ type: "trace/add", payload: below(5) })) } }));
    }
    const step = pick(draws)();
    try {
      if (step.perform) lifted.dispatch(ActionCreators.performAction(step.perform));
      else if (step.lifted) lifted.dispatch({ ...step.lifted });
      else lifted.dispatch({ type: "IMPORT_STATE", nextLiftedState: step.import.actions, preloadedState: step.import.committed });
    } catch { step.threw = true; }
    steps.push({ ...step, then: view() });
  }
  return {
    seed, initial,
    options: { maxAge: options.maxAge, catchErrors: options.shouldCatchErrors, pauseStep: !!options.pauseActionType,
      startLocked: options.shouldStartLocked, startPaused: !options.shouldRecordChanges },
    steps,
  };
}

console.error = () => {};
const recordings = Array.from({ length: Number(process.argv[2] ?? 60) }, (_, i) => record(i + 1));
process.stdout.write("[\n" + recordings.map((it) => JSON.stringify(it)).join(",\n") + "\n]\n");
