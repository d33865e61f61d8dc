// Apollo Client, in the ways in which a frontend sets it up.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQL17Alpha9Handler } from "@apollo/client/incremental";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { createClient } from "graphql-ws";

import { check, ENDPOINT, ORDERS, SOCKET } from "../report.mjs";
import { seesChanges } from "./watching.mjs";

const http = (options = {}) => new HttpLink({ uri: ENDPOINT, ...options });
const client = (link, options = {}) => new ApolloClient({ link, cache: new InMemoryCache(), ...options });
const LINEAGE = gql`
  query Lineage($of: AssetRef!) {
    lineage(of: $of, direction: DOWNSTREAM, depth: 10) {
      nodes { id name kind distance }
      edges { source target steps }
      complete
    }
  }
`;
const variables = { of: { dataset: ORDERS } };

async function asks(link) {
  const { data } = await client(link).query({ query: LINEAGE, variables });
  assert.ok(data.lineage.complete && data.lineage.nodes.some((node) => node.name === "churn_model"));
}

await check("a query by POST", () => asks(http()));
await check("a query by GET", () => asks(http({ useGETForQueries: true })));
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
await check("a persisted query: refused, registered, then by its hash alone", async () => {
  const sent = [];
  const watched = http({ fetch: (url, init) => (sent.push(init.body ?? url), fetch(url, init)) });
  const link = new PersistedQueryLink({ sha256 }).concat(watched);
  await asks(link);
  await asks(link);
  assert.ok(!sent.at(-1).includes("downstream".toUpperCase()), "the text was sent again");
});
await check("persisted queries by GET", () =>
  asks(new PersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(http())),
);
await check("an error of a field arrives beside the data, with its code", async () => {
  const { data, error } = await client(http()).query({
    query: gql`{ mesh { datasets } search(query: "x", domains: ["none"]) { totalCount } }`,
    errorPolicy: "all",
  });
  assert.ok(data.mesh.datasets > 0 && CombinedGraphQLErrors.is(error));
  assert.equal(error.errors[0].extensions.code, "DOMAIN_NOT_FOUND");
});
await check("a document that does not fit the schema is an error with its code", async () => {
  const asked = client(http()).query({ query: gql`{ nothing }` });
  await assert.rejects(asked, (error) => error.errors?.[0].extensions.code === "GRAPHQL_VALIDATION_FAILED");
});
await check("objects are normalised by id: a dataset is found in the cache", async () => {
  const asking = client(http());
  const query = gql`query ($s: String!, $n: String!) { dataset(namespace: $s, name: $n) { id name type } }`;
  await asking.query({ query, variables: { s: ORDERS.namespace, n: ORDERS.name } });
  assert.ok(Object.keys(asking.cache.extract()).some((key) => key.startsWith("Dataset:")));
});
await check("queries under way are not confused: 50 at once", async () => {
  const asking = client(http(), { queryDeduplication: false });
  await Promise.all(Array.from({ length: 50 }, () => asking.query({ query: LINEAGE, variables, fetchPolicy: "no-cache" })));
});
await check("a deferred fragment arrives (setting incremental_delivery)", async () => {
  const asking = client(http({ uri: `${process.env.INCREMENTAL_GATEWAY_URL}/graphql` }), { incrementalHandler: new GraphQL17Alpha9Handler() });
  const query = gql`
    query ($s: String!, $n: String!) {
      dataset(namespace: $s, name: $n) { id name ... @defer { columns { name } } }
    }
  `;
  const model = { s: "mlflow://models.acme.example", n: "churn_model" };
  const { data } = await asking.query({ query, variables: model });
  assert.ok(data.dataset.columns.length > 0);
});

function through(link) {
  return (query, given, onResult, onError) => {
    const observable = client(link).subscribe({ query: gql(query), variables: given });
    const subscription = observable.subscribe({
      next: ({ data, error }) => onResult({ data, error }),
      error: onError,
      complete: onError,
    });
    return () => subscription.unsubscribe();
  };
}

await check("a subscription by WebSocket", async () => {
  const socket = createClient({ url: SOCKET, retryAttempts: 0 });
  await seesChanges(through(new GraphQLWsLink(socket)));
  await socket.dispose();
});
await check("a subscription by multipart over HTTP", () => seesChanges(through(ApolloLink.from([http()]))));
process.exit(0);
