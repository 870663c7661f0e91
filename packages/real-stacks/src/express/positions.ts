import { PATH } from "@heron-webhooks/conformance";
import connect from "connect";
import type { Express, RequestHandler, Router } from "express";
import asyncHandler from "express-async-handler";
import { getRejectedRoutes, getRoutesAt, OTHER_ROUTES, type OtherRoute } from "../suite.ts";

export type ExpressModule = typeof import("express");
export type ExpressVersion = "Express 5" | "Express 4";

/** The parts that a position adds to an application. */
export interface Parts {
  readonly express: ExpressModule;
  readonly version: ExpressVersion;
  /** `heronWebhook(options)`, for `app.use`. */
  readonly plain: (options?: { readonly path: string }) => RequestHandler;
  /** `heronWebhook.route(options)`. */
  readonly route: () => RequestHandler;
  /** Middleware after the receiver, such as parsers. */
  readonly between: readonly RequestHandler[];
  readonly behind: RequestHandler;
}

/** The receiver's position in an Express application. */
export interface Position {
  readonly name: string;
  /** The path of events. */
  readonly path: string;
  /** Whether to test it with all surroundings. */
  readonly main?: boolean;
  /** The expected responses to other requests. Default: those of the common routes. */
  readonly others?: readonly OtherRoute[];
  readonly mount: (app: Express, parts: Parts) => void;
}

const CUSTOMER = "/customers/:customer/heron";
const CUSTOMER_PATH = "/customers/acme/heron";

/** For the types of asyncHandler: a middleware that returns a promise or nothing. */
const asAsync = (middleware: RequestHandler) => middleware as Parameters<typeof asyncHandler>[0];

const everyPath = (version: ExpressVersion): string => (version === "Express 5" ? "/{*any}" : "*");

/** Adds the common routes to a router or a mounted application. */
function addOtherRoutes(router: Pick<Router, "get" | "post">, express: ExpressModule): void {
  router.get("/other", (_request, response) => {
    response.send("well");
  });
  router.post("/other", express.json(), (request, response) => {
    response.send(request.body);
  });
}

export const POSITIONS: readonly Position[] = [
  {
    name: "app.use",
    path: PATH,
    main: true,
    mount: (app, { plain, between, behind }) => {
      app.use(plain(), ...between);
      app.all(PATH, behind);
    },
  },
  {
    name: "a router's use, with the whole path",
    path: "/v1/hooks",
    // A Router calls a function as a route does.
    others: [...OTHER_ROUTES, ...getRejectedRoutes("/v1")],
    mount: (app, { express, plain, between, behind }) => {
      const router = express.Router();
      router.use(plain({ path: "/v1/hooks" }), ...between);
      router.all("/hooks", behind);
      addOtherRoutes(router, express);
      app.use("/v1", router);
    },
  },
  {
    name: "a router's use, with a path without its mount, by mistake",
    path: "/v1/hooks",
    others: [...OTHER_ROUTES, ...getRejectedRoutes("/v1")],
    mount: (app, { express, plain, between, behind }) => {
      const router = express.Router();
      router.use(plain({ path: "/hooks" }), ...between);
      router.all("/hooks", behind);
      addOtherRoutes(router, express);
      app.use("/v1", router);
    },
  },
  ...["/hooks/heron", "/hooks/heron/x"].map((path) => ({
    name: `app.use("/hooks/heron", …), at ${path}`,
    path,
    others: [...OTHER_ROUTES, ...getRejectedRoutes("/hooks/heron")],
    mount: (app: Express, { express, plain, between, behind }: Parts) => {
      app.use("/hooks/heron", plain(), ...between);
      app.all(path, behind);
      const router = express.Router();
      addOtherRoutes(router, express);
      app.use("/hooks/heron", router);
    },
  })),
  {
    name: "app.use below its mount's path, in front of one handler",
    path: "/hooks/heron/x",
    mount: (app, { plain, between, behind }) => {
      app.use("/hooks/heron", plain(), ...between, behind);
    },
  },
  {
    name: "a route with a parameter",
    path: CUSTOMER_PATH,
    main: true,
    mount: (app, { route, between, behind }) => {
      app.post(CUSTOMER, route(), ...between, behind);
    },
  },
  {
    name: "app.use with a path option",
    path: "/hooks/in",
    mount: (app, { plain, between, behind }) => {
      app.use(plain({ path: "/hooks/in" }), ...between);
      app.all("/hooks/in", behind);
    },
  },
  {
    name: "app.use(path, route form)",
    path: "/hooks/in",
    mount: (app, { route, between, behind }) => {
      app.use("/hooks", route(), ...between);
      app.all("/hooks/in", behind);
    },
  },
  {
    name: "a sub-application",
    path: `/sub${PATH}`,
    others: [...OTHER_ROUTES, ...getRejectedRoutes("/sub")],
    mount: (app, { express, plain, between, behind }) => {
      const sub = express();
      sub.use(plain(), ...between);
      sub.all(PATH, behind);
      addOtherRoutes(sub, express);
      app.use("/sub", sub);
    },
  },
  {
    name: "a sub-application, with the whole path",
    path: `/sub${PATH}`,
    others: [...OTHER_ROUTES, ...getRoutesAt("/sub")],
    mount: (app, { express, plain, between, behind }) => {
      const sub = express();
      sub.use(plain({ path: `/sub${PATH}` }), ...between);
      sub.all(PATH, behind);
      addOtherRoutes(sub, express);
      app.use("/sub", sub);
    },
  },
  {
    // As functions-framework calls an application in Cloud Functions.
    name: "an application in a route of another",
    path: PATH,
    mount: (app, { express, version, plain, between, behind }) => {
      const inner = express();
      inner.use(plain(), ...between);
      inner.all(PATH, behind);
      app.all(everyPath(version), inner);
    },
  },
  {
    name: "a route at the default path",
    path: PATH,
    mount: (app, { route, between, behind }) => {
      app.all(PATH, route(), ...between, behind);
    },
  },
  {
    name: "a router's route",
    path: CUSTOMER_PATH,
    mount: (app, { express, route, between, behind }) => {
      const router = express.Router({ mergeParams: true });
      router.route("/heron").post([route(), ...between, behind]);
      app.use("/customers/:customer", router);
    },
  },
  {
    name: "a function of a route that calls it",
    path: CUSTOMER_PATH,
    mount: (app, { route, between, behind }) => {
      const receive = route();
      app.post(CUSTOMER, (request, response, next) => receive(request, response, next), ...between, behind);
    },
  },
  {
    name: "asyncHandler in a route",
    path: CUSTOMER_PATH,
    mount: (app, { route, between, behind }) => {
      app.post(CUSTOMER, asyncHandler(asAsync(route())), ...between, behind);
    },
  },
  {
    name: "asyncHandler in app.use",
    path: PATH,
    others: getRejectedRoutes(""),
    mount: (app, { plain, between, behind }) => {
      app.use(asyncHandler(asAsync(plain())), ...between);
      app.all(PATH, behind);
    },
  },
  {
    name: "the plain form in a route at the default path, by mistake",
    path: PATH,
    mount: (app, { plain, between, behind }) => {
      app.all(PATH, plain(), ...between, behind);
    },
  },
  {
    name: "the plain form in a route with a parameter, by mistake",
    path: CUSTOMER_PATH,
    mount: (app, { plain, between, behind }) => {
      app.post(CUSTOMER, plain(), ...between, behind);
    },
  },
  {
    name: "the plain form in a router's route, by mistake",
    path: CUSTOMER_PATH,
    mount: (app, { express, plain, between, behind }) => {
      const router = express.Router({ mergeParams: true });
      router.post("/heron", plain(), ...between, behind);
      app.use("/customers/:customer", router);
    },
  },
  {
    name: "the plain form in asyncHandler in a route, by mistake",
    path: CUSTOMER_PATH,
    mount: (app, { plain, between, behind }) => {
      app.post(CUSTOMER, asyncHandler(asAsync(plain())), ...between, behind);
    },
  },
  {
    name: "the plain form on a router in a route, by mistake",
    path: "/x",
    mount: (app, { express, plain, between, behind }) => {
      app.post("/x", express.Router().use(plain()), ...between, behind);
    },
  },
  {
    name: "the plain form with a path on a mounted router in a route, by mistake",
    path: "/x/y",
    mount: (app, { express, plain, between, behind }) => {
      const router = express.Router();
      router.use("/x", express.Router().use(plain({ path: "/x/heron" })));
      app.all("/x/:y", router, ...between, behind);
    },
  },
  {
    name: "connect in a route, by mistake",
    path: "/x",
    mount: (app, { plain, between, behind }) => {
      app.post("/x", connect().use(plain()), ...between, behind);
    },
  },
  {
    name: "a mount of connect in app.use",
    path: "/hooks/heron/x",
    mount: (app, { plain, between, behind }) => {
      app.use(connect().use("/hooks/heron", plain()));
      app.use("/hooks/heron", ...between, behind);
    },
  },
  {
    name: "app.use behind a get route of every path that called next",
    path: PATH,
    mount: (app, { version, plain, between, behind }) => {
      app.get(everyPath(version), (_request, _response, next) => next());
      app.use(plain(), ...between);
      app.all(PATH, behind);
    },
  },
  {
    name: "app.use behind an app.all of every path that called next",
    path: PATH,
    mount: (app, { version, plain, between, behind }) => {
      app.all(everyPath(version), (_request, _response, next) => next());
      app.use(plain(), ...between);
      app.all(PATH, behind);
    },
  },
  {
    name: "a router's use behind an app.all of every path that called next",
    path: `/v1${PATH}`,
    mount: (app, { express, version, plain, between, behind }) => {
      app.all(everyPath(version), (_request, _response, next) => next());
      const router = express.Router();
      router.use(plain(), ...between);
      router.all(PATH, behind);
      app.use("/v1", router);
    },
  },
  {
    name: "the use of a router without a mount, behind an app.all of every path that called next",
    path: PATH,
    others: getRejectedRoutes(""),
    mount: (app, { express, version, plain, between, behind }) => {
      app.all(everyPath(version), (_request, _response, next) => next());
      app.use(express.Router().use(plain(), ...between));
      app.all(PATH, behind);
    },
  },
];
