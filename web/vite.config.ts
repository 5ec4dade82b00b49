import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The server puts a fresh nonce where this stands, in the page and in its content security policy. */
export const noncePlaceholder = "__NONCE__";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  html: { cspNonce: noncePlaceholder },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the policy allows no data: addresses
    chunkSizeWarningLimit: 800,
    manifest: true,
  },
});
