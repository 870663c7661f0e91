import { createServer } from "node:http";
import { reportUsage } from "@heron-webhooks/conformance/usage-reporter";
import { heronWebhook } from "@heron-webhooks/express";
import express5 from "express";
import express4 from "express-4";

// A process of its own, so that its memory can be measured.
const express = process.argv[2] === "Express 4" ? express4 : express5;
const app = express();
app.use(heronWebhook({ on: { "**": () => {} }, logger: false }));
reportUsage(createServer(app));
