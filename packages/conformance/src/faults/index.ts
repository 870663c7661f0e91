export { createRandom } from "./create-random.ts";
export { LocalServer, type Received, type Reply } from "./local-server.ts";
export { Report, type ReportLine } from "./report.ts";
