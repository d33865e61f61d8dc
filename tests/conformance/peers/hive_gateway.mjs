// Hive Gateway's runtime in front of ours and two more subgraphs, on a supergraph of The Guild's composer.
import assert from "node:assert/strict";
import { createServer } from "node:http";

import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";
import { createClient } from "graphql-sse";

import { ask, change, check, ENDPOINT, LINEAGE_CHANGED, ORDERS } from "../report.mjs";
import { guild } from "./composers.mjs";
import { checkHops } from "./hops.mjs";
import { ourSdl, startSubgraphs } from "./subgraphs.mjs";

const others = await startSubgraphs();
const supergraph = guild([{ name: "lineage", url: ENDPOINT, sdl: await ourSdl() }, ...others.subgraphs]);
const runtime = createGatewayRuntime({ supergraph, logging: false, maskedErrors: false, landingPage: false });
const server = createServer(runtime);
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const url = `http://127.0.0.1:${server.address().port}/graphql`;

await checkHops((query, variables) => ask(query, variables, url));

await check("a subscription through the router: the state, then a change, with a hop in it", async () => {
  const client = createClient({ url, retryAttempts: 0 });
  const events = client.iterate({ query: LINEAGE_CHANGED, variables: { of: { dataset: ORDERS } } });
  const first = await events.next();
  assert.equal(first.value.errors, undefined, JSON.stringify(first.value.errors));
  assert.ok(first.value.data.lineageChanged.addedNodes.length > 0);
  const job = await change();
  for await (const { data, errors } of events) {
    assert.equal(errors, undefined);
    if (data.lineageChanged.addedNodes.some((node) => node.name === job)) break;
  }
  client.dispose();
});

server.closeAllConnections();
server.close();
await runtime[Symbol.asyncDispose]();
others.stop();
process.exit(0);
