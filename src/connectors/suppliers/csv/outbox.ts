import { join } from "node:path";
import type { DocumentBytes, Files, NotSent } from "../../ports.ts";

/**
 * The staging-and-rename law in one folder (rules CS-8 to CS-13). A document is written to `staging/NAME.part`; a mark in `staging/journal` says that
 * it is about to be staged; the rename to `staging/NAME` stages it, and ONE rename to `outbox/NAME` sends it. So at any moment after any crash:
 *
 *   staging/NAME is there                      staged, not sent
 *   NAME.part is there                         not even staged
 *   the mark alone, or outbox/NAME             sent, whatever the supplier did with it
 *   nothing at all                             never staged
 *
 * The marks stay for ever: they are why a document cannot leave a second time, not even after the database was restored from a backup.
 */
export interface OutboxFolder {
  folder: string;
}

const places = ({ folder }: OutboxFolder, name: string) => ({
  part: join(folder, "staging", `${name}.part`),
  staged: join(folder, "staging", name),
  mark: join(folder, "staging", "journal", name),
  withdrawn: join(folder, "staging", "withdrawn", name),
  outbox: join(folder, "outbox", name),
});
const journalOf = ({ folder }: OutboxFolder): string => join(folder, "staging", "journal");

/** Makes the folders. Only at set-up: see `Documents.prepare`. */
export async function prepare(files: Files, { folder }: OutboxFolder): Promise<void> {
  for (const name of ["staging/journal", "staging/withdrawn", "outbox", "inbox/done", "inbox/rejected"]) {
    await files.makeFolder(join(folder, ...name.split("/")));
  }
}

export async function stage(
  files: Files,
  folder: OutboxFolder,
  { fileName, bytes }: DocumentBytes,
): Promise<{ status: "staged" } | NotSent> {
  const at = places(folder, fileName);
  if (!(await files.exists(journalOf(folder)))) return notSent(awayMessage(folder));
  if (await files.exists(at.withdrawn)) return notSent(`${fileName} was withdrawn and never leaves under this name.`);
  if (await files.exists(at.outbox))
    return notSent(`There is a file ${fileName} in the outbox already; it is never overwritten. Find out whose it is.`);
  if (await files.exists(at.staged)) {
    if (sameBytes(await files.read(at.staged), bytes)) return { status: "staged" };
    return notSent(`There is another file ${fileName} in staging. Find out whose it is and move it away.`);
  }
  if ((await files.exists(at.mark)) && !(await files.exists(at.part))) return notSent(`${fileName} has left before.`);
  await files.write(at.part, bytes);
  await files.write(at.mark, new Uint8Array());
  await files.rename(at.part, at.staged);
  return { status: "staged" };
}

/** Sends exactly these bytes or nothing: a staged file that somebody edited is not what was armed. */
export async function release(
  files: Files,
  folder: OutboxFolder,
  { fileName, bytes }: DocumentBytes,
): Promise<{ status: "left" } | NotSent> {
  const at = places(folder, fileName);
  const where = await whereIs(files, folder, fileName);
  if (where === "left") return { status: "left" };
  if (where === "absent") return notSent(`${fileName} is not in staging.`);
  if (!sameBytes(await files.read(at.staged), bytes))
    return notSent(`${fileName} was changed in staging; only what was committed may leave.`);
  if (await files.exists(at.outbox))
    return notSent(`There is a file ${fileName} in the outbox already; it is never overwritten. Find out whose it is.`);
  try {
    await files.rename(at.staged, at.outbox);
    return { status: "left" };
  } catch (error) {
    // The rename is done or not done, whatever its error says; the folder knows.
    if ((await whereIs(files, folder, fileName)) === "left") return { status: "left" };
    return notSent(
      `${fileName} could not be moved into the outbox: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Throws where the folder is away: an unmounted drive proves nothing. */
export async function whereIs(
  files: Files,
  folder: OutboxFolder,
  fileName: string,
): Promise<"staging" | "left" | "absent"> {
  const at = places(folder, fileName);
  if (!(await files.exists(journalOf(folder)))) throw new Error(awayMessage(folder));
  if (await files.exists(at.staged)) return "staging";
  if (await files.exists(at.outbox)) return "left";
  if ((await files.exists(at.part)) || (await files.exists(at.withdrawn))) return "absent";
  return (await files.exists(at.mark)) ? "left" : "absent";
}

export async function withdraw(files: Files, folder: OutboxFolder, fileName: string): Promise<"withdrawn" | "left"> {
  const at = places(folder, fileName);
  const where = await whereIs(files, folder, fileName);
  if (where === "left") return "left";
  if (where === "staging") await files.rename(at.staged, at.withdrawn);
  else if (await files.exists(at.part)) await files.rename(at.part, at.withdrawn);
  else if (!(await files.exists(at.withdrawn))) await files.write(at.withdrawn, new Uint8Array()); // so that it cannot be staged later
  return "withdrawn";
}

const notSent = (message: string): NotSent => ({ status: "not_sent", message });
const awayMessage = ({ folder }: OutboxFolder): string =>
  `${join(folder, "staging", "journal")} is not there. If ${folder} is on a drive, connect it; if the supplier is new, set it up once more to make its folders.`;
const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
