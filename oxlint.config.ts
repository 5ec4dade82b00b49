import { defineConfig } from "oxlint";
import { overrides } from "./oxlint.layers.js";

export default defineConfig({
  plugins: ["typescript", "unicorn", "oxc", "import", "promise", "node"],
  categories: { correctness: "error" },
  rules: {
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/await-thenable": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "typescript/consistent-type-imports": "error",
    "import/no-cycle": "error",
    eqeqeq: "error",
    "no-var": "error",
    "prefer-const": "error",
    "no-console": "off",
  },
  ignorePatterns: ["node_modules/**", "data/**", "dist/**", "web/**/generated/**"],
  overrides,
});
