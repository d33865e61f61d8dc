// One function per composer: subgraphs in (name, url, sdl), the supergraph out; throws what the composer says.
import { composeServices } from "@apollo/composition";
import { assertCompositionSuccess, composeServices as composeWithGuild } from "@theguild/federation-composition";
import { federateSubgraphs } from "@wundergraph/composition";
import { parse } from "graphql";

export function apollo(subgraphs) {
  const { errors, supergraphSdl } = composeServices(parsed(subgraphs));
  if (errors?.length) throw new AggregateError(errors, "does not compose");
  return supergraphSdl;
}

export function guild(subgraphs) {
  const result = composeWithGuild(parsed(subgraphs));
  assertCompositionSuccess(result);
  return result.supergraphSdl;
}

export function cosmo(subgraphs) {
  const result = federateSubgraphs({
    subgraphs: subgraphs.map(({ name, url, sdl }) => ({ name, url, definitions: parse(sdl) })),
    version: "1",
  });
  if (!result.success) throw new AggregateError(result.errors, "does not compose");
  return result;
}

function parsed(subgraphs) {
  return subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
}
