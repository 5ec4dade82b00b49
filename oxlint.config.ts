import { defineConfig } from "oxlint";
import { overrides } from "./oxlint.layers.ts";

// A test is reported by the runner that it registers with; its promise needs no second owner.
const registersItself = { from: "package" as const, package: "node:test", name: ["test", "suite", "describe", "it"] };

export default defineConfig({
  plugins: ["typescript", "unicorn", "oxc", "import", "promise", "node"],
  categories: { correctness: "error" },
  rules: {
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": ["error", { allowForKnownSafeCalls: [registersItself] }],
    "typescript/no-misused-promises": "error",
    "typescript/await-thenable": "error",
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    "typescript/consistent-type-imports": "error",
    "typescript/unbound-method": "off", // our interfaces are of plain functions; nothing of ours reads `this` but classes
    "typescript/no-meaningless-void-operator": "off", // `return void f()` says that the answer is not one
    "typescript/no-redundant-type-constituents": "off", // `"inbox" & string` brands an id
    "unicorn/no-useless-spread": "off", // a copy is taken on purpose where the loop changes the list
    "import/no-cycle": "error",
    eqeqeq: ["error", "always", { null: "ignore" }], // `== null` asks for null and undefined in one go
    "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true }],
    "no-var": "error",
    "prefer-const": "error",
  },
  ignorePatterns: ["node_modules/**", "data/**", "dist/**", "web/dist/**"],
  overrides,
});
