import { timingSafeEqual } from "node:crypto";

/** Compares digests as text; how long it takes says nothing about where they differ. */
export function isSame(ours: string, theirs: string): boolean {
  const [a, b] = [Buffer.from(ours), Buffer.from(theirs)];
  return a.length === b.length && timingSafeEqual(a, b);
}
