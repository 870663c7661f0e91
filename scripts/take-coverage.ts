// Vitest ends its workers by a signal, before Node has written what it measured.
import { takeCoverage } from "node:v8";
import { afterAll } from "vitest";

afterAll(() => takeCoverage());
