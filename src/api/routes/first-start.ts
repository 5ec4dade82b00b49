import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { publicId } from "#domain/ids.ts";
import { ownWorkspace } from "#engine/manage/first-start.ts";
import { findUserByEmail } from "#store/auth/user.ts";
import { giveSetUpLinkBack, useSetUpLink } from "#store/auth/set-up.ts";
import { hasOwner } from "#store/member.ts";
import { listWorkspaces } from "#store/workspace.ts";
import { manageContext, type Api, type ApiContext } from "../context.ts";
import { Problem } from "../problem.ts";
import { refusal } from "../route.ts";
import { currency, email, password, personName, problems, text } from "../schemas.ts";
import { deadLink, digestOfLink, type SignIn } from "../sign-in/sign-in.ts";

const tags = ["First start"];

/** AU-40. The first account of an installation. There is no default password: the link that the server printed at its start is the only way in. */
export function firstStartRoutes(app: Api, context: ApiContext, signIn: SignIn): void {
  const { db, clock, engine } = context;

  app.get(
    "/v1/set-up",
    {
      schema: {
        summary: "Whether this installation still waits for its first account",
        tags,
        security: [],
        response: { 200: z.object({ needed: z.boolean() }), ...problems },
      },
    },
    async () => ({ needed: !(await hasOwner(db.engine)) }),
  );

  app.post(
    "/v1/set-up",
    {
      schema: {
        summary: "Make the owner's account and the first workspace, with the link that the server printed",
        tags,
        security: [],
        body: z.strictObject({
          token: z.string().max(100).meta({ description: "What stands after # in the printed link" }),
          name: personName,
          email,
          password,
          workspace: z.strictObject({
            slug: text(63).meta({ description: "What commands and addresses call it: small letters, digits, hyphens" }),
            name: text(100).optional(),
            currency: currency.default("EUR"),
            zone: text(60).default("UTC"),
          }),
        }),
        response: { 201: z.object({ user: z.string(), workspace: z.string() }), ...problems },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const digest = digestOfLink(body.token);
      if (!(await useSetUpLink(signIn.db, digest, clock.now()))) throw deadLink("set-up");
      try {
        if (await hasOwner(db.engine)) throw alreadySetUp();
        const created = await signIn.createUser(body);
        // Whoever has the link has the machine; but a password that somebody chose is not replaced by it.
        const user = created ?? (await ownAccount(request));
        const { slug, name, currency: money, zone } = body.workspace;
        const wish = { slug, settings: { currency: money, zone }, ...(name === undefined ? {} : { name }) };
        const manage = manageContext(context, {
          workspaceId: "0" as never,
          actor: `user:${publicId("user", user.id)}`,
          role: "owner",
          supplierIds: null,
          signedIn: null,
        });
        const made = await ownWorkspace(manage, wish, user.id, async (taken) =>
          (await listWorkspaces(engine.db)).find((each) => each.slug === taken && each.kind === "own"),
        );
        if (made.status === "refused") throw refusal(made);
        void reply.code(201);
        return { user: publicId("user", user.id), workspace: publicId("workspace", made.value.publicId) };
      } catch (error) {
        await giveSetUpLinkBack(signIn.db, digest);
        throw error;
      }
    },
  );

  /** A set-up that was cut off after the account was made: the same person goes on with it. */
  async function ownAccount(request: FastifyRequest & { body: { email: string; password: string } }) {
    const { body } = request;
    const user = await findUserByEmail(signIn.db, body.email);
    if (user !== undefined && (await signIn.isPasswordOf(request, user, body.password))) return user;
    throw new Problem({
      status: 409,
      code: "account_exists",
      detail: "There is an account with this e-mail address, and its password is another one.",
      next: "Use the account's own password, or run `npx switchyard user reset-password E-MAIL` first.",
    });
  }
}

const alreadySetUp = (): Problem =>
  new Problem({
    status: 409,
    code: "already_set_up",
    detail: "This installation has an owner already.",
    next: "Sign in, or ask the owner for an invitation. Whoever has the machine makes another owner with `npx switchyard user create-owner`.",
  });
