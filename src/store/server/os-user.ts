import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { StoreError } from "#store/store-error.ts";

const run = promisify(execFile);

export interface OsUser {
  uid: number;
  gid: number;
}

/**
 * The operating system's user that PostgreSQL runs as: undefined means "as we do". PostgreSQL refuses to run as root, so root steps down
 * to the user `postgres`, and makes it where it does not exist.
 */
export async function serverUser(): Promise<OsUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return (await findUser()) ?? (await makeUser());
}

async function findUser(): Promise<OsUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", "postgres"]), run("id", ["-g", "postgres"])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function makeUser(): Promise<OsUser> {
  try {
    await run("groupadd", ["--system", "--force", "postgres"]);
    await run("useradd", ["--system", "--no-create-home", "--gid", "postgres", "postgres"]);
  } catch (error) {
    const madeMeanwhile = await findUser();
    if (madeMeanwhile !== undefined) return madeMeanwhile;
    throw new StoreError(
      "os_user_missing",
      "PostgreSQL refuses to run as root, and the operating system's user `postgres` could not be made.",
      "Start switchyard as a normal user, or make a user named postgres.",
      error,
    );
  }
  const made = await findUser();
  if (made !== undefined) return made;
  throw new StoreError(
    "os_user_missing",
    "The user `postgres` was made but cannot be found.",
    "Start switchyard as a normal user.",
  );
}
