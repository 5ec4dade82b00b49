import type { FastifyRequest } from "fastify";

/** The host part of a Host header, lower case and without the port; null where it is none. */
export function hostName(header: string | undefined): string | null {
  const [, name] = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i.exec(header ?? "") ?? [];
  return name === undefined ? null : name.toLowerCase();
}

const loopbackNames: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);
export const isLoopbackName = (name: string | null): boolean => name !== null && loopbackNames.has(name);

const isLoopbackAddress = (address: string): boolean =>
  address === "::1" || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address);

/** A proxy says by these that it speaks for somebody else. */
const proxyHeaders = ["forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"];

/**
 * API-3. Whether a request certainly comes from a program on this machine that meant us: the peer is loopback, the Host is ours (a page elsewhere that rebinds
 * its name cannot say so), no proxy stands between, and no web page of another origin sent it.
 */
export function isFromThisMachine(request: FastifyRequest): boolean {
  const { headers } = request;
  const name = hostName(headers.host);
  const isForwarded = Object.keys(headers).some(
    (header) => header.startsWith("x-forwarded") || proxyHeaders.includes(header),
  );
  return (
    isLoopbackAddress(request.socket.remoteAddress ?? "") && isLoopbackName(name) && !isForwarded && isSameSite(request)
  );
}

function isSameSite({ headers }: FastifyRequest): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  return headers.origin === undefined || headers.origin === `http://${headers.host}`;
}
