// Other teams' subgraphs, as they would stand beside ours in an organisation's supergraph.
import { createServer } from "node:http";

import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";
import { createYoga } from "graphql-yoga";

import { data, ORDERS } from "../report.mjs";

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])`;

// Relay's conventions of another team: Node, node(id), connections.
export const RELAY = `${LINK}
type Query { node(id: ID!): Node  articles(first: Int, after: String): ArticleConnection! }
interface Node { id: ID! }
type Article implements Node @key(fields: "id") { id: ID!  title: String! }
type ArticleConnection { edges: [ArticleEdge!]!  pageInfo: PageInfo! }
type ArticleEdge { cursor: String!  node: Article! }
type PageInfo @shareable { hasNextPage: Boolean!  hasPreviousPage: Boolean!  startCursor: String  endCursor: String }
`;

// A team that reviews datasets, known to it by their ids.
export const REVIEWS = `${LINK}
type Query { reviews: [Review!]! }
type Review @key(fields: "id") { id: ID!  stars: Int!  dataset: Dataset }
type Dataset @key(fields: "id") { id: ID!  reviews: [Review!]! }
`;

// A team that knows datasets by their names only.
export const SHOP = `${LINK}
type Query { offers: [Offer!]! }
type Offer @key(fields: "id") { id: ID!  price: Int!  dataset: Dataset }
type Dataset @key(fields: "namespace name", resolvable: false) { namespace: String!  name: String! }
`;

export const UNKNOWN_ID = "00000000-0000-5000-8000-000000000000";
export const MODEL = { namespace: "mlflow://models.acme.example", name: "churn_model" };

// What our gateway shows to routers.
export async function ourSdl() {
  return (await data("{ _service { sdl } }"))._service.sdl;
}

export async function idOf({ namespace, name }) {
  const found = await data("query ($s: String!, $n: String!) { dataset(namespace: $s, name: $n) { id } }", {
    s: namespace,
    n: name,
  });
  return found.dataset.id;
}

// Starts the reviews and the shop; `stop` ends them.
export async function startSubgraphs() {
  const orders = await idOf(ORDERS);
  const reviews = [
    { id: "1", stars: 5, dataset: { id: orders } },
    { id: "2", stars: 3, dataset: { id: await idOf(MODEL) } },
    { id: "3", stars: 1, dataset: { id: orders } },
    { id: "4", stars: 2, dataset: { id: UNKNOWN_ID } },
  ];
  const of = (id) => reviews.filter((review) => review.dataset.id === id);
  const servers = [
    await serve("reviews", REVIEWS, {
      Query: { reviews: () => reviews },
      Dataset: { __resolveReference: ({ id }) => ({ id }), reviews: ({ id }) => of(id) },
      Review: { __resolveReference: ({ id }) => reviews.find((review) => review.id === id) },
    }),
    await serve("shop", SHOP, {
      Query: {
        offers: () => [
          { id: "a", price: 10, dataset: MODEL },
          { id: "b", price: 20, dataset: { namespace: "nowhere://x", name: "unknown" } },
        ],
      },
      Offer: { __resolveReference: ({ id }) => ({ id, price: 0 }) },
    }),
  ];
  return { subgraphs: servers.map(({ name, url, sdl }) => ({ name, url, sdl })), stop: () => servers.map((s) => s.stop()) };
}

async function serve(name, sdl, resolvers) {
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers });
  const server = createServer(createYoga({ schema, logging: false, graphiql: false }));
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { name, sdl, url: `http://127.0.0.1:${server.address().port}/graphql`, stop };
}
