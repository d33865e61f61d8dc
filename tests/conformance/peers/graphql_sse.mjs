// GraphQL over SSE, distinct connections: its reference client, meros for multipart, then the bytes on the wire.
import assert from "node:assert/strict";

import { createClient } from "graphql-sse";
import { meros } from "meros/browser"; // for fetch, which Node has as well

import { change, check, ENDPOINT, LINEAGE_CHANGED } from "../report.mjs";
import { seesChanges, VARIABLES } from "./watching.mjs";

const BODY = JSON.stringify({ query: LINEAGE_CHANGED, variables: VARIABLES });
const open = (accept, body = BODY) =>
  fetch(ENDPOINT, { method: "POST", headers: { "content-type": "application/json", accept }, body });
const through = (client) => (query, variables, next, error) => client.subscribe({ query, variables }, { next, error, complete: error });

async function withClient(action) {
  const client = createClient({ url: ENDPOINT, retryAttempts: 0 });
  try {
    await action(client);
  } finally {
    client.dispose();
  }
}

await check("a subscription: the state, then a change", () => withClient((client) => seesChanges(through(client))));
await check("several subscriptions of one client", () =>
  withClient((client) => Promise.all([1, 2, 3].map(() => seesChanges(through(client))))),
);
await check("a query by SSE: one result, then the end", () =>
  withClient(async (client) => {
    const results = [];
    for await (const result of client.iterate({ query: "{ mesh { datasets } }" })) results.push(result);
    assert.equal(results.length, 1);
    assert.ok(results[0].data.mesh.datasets > 0);
  }),
);
await check("an invalid document is an answer with its errors", () =>
  withClient(async (client) => {
    const results = [];
    const iterating = (async () => {
      for await (const result of client.iterate({ query: "subscription { nothing }" })) results.push(result);
    })();
    await iterating.catch((error) => results.push({ errors: [error] }));
    assert.ok(results[0].errors?.length > 0, JSON.stringify(results));
  }),
);
await check("on the wire: text/event-stream, LF only, `next` first", async () => {
  const response = await open("text/event-stream");
  assert.match(response.headers.get("content-type"), /^text\/event-stream/);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!/event: ?next\ndata: ?\{.*\}\n\n/.test(text)) {
    const { done, value } = await reader.read();
    assert.ok(!done, text);
    text += value;
  }
  assert.ok(!text.includes("\r"), "CR on the wire");
  await reader.cancel();
});
await check("multipart, read by meros: the state, then a change", async () => {
  const response = await open("multipart/mixed;subscriptionSpec=1.0, application/json");
  assert.match(response.headers.get("content-type"), /^multipart\/mixed/);
  let job;
  for await (const part of await meros(response)) {
    assert.ok(part.json, part.body);
    const event = part.body.payload ?? part.body;
    const nodes = event?.data?.lineageChanged?.addedNodes ?? [];
    if (job && nodes.some((node) => node.name === job)) break;
    if (!job && nodes.length) job = await change();
  }
});
await check("a plain POST of a subscription is refused, naming the ways that work", async () => {
  const response = await open("application/json");
  assert.ok(response.status >= 400 && response.status < 500, `${response.status}`);
  const text = JSON.stringify(await response.json());
  assert.match(text, /text\/event-stream/);
  assert.match(text, /graphql-transport-ws/);
});
process.exit(0);
