import { restoreDatabase, restoreFolder } from "../backup.ts";
import { CliError } from "../cli-error.ts";
import { command, run } from "../command.ts";
import { note } from "../output.ts";
import { printTried } from "./backup.ts";

export const restoreCommand = () =>
  command({
    name: "restore <backup>",
    about:
      "Make a data folder out of a backup, or fill the empty database of DATABASE_URL. It starts in safe mode: nothing is bought until you say so. Exit code 1 when something in it does not hold.",
    examples: [
      "restore ./backups/switchyard-2026-11-22T101500Z",
      "restore ./backups/switchyard-2026-11-22T101500Z --data ./restored",
      "restore ./backups/switchyard-2026-11-22T101500Z --replace",
    ],
    inWorkspace: false,
  })
    .option("--replace", "where the data folder is not empty: move it aside first; it is kept")
    .action(
      run<{ replace?: boolean }, [string]>(async ({ config, options, format }, backup) => {
        if (config.databaseUrl !== null && options.replace === true)
          throw new CliError(
            "--replace is for a data folder, and DATABASE_URL is set.",
            "Name an empty database in DATABASE_URL, or unset it.",
            2,
          );
        const isFolder = config.databaseUrl === null;
        const restored = isFolder
          ? await restoreFolder(backup, config.dataDir, options.replace === true)
          : { ...(await restoreDatabase(backup, config)), movedAside: null };
        const to = isFolder ? config.dataDir : "the database of DATABASE_URL";
        const holds = printTried(format, restored, { restoredTo: isFolder ? to : null });
        if (restored.movedAside !== null) note(`What was there before is now ${restored.movedAside}.`);
        note(`Restored to ${to}, in safe mode. See: npx switchyard safe-mode show`);
        return holds ? 0 : 1;
      }),
    );
