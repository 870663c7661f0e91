/** Whether `pnpm test:long` runs: the whole product of places, parsers, sizes and deliveries. */
export const LONG: boolean = process.env["HERON_TEST_LONG"] === "1";
