import { z } from "zod";
import { publicId } from "#domain/ids.ts";
import { findLinkedPart } from "#store/read/desk.ts";
import { orderOfPart } from "#store/read/part.ts";
import { listWorkspaces } from "#store/workspace.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import type { Api, ApiContext } from "../context.ts";
import { notFound, Problem } from "../problem.ts";
import { email, idOf, problems } from "../schemas.ts";
import type { SignIn } from "../sign-in/sign-in.ts";

/** AU-26. A supplier without an account works from a link, on one purchase order, until it is done. */
export function deskLinkRoutes(app: Api, { db }: ApiContext, signIn: SignIn): void {
  app.post(
    "/v1/fulfillment-orders/:id/link",
    {
      schema: {
        summary: "A link with which its supplier sees it and enters tracking, without an account, until it is done",
        tags: ["Fulfillment orders"],
        params: z.strictObject({ id: idOf("fulfillmentOrder") }),
        body: z.strictObject({ email: email.optional().meta({ description: "Where to mail it, where mail is sent" }) }),
        response: { 200: z.object({ link: z.string(), mailed: z.boolean() }), ...problems },
      },
    },
    async ({ caller: { workspaceId }, params, body }) => {
      const order = await inWorkspace(db.api, workspaceId, (tx) => orderOfPart(tx, workspaceId, params.id));
      if (order === undefined) throw notFound();
      const workspace = (await listWorkspaces(db.engine)).find((each) => each.id === workspaceId);
      const wish = { workspace: workspace?.publicId ?? "", part: params.id };
      if (workspace === undefined || (await findLinkedPart(db.engine, wish)) === undefined) throw nothingToDo();
      const link = signIn.linkOf("purchase-order", signIn.deskLinks.sign(wish));
      const mailed =
        body.email !== undefined && (await signIn.mail(mailOf(body.email, workspace.name, link, params.id)));
      return { link, mailed };
    },
  );
}

function mailOf(to: string, workspace: string, link: string, part: string) {
  const text = `Hello,

${workspace} ordered something from you. See it, and enter the tracking number, here:

${link}

The link works until everything is sent. Whoever has it can do this in your name, so keep it to yourselves.
`;
  return { to, subject: `Purchase order ${publicId("fulfillmentOrder", part).slice(-8)} of ${workspace}`, text };
}

const nothingToDo = (): Problem =>
  new Problem({
    status: 409,
    code: "not_with_a_supplier",
    detail: "It is not placed with a supplier, or nothing of it is still to be sent.",
    next: "A link is made for a fulfillment order that is placed and not yet sent whole. A prep centre's people have accounts.",
  });
