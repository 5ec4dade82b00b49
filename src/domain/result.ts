/** What can be expected is a value: done, or refused with a code and a sentence that says what to do. */
export type Result<Value = undefined> = { status: "ok"; value: Value } | Refused;
export interface Refused {
  status: "refused";
  code: string;
  message: string;
  /** What of a request is at fault, where it is one field. */
  field?: string;
  /** What the version is by now, where another one was asked for. */
  version?: number;
}

export const ok = <Value>(value: Value): Result<Value> => ({ status: "ok", value });
export const done: Result = { status: "ok", value: undefined };
export const refuse = (code: string, message: string, field?: string): Refused => ({
  status: "refused",
  code,
  message,
  ...(field === undefined ? {} : { field }),
});
