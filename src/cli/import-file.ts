import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import type { Guess } from "#connectors/channels/file/guess-mapping.ts";
import { BadMapping } from "#connectors/channels/file/order-mapping.ts";
import { readTable, shown, UnreadableFile, type Dialect } from "#connectors/files/table.ts";
import type { ImportedFile } from "#engine/import/import-log.ts";
import type { RowProblem } from "#store/import.ts";
import { CliError } from "./cli-error.ts";
import { note, openSink } from "./output.ts";

/** Name, digest and size of a file that is about to be imported; lines are for the progress bar. */
export async function identifyFile(path: string): Promise<ImportedFile & { lines: number }> {
  const digest = createHash("sha256");
  let lines = 0;
  try {
    for await (const piece of createReadStream(path)) {
      const bytes = piece as Buffer;
      digest.update(bytes);
      for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1;
    }
  } catch (error) {
    throw new CliError(
      `${path} cannot be read (${error instanceof Error && "code" in error ? String(error.code) : String(error)}).`,
      "Name a file that is there and may be read.",
    );
  }
  return { name: basename(path), sha256: digest.digest("hex"), lines };
}

/** A mapping or file that cannot be used is the person's to mend, and no surprise of ours. */
export async function readingFile<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BadMapping || error instanceof UnreadableFile) throw new CliError(error.message);
    throw error;
  }
}

/** IM-18. Says how the file will be read before anything of it is stored. What it leaves open stops the command, with the words to declare it. */
export function showGuesses(
  path: string,
  guessed: readonly Guess[],
  hints: readonly string[],
  problems: readonly RowProblem[],
): void {
  const width = (field: "part" | "value"): number =>
    Math.min(40, Math.max(0, ...guessed.map((each) => each[field].length)));
  note(`How ${basename(path)} is read:`);
  for (const { part, value, why } of guessed)
    note(`  ${part.padEnd(width("part"))}  ${value.padEnd(width("value"))}  ${why}`);
  for (const hint of hints) note(`Note: ${hint}`);
  if (problems.length > 0)
    throw new CliError(
      [`${basename(path)} leaves open how it is to be read:`, ...problems.map((each) => `  ${problemText(each)}`)].join(
        "\n",
      ),
    );
}

/** `line 3, column 2 (Quantity): found "x"; expected …` */
export const problemText = ({ line, column, header, found, expected }: RowProblem): string =>
  `line ${line}${column === 0 ? "" : `, column ${column}`}${header === "" ? "" : ` (${header})`}: found ${found === "" ? "nothing" : `"${shown(found)}"`}; expected ${expected}`;

/** What was refused, by line. */
export class Refusals {
  readonly problems: RowProblem[] = [];
  readonly #byLine = new Map<number, string>();

  add({ rows, problems }: { rows: readonly number[]; problems: readonly RowProblem[] }): void {
    for (const problem of problems) this.problems.push(problem);
    for (const line of rows) {
      const own = problems.filter((each) => each.line === line);
      this.#byLine.set(line, (own.length > 0 ? own : problems).map(problemText).join(" | "));
    }
  }

  /** The first few, for people. */
  show(most = 10): void {
    for (const problem of this.problems.slice(0, most)) note(problemText(problem));
    if (this.problems.length > most)
      note(`… and ${this.problems.length - most} more. --refused FILE writes all refused rows with what is wrong.`);
  }

  /** IM-19. The refused rows exactly as they stand in the file, below its header, with one more column that says what is wrong. Can be mended and imported. */
  async write(
    to: string,
    from: { path: string; dialect: Dialect; headerLine: number },
    overwrite: boolean,
  ): Promise<void> {
    const { path, dialect, headerLine } = from;
    const more = (cell: string): string =>
      dialect.delimiter + (dialect.quoted ? `"${cell.replaceAll('"', '""')}"` : cell.replaceAll(/[\t\r\n|;,]+/g, " "));
    const sink = await openSink(to, overwrite);
    for await (const { line, raw } of readTable(path, dialect)) {
      const problem = this.#byLine.get(line);
      if (line === headerLine) await sink.write(`${raw}${more("problem")}\r\n`);
      else if (problem !== undefined) await sink.write(`${raw}${more(problem)}\r\n`);
    }
    await sink.close();
  }
}
