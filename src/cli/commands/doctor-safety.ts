import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isLoopbackName } from "#api/loopback.ts";
import { manifestName, type Manifest } from "#store/backup/manifest.ts";
import type { DatabaseSafety } from "#store/doctor.ts";
import type { Config } from "../config.ts";

/** RN-25. What an operator forgets, and what `doctor` says of it. */
export interface Finding {
  what: string;
  status: "ok" | "warning" | "broken";
  says: string;
  /** What to do; "" where nothing is. */
  next: string;
}
export const ok = (what: string, says: string): Finding => ({ what, status: "ok", says, next: "" });
export const warning = (what: string, says: string, next: string): Finding => ({ what, status: "warning", says, next });
export const broken = (what: string, says: string, next: string): Finding => ({ what, status: "broken", says, next });

const othersMayRead = 0o077;

/** What lies in the home opens everything: keys, the gate's token, its journal. */
export async function homeFolder({ home }: Pick<Config, "home">): Promise<Finding> {
  const found = await stat(home).catch(() => null);
  if (found === null) return ok("home", `${home} is made at the first start`);
  if (!found.isDirectory()) return broken("home", `${home} is no folder`, "Set SWITCHYARD_HOME to a folder.");
  if ((found.mode & othersMayRead) !== 0)
    return warning("home", `${home} may be read by others, and holds keys`, `chmod 700 ${home}`);
  return ok("home", home);
}

/** Without it everybody signs in anew; with somebody else's eyes on it, anybody does. */
export async function signInKey({ home }: Pick<Config, "home">): Promise<Finding> {
  const path = join(home, "sign-in.key");
  const found = await stat(path).catch(() => null);
  if (found === null)
    return ok(
      "sign-in key",
      "not there yet: made at the first start of an API. Another machine's API needs the same file",
    );
  if ((found.mode & othersMayRead) !== 0)
    return broken("sign-in key", `${path} can be read by others`, `chmod 600 ${path}`);
  const key = await readFile(path, "utf8").catch(() => null);
  if (key === null)
    return broken("sign-in key", `${path} cannot be read`, "Give it to the user that runs switchyard: chown.");
  return /^[0-9a-f]{64}$/.test(key.trim())
    ? ok("sign-in key", path)
    : broken(
        "sign-in key",
        `${path} is damaged`,
        "Restore it from your copy of the home. Or remove it: everybody signs in anew, and second factors are set up anew.",
      );
}

/** Where people reach it, and whose word about them counts. */
export function address({ url, trustedProxies }: Pick<Config, "url" | "trustedProxies">): Finding {
  const { protocol, hostname } = new URL(url);
  if (isLoopbackName(hostname))
    return ok("address", `${url}: only this machine. Others reach it by a proxy with TLS and SWITCHYARD_URL`);
  if (protocol === "http:")
    return broken(
      "address",
      `${url}: passwords and cookies travel in clear`,
      "Put a proxy with TLS in front, and set SWITCHYARD_URL to its https:// address.",
    );
  return trustedProxies.length === 0
    ? warning(
        "address",
        `${url}: no proxy is trusted, so tries to sign in are counted as if they all came from the proxy`,
        "Set SWITCHYARD_TRUSTED_PROXIES to the proxy's address, such as 127.0.0.1.",
      )
    : ok("address", `${url}, behind ${trustedProxies.join(", ")}`);
}

export function mail({ mail: sender, url }: Pick<Config, "mail" | "url">): Finding {
  if (sender !== null) return ok("mail", `sent by ${new URL(sender.url).host} as ${sender.from}`);
  return isLoopbackName(new URL(url).hostname)
    ? ok("mail", "none is sent; links for passwords and invitations are given out by hand")
    : warning(
        "mail",
        "none is sent: nobody gets an invitation, a password link or a word about a webhook that was switched off",
        "Set SWITCHYARD_SMTP_URL and SWITCHYARD_MAIL_FROM.",
      );
}

/** Above this share of its connections a server soon turns the next process away. */
const crowded = 0.8;

/** A server that may lose what it confirmed loses the mark that a purchase is on its way: it could be bought twice. */
export function durability(found: DatabaseSafety, isOwn: boolean): Finding[] {
  const { fsync, fullPageWrites, synchronousCommit, connections, mostConnections, isEncrypted, isLocal } = found;
  const lossy = [
    fsync === "on" ? null : "fsync",
    fullPageWrites === "on" ? null : "full_page_writes",
    synchronousCommit === "off" ? "synchronous_commit" : null,
  ].filter((name) => name !== null);
  const many = connections > crowded * mostConnections;
  return [
    lossy.length === 0
      ? ok("durability", "what the database confirms is on disk")
      : broken(
          "durability",
          `the database may lose what it confirmed (${lossy.join(", ")} off); a purchase could be made twice`,
          `As the server's administrator: ${lossy.map((name) => `alter system set ${name} = on;`).join(" ")} select pg_reload_conf();`,
        ),
    many
      ? warning(
          "connections",
          `${connections} of ${mostConnections} are in use`,
          "Raise max_connections: a worker takes up to 50, an API process up to 20.",
        )
      : ok("connections", `${connections} of ${mostConnections} are in use`),
    ...(isOwn || isLocal || isEncrypted
      ? []
      : [
          warning(
            "database connection",
            "goes over the network in clear",
            "Let the server offer TLS and add sslmode=verify-full to DATABASE_URL.",
          ),
        ]),
  ];
}

/** A day, and the hours that a nightly backup may take longer than the one before. */
const freshMs = 30 * 3_600_000;

/** The newest backup in a folder of backups, by what its manifest says. */
export async function backups(folder: string, now: Date): Promise<Finding> {
  const names = await readdir(folder).catch(() => null);
  if (names === null)
    return broken("backups", `${folder} cannot be read`, "Name the folder of `switchyard backup --to FOLDER`.");
  const taken: number[] = [];
  for (const name of names) {
    // One that cannot be read is none; `backup --check` says more about it.
    const manifest = await readFile(join(folder, name, manifestName), "utf8")
      .then((text) => JSON.parse(text) as Manifest)
      .catch(() => null);
    if (manifest !== null) taken.push(new Date(manifest.takenAt).getTime());
  }
  const take = `Take one every night: npx switchyard backup --to ${folder}`;
  if (taken.length === 0) return broken("backups", `there is none in ${folder}`, take);
  const newest = Math.max(...taken);
  const says = `the newest of ${taken.length} is of ${new Date(newest).toISOString()}`;
  return now.getTime() - newest > freshMs ? warning("backups", says, take) : ok("backups", says);
}
