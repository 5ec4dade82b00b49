import type { BackupTable, Manifest } from "#store/backup/manifest.ts";
import type { Verified } from "#store/invariants/verify.ts";
import { check, removeOld, take, type Tried } from "../backup.ts";
import { CliError } from "../cli-error.ts";
import { command, run } from "../command.ts";
import { column, note, printJson, printList, write } from "../output.ts";
import type { Format } from "../output.ts";

export const backupCommand = () =>
  command({
    name: "backup",
    about:
      "Write everything in the database into a folder while it works, and try it: restore it into a scratch database and verify that. Exit code 1 when something does not hold.",
    examples: [
      "backup --to ./backups",
      "backup --to ./backups --keep 35",
      "backup --check ./backups/switchyard-2026-11-22T101500Z",
    ],
    inWorkspace: false,
  })
    .option("--to <folder>", "where the backup's folder is made")
    .option("--check <backup>", "take none; try this one")
    .option("--keep <days>", "afterwards remove backups there that are older")
    .option(
      "--scratch <folder>",
      "where it is tried, on a local disk (default: the system's folder for temporary files)",
    )
    .action(
      run<{ to?: string; check?: string; keep?: string; scratch?: string }>(async ({ config, options, format }) => {
        const { to, scratch } = options;
        if ((to === undefined) === (options.check === undefined))
          throw new CliError("Where to?", "Give --to FOLDER to take a backup, or --check BACKUP to try one.", 2);
        const keep = options.keep === undefined ? null : Number(options.keep);
        if (keep !== null && (to === undefined || !Number.isInteger(keep) || keep < 1))
          throw new CliError("--keep is a number of days, with --to.", "Such as --to ./backups --keep 35.", 2);
        const folder = options.check ?? (await take(config, to!)).folder;
        if (to !== undefined) note(`Taken: ${folder}. Trying it now.`);
        const tried = await check(folder, scratch);
        const holds = printTried(format, tried, { taken: to !== undefined });
        // One that does not hold takes no older one's place.
        const removed = keep === null || !holds ? [] : await removeOld(to!, keep);
        if (removed.length > 0) note(`Removed, older than ${keep} days: ${removed.join(", ")}.`);
        return holds ? 0 : 1;
      }),
    );

/** What is in it, and what the check says of what came out of it. Answers whether everything holds. */
export function printTried(format: Format, { folder, manifest, verified }: Tried, more: object): boolean {
  const violated = verified.filter((each) => each.count > 0);
  const holds = violated.length === 0;
  if (format === "json") {
    printJson({ folder, ...more, holds, ...sums(manifest), tables: manifest.tables, invariants: verified });
    return holds;
  }
  const tables = manifest.tables.filter((each) => each.rows > 0);
  const columns = [
    column<BackupTable>("table", (each) => `${each.schema}.${each.name}`),
    column<BackupTable>("rows", (each) => each.rows),
    column<BackupTable>("bytes", (each) => each.bytes),
  ];
  printList(format, tables, columns, null, "It has no rows.");
  if (format !== "table") return holds;
  const { takenAt, rows, bytes } = sums(manifest);
  write(`\nOf ${takenAt}: ${rows} rows, all restored; ${bytes} bytes in ${folder}\n`);
  write(holds ? "Everything holds.\n" : `${violated.length} of ${verified.length} rules do not hold:\n`);
  for (const each of violated) write(line(each));
  return holds;
}

const line = ({ id, title, count, first }: Verified): string =>
  `  ${id} ${title}: ${count}, such as ${first[0]?.subject ?? "?"} ${first[0]?.detail ?? ""}\n`;

function sums({ takenAt, tables, files }: Manifest): { takenAt: string; rows: number; bytes: number } {
  const all = [...tables, ...files];
  return {
    takenAt,
    rows: tables.reduce((sum, each) => sum + each.rows, 0),
    bytes: all.reduce((sum, each) => sum + each.bytes, 0),
  };
}
