// What a router in front must be able to answer. `ask` sends an operation to it and returns the whole answer.
import assert from "node:assert/strict";

import { check, ORDERS } from "../report.mjs";
import { idOf, MODEL, UNKNOWN_ID } from "./subgraphs.mjs";

const DATASET = "query ($s: String!, $n: String!) { dataset(namespace: $s, name: $n) { id name reviews { id stars } } }";

export async function checkHops(ask) {
  async function data(query, variables) {
    const answer = await ask(query, variables);
    assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
    return answer.data;
  }
  const orders = { s: ORDERS.namespace, n: ORDERS.name };

  await check("a query for our fields only", async () => {
    const { mesh } = await data("{ mesh { datasets jobs domains { name status } } }");
    assert.deepEqual(mesh.domains.map((each) => each.name).sort(), ["analytics", "ml", "sales"]);
  });
  await check("from ours to another subgraph: a dataset's reviews", async () => {
    const { dataset } = await data(DATASET, orders);
    assert.deepEqual(dataset.reviews, [{ id: "1", stars: 5 }, { id: "3", stars: 1 }]);
  });
  await check("from another subgraph to ours, by id, several at once", async () => {
    const { data: found, errors } = await ask("{ reviews { id dataset { name columns { name } } } }");
    const names = found.reviews.map((each) => each.dataset?.name);
    assert.deepEqual(names.slice(0, 3), [ORDERS.name, MODEL.name, ORDERS.name]);
    assert.ok(found.reviews[1].dataset.columns?.length > 0, JSON.stringify(errors ?? found));
  });
  await check("an id that nobody knows is null, the rest is answered", async () => {
    const answer = await ask("{ reviews { id stars dataset { id name } } }");
    const unknown = answer.data.reviews.find((each) => each.id === "4");
    assert.ok(unknown.dataset === null || unknown.dataset.name === null, JSON.stringify(unknown));
    assert.equal(answer.data.reviews[0].dataset.name, ORDERS.name);
  });
  await check("from another subgraph to ours, by namespace and name", async () => {
    const answer = await ask("{ offers { id price dataset { namespace name id domain { name } } } }");
    const [model, unknown] = answer.data.offers;
    assert.equal(model.dataset.id, await idOf(MODEL));
    assert.equal(model.dataset.domain.name, "ml");
    assert.ok(unknown.dataset === null || unknown.dataset.id === null, JSON.stringify(unknown));
  });
  await check("there and back: an offer, its dataset of ours, the reviews of that", async () => {
    const { data: found } = await ask("{ offers { id dataset { name reviews { stars } } } }");
    assert.deepEqual(found.offers[0].dataset, { name: MODEL.name, reviews: [{ stars: 3 }] });
  });
  await check("lineage through the router", async () => {
    const { lineage } = await data(
      `query ($s: String!, $n: String!) {
         lineage(of: {dataset: {namespace: $s, name: $n}}, direction: DOWNSTREAM, depth: 10) {
           nodes { name kind domain asset { id ... on Dataset { reviews { stars } } } } edges { source target } complete
         }
       }`,
      orders,
    );
    assert.ok(lineage.complete);
    const model = lineage.nodes.find((each) => each.name === MODEL.name);
    assert.deepEqual(model?.asset.reviews, [{ stars: 3 }]);
  });
  await check("an error of ours keeps its code", async () => {
    const answer = await ask('{ search(query: "x", domains: ["none"]) { totalCount } }');
    assert.equal(answer.errors?.[0].extensions?.code, "DOMAIN_NOT_FOUND", JSON.stringify(answer.errors));
  });
  await check("the other's fields on an unknown id do not reach ours", async () => {
    const answer = await ask("{ reviews { dataset { id } } }");
    assert.equal(answer.errors, undefined);
    assert.ok(answer.data.reviews.some((each) => each.dataset?.id === UNKNOWN_ID));
  });
}
