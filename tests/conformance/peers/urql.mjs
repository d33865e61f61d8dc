// urql, in the ways in which a frontend sets it up.
import assert from "node:assert/strict";

import { cacheExchange, Client, fetchExchange, gql, subscriptionExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { createClient } from "graphql-ws";

import { check, ENDPOINT, ORDERS, SOCKET } from "../report.mjs";
import { seesChanges } from "./watching.mjs";

const LINEAGE = gql`
  query Lineage($of: AssetRef!) {
    lineage(of: $of, direction: DOWNSTREAM, depth: 10) { nodes { id name kind distance } complete }
  }
`;
const variables = { of: { dataset: ORDERS } };
const client = (options = {}) =>
  new Client({ url: ENDPOINT, exchanges: [cacheExchange, fetchExchange], preferGetMethod: false, ...options });

async function asks(asking) {
  const { data, error } = await asking.query(LINEAGE, variables).toPromise();
  assert.ok(!error, error?.message);
  assert.ok(data.lineage.complete && data.lineage.nodes.some((node) => node.name === "churn_model"));
}

await check("a query by POST, as it comes", () => asks(client()));
await check("a query by GET", () => asks(client({ preferGetMethod: "force" })));
await check("a query within the URL's limit, by GET as is urql's default", () => asks(client({ preferGetMethod: undefined })));
await check("a query where subscriptions by fetch are on: SSE is listed, JSON is wanted", () =>
  asks(client({ fetchSubscriptions: true })),
);
for (const preferGetForPersistedQueries of [false, true]) {
  await check(`a persisted query${preferGetForPersistedQueries ? " by GET" : ""}, twice`, async () => {
    const sent = [];
    const exchanges = [persistedExchange({ preferGetForPersistedQueries }), fetchExchange];
    const watching = (url, init) => (sent.push(init.body ?? String(url)), fetch(url, init));
    const asking = client({ exchanges, fetch: watching });
    await asks(asking);
    await asks(asking);
    assert.ok(!sent.at(-1).includes("DOWNSTREAM"), "the text was sent again");
  });
}
await check("an error of a field arrives beside the data, with its code", async () => {
  const { data, error } = await client().query(gql`{ mesh { datasets } search(query: "x", domains: ["none"]) { totalCount } }`, {}).toPromise();
  assert.ok(data.mesh.datasets > 0);
  assert.equal(error.graphQLErrors[0].extensions.code, "DOMAIN_NOT_FOUND");
});
await check("a document that does not fit the schema is an error with its code", async () => {
  const { error } = await client().query(gql`{ nothing }`, {}).toPromise();
  assert.equal(error.graphQLErrors[0].extensions.code, "GRAPHQL_VALIDATION_FAILED");
});

function through(asking) {
  return (query, given, onResult, onError) => {
    const sink = (result) => onResult({ data: result.data, error: result.error });
    const source = asking.subscription(gql(query), given);
    const { unsubscribe } = source.subscribe(sink);
    return unsubscribe;
  };
}

await check("a subscription by WebSocket", async () => {
  const socket = createClient({ url: SOCKET, retryAttempts: 0 });
  const forwardSubscription = (request) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query ?? "" }, sink) }),
  });
  await seesChanges(through(client({ exchanges: [fetchExchange, subscriptionExchange({ forwardSubscription })] })));
  await socket.dispose();
});
const accepting = (accept) => ({ fetchSubscriptions: true, fetchOptions: { headers: { accept } } });
await check("a subscription by fetch, as it comes", () => seesChanges(through(client({ fetchSubscriptions: true }))));
await check("a subscription by SSE alone", () => seesChanges(through(client(accepting("text/event-stream")))));
await check("a subscription by multipart alone", () => seesChanges(through(client(accepting("multipart/mixed")))));
process.exit(0);
