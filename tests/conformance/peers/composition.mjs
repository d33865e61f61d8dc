// Three composers on what the gateway shows to routers: alone, and beside other teams' subgraphs.
import { check } from "../report.mjs";
import * as composers from "./composers.mjs";
import { ourSdl, RELAY, REVIEWS, SHOP } from "./subgraphs.mjs";

const NAMES = { apollo: "@apollo/composition", guild: "@theguild/federation-composition", cosmo: "@wundergraph/composition" };
const of = (name, sdl) => ({ name, url: `http://127.0.0.1/${name}`, sdl });

let ours;
await check("the gateway shows an SDL to routers", async () => {
  ours = of("lineage", await ourSdl());
});
const sides = {
  "alone": [],
  "beside a Relay subgraph": [of("articles", RELAY)],
  "beside subgraphs that refer to datasets": [of("reviews", REVIEWS), of("shop", SHOP)],
  "beside all of them": [of("articles", RELAY), of("reviews", REVIEWS), of("shop", SHOP)],
};
for (const [composer, name] of Object.entries(NAMES)) {
  for (const [side, others] of Object.entries(sides)) {
    await check(`${name}: ${side}`, () => composers[composer]([ours, ...others]));
  }
}
