// Apollo's gateway, with its own composition, in front of ours and two more subgraphs.
import { ApolloGateway } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";

import { ask, ENDPOINT } from "../report.mjs";
import { apollo } from "./composers.mjs";
import { checkHops } from "./hops.mjs";
import { ourSdl, startSubgraphs } from "./subgraphs.mjs";

const quiet = { debug() {}, info() {}, warn: console.error, error: console.error };
const others = await startSubgraphs();
const supergraphSdl = apollo([{ name: "lineage", url: ENDPOINT, sdl: await ourSdl() }, ...others.subgraphs]);
const server = new ApolloServer({ gateway: new ApolloGateway({ supergraphSdl, logger: quiet }), logger: quiet });
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: "127.0.0.1" } });

await checkHops((query, variables) => ask(query, variables, url));

await server.stop();
others.stop();
