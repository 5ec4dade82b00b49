import type { FastifyReply, FastifyRequest } from "fastify";
import { hostName } from "../loopback.ts";

/** Whether this request came over https, as far as the installation's own address says so: no header of the request is believed. */
export const isSecure = (request: FastifyRequest, url: string): boolean => {
  const address = new URL(url);
  return address.protocol === "https:" && hostName(request.headers.host) === address.hostname;
};

/** AU-6. Whether a page of this very server sent it. A browser says so with everything that changes something; who does not say it is not believed. */
export function isFromOwnPage(request: FastifyRequest, url: string): boolean {
  const { origin, host } = request.headers;
  if (origin !== undefined) return origin === `${isSecure(request, url) ? "https" : "http"}://${host}`;
  return request.headers["sec-fetch-site"] === "same-origin";
}

export const hasSessionCookie = (request: FastifyRequest): boolean =>
  /(?:^|;\s*)(?:__Host-)?switchyard\.session_token=/.test(request.headers.cookie ?? "");

const deviceCookie = (secure: boolean): string => `${secure ? "__Host-" : ""}switchyard.device`;

/** The token of a browser in which somebody signed in before; null where there is none. */
export function deviceOf(request: FastifyRequest, secure: boolean): string | null {
  const name = deviceCookie(secure);
  const found = (request.headers.cookie ?? "").split(/;\s*/).find((each) => each.startsWith(`${name}=`));
  const token = found?.slice(name.length + 1) ?? "";
  return /^[0-9a-f]{64}$/.test(token) ? token : null;
}

export const setDevice = (reply: FastifyReply, token: string, secure: boolean): void =>
  void reply.header(
    "set-cookie",
    `${deviceCookie(secure)}=${token}; Max-Age=${180 * 86_400}; Path=/; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`,
  );

/** What the sign-in library would set or take away. */
export function passOn(reply: FastifyReply, headers: Headers): void {
  for (const cookie of headers.getSetCookie()) void reply.header("set-cookie", cookie);
}
