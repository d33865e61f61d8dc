// What a suite tells its runner: one JSON line per case on stdout. A case that throws, or takes too long, has failed.
const CASE_MS_MAX = 30_000;

export const GATEWAY = process.env.GATEWAY_URL;
export const ENDPOINT = `${GATEWAY}/graphql`;
export const SOCKET = ENDPOINT.replace("http", "ws");

export async function check(name, action) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${CASE_MS_MAX} ms`)), CASE_MS_MAX);
  });
  try {
    await Promise.race([action(), late]);
    report(name, true);
  } catch (error) {
    report(name, false, describe(error));
  } finally {
    clearTimeout(timer);
  }
}

export function report(name, passed, message = "") {
  console.log(JSON.stringify({ case: name, passed, message: passed ? "" : flat(message) }));
}

const flat = (message) => String(message).replace(/\s+/g, " ").slice(0, 400);

function describe(error) {
  const within = error?.errors?.map?.((each) => each.message ?? String(each)) ?? [];
  return [error?.message ?? String(error), ...within].join("; ");
}

// A plain POST of a GraphQL request.
export async function ask(query, variables = {}, url = ENDPOINT) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

// The data of an answer that must have no errors.
export async function data(query, variables = {}, url = ENDPOINT) {
  const answer = await ask(query, variables, url);
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
}

// Make a change that a subscription to the demonstration's `crm.public.orders` sees: one more job reads it.
export async function change(job = `conformance_${crypto.randomUUID()}`) {
  const response = await fetch(`${process.env.AGENT_SALES_URL}/api/v1/lineage`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      eventType: "COMPLETE",
      eventTime: new Date().toISOString(),
      producer: "https://example.com/conformance",
      schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
      run: { runId: crypto.randomUUID() },
      job: { namespace: "conformance", name: job },
      inputs: [ORDERS],
      outputs: [{ namespace: ORDERS.namespace, name: `crm.public.${job}` }],
    }),
  });
  if (response.status !== 201) throw new Error(`the agent answered ${response.status}`);
  return job;
}

export const ORDERS = { namespace: "postgres://crm-db.acme.example:5432", name: "crm.public.orders" };

export const LINEAGE_CHANGED = `subscription Changes($of: AssetRef!) {
  lineageChanged(of: $of, direction: DOWNSTREAM, depth: 3) {
    version addedNodes { id kind name } removedNodes addedEdges { source target } complete
  }
}`;
