import { reasonCodes, reasonOf } from "#domain/reasons.ts";
import { command, run } from "../command.ts";
import { column, printList } from "../output.ts";

export const reasonsCommand = () =>
  command({
    name: "reasons",
    about: "Every reason why an order may be held, most important first, with what to do.",
    examples: ["reasons", "reasons --output json"],
    inWorkspace: false,
  }).action(
    run(async ({ format }) => {
      const reasons = reasonCodes.map((code) => ({ code, ...reasonOf(code) }));
      type Row = (typeof reasons)[number];
      const columns = [
        column<Row>("code", (each) => each.code),
        column<Row>("acts", (each) => each.acts),
        column<Row>("title", (each) => each.title),
        column<Row>("next", (each) => each.next),
      ];
      printList(format, reasons, columns, { reasons }, "");
    }),
  );
