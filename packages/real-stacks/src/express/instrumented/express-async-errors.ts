// Preloaded: `node --import`. express-async-errors supports only Express 4, which is `express-4` in this package.
import { createRequire, registerHooks } from "node:module";

const require = createRequire(import.meta.url);

registerHooks({
  resolve: (specifier, context, next) =>
    next(/^express(?=$|\/)/.test(specifier) ? specifier.replace("express", "express-4") : specifier, context),
});
require("express-async-errors");
