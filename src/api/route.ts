import type { FastifyReply, FastifyRequest } from "fastify";
import { publicId } from "#domain/ids.ts";
import { reasonOf } from "#domain/reasons.ts";
import type { Refused, Result } from "#domain/result.ts";
import type { ChangedOrder, Who } from "#engine/actions/change-order.ts";
import { z } from "zod";
import type { ApiContext } from "./context.ts";
import { once } from "./idempotency.ts";
import { invalid } from "./invalid.ts";
import { notFound, Problem, shown } from "./problem.ts";
import { HeadlineCode } from "./schemas.ts";

/** What an action answers with about its order: enough to go on, and no personal data. */
export const OrderState = z
  .object({ id: z.string(), number: z.string(), headline: HeadlineCode, version: z.int() })
  .meta({ id: "OrderState" });
export const orderState = (order: ChangedOrder): z.output<typeof OrderState> => ({
  ...order,
  id: publicId("order", order.id),
});

/** Sends the result of an action: done once per Idempotency-Key, refusals as problems. */
export async function act<T>(
  context: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (who: Who) => Promise<Result<T>>,
  present: (value: T) => {
    status?: number;
    body: unknown;
    headers?: Record<string, string>;
    /** What the same Idempotency-Key gets later, where the body holds what is shown once. */
    again?: unknown;
  },
): Promise<never> {
  const { workspaceId, actor, role } = request.caller;
  const answer = await once(context, request, async () => {
    const result = await work({ workspaceId, actor, role });
    if (result.status === "refused") throw refusal(result);
    const { status = 200, body, headers = {}, again } = present(result.value);
    const text = JSON.stringify(body);
    return { status, text, headers, ...(again === undefined ? {} : { again: JSON.stringify(again) }) };
  });
  const isProblem = answer.status >= 400;
  // Sent as text: the answer of a repetition is the stored one, byte for byte.
  void reply
    .code(answer.status)
    .headers(answer.headers)
    .type(isProblem ? "application/problem+json; charset=utf-8" : "application/json; charset=utf-8");
  return reply.send(answer.text) as never;
}

/** An action on one order: `If-Match` counts, the new version is the ETag. */
export const actOnOrder = <T>(
  context: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (who: Who, ifVersion: { ifVersion?: number }) => Promise<Result<T & { order: ChangedOrder }>>,
  more: (value: T) => Record<string, unknown> = () => ({}),
): Promise<never> => {
  const ifVersion = versionOf(request);
  return act(
    context,
    request,
    reply,
    (who) => work(who, ifVersion),
    (value) => ({
      body: { order: orderState(value.order), ...more(value) },
      headers: { etag: etag(value.order.version) },
    }),
  );
};

/** RFC 6266: the name as it is for those who read it so, and in ASCII for the others. */
export function asDownload(name: string): string {
  const plain = name.replaceAll(/[^\w. -]/gu, "_");
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** 204: done, and there is nothing to say. */
export const noContent = (reply: FastifyReply): never => reply.code(204).send() as never;

export const etag = (version: number): string => `"${version}"`;

/** The version in If-Match; `*` and none mean any. */
export function versionOf(request: FastifyRequest): { ifVersion?: number } {
  const header = request.headers["if-match"];
  if (header === undefined || header.trim() === "*") return {};
  const [, version] = /^\s*(?:W\/)?"(\d{1,9})"\s*$/.exec(header) ?? [];
  if (version === undefined)
    throw invalid([
      { field: "header.if-match", found: shown(header), expected: 'one ETag of this order, such as "7"' },
    ]);
  return { ifVersion: Number(version) };
}

/** Refusals of what was sent, not of the moment at which it was sent. */
const wrongInput: ReadonlySet<string> = new Set(["in_the_future", "no_number", "no_reason", "reason_needed"]);

/** What domain and engine refuse, as a problem. What another workspace has is answered like what is not there. */
export function refusal({ code, message, version }: Refused): Problem {
  if (code === "no_such_order") return notFound();
  if (code === "version_changed")
    return new Problem({
      status: 412,
      code,
      detail: message,
      next: "Read the order again, look at what changed, then send the action with its new ETag in If-Match.",
      ...(version === undefined ? {} : { headers: { etag: etag(version) }, extra: { version } }),
    });
  if (code.startsWith("no_such_") || code.endsWith("_unknown"))
    return new Problem({
      status: 422,
      code,
      detail: message,
      next: "Correct the id or the number in the request; the order (GET /v1/orders/{id}) and the lists name what there is.",
    });
  if (code.endsWith("_invalid") || code.endsWith("_missing") || wrongInput.has(code))
    return new Problem({
      status: 422,
      code,
      detail: message,
      next: "Correct the request and send it again; nothing was changed.",
    });
  return new Problem({
    status: 409,
    code,
    detail: message,
    next:
      code === "bought_before_restore"
        ? reasonOf(code).next
        : "Read the order again: `actions` beside each thing says what may be done now and, for the rest, why not.",
  });
}
