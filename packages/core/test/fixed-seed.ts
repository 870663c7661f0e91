import fc from "fast-check";

// For runs that must be the same each time, as those of mutation testing: set up before each test file.
fc.configureGlobal({ seed: 20_210_520 });
