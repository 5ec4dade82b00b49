import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { publicId } from "#domain/ids.ts";
import { endSession, endSessions, listSessions, renameUser } from "#store/auth/user.ts";
import { membershipsOf } from "#store/member.ts";
import type { Api, ApiContext } from "../context.ts";
import { notFound } from "../problem.ts";
import { noContent } from "../route.ts";
import { email, idOf, password, personName, problems, text } from "../schemas.ts";
import type { SignedIn, SignIn } from "../sign-in/sign-in.ts";

const tags = ["Signing in"];
const done = { 204: z.null(), ...problems };
const nothing = z.strictObject({});
const typedPassword = z.string().min(1).max(1000);
const code = z.string().regex(/^\d{6}$/, "the six digits that your authenticator app shows now");
const link = z.string().max(100).meta({ description: "What stands after # in the link" });

/** AU-4 to AU-11. A person shows who they are. What they may then do is another matter (src/api/caller.ts). */
export function signInRoutes(app: Api, { db, clock }: ApiContext, signIn: SignIn): void {
  const who = (request: FastifyRequest): SignedIn => {
    if (request.signedIn === null) throw new Error("an address for people was reached without one");
    return request.signedIn;
  };

  app.post(
    "/v1/auth/sign-in",
    {
      schema: {
        summary: "Sign in with e-mail address and password; the session is a cookie",
        tags,
        security: [],
        body: z.strictObject({ email, password: typedPassword }),
        response: { 200: z.object({ status: z.enum(["signed_in", "second_factor_needed"]) }), ...problems },
      },
    },
    async (request, reply) => ({ status: await signIn.withPassword({ request, reply }, request.body) }),
  );
  app.post(
    "/v1/auth/second-factor",
    {
      schema: {
        summary: "The second step: a code of the authenticator app, or a backup code",
        tags,
        security: [],
        body: z
          .strictObject({ code: code.optional(), backup_code: text(40).optional() })
          .refine((body) => (body.code === undefined) !== (body.backup_code === undefined), "code or backup_code"),
        response: { 200: z.object({ status: z.literal("signed_in") }), ...problems },
      },
    },
    async (request, reply) => {
      const { code: shown, backup_code: backup } = request.body;
      await signIn.withCode({ request, reply }, { code: shown ?? backup ?? "", isBackup: shown === undefined });
      return { status: "signed_in" as const };
    },
  );
  app.post(
    "/v1/auth/sign-out",
    { schema: { summary: "End this session", tags, body: nothing, response: done } },
    async (request, reply) => {
      await signIn.signOut({ request, reply });
      return noContent(reply);
    },
  );

  app.get(
    "/v1/auth/me",
    {
      schema: {
        summary: "Who is signed in, and the workspaces of that person",
        tags,
        response: {
          200: z.object({
            user: z.object({ id: z.string(), name: z.string(), email: z.string(), second_factor: z.boolean() }),
            session: z.string(),
            proved_at: z.string().nullable(),
            workspaces: z.array(z.object({ id: z.string(), slug: z.string(), name: z.string(), role: z.string() })),
          }),
          ...problems,
        },
      },
    },
    async (request) => {
      const { user, sessionId, provedAt } = who(request);
      const memberships = await membershipsOf(db.engine, user.id);
      return {
        user: {
          id: publicId("user", user.id),
          name: user.name,
          email: user.email,
          second_factor: user.hasSecondFactor,
        },
        session: publicId("session", sessionId),
        proved_at: provedAt?.toISOString() ?? null,
        workspaces: memberships.map((each) => ({
          id: publicId("workspace", each.workspacePublicId),
          slug: each.slug,
          name: each.workspaceName,
          role: each.role,
        })),
      };
    },
  );
  app.put(
    "/v1/auth/me",
    {
      schema: {
        summary: "Change one's own name, as others read it beside what one does",
        tags,
        body: z.strictObject({ name: personName }),
        response: { 200: z.object({ id: z.string(), name: z.string() }), ...problems },
      },
    },
    async (request) => {
      const { user } = who(request);
      await renameUser(signIn.db, user.id, request.body.name, clock.now());
      return { id: publicId("user", user.id), name: request.body.name };
    },
  );
  app.post(
    "/v1/auth/prove",
    {
      schema: {
        summary: "Show the password (and a code, where there is a second factor) once more",
        description: "For 15 minutes what is dangerous may then be done.",
        tags,
        body: z.strictObject({ password: typedPassword, code: code.optional() }),
        response: done,
      },
    },
    async (request, reply) => {
      await signIn.prove({ request, reply }, who(request), request.body);
      return noContent(reply);
    },
  );

  app.get(
    "/v1/auth/sessions",
    {
      schema: {
        summary: "Where this person is signed in",
        tags,
        response: {
          200: z.object({
            sessions: z.array(
              z.object({
                id: z.string(),
                current: z.boolean(),
                signed_in_at: z.string(),
                used_at: z.string(),
                ends_at: z.string(),
                address: z.string().nullable(),
                browser: z.string().nullable(),
              }),
            ),
          }),
          ...problems,
        },
      },
    },
    async (request) => {
      const { user, sessionId } = who(request);
      const sessions = await listSessions(signIn.db, user.id, clock.now());
      return {
        sessions: sessions.map((each) => ({
          id: publicId("session", each.id),
          current: each.id === sessionId,
          signed_in_at: each.createdAt.toISOString(),
          used_at: each.usedAt.toISOString(),
          ends_at: each.expiresAt.toISOString(),
          address: each.ipAddress,
          browser: each.userAgent,
        })),
      };
    },
  );
  app.delete(
    "/v1/auth/sessions",
    { schema: { summary: "End all sessions of this person but this one", tags, response: done } },
    async (request, reply) => {
      const { user, sessionId } = who(request);
      await endSessions(signIn.db, user.id, sessionId);
      return noContent(reply);
    },
  );
  app.delete(
    "/v1/auth/sessions/:id",
    {
      schema: {
        summary: "End one session of this person",
        tags,
        params: z.strictObject({ id: idOf("session") }),
        response: done,
      },
    },
    async (request, reply) => {
      if ((await endSession(signIn.db, who(request).user.id, request.params.id)) === 0) throw notFound();
      return noContent(reply);
    },
  );

  app.post(
    "/v1/auth/second-factor/set-up",
    {
      schema: {
        summary: "A secret for an authenticator app, and backup codes; on once a code was shown (confirm)",
        tags,
        body: z.strictObject({ password: typedPassword }),
        response: { 200: z.object({ uri: z.string(), backup_codes: z.array(z.string()) }), ...problems },
      },
    },
    async (request, reply) => {
      const { uri, backupCodes } = await signIn.beginSecondFactor(
        { request, reply },
        who(request),
        request.body.password,
      );
      return { uri, backup_codes: backupCodes };
    },
  );
  app.post(
    "/v1/auth/second-factor/confirm",
    {
      schema: {
        summary: "The first code of the authenticator app: from now on it is asked for",
        tags,
        body: z.strictObject({ code }),
        response: done,
      },
    },
    async (request, reply) => {
      await signIn.confirmSecondFactor({ request, reply }, who(request), request.body.code);
      return noContent(reply);
    },
  );
  app.delete(
    "/v1/auth/second-factor",
    {
      schema: {
        summary: "Remove the second factor",
        tags,
        body: z.strictObject({ password: typedPassword }),
        response: done,
      },
    },
    async (request, reply) => {
      await signIn.endSecondFactor({ request, reply }, request.body.password);
      return noContent(reply);
    },
  );
  app.post(
    "/v1/auth/second-factor/backup-codes",
    {
      schema: {
        summary: "Ten new backup codes; the old ones end",
        tags,
        body: z.strictObject({ password: typedPassword }),
        response: { 200: z.object({ backup_codes: z.array(z.string()) }), ...problems },
      },
    },
    async (request, reply) => ({
      backup_codes: await signIn.newBackupCodes({ request, reply }, who(request), request.body.password),
    }),
  );

  app.post(
    "/v1/auth/password",
    {
      schema: {
        summary: "Change the password; all other sessions end",
        tags,
        body: z.strictObject({ current: typedPassword, password }),
        response: done,
      },
    },
    async (request, reply) => {
      await signIn.changePassword({ request, reply }, who(request), request.body);
      return noContent(reply);
    },
  );
  app.post(
    "/v1/auth/password/forgotten",
    {
      schema: {
        summary: "Ask for a link to choose a new password; the answer is the same for every address",
        tags,
        security: [],
        body: z.strictObject({ email }),
        response: { 202: z.object({ next: z.string() }), ...problems },
      },
    },
    async (request, reply) => {
      await signIn.forgotten({ request, reply }, request.body.email);
      void reply.code(202);
      return {
        next: signIn.hasMail
          ? "If there is an account with this address, a mail with a link is on its way. The link lasts one hour."
          : "This installation sends no mail. Ask its administrator for a link: npx switchyard user reset-password E-MAIL",
      };
    },
  );
  app.post(
    "/v1/auth/password/reset",
    {
      schema: {
        summary: "Choose a new password with the link; all sessions end",
        tags,
        security: [],
        body: z.strictObject({ token: link, password }),
        response: done,
      },
    },
    async (request, reply) => {
      await signIn.resetPassword({ request, reply }, request.body);
      return noContent(reply);
    },
  );
}
