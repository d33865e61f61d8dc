// The official audits of GraphQL over HTTP. Their levels MUST, SHOULD and MAY all count.
import { serverAudits } from "graphql-http";

import { ENDPOINT, report } from "../report.mjs";

for (const audit of serverAudits({ url: ENDPOINT })) {
  const result = await audit.fn();
  report(audit.name, result.status === "ok", result.status === "ok" ? "" : `${result.status}: ${result.reason}`);
}
