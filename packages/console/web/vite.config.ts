import { defineConfig } from "vite";

// URLs are relative to the script, so that the console can be mounted anywhere.
export default defineConfig({
  base: "./",
  build: {
    outDir: "../dist-web",
    emptyOutDir: true,
    target: "es2022",
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: "main.tsx" },
  },
});
