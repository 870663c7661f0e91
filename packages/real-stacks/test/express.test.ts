import { isLong } from "@heron-webhooks/conformance/runs";
import express5 from "express";
import express4 from "express-4";
import { createExpressCases, createExpressRow, openExpress } from "../src/express/application.ts";
import { testStack } from "../src/suite.ts";

for (const expressCase of createExpressCases({ long: isLong })) {
  testStack(createExpressRow("Express 5", expressCase, (row) => openExpress(row, express5, "Express 5")));
  // In a route, parsers leave the same as behind app.use.
  if (isLong || expressCase.position.name === "app.use" || expressCase.surrounding.everywhere === true)
    testStack(createExpressRow("Express 4", expressCase, (row) => openExpress(row, express4, "Express 4")));
}
