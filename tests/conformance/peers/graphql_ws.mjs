// graphql-transport-ws: its reference client, then the protocol by hand, with every close code.
import assert from "node:assert/strict";

import { createClient } from "graphql-ws";
import { WebSocket } from "ws";

import { change, check, data, LINEAGE_CHANGED, ORDERS, SOCKET } from "../report.mjs";
import { seesChanges, VARIABLES } from "./watching.mjs";

const PROTOCOL = "graphql-transport-ws";
const connect = () => createClient({ url: SOCKET, webSocketImpl: WebSocket, retryAttempts: 0, lazy: true });
const through = (client) => (query, variables, next, error) => client.subscribe({ query, variables }, { next, error, complete: error });

async function withClient(action) {
  const client = connect();
  try {
    await action(client);
  } finally {
    await client.dispose();
  }
}

async function only(client, payload) {
  const results = [];
  for await (const result of client.iterate(payload)) results.push(result);
  assert.equal(results.length, 1);
  return results[0];
}

await check("a subscription: the state, then a change", () => withClient((client) => seesChanges(through(client))));
await check("domainStatusChanged starts with every domain", () =>
  withClient(async (client) => {
    const names = new Set();
    for await (const result of client.iterate({ query: "subscription { domainStatusChanged { name status } }" })) {
      names.add(result.data.domainStatusChanged.name);
      if (names.size === 3) break;
    }
  }),
);
await check("a query over the socket", () =>
  withClient(async (client) => {
    const { data: found } = await only(client, { query: "{ mesh { datasets } }" });
    assert.ok(found.mesh.datasets > 0);
  }),
);
await check("several operations over one socket, answered each by its id", () =>
  withClient(async (client) => {
    const names = ["sales", "analytics", "ml"];
    const query = "query ($name: String!) { domain(name: $name) { name } }";
    const answers = await Promise.all(names.map((name) => only(client, { query, variables: { name } })));
    assert.deepEqual(answers.map((answer) => answer.data.domain.name), names);
  }),
);
await check("20 subscriptions over one socket, one ends, the others go on", () =>
  withClient(async (client) => {
    const seen = new Set();
    let job;
    const stops = Array.from({ length: 20 }, (_, number) =>
      client.subscribe({ query: LINEAGE_CHANGED, variables: VARIABLES }, {
        next: ({ data: event }) => {
          if (job && event.lineageChanged.addedNodes.some((node) => node.name === job)) seen.add(number);
        },
        error: () => {},
        complete: () => {},
      }),
    );
    await data("{ mesh { version } }");
    await new Promise((later) => setTimeout(later, 500));
    stops[0]();
    job = `conformance_${crypto.randomUUID()}`;
    await change(job);
    while (seen.size < 19) await new Promise((later) => setTimeout(later, 20));
    assert.ok(!seen.has(0));
  }),
);
await check("an invalid document: an `error` message, and the socket stays", () =>
  withClient(async (client) => {
    await assert.rejects(only(client, { query: "{ nothing }" }), (error) => Array.isArray(error) && error[0].extensions.code !== undefined);
    await only(client, { query: "{ mesh { datasets } }" });
  }),
);
await check("a subscription to what nobody knows: an error with its code", () =>
  withClient(async (client) => {
    const variables = { of: { dataset: { ...ORDERS, name: "nothing.of.that.name" } } };
    const outcome = await only(client, { query: LINEAGE_CHANGED, variables }).catch((errors) => ({ errors }));
    assert.equal(outcome.errors[0].extensions.code, "ASSET_NOT_FOUND");
  }),
);

// By hand: send these messages, and see with which code the server closes.
const INIT = { type: "connection_init" };
const subscribe = (id, query = LINEAGE_CHANGED, variables = VARIABLES) => ({ id, type: "subscribe", payload: { query, variables } });

function closing(messages, { protocol = PROTOCOL, headers = {}, afterAck = [] } = {}) {
  return new Promise((closed, failed) => {
    const socket = new WebSocket(SOCKET, protocol, { headers });
    const send = (message) => socket.send(typeof message === "string" || Buffer.isBuffer(message) ? message : JSON.stringify(message));
    socket.on("open", () => messages.forEach(send));
    socket.on("message", (text) => JSON.parse(text).type === "connection_ack" && afterAck.forEach(send));
    socket.on("close", (code, reason) => closed({ code, reason: String(reason) }));
    socket.on("unexpected-response", (_, response) => closed({ code: response.statusCode, reason: "" }));
    socket.on("error", failed);
  });
}

const CODES = {
  "text that is not JSON: 4400": [["no JSON"]],
  "a message without a type: 4400": [[{}]],
  "an unknown type: 4400": [[{ type: "start" }]],
  "a message that is a list: 4400": [["[]"]],
  "subscribe without an id: 4400": [[INIT], { afterAck: [{ type: "subscribe", payload: { query: "{ mesh { datasets } }" } }] }],
  "subscribe without a payload: 4400": [[INIT], { afterAck: [{ id: "1", type: "subscribe" }] }],
  "a query that is not a string: 4400": [[INIT], { afterAck: [{ id: "1", type: "subscribe", payload: { query: 1 } }] }],
  "subscribe before init: 4401": [[subscribe("1")]],
  "no protocol offered: 4406": [[INIT], { protocol: [] }],
  "an id that is in use: 4409": [[INIT], { afterAck: [subscribe("1"), subscribe("1")] }],
  "init twice: 4429": [[INIT, INIT]],
  "no init in time: 4408": [[]],
};
for (const [name, given] of Object.entries(CODES)) {
  await check(name, async () => {
    const expected = Number(name.slice(-4));
    const { code, reason } = await closing(...given);
    assert.equal(code, expected, reason);
  });
}
await check("the old protocol, offered alone, is refused", async () => {
  // This client ends the handshake itself when no protocol was agreed on; a browser sees the close code.
  const outcome = await closing([INIT], { protocol: "graphql-ws" }).catch((error) => ({ code: error.message }));
  assert.ok([4406, "Server sent no subprotocol"].includes(outcome.code), `${outcome.code}`);
});
await check("a foreign Origin is refused", async () => {
  const { code } = await closing([], { headers: { origin: "https://evil.example" } });
  assert.ok([403, 4403].includes(code), `${code}`);
});
await check("the socket speaks graphql-transport-ws although the old protocol is offered too", async () => {
  const socket = new WebSocket(SOCKET, ["graphql-ws", PROTOCOL]);
  await new Promise((opened, failed) => socket.on("open", opened).on("error", failed));
  assert.equal(socket.protocol, PROTOCOL);
  socket.terminate();
});
await check("ping is answered by pong, with its payload or none", async () => {
  const socket = new WebSocket(SOCKET, PROTOCOL);
  const next = () => new Promise((got, failed) => socket.once("message", (text) => got(JSON.parse(text))).once("close", failed));
  await new Promise((opened, failed) => socket.on("open", opened).on("error", failed));
  socket.send(JSON.stringify(INIT));
  assert.equal((await next()).type, "connection_ack");
  socket.send(JSON.stringify({ type: "ping", payload: { at: 1 } }));
  assert.equal((await next()).type, "pong");
  socket.terminate();
});
process.exit(0);
