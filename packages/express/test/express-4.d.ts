// Express 4 under another name; where the two differ, no test depends on the types.
declare module "express-4" {
  import express from "express";
  export default express;
}
