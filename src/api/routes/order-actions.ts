import { z } from "zod";
import * as actions from "#engine/actions.ts";
import { tellAnswer } from "#engine/actions/shipping.ts";
import type { Api, ApiContext } from "../context.ts";
import { actOnOrder, OrderState } from "../route.ts";
import { AddressInput, idOf, problems, quantity, ReasonCodeSchema, text } from "../schemas.ts";

const tags = ["Order actions"];
const onOrder = z.strictObject({ id: idOf("order") });
const nothing = z.strictObject({});
const answer = { 200: z.object({ order: OrderState }), ...problems };
const LineQuantity = z.object({ line_no: z.int(), quantity: z.int() });
const LineQuantityInput = z.strictObject({ line_no: z.int().min(1), quantity });
const toLine = ({ line_no, quantity: count }: z.output<typeof LineQuantityInput>) => ({
  lineNo: line_no,
  quantity: count,
});
const fromLine = ({ lineNo, quantity: count }: { lineNo: number; quantity: number }) => ({
  line_no: lineNo,
  quantity: count,
});

/** API-32. What a person may do to an order. Each takes Idempotency-Key and If-Match; what may not be done now is 409 with the reason. */
export function orderActionRoutes(app: Api, context: ApiContext): void {
  const { engine } = context;

  for (const [name, summary] of [
    ["release", "Let an order go on: answers what a person may answer"],
    ["process", "The same as release, as the button of a channel in review is called"],
  ] as const)
    app.post(
      `/v1/orders/:id/${name}`,
      {
        schema: {
          summary,
          tags,
          params: onOrder,
          body: nothing,
          response: { 200: z.object({ order: OrderState, still_open: z.array(ReasonCodeSchema) }), ...problems },
        },
      },
      (request, reply) =>
        actOnOrder(
          context,
          request,
          reply,
          (who, ifVersion) => actions.release(engine, who, { order: request.params.id, ...ifVersion }),
          ({ stillOpen }) => ({ still_open: stillOpen }),
        ),
    );

  app.post(
    "/v1/orders/:id/hold",
    {
      schema: {
        summary: "Put an order on hold",
        tags,
        params: onOrder,
        body: z.strictObject({ note: text(500, 0).default("") }),
        response: answer,
      },
    },
    (request, reply) =>
      actOnOrder(context, request, reply, (who, ifVersion) =>
        actions.hold(engine, who, { order: request.params.id, ...ifVersion }, request.body),
      ),
  );

  app.post(
    "/v1/orders/:id/unhold",
    { schema: { summary: "Lift what a person held", tags, params: onOrder, body: nothing, response: answer } },
    (request, reply) =>
      actOnOrder(context, request, reply, (who, ifVersion) =>
        actions.unhold(engine, who, { order: request.params.id, ...ifVersion }),
      ),
  );

  app.post(
    "/v1/orders/:id/edit",
    {
      schema: {
        summary: "Edit before placing: address, quantities, shipping method",
        tags,
        params: onOrder,
        body: z
          .strictObject({
            address: AddressInput.optional(),
            lines: z
              .array(z.strictObject({ line_no: z.int().min(1), quantity: z.int().min(0).max(1_000_000) }))
              .min(1)
              .max(10_000)
              .optional(),
            shipping_method: text(200).optional(),
          })
          .refine(
            (body) => Object.values(body).some((each) => each !== undefined),
            "address, lines or shipping_method",
          ),
        response: answer,
      },
    },
    (request, reply) =>
      actOnOrder(context, request, reply, (who, ifVersion) => {
        const { address, lines, shipping_method: shippingMethod } = request.body;
        return actions.edit(
          engine,
          who,
          { order: request.params.id, ...ifVersion },
          {
            ...(address === undefined ? {} : { address }),
            ...(lines === undefined ? {} : { lines: lines.map(toLine) }),
            ...(shippingMethod === undefined ? {} : { shippingMethod }),
          },
        );
      }),
  );

  app.post(
    "/v1/orders/:id/cancel",
    {
      schema: {
        summary: "Cancel all of it, or some units: at once where nobody placed it, else the supplier is asked",
        tags,
        params: onOrder,
        body: z.strictObject({ lines: z.array(LineQuantityInput).min(1).max(10_000).optional() }),
        response: {
          200: z.object({ order: OrderState, cancelled: z.array(LineQuantity), asked: z.array(LineQuantity) }),
          ...problems,
        },
      },
    },
    (request, reply) =>
      actOnOrder(
        context,
        request,
        reply,
        (who, ifVersion) => {
          const { lines } = request.body;
          return actions.cancel(
            engine,
            who,
            { order: request.params.id, ...ifVersion },
            lines === undefined ? {} : { lines: lines.map(toLine) },
          );
        },
        ({ cancelled, asked }) => ({ cancelled: cancelled.map(fromLine), asked: asked.map(fromLine) }),
      ),
  );

  for (const word of ["accept", "refuse"] as const)
    app.post(
      `/v1/orders/:id/cancellations/:no/${word}`,
      {
        schema: {
          summary: `${word === "accept" ? "Accept" : "Refuse"} a buyer's wish to cancel`,
          tags,
          params: onOrder.extend({ no: z.coerce.number().int().min(1).max(10_000) }),
          body: nothing,
          response: answer,
        },
      },
      (request, reply) =>
        actOnOrder(context, request, reply, (who, ifVersion) =>
          actions.answerCancellation(
            engine,
            who,
            { order: request.params.id, ...ifVersion },
            { no: request.params.no, answer: word },
          ),
        ),
    );

  const onCase = onOrder.extend({ no: z.coerce.number().int().min(1).max(10_000) });
  const told = { 200: z.object({ order: OrderState, write_backs: z.int() }), ...problems };
  const count = ({ writeBacks }: { writeBacks: number }) => ({ write_backs: writeBacks });
  app.post(
    "/v1/orders/:id/cancellations/:no/resend",
    {
      schema: {
        summary: "Tell the channel the answer to a cancellation (again)",
        tags,
        params: onCase,
        body: nothing,
        response: told,
      },
    },
    (request, reply) =>
      actOnOrder(
        context,
        request,
        reply,
        (who, ifVersion) =>
          tellAnswer(engine, who, { order: request.params.id, ...ifVersion }, { no: request.params.no }),
        count,
      ),
  );
  app.post(
    "/v1/orders/:id/cancellations/:no/told-by-hand",
    {
      schema: {
        summary: "You cancelled it on the channel yourself; say what you saw there",
        tags,
        params: onCase,
        body: z.strictObject({ evidence: text(500) }),
        response: told,
      },
    },
    (request, reply) =>
      actOnOrder(
        context,
        request,
        reply,
        (who, ifVersion) =>
          tellAnswer(
            engine,
            who,
            { order: request.params.id, ...ifVersion },
            { no: request.params.no, evidence: request.body.evidence },
          ),
        count,
      ),
  );

  const onHold = onOrder.extend({ hold: idOf("hold") });
  app.post(
    "/v1/orders/:id/holds/:hold/dismiss",
    {
      schema: {
        summary: "Close a hold that may just be dismissed",
        tags,
        params: onHold,
        body: nothing,
        response: answer,
      },
    },
    (request, reply) =>
      actOnOrder(context, request, reply, (who, ifVersion) =>
        actions.dismiss(engine, who, { order: request.params.id, ...ifVersion }, { hold: request.params.hold }),
      ),
  );
  app.post(
    "/v1/orders/:id/holds/:hold/answer",
    {
      schema: {
        summary: "Answer a change on the channel: take theirs or keep ours",
        tags,
        params: onHold,
        body: z.strictObject({ take: z.enum(["theirs", "ours"]) }),
        response: answer,
      },
    },
    (request, reply) =>
      actOnOrder(context, request, reply, (who, ifVersion) =>
        actions.answerHold(
          engine,
          who,
          { order: request.params.id, ...ifVersion },
          { hold: request.params.hold, take: request.body.take },
        ),
      ),
  );
}
