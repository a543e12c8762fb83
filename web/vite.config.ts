import { defineConfig } from "vitest/config";

import { licences } from "./build/licences";

// One script and one style sheet, which Python puts into one page: src/lrkit/designer/page.py.
export default defineConfig({
  plugins: [licences()],
  build: {
    outDir: "../src/lrkit/designer/assets",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    cssCodeSplit: false,
    chunkSizeWarningLimit: 1000,
    rollupOptions: {
      input: "src/main.ts",
      output: {
        format: "iife",
        entryFileNames: "designer.js",
        assetFileNames: "designer[extname]",
      },
    },
  },
  test: { environment: "jsdom", include: ["test/**/*.test.ts"] },
});
