import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

const db = new DatabaseSync(workerData as string);
db.exec("pragma journal_mode = wal; pragma synchronous = full");
db.exec("create table if not exists deliveries(id integer primary key, body text not null)");
parentPort?.postMessage("open");
parentPort?.on("message", () => db.close());
