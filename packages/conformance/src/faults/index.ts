export { LocalServer, type Received, type Reply } from "./local-server.ts";
export { Report, type Say } from "./report.ts";
export { seeded } from "./seeded.ts";
