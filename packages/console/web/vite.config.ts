import { defineConfig } from "vite";

// Everything is found from where the script lies, so that the console may be mounted anywhere.
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
