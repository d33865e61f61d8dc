// relay-compiler on the schema that clients see, over a small set of queries; then the compiled texts are asked.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { buildClientSchema, getIntrospectionQuery, parse, printSchema, validate } from "graphql";

import { ask, check, data, ORDERS } from "../report.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "lineage-relay-"));
const schema = buildClientSchema(await data(getIntrospectionQuery()));
writeFileSync(join(folder, "schema.graphql"), printSchema(schema));
writeFileSync(join(folder, "persisted.json"), "{}");
cpSync(join(here, "relay_app"), join(folder, "src"), { recursive: true });
writeFileSync(
  join(folder, "relay.config.json"),
  JSON.stringify({
    src: "./src",
    schema: "./schema.graphql",
    language: "typescript",
    persistConfig: { file: "./persisted.json", algorithm: "SHA256" },
  }),
);

await check("relay-compiler accepts the schema and the queries: connections, refetching, fragments on Asset", () => {
  const compiler = createRequire(import.meta.url)("relay-compiler");
  try {
    execFileSync(compiler, ["relay.config.json"], { cwd: folder, stdio: "pipe" });
  } catch (error) {
    throw new Error(`${error.stdout}${error.stderr}`);
  }
});

const texts = Object.values(JSON.parse(readFileSync(join(folder, "persisted.json"), "utf8")));
rmSync(folder, { recursive: true });
const compiled = Object.fromEntries(texts.map((text) => [/^(?:query|subscription) (\w+)/m.exec(text)[1], text]));

for (const [name, text] of Object.entries(compiled)) {
  await check(`the compiled ${name} is valid`, () => assert.deepEqual(validate(schema, parse(text)), []));
}

const search = compiled.queriesSearchQuery;
let found;
await check("a connection pages: two pages of one, each once", async () => {
  const first = (await data(search, { text: "orders", first: 1 })).search;
  const second = (await data(search, { text: "orders", first: 1, after: first.pageInfo.endCursor })).search;
  assert.ok(first.pageInfo.hasNextPage);
  assert.notEqual(first.edges[0].node.id, second.edges[0].node.id);
  found = [...first.edges, ...second.edges].map((edge) => edge.node);
});
await check("node(id) fetches again what a connection listed", async () => {
  for (const { id } of found) {
    const { node } = await data(compiled.queriesOneQuery, { id });
    assert.equal(node.id, id);
  }
});
await check("the refetch query of a fragment is answered", async () => {
  const { id } = found.find((node) => node.__typename === "Dataset") ?? found[0];
  const { node } = await data(compiled.queriesDatasetRefetchQuery, { id });
  assert.equal(node.id, id);
});
await check("lineage with fragments on its assets", async () => {
  const { lineage } = await data(compiled.queriesLineageQuery, { of: { dataset: ORDERS } });
  assert.ok(lineage.nodes.every((node) => node.asset.name === node.name));
});
await check("an unknown id is null, without an error", async () => {
  const answer = await ask(compiled.queriesOneQuery, { id: "unknown" });
  assert.equal(answer.errors, undefined);
  assert.deepEqual(answer.data, { node: null });
});
await check("a junk cursor is an error that says so", async () => {
  const answer = await ask(search, { text: "orders", first: 1, after: "junk!" });
  assert.equal(answer.errors[0].extensions.code, "BAD_CURSOR");
  assert.doesNotMatch(answer.errors[0].message, /base64|codec|utf/i);
});
process.exit(0);
