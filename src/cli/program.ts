import { Command } from "commander";

/** Each command is loaded only when it is asked for: help and a small command start at once. */
const commands: readonly (readonly [name: string, about: string, load: () => Promise<Command>])[] = [
  [
    "start",
    "run everything: database, API, workers, the gate and the sandbox",
    async () => (await import("./commands/start.ts")).startCommand(),
  ],
  ["api", "run only the HTTP API", async () => (await import("./commands/start.ts")).apiCommand()],
  ["worker", "run only a worker and its gate", async () => (await import("./commands/start.ts")).workerCommand()],
  [
    "migrate",
    "bring the database to the newest schema",
    async () => (await import("./commands/migrate.ts")).migrateCommand(),
  ],
  [
    "workspace",
    "workspaces: each is one seller's world",
    async () => (await import("./commands/workspace.ts")).workspaceCommand(),
  ],
  [
    "user",
    "people's accounts: owners, password links, second factors",
    async () => (await import("./commands/user.ts")).userCommand(),
  ],
  [
    "channel",
    "channels: shops and marketplace accounts that bring orders",
    async () => (await import("./commands/channel.ts")).channelCommand(),
  ],
  [
    "supplier",
    "suppliers: whoever ships, vendors and prep centres",
    async () => (await import("./commands/supplier.ts")).supplierCommand(),
  ],
  [
    "account",
    "supplier accounts: logins and contracts at a supplier",
    async () => (await import("./commands/account.ts")).accountCommand(),
  ],
  [
    "link",
    "product links: what a channel's SKU is bought as",
    async () => (await import("./commands/link.ts")).linkCommand(),
  ],
  [
    "mapping",
    "shipping mapping: what a channel's rate is called at a supplier",
    async () => (await import("./commands/mapping.ts")).mappingCommand(),
  ],
  ["stock", "what suppliers and prep centres have", async () => (await import("./commands/stock.ts")).stockCommand()],
  [
    "settings",
    "settings of the workspace, a channel, a supplier or an account",
    async () => (await import("./commands/settings.ts")).settingsCommand(),
  ],
  [
    "import",
    "bring files in: orders, product links, stock, costs, tracking",
    async () => (await import("./commands/import.ts")).importCommand(),
  ],
  [
    "balance",
    "balances of supplier accounts and their statements",
    async () => (await import("./commands/balance.ts")).balanceCommand(),
  ],
  ["key", "API keys of a workspace", async () => (await import("./commands/key.ts")).keyCommand()],
  [
    "webhook",
    "who is told what happens: endpoints, their deliveries, sending again",
    async () => (await import("./commands/webhook.ts")).webhookCommand(),
  ],
  [
    "orders",
    "list, show, create and change orders",
    async () => (await import("./commands/orders.ts")).ordersCommand(),
  ],
  [
    "export",
    "orders, purchase orders or events, as CSV or JSON lines",
    async () => (await import("./commands/export.ts")).exportCommand(),
  ],
  [
    "reasons",
    "every reason why an order may be held, with what to do",
    async () => (await import("./commands/reasons.ts")).reasonsCommand(),
  ],
  [
    "doctor",
    "look whether everything is well, and say what to do where it is not",
    async () => (await import("./commands/doctor.ts")).doctorCommand(),
  ],
  [
    "verify",
    "check the invariants on the live database",
    async () => (await import("./commands/verify.ts")).verifyCommand(),
  ],
  [
    "simulate",
    "try to break the product in a simulated world",
    async () => (await import("./commands/simulate.ts")).simulateCommand(),
  ],
  ["erase", "erase what is kept of a buyer", async () => (await import("./commands/erase.ts")).eraseCommand()],
  [
    "vault",
    "the sealed secrets of accounts and channels, and the keys that seal them",
    async () => (await import("./commands/vault.ts")).vaultCommand(),
  ],
  [
    "prove",
    "compare a supplier's own order list with our purchases",
    async () => (await import("./commands/prove.ts")).proveCommand(),
  ],
  [
    "backup",
    "write everything in the database into a folder, and try whether it can be restored",
    async () => (await import("./commands/backup.ts")).backupCommand(),
  ],
  [
    "restore",
    "make a data folder, or fill a database, out of a backup",
    async () => (await import("./commands/restore.ts")).restoreCommand(),
  ],
  [
    "safe-mode",
    "whether this copy may buy, and making it home",
    async () => (await import("./commands/safe-mode.ts")).safeModeCommand(),
  ],
];

/** CLI-1. The whole command line. Only the command that `args` name is loaded; the others stand in the help. */
export async function buildProgram(args: readonly string[]): Promise<Command> {
  const program = new Command("switchyard")
    .description("Orders in, purchase orders out, tracking back. Never ordered twice, never lost.")
    .showHelpAfterError("(add --help for the commands)")
    .addHelpText("after", "\nExample:\n  $ npx switchyard start\n  $ npx switchyard orders list --workspace sandbox");
  const words = args.filter((each) => !each.startsWith("-"));
  const wanted = words[0] === "help" ? words[1] : words[0];
  for (const [name, about, load] of commands) {
    if (name === wanted) program.addCommand(await load());
    else program.addCommand(new Command(name).description(about));
  }
  return program;
}

export const commandNames: readonly string[] = commands.map(([name]) => name);
