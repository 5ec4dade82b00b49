import { readdirSync, readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { platform } from "node:os";

/**
 * What the kernel says about processes, in milliseconds of processor time. Only Linux tells it in files (`/proc`, see proc(5)); elsewhere every answer is
 * null, and what depends on it is "not measured".
 */

let ticksPerSecond: number | undefined;
function tickMs(): number {
  ticksPerSecond ??= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }).trim());
  return 1000 / ticksPerSecond;
}

interface ProcessTimes {
  parent: number;
  /** Of the process itself. */
  ownTicks: number;
  /** Of its children that ended and were waited for. */
  endedChildrenTicks: number;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function timesOf(pid: number): ProcessTimes | null {
  const text = read(`/proc/${pid}/stat`);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" "); // the name before it may hold blanks
  const at = (index: number): number => Number(fields[index]);
  return { parent: at(1), ownTicks: at(11) + at(12), endedChildrenTicks: at(13) + at(14) };
}

export function childrenOf(parent: number): number[] {
  const text = read(`/proc/${parent}/task/${parent}/children`);
  if (text !== null) return text.trim().split(" ").filter(Boolean).map(Number);
  if (platform() !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => timesOf(pid)?.parent === parent);
}

/**
 * Processor time of PostgreSQL so far: the postmaster, the processes it has now, and those that ended (a backend's time is added to its postmaster's account
 * when it ends, so none is lost however early it closes).
 */
export function postgresCpuMs(postmaster: number): number | null {
  for (let tries = 0; tries < 20; tries += 1) {
    const before = timesOf(postmaster);
    if (before === null) return null;
    const living = childrenOf(postmaster).reduce((sum, pid) => sum + (timesOf(pid)?.ownTicks ?? 0), 0);
    const after = timesOf(postmaster);
    // One that ended in between would count twice or not at all.
    if (after !== null && after.endedChildrenTicks === before.endedChildrenTicks)
      return (after.ownTicks + after.endedChildrenTicks + living) * tickMs();
  }
  return null;
}

/** Processor time of one process so far, with its ended children. */
export function processCpuMs(pid: number): number | null {
  const times = timesOf(pid);
  return times === null ? null : (times.ownTicks + times.endedChildrenTicks) * tickMs();
}

/** Processor time that was used by anybody on this machine so far; what a host took from a virtual machine counts too. */
export function machineCpuMs(): number | null {
  const line = read("/proc/stat")?.split("\n")[0];
  if (line === undefined || !line.startsWith("cpu ")) return null;
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line
    .slice(4)
    .trim()
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) * tickMs();
}

/** Memory of PostgreSQL's processes that is not shared between them (and so not its buffers), in bytes. */
export function postgresPrivateBytes(postmaster: number): number | null {
  const found = [postmaster, ...childrenOf(postmaster)].map(
    (pid) => /^RssAnon:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? "")?.[1],
  );
  const known = found.filter((each) => each !== undefined);
  return known.length === 0 ? null : known.reduce((sum, kb) => sum + Number(kb) * 1024, 0);
}

/** The most memory that a process has had in use so far, in bytes. */
export function peakBytes(pid: number): number | null {
  const found = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? "")?.[1];
  return found === undefined ? null : Number(found) * 1024;
}
