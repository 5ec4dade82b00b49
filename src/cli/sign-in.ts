import { mkdir, open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { newLinkToken, digestOfLink, openSignIn, type SignIn } from "#api/sign-in/sign-in.ts";
import { smtpMailer } from "#connectors/mail/smtp.ts";
import type { Log } from "#engine/context.ts";
import { keepSetUpLink } from "#store/auth/set-up.ts";
import { openDb, type DbWatch } from "#store/db.ts";
import { hasOwner } from "#store/member.ts";
import { CliError } from "./cli-error.ts";
import { nextUuid, realClock, realRandom } from "./clock.ts";
import type { Config } from "./config.ts";
import type { Connection } from "./connect.ts";

/** How people sign in, wired to this installation; `close` ends its connections. */
export async function openSignInOf(
  { config, store }: Pick<Connection, "config" | "store">,
  log: Log,
  watch?: DbWatch,
): Promise<SignIn & { close(): Promise<void> }> {
  const key = await signInKey(config);
  const db = openDb(store.auth(), { max: 4, watch, clock: realClock });
  const signIn = openSignIn({
    db,
    clock: realClock,
    random: realRandom,
    uuid: nextUuid,
    key,
    mailer: config.mail === null ? null : smtpMailer(config.mail),
    url: config.url,
    log,
  });
  return { ...signIn, close: () => db.end() };
}

/**
 * Signs the cookies and seals second factors. It lies in the home, outside of data folder and database, and is made at the first need. Another machine that
 * serves the same database needs the same file. Without it everybody signs in anew, and second factors are set up anew.
 */
async function signInKey({ home }: Pick<Config, "home">): Promise<string> {
  const path = join(home, "sign-in.key");
  await mkdir(home, { recursive: true, mode: 0o700 });
  try {
    await using file = await open(path, "wx", 0o600);
    await file.writeFile(`${Buffer.from(realRandom.bytes(32)).toString("hex")}\n`);
    await file.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  if (((await stat(path)).mode & 0o077) !== 0)
    throw new CliError(`The sign-in key ${path} can be read by others.`, `Close it: chmod 600 ${path}`);
  for (let tries = 0; tries < 50; tries += 1) {
    const key = (await readFile(path, "utf8")).trim();
    if (/^[0-9a-f]{64}$/.test(key)) return key;
    await realClock.sleep(20); // whoever makes it may be writing
  }
  throw new CliError(
    `The sign-in key ${path} is damaged.`,
    "Restore it from your backup. Or remove it: everybody then signs in anew, and second factors are removed with `npx switchyard user remove-second-factor E-MAIL`.",
  );
}

const setUpHours = 24;

/** AU-40. The link of the first start, while nobody owns a workspace; null once somebody does. */
export async function setUpLink({ db }: Pick<Connection, "db">, signIn: SignIn): Promise<string | null> {
  if (await hasOwner(db)) return null;
  const token = newLinkToken(realRandom);
  const until = new Date(realClock.now().getTime() + setUpHours * 3_600_000);
  await keepSetUpLink(signIn.db, digestOfLink(token), until);
  return signIn.linkOf("set-up", token);
}
