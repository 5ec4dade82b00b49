// Which floor may import which, as data. What a floor may NOT import is generated from it, because oxlint silently ignores a pattern
// with a look-ahead; a plain list of forbidden floors also catches `import()` and `export … from`. test/layers.test.ts proves each arrow.
import type { OxlintOverride } from "oxlint";

export const mayImport: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  store: ["domain"],
  connectors: ["domain"], // a connector that reached the database would soon decide about orders
  sandbox: ["domain", "connectors/ports"], // the pretend world sees the product only from outside
  gate: ["domain", "store", "connectors"],
  engine: ["domain", "store", "connectors/ports"], // never a concrete connector
  api: ["domain", "store", "engine", "connectors/ports"],
  cli: ["domain", "store", "connectors", "sandbox", "gate", "engine", "api"], // wires everything together
};

/** What domain may use besides itself: exact decimals. No clock, file, network or framework can come in by a package. */
export const domainPackages: readonly string[] = ["decimal.js"];

/** The contracts that "connectors/ports" stands for: what a system outside looks like from inside. */
export const ports: readonly string[] = ["ports"];

export const floors = Object.keys(mayImport);

/** The forbidden imports of one floor, as `no-restricted-imports` wants them. */
export function forbiddenTo(floor: string): { regex: string; message: string }[] {
  const allowed = mayImport[floor] ?? [];
  const others = floors.filter((other) => other !== floor);
  const onlyPorts = allowed.includes("connectors/ports");
  const closed = others.filter((other) => !allowed.includes(other) && !(other === "connectors" && onlyPorts));
  const message = `src/${floor} may import only: ${allowed.join(", ") || "nothing"}.`;
  return [
    ...(closed.length > 0 ? [{ regex: `^#(${closed.join("|")})[/.]`, message }] : []),
    ...(onlyPorts
      ? [
          {
            regex: `^#connectors/${anythingBut(ports)}`,
            message: `Only the contracts (${ports.join(", ")}): src/cli chooses the concrete connector.`,
          },
        ]
      : []),
    ...(floor === "domain"
      ? [{ regex: `^${anythingBut([".", "#", ...domainPackages])}`, message: `${message} Packages: decimals only.` }]
      : []),
    { regex: `^(\\.\\./)+(${others.join("|")})/`, message: "Cross floors by #, so that the arrow can be seen." },
    { regex: "^(#(test|sim)/|(\\.\\./)+(test|sim|bench|web)/)", message: "The product does not import its tests." },
  ];
}

/** What judges the product must not share a misunderstanding with it: neither code nor types, nor the harness that runs it. */
const checker: OxlintOverride = {
  files: ["sim/checker/*.ts"],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [{ regex: "^(#|\\.\\./)", message: "The checker imports nothing of the product or the simulator." }],
      },
    ],
  },
};

export const overrides: OxlintOverride[] = [
  ...floors.map((floor): OxlintOverride => ({
    files: [`src/${floor}/**/*.ts`],
    rules: { "no-restricted-imports": ["error", { patterns: forbiddenTo(floor) }] },
  })),
  checker,
  // A test may bring together what the product keeps apart.
  {
    files: ["sim/**/*.test.ts", "src/**/*.test.ts", "src/**/*.suite.ts", "src/**/testing/**"],
    rules: { "no-restricted-imports": "off" },
  },
];

/** A pattern for every text that begins with none of `beginnings`: what a negative look-ahead would say. */
function anythingBut(beginnings: readonly string[]): string {
  const next = new Set(beginnings.map((beginning) => beginning.charAt(0)));
  const ways = [...next].flatMap((letter) => {
    const rests = beginnings
      .filter((beginning) => beginning.charAt(0) === letter)
      .map((beginning) => beginning.slice(1));
    return rests.includes("") ? [] : [`${escape(letter)}${anythingBut(rests)}`];
  });
  return `(${["$", `[^${[...next].map(escape).join("")}]`, ...ways].join("|")})`;
}

function escape(letter: string): string {
  return letter.replace(/[\\^$.*+?()[\]{}|/#-]/, "\\$&");
}
