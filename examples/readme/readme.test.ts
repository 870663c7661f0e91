import { describe } from "vitest";
import { pageRuns } from "./page.ts";

describe("README.md", () => pageRuns("README.md"));
for (const name of ["core", "express", "fastify", "sender"])
  describe(`packages/${name}/README.md`, () => pageRuns(`packages/${name}/README.md`));
