import { randomBytes } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";

export const roles = [
  "switchyard_owner",
  "switchyard_engine",
  "switchyard_api",
  "switchyard_auth",
  "switchyard_vault",
] as const;
export type Role = (typeof roles)[number];

/** How the processes of one installation reach their server: one file in the data folder, readable by its owner only. */
export interface Credentials {
  port: number;
  passwords: Readonly<Record<"postgres" | Role, string>>;
}

export const makeCredentials = (port: number): Credentials => withAllPasswords({ port, passwords: {} });

/** With a password for every role: an installation of before may not know the newest ones yet. */
export const withAllPasswords = ({
  port,
  passwords,
}: {
  port: number;
  passwords: Partial<Credentials["passwords"]>;
}): Credentials => ({
  port,
  passwords: Object.fromEntries(
    (["postgres", ...roles] as const).map((role) => [role, passwords[role] ?? password()]),
  ) as Credentials["passwords"],
});

const password = (): string => randomBytes(24).toString("base64url");

const fileIn = (dataDir: string): string => join(dataDir, "postgres.json");

export async function readCredentials(dataDir: string): Promise<Credentials | undefined> {
  try {
    return JSON.parse(await readFile(fileIn(dataDir), "utf8")) as Credentials;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && "code" in error && error.code === "ENOENT"))
      return undefined;
    throw error;
  }
}

/** Complete or not at all: another process may read it at any moment. */
export async function writeCredentials(dataDir: string, credentials: Credentials): Promise<void> {
  const unfinished = `${fileIn(dataDir)}.new`;
  const file = await open(unfinished, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(credentials, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, fileIn(dataDir));
}
