// The TypeScript and the composition of docs/clients.md, as they stand there, against the running gateway.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { parse as parseYaml } from "yaml";

import { check, data, GATEWAY } from "../report.mjs";
import { apollo } from "./composers.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const page = readFileSync(join(here, "..", "..", "..", "docs", "clients.md"), "utf8");
const addressed = page.replaceAll("http://127.0.0.1:8080", GATEWAY).replaceAll("ws://127.0.0.1:8080", GATEWAY.replace("http", "ws"));

function* blocks(kind) {
  let title = "";
  for (const part of addressed.matchAll(/^## ([^\n]*)$|<!-- run: (\w+) -->\n```(\w+)\n(.*?)```/gms)) {
    if (part[1]) title = part[1];
    else if (part[2] === kind) yield { title, language: part[3], text: part[4] };
  }
}

// Beside the packages, where Node finds them.
const folder = join(here, ".snippets");
mkdirSync(folder, { recursive: true });
for (const [number, { title, text }] of [...blocks("typescript")].entries()) {
  await check(title, async () => {
    const file = join(folder, `${number}.ts`);
    writeFileSync(file, text);
    const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 20_000 });
    assert.ok(stdout.trim().split("\n").length >= 2, `it printed: ${stdout}`);
    assert.doesNotMatch(stdout, /error/i);
  });
}
await check("all TypeScript of the page fits the libraries' types (tsc --strict)", async () => {
  const files = readdirSync(folder).map((name) => join(folder, name));
  const options = ["--noEmit", "--strict", "--target", "es2023", "--module", "nodenext", "--skipLibCheck", "--types", "node"];
  const tsc = join(here, "node_modules", "typescript", "bin", "tsc");
  await promisify(execFile)(process.execPath, [tsc, ...options, ...files], { cwd: here }).catch(({ stdout }) => assert.fail(stdout));
});
rmSync(folder, { recursive: true });

await check("Apollo Router and other federation gateways: the configuration composes", async () => {
  const of = Object.fromEntries([...blocks("compose")].map(({ language, text }) => [language, text]));
  const subgraphs = await Promise.all(
    Object.entries(parseYaml(of.yaml).subgraphs).map(async ([name, { routing_url: url, schema }]) => ({
      name,
      url,
      sdl: (await data("{ _service { sdl } }", {}, schema.subgraph_url))._service.sdl,
    })),
  );
  const supergraph = apollo([...subgraphs, { name: "contracts", url: `${GATEWAY}/contracts`, sdl: of.graphql }]);
  assert.match(supergraph, /type Contract/);
});
process.exit(0);
