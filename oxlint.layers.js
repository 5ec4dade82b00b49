// Which floor may import which, as data. What a floor may NOT import is generated from it, because oxlint silently ignores a pattern
// with a look-ahead; a plain list of forbidden floors also catches `import()` and `export … from`. test/layers.test.ts proves each arrow.

export const mayImport = {
  domain: [],
  store: ["domain"],
  connectors: ["domain"], // a connector that reached the database would soon decide about orders
  sandbox: ["domain", "connectors/ports"], // the pretend world sees the product only from outside
  gate: ["domain", "store", "connectors"],
  engine: ["domain", "store", "connectors/ports"], // never a concrete connector
  api: ["domain", "store", "engine", "connectors/ports"],
}; // cli wires everything together

export const floors = [...Object.keys(mayImport), "cli"];

export const overrides = Object.entries(mayImport).map(([floor, allowed]) => {
  const onlyPorts = allowed.includes("connectors/ports");
  const forbidden = floors.filter((f) => f !== floor && !allowed.includes(f) && !(f === "connectors" && onlyPorts));
  const patterns = [
    {
      regex: `^#(${forbidden.join("|")})[/.]`,
      message: `src/${floor} may import only: ${allowed.join(", ") || "nothing"}.`,
    },
    ...(onlyPorts
      ? [
          {
            regex: "^#connectors/(channels|suppliers|carriers|mail)/",
            message: "Only connectors/ports.ts: a concrete connector is chosen in src/cli.",
          },
        ]
      : []),
  ];
  return { files: [`src/${floor}/**/*.ts`], rules: { "no-restricted-imports": ["error", { patterns }] } };
});
