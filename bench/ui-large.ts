import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { shareOfLargest, workspaceIdOf } from "./generate.ts";
import { generatedDatabase } from "./generated.ts";
import { freePort } from "#store/server/cluster.ts";
import { openBenchServer } from "./server.ts";

/**
 * A server of the product on a database with so many finished orders, for as long as `work` looks at it. The largest of the generated workspaces is dressed as the
 * sandbox, so that a visitor of this machine may look at it; nobody works in it.
 */
export async function withManyOrders<T>(orders: number, work: (url: string) => Promise<T>): Promise<T> {
  const say = (line: string): void => console.error(line);
  const server = await openBenchServer();
  const home = await mkdtemp(join(tmpdir(), "switchyard-bench-home-"));
  try {
    const name = await generatedDatabase({ server, say }, { orders, what: "finished" });
    await server.asAdministrator(
      (client) =>
        client.query("update workspace set slug = 'sandbox', name = 'Sandbox', kind = 'sandbox' where id = $1", [
          workspaceIdOf(1),
        ]),
      name,
    );
    say(`${Math.round(orders * shareOfLargest)} of ${orders} orders are in the workspace that is looked at`);
    const { host, port, user, password } = server.config("postgres", name);
    const login = `postgres://${user}:${encodeURIComponent(String(password))}@${host}:${port}/${name}`;
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, "../src/cli/main.ts"), "api", "--port", String(await freePort())],
      {
        env: { ...process.env, DATABASE_URL: login, SWITCHYARD_HOME: home, SWITCHYARD_DATA: join(home, "data") },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    try {
      return await work(await addressOf(child.stdout));
    } finally {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    }
  } finally {
    await server.close();
    await rm(home, { recursive: true, force: true });
  }
}

function addressOf(output: Readable): Promise<string> {
  let said = "";
  return new Promise((resolve, reject) => {
    output.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      const [, url] = /^Ready: (\S+)$/m.exec(said) ?? [];
      if (url !== undefined) resolve(url);
    });
    output.once("end", () => reject(new Error(`The server ended before it was ready: ${said}`)));
  });
}
