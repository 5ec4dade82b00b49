/**
 * VA-1. A password, token or key on its way to the line that sends it. Wherever else it gets, into a log, an error, JSON, a template or an inspection, it
 * reads `[secret]`.
 */
export class Secret {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  /** Its text, for the one who sends or seals it. */
  reveal(): string {
    return this.#text;
  }
  get isEmpty(): boolean {
    return this.#text === "";
  }
  toString(): string {
    return shown;
  }
  toJSON(): string {
    return shown;
  }
  [Symbol.toPrimitive](): string {
    return shown;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return shown;
  }
}

/** By the name of the connector's setting. */
export type Secrets = Readonly<Record<string, Secret>>;
export const noSecrets: Secrets = Object.freeze({});

const shown = "[secret]";
/** Shorter ones would blank out half of every sentence. */
const shortest = 4;

/** VA-2. Blanks these secrets out of a text, as they are and as addresses and JSON write them. */
export function hush(text: string, secrets: Secrets): string {
  let quiet = text;
  for (const secret of Object.values(secrets)) {
    const plain = secret.reveal();
    if (plain.length < shortest) continue;
    for (const spelling of [plain, encodeURIComponent(plain), JSON.stringify(plain).slice(1, -1)])
      quiet = quiet.replaceAll(spelling, shown);
  }
  return quiet;
}

/**
 * VA-2. The same connector, which can no longer repeat the secrets it is given: the `message` of whatever it answers, through a promise or a callback, and
 * of whatever it throws, has them blanked out. Its data is left alone.
 */
export function hushed<Port extends object>(port: Port, secrets: Secrets): Port {
  if (Object.keys(secrets).length === 0) return port;
  const quiet = (answer: unknown): unknown => hushedAnswer(answer, secrets);
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return isPart(member) ? hushed(member, secrets) : member;
      return (...args: unknown[]): unknown => {
        const given = args.map((arg) =>
          typeof arg === "function"
            ? (...said: unknown[]): unknown => Reflect.apply(arg, undefined, said.map(quiet))
            : arg,
        );
        try {
          const answer: unknown = Reflect.apply(member, target, given);
          if (!(answer instanceof Promise)) return quiet(answer);
          return answer.then(quiet, (error: unknown) => {
            throw hushedError(error, secrets);
          });
        } catch (error) {
          throw hushedError(error, secrets);
        }
      };
    },
  });
}

/** The documents of a supplier are an object of functions of their own. */
const isPart = (member: unknown): member is object =>
  typeof member === "object" && member !== null && Object.values(member).some((each) => typeof each === "function");

function hushedAnswer(answer: unknown, secrets: Secrets): unknown {
  if (Array.isArray(answer)) return answer.map((each) => hushedAnswer(each, secrets));
  if (typeof answer !== "object" || answer === null) return answer;
  const { message } = answer as { message?: unknown };
  return typeof message === "string" ? { ...answer, message: hush(message, secrets) } : answer;
}

/** The same error: who catches it asks what kind it is. */
function hushedError(error: unknown, secrets: Secrets): unknown {
  if (typeof error === "string") return hush(error, secrets);
  if (!(error instanceof Error)) return error;
  const { stack } = error; // holds the message as it was
  error.message = hush(error.message, secrets);
  if (stack !== undefined) error.stack = hush(stack, secrets);
  if (error.cause !== undefined) error.cause = hushedError(error.cause, secrets);
  return error;
}
