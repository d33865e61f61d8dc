// What every subscription of every client must show, whatever carries it.
import assert from "node:assert/strict";

import { change, LINEAGE_CHANGED, ORDERS } from "../report.mjs";

export const VARIABLES = { of: { dataset: ORDERS } };

// `subscribe(query, variables, onResult, onError)` starts one and returns its end; results are `{data, errors}`.
export async function seesChanges(subscribe) {
  const results = [];
  let wake = () => {};
  let failure;
  const stop = await subscribe(
    LINEAGE_CHANGED,
    VARIABLES,
    (result) => (results.push(result), wake()),
    (error) => ((failure = error ?? new Error("ended")), wake()),
  );
  async function until(holds) {
    while (!results.some(holds)) {
      if (failure) throw failure;
      await new Promise((awake) => (wake = awake));
    }
  }
  const added = (result) => result.data?.lineageChanged?.addedNodes ?? [];
  try {
    await until(() => true);
    const [first] = results;
    assert.ok(!first.errors && !first.error, JSON.stringify(first.errors ?? first.error?.message));
    assert.ok(added(first).some((node) => node.name === ORDERS.name), "the first event is the current state");
    const job = await change();
    await until((result) => added(result).some((node) => node.name === job));
  } finally {
    await stop();
  }
}
