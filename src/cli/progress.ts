import { isatty } from "node:tty";

export interface Progress {
  /** So many more are done; `words` replaces what stands beside the bar. */
  advance(count: number, words?: string): void;
  /** The bar goes; what was found out follows on standard output. */
  done(words: string): void;
}

/** On a narrower terminal (some report no width at all) a bar would break into lines. */
const leastColumns = 40;

const silent: Progress = { advance: () => {}, done: () => {} };

/** CLI-8. A bar on standard error while long work runs at a terminal; nothing where output goes to a file or another program. */
export async function startProgress(words: string, total: number | null): Promise<Progress> {
  if (!isatty(1) || !isatty(2) || (process.stderr.columns ?? 0) < leastColumns) return silent;
  const { progress, spinner } = await import("@clack/prompts");
  const output = process.stderr;
  if (total === null) {
    const turning = spinner({ output });
    let count = 0;
    turning.start(words);
    return {
      advance: (more, now) => turning.message(`${now ?? words} ${(count += more)}`),
      done: (last) => turning.stop(last),
    };
  }
  const bar = progress({ max: Math.max(1, total), output });
  bar.start(words);
  return { advance: (more, now) => bar.advance(more, now), done: (last) => bar.stop(last) };
}
