// Middleware that comes without types; what the suite uses of each.
declare module "express-4" {
  import express from "express";
  export default express;
}
declare module "compression" {
  import type { RequestHandler } from "express";
  export default function compression(): RequestHandler;
}
declare module "connect" {
  import type { RequestHandler } from "express";
  export interface Connect extends RequestHandler {
    use(middleware: RequestHandler): this;
    use(path: string, middleware: RequestHandler): this;
  }
  export default function connect(): Connect;
}
declare module "cookie-session" {
  import type { RequestHandler } from "express";
  export default function cookieSession(options: { readonly secret: string }): RequestHandler;
}
declare module "multer" {
  import type { RequestHandler } from "express";
  export default function multer(): { any(): RequestHandler };
}
