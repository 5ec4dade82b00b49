import { isatty } from "node:tty";
import { homePaths } from "#gate/home.ts";
import { ring } from "#store/commit.ts";
import { findInstallation } from "#store/installation.ts";
import { CliError } from "../cli-error.ts";
import { realClock, realRandom } from "../clock.ts";
import { command, group, run } from "../command.ts";
import { makeHome } from "../installation.ts";
import { note, printFields } from "../output.ts";

export const safeModeCommand = () =>
  group("safe-mode", "a restored backup or a copy shows everything and buys nothing until you say that it is home")
    .addCommand(
      command({
        name: "show",
        about: "Whether it is on, and why.",
        examples: ["safe-mode show"],
        inWorkspace: false,
      }).action(
        run(async ({ connect, config, format }) => {
          const { db } = await connect();
          const installation = await findInstallation(db);
          const reason = installation?.safeModeReason ?? null;
          const json = {
            safeMode: reason !== null,
            reason,
            home: installation === undefined ? null : homePaths(config.home, installation.id).folder,
          };
          printFields(
            format,
            [
              ["safe mode", installation === undefined ? "never started yet" : reason === null ? "off" : "on"],
              ["reason", reason],
              ["home", json.home],
            ],
            json,
          );
        }),
      ),
    )
    .addCommand(
      command({
        name: "lift",
        about:
          "Say that this copy is home: it buys again, and every other copy of it no longer can. Ask the suppliers first what was bought since.",
        examples: ["safe-mode lift", "safe-mode lift --yes"],
        prints: false,
        inWorkspace: false,
      })
        .option("--yes", "without asking")
        .action(
          run<{ yes?: boolean }>(async ({ connect, config, options }) => {
            const { db, engine } = await connect();
            const installation = await findInstallation(db);
            if (installation === undefined)
              throw new CliError("This installation was never started.", "Start it: npx switchyard start.");
            if (installation.safeModeReason === null) return note("Safe mode is off already.");
            note(`Safe mode is on: ${installation.safeModeReason}.`);
            note(
              "If another copy of this installation still runs, both would know the same orders. Lift it only on the one that goes on,",
            );
            note(
              "after `npx switchyard prove --supplier S` has shown for each supplier what was bought since the backup.",
            );
            if (options.yes !== true && !(await confirmed()))
              throw new CliError("Safe mode stays on.", "Confirm, or give --yes.");
            const made = await makeHome({ db, engine, config, clock: realClock, random: realRandom });
            await ring(db);
            if (made?.journalKnows === false)
              note("There is no journal here of what was bought since, so every order that is not placed is held.");
            if (made !== null && made.held > 0)
              note(
                `${made.held} orders are held because they may have been bought since ${installation.heartbeatAt.toISOString()}. See: npx switchyard orders list --reason bought_before_restore`,
              );
            note("Safe mode is off: this copy is home.");
          }),
        ),
    );

async function confirmed(): Promise<boolean> {
  if (!isatty(0)) return false;
  const { confirm, isCancel } = await import("@clack/prompts");
  const answer = await confirm({ message: "Is this the copy that goes on?", initialValue: false });
  return !isCancel(answer) && answer;
}
