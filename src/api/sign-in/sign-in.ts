import { hash } from "node:crypto";
import { APIError } from "better-auth/api";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock, Random } from "#domain/clock.ts";
import type { Mail, Mailer } from "#domain/mail.ts";
import type { Secret } from "#domain/secret.ts";
import type { Log } from "#engine/context.ts";
import { sweep } from "#store/auth/budget.ts";
import {
  endSession,
  findUserByEmail,
  forgetDevices,
  isKnownDevice,
  knowDevice,
  markProved,
  useCode,
  type User,
} from "#store/auth/user.ts";
import type { Db } from "#store/db.ts";
import { invalid } from "../invalid.ts";
import { Problem } from "../problem.ts";
import { longestSessionMs, openBetterAuth, passwordLinkSeconds, peerHeader } from "./better-auth.ts";
import { deskLinks } from "./desk-link.ts";
import { deviceOf, hasSessionCookie, isSecure, passOn, setDevice } from "./cookies.ts";
import { accountKey, countWrong, alarmAt, forgive, limits, linkKey, networkKey, takeAll } from "./limits.ts";
import { standardCost, whyNotPassword, type PasswordCost } from "./password.ts";

export interface SignInOptions {
  /** As the role of sign-in: sees users and sessions, and nothing of any workspace. */
  db: Db;
  clock: Clock;
  random: Random;
  uuid: () => string;
  /** 32 bytes as hex, from outside the database. */
  key: string;
  /** null: links are given out by the administrator. */
  mailer: Mailer | null;
  /** Where people reach this installation, such as https://orders.example. */
  url: string;
  log: Log;
  cost?: PasswordCost;
}

/** Somebody who showed who they are. */
export interface SignedIn {
  user: { id: string; name: string; email: string; hasSecondFactor: boolean };
  sessionId: string;
  provedAt: Date | null;
}

export interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
}
export type SignIn = ReturnType<typeof openSignIn>;

const sweepEvery = 200;
const uniqueViolation = "23505";

/** Who somebody is. What they may do is the hook's to say (src/api/caller.ts). */
export function openSignIn(options: SignInOptions) {
  const { db, clock, random, uuid, key, mailer, url, log, cost = standardCost } = options;
  const shared = { db, clock, random, uuid, key, cost };
  const onPasswordLink = async (user: { name: string; email: string }, token: string): Promise<void> => {
    // Not awaited: how long an answer takes must not say whether there is such an account.
    void mailer
      ?.send(passwordMail(user, linkOf("password", token)))
      .catch((error: unknown) => log.error({ error: String(error) }, "the mail with a password link was not sent"));
  };
  const plain = openBetterAuth({ ...shared, isSecure: false, onPasswordLink });
  const secure = openBetterAuth({ ...shared, isSecure: true, onPasswordLink });
  let tries = 0;

  const linkOf = (page: string, token: string): string => `${url.replace(/\/$/, "")}/${page}#${token}`;
  const authOf = (request: FastifyRequest) => (isSecure(request, url) ? secure : plain);

  /** Asks the library for this request; its cookies go into our answer. Its refusals come back as their code. */
  async function ask<T>(
    { request, reply }: Exchange,
    work: (
      api: typeof plain.api,
      common: { headers: Headers; returnHeaders: true },
    ) => Promise<{ headers: Headers | null | undefined; response: T }>,
  ): Promise<{ ok: true; value: T } | { ok: false; code: string }> {
    const headers = new Headers({ [peerHeader]: request.ip });
    for (const name of ["cookie", "user-agent"] as const) {
      const value = request.headers[name];
      if (value !== undefined) headers.set(name, value.slice(0, 4000));
    }
    try {
      const { headers: set, response } = await work(authOf(request).api, { headers, returnHeaders: true });
      if (set != null) passOn(reply, set);
      return { ok: true, value: response };
    } catch (error) {
      if (!(error instanceof APIError) || Number(error.statusCode) >= 500) throw error;
      return { ok: false, code: (error.body as { code?: string } | undefined)?.code ?? String(error.statusCode) };
    }
  }

  async function budgetsOf(request: FastifyRequest, email: string): Promise<{ account: string; network: string }> {
    const token = deviceOf(request, isSecure(request, url));
    const device = token === null ? null : hash("sha256", token);
    const isKnown = device !== null && (await isKnownDevice(db, email, device));
    return { account: accountKey(email, isKnown ? device : null), network: networkKey(request.ip) };
  }

  async function begin(request: FastifyRequest, email: string): Promise<{ account: string; network: string }> {
    tries += 1;
    const now = clock.now();
    if (tries % sweepEvery === 0) await sweep(db, now);
    const budgets = await budgetsOf(request, email);
    await takeAll(
      db,
      [
        { key: budgets.network, rule: limits.network },
        { key: budgets.account, rule: limits.account },
      ],
      now,
    );
    return budgets;
  }

  async function wrong(): Promise<void> {
    if (await countWrong(db, clock.now()))
      log.error({ tries: alarmAt }, "wrong passwords in five minutes: somebody may be guessing");
  }

  async function welcome({ request, reply }: Exchange, user: { id: string; email: string }): Promise<void> {
    const isOverHttps = isSecure(request, url);
    const token = deviceOf(request, isOverHttps) ?? Buffer.from(random.bytes(32)).toString("hex");
    // The budgets that this sign-in took, before its browser is a known one.
    const { account, network } = await budgetsOf(request, user.email);
    await forgive(db, account, network);
    await knowDevice(db, user.id, hash("sha256", token), clock.now());
    setDevice(reply, token, isOverHttps);
  }

  /** AU-9. A code counts once: who looked over a shoulder comes too late. */
  const isFresh = (userId: string, code: string): Promise<boolean> =>
    useCode(db, userId, hash("sha256", `${userId}\n${code}`), clock.now());

  return {
    url,
    hasMail: mailer !== null,
    linkOf,
    deskLinks: deskLinks(key),
    db,
    random,

    /** True when the mail server took it; false where no mail is sent, or not this time. */
    async mail(mail: Mail): Promise<boolean> {
      if (mailer === null) return false;
      try {
        await mailer.send(mail);
        return true;
      } catch (error) {
        log.error({ error: String(error), subject: mail.subject }, "a mail was not sent");
        return false;
      }
    },

    /** AU-4, AU-5. Who the request's cookie belongs to; null without one, or with one that is over. */
    async who({ request, reply }: Exchange): Promise<SignedIn | null> {
      if (!hasSessionCookie(request)) return null;
      const found = await ask({ request, reply }, (api, common) => api.getSession(common));
      if (!found.ok || found.value === null) return null;
      const { session, user } = found.value;
      if (session.createdAt.getTime() + longestSessionMs <= clock.now().getTime()) {
        await endSession(db, user.id, session.id);
        return null;
      }
      return {
        user: { id: user.id, name: user.name, email: user.email, hasSecondFactor: user.twoFactorEnabled === true },
        sessionId: session.id,
        provedAt: session.provedAt ?? null,
      };
    },

    /** AU-7. The same refusal, after the same work, for a wrong password and for an account that is not there. */
    async withPassword(
      exchange: Exchange,
      { email, password }: { email: string; password: string },
    ): Promise<"signed_in" | "second_factor_needed"> {
      await begin(exchange.request, email);
      const answer = await ask(exchange, (api, common) => api.signInEmail({ ...common, body: { email, password } }));
      if (!answer.ok) {
        await wrong();
        throw wrongPassword();
      }
      if ("twoFactorRedirect" in answer.value) return "second_factor_needed";
      await welcome(exchange, answer.value.user);
      return "signed_in";
    },

    /** AU-9. The second step. */
    async withCode(exchange: Exchange, { code, isBackup }: { code: string; isBackup: boolean }): Promise<void> {
      await takeAll(db, [{ key: networkKey(exchange.request.ip), rule: limits.network }], clock.now());
      const answer = await ask<{ token?: string | undefined; user: { id: string; email: string } }>(
        exchange,
        (api, common) =>
          (isBackup
            ? api.verifyBackupCode({ ...common, body: { code } })
            : api.verifyTOTP({ ...common, body: { code } })) as never,
      );
      if (!answer.ok) {
        if (answer.code === "INVALID_TWO_FACTOR_COOKIE" || answer.code.startsWith("TOO_MANY_ATTEMPTS"))
          throw startAgain();
        await wrong();
        throw wrongCode();
      }
      const { user, token } = answer.value;
      if (!(await isFresh(user.id, code))) {
        const auth = await plain.$context;
        if (token !== undefined) await auth.internalAdapter.deleteSession(token);
        exchange.reply.removeHeader("set-cookie");
        throw wrongCode();
      }
      await welcome(exchange, user);
    },

    signOut: (exchange: Exchange) => ask(exchange, (api, common) => api.signOut(common)),

    /** AU-8. Password, and second factor where there is one, shown once more: for a quarter of an hour what is dangerous may be done. */
    async prove(
      exchange: Exchange,
      who: SignedIn,
      { password, code }: { password: string; code?: string | undefined },
    ) {
      await begin(exchange.request, who.user.email);
      const answer = await ask(exchange, async (api, common) => ({
        headers: null,
        response: await api.verifyPassword({ headers: common.headers, body: { password } }),
      }));
      if (!answer.ok) {
        await wrong();
        throw wrongPassword();
      }
      if (who.user.hasSecondFactor) {
        if (code === undefined)
          throw invalid([
            { field: "body.code", found: "nothing", expected: "the code that your authenticator app shows now" },
          ]);
        const shown = await ask(exchange, (api, common) => api.verifyTOTP({ ...common, body: { code } }));
        if (!shown.ok || !(await isFresh(who.user.id, code))) throw wrongCode();
      }
      await markProved(db, who.sessionId, clock.now());
      const { account, network } = await budgetsOf(exchange.request, who.user.email);
      await forgive(db, account, network);
    },

    /** A secret for an authenticator app and ten backup codes; nothing counts before a code was shown. */
    async beginSecondFactor(exchange: Exchange, who: SignedIn, password: string) {
      await begin(exchange.request, who.user.email);
      const answer = await ask(exchange, (api, common) => api.enableTwoFactor({ ...common, body: { password } }));
      if (!answer.ok) {
        if (answer.code === "TOTP_ALREADY_ENABLED") throw alreadyOn();
        throw wrongPassword();
      }
      if (answer.value.method !== "totp") throw new Error("an authenticator app was asked for");
      return { uri: answer.value.totpURI, backupCodes: answer.value.backupCodes };
    },
    async confirmSecondFactor(exchange: Exchange, who: SignedIn, code: string) {
      await begin(exchange.request, who.user.email);
      const answer = await ask(exchange, (api, common) => api.verifyTOTP({ ...common, body: { code } }));
      if (!answer.ok || !(await isFresh(who.user.id, code))) throw wrongCode();
    },
    async endSecondFactor(exchange: Exchange, password: string) {
      const answer = await ask(exchange, (api, common) => api.disableTwoFactor({ ...common, body: { password } }));
      if (!answer.ok) throw wrongPassword();
    },
    async newBackupCodes(exchange: Exchange, who: SignedIn, password: string): Promise<string[]> {
      await begin(exchange.request, who.user.email);
      const answer = await ask(exchange, (api, common) => api.generateBackupCodes({ ...common, body: { password } }));
      if (!answer.ok) throw wrongPassword();
      return answer.value.backupCodes;
    },

    async changePassword(exchange: Exchange, who: SignedIn, wish: { current: string; password: string }) {
      await begin(exchange.request, who.user.email);
      mustBeGood(wish.password, [who.user.name, who.user.email]);
      const body = { currentPassword: wish.current, newPassword: wish.password, revokeOtherSessions: true };
      const answer = await ask(exchange, (api, common) => api.changePassword({ ...common, body }));
      if (!answer.ok) {
        await wrong();
        throw wrongPassword();
      }
      await forgetDevices(db, who.user.id);
      await welcome(exchange, who.user);
    },

    /** AU-11. The same answer whether there is such an account or not. */
    async forgotten({ request, reply }: Exchange, email: string): Promise<void> {
      const budgets = [
        { key: networkKey(request.ip), rule: limits.network },
        { key: linkKey(email), rule: limits.links },
      ];
      await takeAll(db, budgets, clock.now());
      await ask({ request, reply }, (api, common) => api.requestPasswordReset({ ...common, body: { email } }));
    },
    async resetPassword({ request, reply }: Exchange, wish: { token: string; password: string }): Promise<void> {
      await takeAll(db, [{ key: networkKey(request.ip), rule: limits.network }], clock.now());
      mustBeGood(wish.password, []);
      const answer = await ask({ request, reply }, (api, common) =>
        api.resetPassword({ ...common, body: { token: wish.token, newPassword: wish.password } }),
      );
      if (!answer.ok) throw deadLink("password");
    },

    /** For the administrator, who gives it to the person: the page where a new password is chosen. undefined: there is no such account. */
    async passwordLink(email: string): Promise<string | undefined> {
      let token: string | undefined;
      const own = openBetterAuth({
        ...shared,
        isSecure: false,
        onPasswordLink: async (_user, made) => void (token = made),
      });
      await own.api.requestPasswordReset({ body: { email } });
      return token === undefined ? undefined : linkOf("password", token);
    },

    /** A new account, or null where the address has one. Throws a problem for a password that cannot be taken. */
    async createUser(wish: { name: string; email: string; password: string | Secret }): Promise<User | null> {
      const { name, email } = wish;
      const password = typeof wish.password === "string" ? wish.password : wish.password.reveal();
      mustBeGood(password, [name, email]);
      if ((await findUserByEmail(db, email)) !== undefined) return null;
      const { internalAdapter, password: passwords } = await plain.$context;
      const hashed = await passwords.hash(password);
      const created = await internalAdapter
        .createUser({ name, email, emailVerified: true }, { method: "email-password" })
        .catch((error: unknown) => {
          if ((error as { code?: unknown }).code === uniqueViolation) return null; // somebody else was a moment earlier
          throw error;
        });
      if (created === null) return null;
      await internalAdapter.createAccount({
        userId: created.id,
        providerId: "credential",
        accountId: created.id,
        password: hashed,
      });
      return (await findUserByEmail(db, email)) ?? null;
    },

    /** Whoever has a link shows that an account is theirs as well; each try counts like a sign-in. */
    async isPasswordOf(
      request: FastifyRequest,
      user: { id: string; email: string },
      password: string,
    ): Promise<boolean> {
      const { account, network } = await begin(request, user.email);
      const { internalAdapter, password: passwords } = await plain.$context;
      const credential = await internalAdapter.findCredentialAccount(user.id);
      const isRight = credential?.password != null && (await passwords.verify({ hash: credential.password, password }));
      if (isRight) await forgive(db, account, network);
      else await wrong();
      return isRight;
    },
  };
}

function mustBeGood(password: string, about: readonly string[]): void {
  const why = whyNotPassword(password, about);
  if (why !== null) throw invalid([{ field: "body.password", found: "a password", expected: why }]);
}

export const digestOfLink = (token: string): string => hash("sha256", token);
export const newLinkToken = (random: Random): string => Buffer.from(random.bytes(32)).toString("base64url");

const wrongPassword = (): Problem =>
  new Problem({
    status: 401,
    code: "wrong_password",
    detail: "E-mail address and password do not belong together.",
    next: "Type both again. A forgotten password: POST /v1/auth/password/forgotten, or the administrator runs `npx switchyard user reset-password E-MAIL`.",
  });
const wrongCode = (): Problem =>
  new Problem({
    status: 401,
    code: "wrong_code",
    detail: "That is not the code of this moment, or it was used already.",
    next: "Wait for the next code of your authenticator app and type that one, or use one of your backup codes.",
  });
const startAgain = (): Problem =>
  new Problem({
    status: 401,
    code: "start_again",
    detail: "The first step of this sign-in is too long ago, or had too many wrong codes.",
    next: "Sign in with e-mail address and password again.",
  });
const alreadyOn = (): Problem =>
  new Problem({
    status: 409,
    code: "second_factor_on",
    detail: "This account has a second factor already.",
    next: "Remove it first (DELETE /v1/auth/second-factor), then set it up anew.",
  });
export const deadLink = (kind: "password" | "invitation" | "set-up" | "desk"): Problem =>
  new Problem({
    status: 410,
    code: "link_over",
    detail: "This link was used already, has ended, or was never one of ours.",
    next: {
      password: `Ask for a new one: a link lasts ${passwordLinkSeconds / 60} minutes.`,
      invitation: "Ask whoever invited you for a new one: an invitation lasts seven days and is used once.",
      desk: "Ask whoever sent it: a link for a purchase order ends when all of it is sent or cancelled.",
      "set-up": "Start the server again: it prints a new one. Or run `npx switchyard user create-owner`.",
    }[kind],
  });

function passwordMail({ name, email }: { name: string; email: string }, link: string): Mail {
  const text = `Hello ${name},

somebody, probably you, asked for a new password for your Switchyard account. Choose it here within ${passwordLinkSeconds / 60} minutes:

${link}

If it was not you, do nothing: your password stays as it is.
`;
  return { to: email, subject: "Choose a new password", text };
}
