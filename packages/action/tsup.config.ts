import { defineConfig } from "tsup";
import { actionBuild } from "./build.ts";

export default defineConfig(actionBuild("dist"));
