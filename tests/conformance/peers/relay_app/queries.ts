// What a Relay frontend would declare: a list that pages, an asset that is fetched again by its id, a detail on demand.
import { graphql } from "relay-runtime";

export const search = graphql`
  query queriesSearchQuery($text: String!, $first: Int!, $after: String) {
    ...queriesResults @arguments(text: $text, first: $first, after: $after)
  }
`;

export const results = graphql`
  fragment queriesResults on Query
  @refetchable(queryName: "queriesResultsRefetchQuery")
  @argumentDefinitions(text: { type: "String!" }, first: { type: "Int!" }, after: { type: "String" }) {
    search(query: $text, first: $first, after: $after) @connection(key: "queriesResults_search") {
      edges {
        node {
          id
          kind
          ...queriesAsset
        }
      }
    }
  }
`;

export const asset = graphql`
  fragment queriesAsset on Asset {
    namespace
    name
    domain {
      name
    }
  }
`;

export const dataset = graphql`
  fragment queriesDataset on Dataset @refetchable(queryName: "queriesDatasetRefetchQuery") {
    name
    columns {
      name
      type
    }
  }
`;

export const one = graphql`
  query queriesOneQuery($id: ID!) {
    node(id: $id) {
      __typename
      ...queriesDataset @alias
      ... on DataJob {
        runs(first: 2) {
          edges {
            node {
              runId
              state
            }
          }
        }
      }
    }
  }
`;

export const lineage = graphql`
  query queriesLineageQuery($of: AssetRef!) {
    lineage(of: $of, direction: DOWNSTREAM, depth: 10) {
      nodes {
        id
        name
        asset {
          ...queriesAsset
        }
      }
      edges {
        source
        target
      }
      complete
    }
  }
`;

export const changed = graphql`
  subscription queriesChangedSubscription($of: AssetRef!) {
    lineageChanged(of: $of) {
      version
      addedNodes {
        id
        name
      }
      removedNodes
    }
  }
`;
