import { z } from "zod";
import { fulfillmentOrderActions } from "#domain/actions.ts";
import { deskStates, openDeskStates, showsAddress } from "#domain/desk.ts";
import { publicId, type SupplierId } from "#domain/ids.ts";
import { listDesk, orderOfDeskPart, type DeskPart } from "#store/read/desk.ts";
import { readOrder } from "#store/read/order.ts";
import { listSuppliers } from "#store/supplier.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import type { Caller } from "../caller.ts";
import type { Api, ApiContext } from "../context.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { noteRead } from "../personal.ts";
import { notFound } from "../problem.ts";
import { actionsOf, Address, cursor, idOf, limit, problems, time, timeOrNull } from "../schemas.ts";

const tags = ["Desks"];
const Row = z
  .object({
    id: z.string(),
    no: z.int(),
    state: z.enum(deskStates),
    order_number: z.string(),
    supplier: z.object({ id: z.string(), name: z.string(), role: z.enum(["supplier", "prep"]) }),
    reference: z.string().nullable(),
    method: z.string().nullable(),
    ship_by: z.string().nullable(),
    placed_at: z.string().nullable(),
    lines: z.array(
      z.object({
        supplier_sku: z.string(),
        title: z.string(),
        units: z.int(),
        units_cancelled: z.int(),
        units_shipped: z.int(),
        units_collected: z.int(),
      }),
    ),
  })
  .meta({ id: "DeskRow" });
const Detail = Row.extend({
  ship_to: Address.omit({ email: true }).nullable().meta({ description: "null once nothing is to be sent there" }),
  parcels: z.array(
    z.object({ carrier: z.string(), tracking_number: z.string(), state: z.string(), shipped_at: z.string() }),
  ),
  actions: actionsOf([
    "print",
    "collect",
    "uncollect",
    "back",
    "put_back",
    "ship",
    "add_tracking",
    "accept",
    "cannot_send",
  ]),
}).meta({ id: "DeskDetail" });

const present = (part: DeskPart): z.output<typeof Row> => ({
  id: publicId("fulfillmentOrder", part.publicId),
  no: part.no,
  state: part.state,
  order_number: part.orderNumber,
  supplier: { id: publicId("supplier", part.supplierPublicId), name: part.supplierName, role: part.supplierRole },
  reference: part.reference,
  method: part.method,
  ship_by: timeOrNull(part.shipBy),
  placed_at: timeOrNull(part.placedAt),
  lines: part.lines,
});

/** AU-24. The work of a prep centre's or supplier's people, and nothing else of the workspace: no prices, no margins, no buyer's mail, nobody else's. */
export function deskRoutes(app: Api, context: ApiContext): void {
  const { db, clock } = context;
  /** All of the workspace's for who is not bound to suppliers. */
  const theirs = async ({ workspaceId, supplierIds }: Caller): Promise<readonly SupplierId[]> =>
    supplierIds ??
    (await inWorkspace(db.api, workspaceId, (tx) => listSuppliers(tx, workspaceId))).map((each) => each.id);

  app.get(
    "/v1/desk",
    {
      schema: {
        summary: "Fulfillment orders to work on, oldest first",
        tags,
        querystring: z.strictObject({
          state: z
            .string()
            .max(200)
            .transform((list) => list.split(",").map((each) => each.trim()))
            .pipe(z.array(z.enum(deskStates)).min(1))
            .optional()
            .meta({ description: "Divided by commas; absent: where something is still to be done" }),
          at: z
            .enum(["supplier", "prep"])
            .optional()
            .meta({ description: "Only suppliers' work, or only prep centres'" }),
          number: z
            .string()
            .min(1)
            .max(200)
            .optional()
            .meta({ description: "The order's number, as a scanner reads it" }),
          cursor,
          limit,
        }),
        response: { 200: z.object({ fulfillment_orders: z.array(Row), next: z.string().nullable() }), ...problems },
      },
    },
    async ({ caller, query }) => {
      const after = query.cursor === undefined ? null : decodeCursor(query.cursor, ["id"] as const)[0];
      const filter = {
        supplierIds: await theirs(caller),
        states: query.state ?? openDeskStates,
        only: caller.part ?? null,
        at: query.at,
        number: query.number,
      };
      const page = await inWorkspace(db.api, caller.workspaceId, (tx) =>
        listDesk(tx, caller.workspaceId, filter, { after, limit: query.limit }),
      );
      return {
        fulfillment_orders: page.parts.map(present),
        next: page.next === null ? null : encodeCursor([page.next]),
      };
    },
  );

  app.get(
    "/v1/desk/:id",
    {
      schema: {
        summary: "One fulfillment order to work on, with the address while something is to be sent there",
        description: "Reading the address is recorded.",
        tags,
        params: z.strictObject({ id: idOf("fulfillmentOrder") }),
        response: { 200: Detail, ...problems },
      },
    },
    async ({ caller, params }) => {
      const { workspaceId } = caller;
      if (caller.part !== undefined && caller.part !== params.id) throw notFound();
      const supplierIds = await theirs(caller);
      const found = await inWorkspace(db.api, workspaceId, async (tx) => {
        const order = await orderOfDeskPart(tx, workspaceId, params.id, supplierIds);
        if (order === undefined) return null;
        const filter = { supplierIds, states: deskStates, only: params.id };
        const [page, view] = await Promise.all([
          listDesk(tx, workspaceId, filter, { after: null, limit: 1 }),
          readOrder(tx, workspaceId, order),
        ]);
        const [part] = page.parts;
        return part === undefined || view === null ? null : { part, view };
      });
      const fo = found?.view.dossier.fulfillmentOrders.find((each) => each.publicId === params.id);
      if (found == null || fo === undefined) throw notFound();
      const { part, view } = found;
      const { print, collect, uncollect, back, put_back, ship, add_tracking, accept, cannot_send } =
        fulfillmentOrderActions(
          {
            dossier: view.dossier,
            role: caller.role,
            now: clock.now(),
            prepCentres: new Set(
              [...view.suppliers.values()].filter(({ role }) => role === "prep").map((each) => each.id),
            ),
          },
          fo,
        );
      const isShown = showsAddress(fo) && view.address !== null;
      if (isShown) await noteRead(context, caller, "desk", found.view.dossier.order);
      return {
        ...present(part),
        ship_to: isShown ? withoutMail(view.address!) : null,
        parcels: view.dossier.shipments
          .filter((shipment) => shipment.fulfillmentOrderId === fo.id)
          .flatMap((shipment) =>
            shipment.parcels.map((parcel) => ({
              carrier: parcel.carrier,
              tracking_number: parcel.trackingNumber,
              state: parcel.state,
              shipped_at: time(shipment.shippedAt),
            })),
          ),
        actions: { print, collect, uncollect, back, put_back, ship, add_tracking, accept, cannot_send },
      };
    },
  );
}

/** Named one by one: a field that an address gets one day does not leave by itself. */
const withoutMail = (address: z.output<typeof Address>) => ({
  name: address.name,
  company: address.company,
  line1: address.line1,
  line2: address.line2,
  city: address.city,
  region: address.region,
  postcode: address.postcode,
  country: address.country,
  phone: address.phone,
});
