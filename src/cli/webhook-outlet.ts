import { lookup as askResolver } from "node:dns/promises";
import { request as ask, type IncomingMessage } from "node:http";
import { request as askSecurely } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { Clock } from "#domain/clock.ts";
import type { WebhookAnswer } from "#domain/webhook-plan.ts";
import type { WebhookOutlet } from "#engine/webhooks/outlet.ts";
import { isInAllowedNetwork, isPublicAddress, nothingAllowed, type AllowedHosts } from "./address-guard.ts";

export interface WebhookOutletOptions {
  clock: Clock;
  allowed?: AllowedHosts;
  /** http:// on port 80, to public addresses too. */
  plainHttp?: boolean;
  /** All addresses of a name; asked once for each request. */
  resolve?: (name: string) => Promise<{ address: string; family: number }[]>;
}

const mostRead = 64 * 1024;
const mostShown = 4 * 1024;

/**
 * WH-50 to WH-56. Webhooks go to addresses that strangers choose, from a machine inside somebody's network. So: a name is resolved once, every address that it
 * has is looked at, and the connection is made to those very addresses, so that a second answer of the resolver changes nothing. Public addresses on port 443 only, no
 * redirects, a time limit over all, at most 64 KB read. The administrator may open hosts and networks, which are then reached on any port and without TLS.
 */
export function createWebhookOutlet(options: WebhookOutletOptions): WebhookOutlet {
  const { clock, allowed = nothingAllowed, plainHttp = false } = options;
  const resolve = options.resolve ?? ((name: string) => askResolver(name, { all: true, verbatim: true }));

  const objection = (text: string): string | null => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
      return "The address must be a whole one that begins with https://.";
    if (url.username !== "" || url.password !== "")
      return "An address with a user name or a password in it is not taken. Check the signature instead; it proves who sends.";
    const host = hostOf(url);
    if (isOpened(host, allowed)) return null;
    if (isIP(host) !== 0) return isPublicAddress(host) ? wrongWay(url, plainHttp) : notPublic(host);
    // Where a name leads may lie in a network that is open; that is known when it is sent to.
    if (allowed.hasNetworks) return null;
    return isLocalName(host) ? notPublic(host) : wrongWay(url, plainHttp);
  };

  /** The addresses to connect to, or why to none. */
  const addressesOf = async (url: URL): Promise<{ address: string; family: number }[] | string> => {
    const host = hostOf(url);
    const literal = isIP(host);
    let found: { address: string; family: number }[];
    try {
      found = literal === 0 ? await resolve(host) : [{ address: host, family: literal }];
    } catch (error) {
      return `The name ${host} has no address: ${(error as NodeJS.ErrnoException).code ?? "the resolver failed"}.`;
    }
    if (found.length === 0) return `The name ${host} has no address.`;
    if (allowed.names.has(host)) return found;
    const areOpen = found.every(({ address }) => isInAllowedNetwork(address, allowed));
    if (areOpen) return found;
    // One bad address among good ones is enough: which one a connection takes is the resolver's choice.
    if (!found.every(({ address }) => isPublicAddress(address) || isInAllowedNetwork(address, allowed)))
      return notPublic(host);
    return wrongWay(url, plainHttp) ?? found;
  };

  return {
    objection,
    async post({ url: text, headers, body, timeoutMs }): Promise<WebhookAnswer> {
      const against = objection(text);
      if (against !== null) return { status: null, problem: against };
      const url = new URL(text);
      const over = new AbortController();
      const tooLate = new AbortController();
      void clock.sleep(timeoutMs, over.signal).then(() => {
        if (!over.signal.aborted) tooLate.abort(new Error(`No answer within ${timeoutMs / 1000} seconds.`));
      });
      try {
        const addresses = await orTooLate(addressesOf(url), tooLate.signal);
        if (typeof addresses === "string") return { status: null, problem: addresses };
        return await send(url, { headers, body, addresses, signal: tooLate.signal, now: () => clock.now() });
      } catch (error) {
        return { status: null, problem: sentenceOf(error) };
      } finally {
        over.abort();
      }
    },
  };
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
const isOpened = (host: string, allowed: AllowedHosts): boolean =>
  allowed.names.has(host) || isInAllowedNetwork(host, allowed);
const isLocalName = (host: string): boolean =>
  !host.includes(".") || /\.(localhost|local|internal|home\.arpa)$/.test(host);
const notPublic = (host: string): string =>
  `${host} is not on the public internet, where alone webhooks are sent. Whoever runs this installation can allow it: SWITCHYARD_WEBHOOK_ALLOW=${host}.`;

function wrongWay(url: URL, plainHttp: boolean): string | null {
  if (url.protocol === "https:" && url.port === "") return null;
  if (url.protocol === "http:" && url.port === "" && plainHttp) return null;
  return "Webhooks are sent by https:// on its usual port 443. Whoever runs this installation can allow a host on any port: SWITCHYARD_WEBHOOK_ALLOW; or http:// on port 80: SWITCHYARD_WEBHOOK_HTTP=1.";
}

interface Sending {
  headers: Record<string, string>;
  body: string;
  addresses: { address: string; family: number }[];
  signal: AbortSignal;
  now: () => Date;
}

function send(url: URL, { headers, body, addresses, signal, now }: Sending): Promise<WebhookAnswer> {
  /** Whoever asks for an address gets the ones that were looked at, and no others. */
  const lookup: LookupFunction = (_name, options, done) => {
    if (options.all === true) done(null, addresses);
    else done(null, addresses[0]!.address, addresses[0]!.family);
  };
  return new Promise((resolve, reject) => {
    const outgoing = (url.protocol === "https:" ? askSecurely : ask)(url, {
      method: "POST",
      agent: false,
      lookup,
      headers: {
        ...headers,
        "accept-encoding": "identity",
        connection: "close",
        "content-length": String(Buffer.byteLength(body)),
      },
    });
    const giveUp = (): void => {
      reject(signal.reason as Error); // without effect where an answer has begun: its status counts
      outgoing.destroy();
    };
    if (signal.aborted) return giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      const status = incoming.statusCode ?? 0;
      const retryAfterMs = retryAfterOf(incoming.headers["retry-after"], now());
      resolve(
        read(incoming).then((text): WebhookAnswer => {
          outgoing.destroy();
          return { status, retryAfterMs, text };
        }),
      );
    });
    outgoing.end(body);
  });
}

/** What the receiver said, as far as it is shown: the status is the answer, the text is for people. Read for 64 KB or as long as there is time. */
async function read(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= mostRead) break;
    }
  } catch {
    // It broke off, or there was no more time: what came is shown.
  }
  // PostgreSQL keeps no NUL in a text.
  return Buffer.concat(chunks).subarray(0, mostShown).toString("utf8").replaceAll("\0", "\uFFFD");
}

function retryAfterOf(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}

async function orTooLate<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => {};
  const late = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof AggregateError) return sentenceOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  const { code = "" } = error as NodeJS.ErrnoException;
  return sentences[code] ?? (code === "" ? error.message : `The connection failed: ${code}.`);
}
const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Nobody answers there: the connection was refused.",
  ECONNRESET: "The connection was closed before an answer came.",
  EPIPE: "The connection was closed before an answer came.",
  EHOSTUNREACH: "There is no way to that address.",
  ENETUNREACH: "There is no way to that address.",
  CERT_HAS_EXPIRED: "The certificate has expired.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The certificate is signed by nobody that is trusted.",
  SELF_SIGNED_CERT_IN_CHAIN: "The certificate is signed by nobody that is trusted.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "The certificate is signed by nobody that is trusted.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The certificate is for another name.",
};
