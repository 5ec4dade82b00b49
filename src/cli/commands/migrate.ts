import { openDb } from "#store/db.ts";
import { migrate } from "#store/migrate.ts";
import { openStore } from "#store/server.ts";
import { realClock } from "../clock.ts";
import { command, run } from "../command.ts";
import { printJson, write } from "../output.ts";

export const migrateCommand = () =>
  command({
    name: "migrate",
    about: "Bring the database to the newest schema. Safe to run at any time and by several processes at once.",
    examples: ["migrate"],
    inWorkspace: false,
  }).action(
    run(async ({ config, format }) => {
      const store = await openStore({ dataDir: config.dataDir, env: config.env });
      const owner = openDb(store.owner(), { max: 1 });
      try {
        const applied = await migrate(owner, { now: realClock.now() });
        if (format === "json") printJson({ applied });
        else write(applied.length === 0 ? "The database is up to date.\n" : `Applied: ${applied.join(", ")}\n`);
      } finally {
        await owner.end();
        await store.close();
      }
    }),
  );
