import { betterAuth } from "better-auth";
import { twoFactor } from "better-auth/plugins/two-factor";
import type { Clock, Random } from "#domain/clock.ts";
import type { Db } from "#store/db.ts";
import { authAdapter } from "./adapter.ts";
import { hashPassword, isPassword, longestPassword, shortestPassword, type PasswordCost } from "./password.ts";

/** AU-4. Without use for so long, and after so long in any case, a session is over. */
export const idleSeconds = 12 * 3600;
export const longestSessionMs = 7 * 24 * 3_600_000;
/** How exact "without use" is: a session that is used is written that often, not at each request. */
const writtenEverySeconds = 5 * 60;
export const passwordLinkSeconds = 3600;

export interface BetterAuthOptions {
  db: Db;
  clock: Clock;
  random: Random;
  uuid: () => string;
  /** Signs cookies and seals the secrets of second factors; 32 bytes as hex. */
  key: string;
  cost: PasswordCost;
  /** Served over https: the cookie says so and is bound to this very host. */
  isSecure: boolean;
  /** What to do with the token of a password link. */
  onPasswordLink: (user: { id: string; name: string; email: string }, token: string) => Promise<void>;
}

/** The header in which the peer's address is handed on; whatever else a request says about its address is not read. */
export const peerHeader = "x-switchyard-peer";

/** The sign-in library, asked in this process only: its own addresses are not served, and it sends nothing anywhere. */
export function openBetterAuth({ db, clock, random, uuid, key, cost, isSecure, onPasswordLink }: BetterAuthOptions) {
  return betterAuth({
    appName: "Switchyard",
    baseURL: isSecure ? "https://switchyard.invalid" : "http://switchyard.invalid",
    secret: key,
    database: authAdapter(db),
    telemetry: { enabled: false },
    logger: { disabled: true },
    rateLimit: { enabled: false }, // ours count per account and network, over all processes
    emailAndPassword: {
      enabled: true,
      autoSignIn: false,
      minPasswordLength: shortestPassword,
      maxPasswordLength: longestPassword,
      resetPasswordTokenExpiresIn: passwordLinkSeconds,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, token }) => onPasswordLink(user, token),
      password: {
        hash: (password) => hashPassword(password, random, cost),
        verify: ({ hash, password }) => isPassword(password, hash),
      },
    },
    session: {
      expiresIn: idleSeconds,
      updateAge: writtenEverySeconds,
      cookieCache: { enabled: false }, // who was shown out is out at once
      additionalFields: { provedAt: { type: "date", required: false, input: false } },
    },
    verification: { storeIdentifier: "hashed" },
    databaseHooks: {
      // Signing in is a proof.
      session: { create: { before: async (session) => ({ data: { ...session, provedAt: clock.now() } }) } },
    },
    plugins: [twoFactor({ issuer: "Switchyard" })],
    advanced: {
      cookiePrefix: isSecure ? "__Host-switchyard" : "switchyard",
      useSecureCookies: false, // its own prefix is the weaker __Secure-
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure },
      ipAddress: { ipAddressHeaders: [peerHeader] },
      database: { generateId: () => uuid() },
    },
  });
}
export type BetterAuth = ReturnType<typeof openBetterAuth>;
