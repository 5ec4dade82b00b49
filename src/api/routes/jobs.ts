import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { csvLine } from "#domain/csv-line.ts";
import { publicId, type OrderId, type WorkspaceId } from "#domain/ids.ts";
import { jobActions, jobNeeds, type JobAction } from "#domain/job.ts";
import { reasonOf } from "#domain/reasons.ts";
import { ok, refuse, type Refused, type Result } from "#domain/result.ts";
import { whyNot } from "#domain/role.ts";
import { mostPreviewed, previewJob, type Preview } from "#engine/jobs/preview.ts";
import { cancelJob, retryRefused, startJob } from "#engine/jobs/start.ts";
import type { Who } from "#engine/actions/change-order.ts";
import {
  countRows,
  findJob,
  jobStates,
  listJobs,
  listRows,
  ordersNamed,
  rowStates,
  type Job,
  type JobCounts,
  type JobResult,
} from "#store/job.ts";
import { listMembers } from "#store/member.ts";
import { findOrderIds } from "#store/read/order-list.ts";
import { listSuppliers } from "#store/supplier.ts";
import { inWorkspace } from "#store/workspace-scope.ts";
import { callerMay, type Caller } from "../caller.ts";
import type { Api, ApiContext } from "../context.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { filterOfWords, Sort, Words } from "../order-search.ts";
import { notFound, Problem } from "../problem.ts";
import { act } from "../route.ts";
import {
  cursor,
  idOf,
  instant,
  limit,
  Money,
  money,
  problems,
  ReasonCodeSchema,
  text,
  time,
  timeOrNull,
} from "../schemas.ts";

const tags = ["Jobs"];
const mostNamed = 10_000;
const mostFound = 50_000;
const rowsPerRead = 1000;

const one = <const Action extends JobAction["action"]>(action: Action) => ({ action: z.literal(action) });
const What = z
  .discriminatedUnion("action", [
    z.strictObject(one("release")),
    z.strictObject(one("process")),
    z.strictObject({ ...one("hold"), note: text(500, 0).default("") }),
    z.strictObject(one("unhold")),
    z.strictObject(one("cancel")),
    z.strictObject({ ...one("choose_supplier"), supplier: idOf("supplier") }),
    z.strictObject({ ...one("dismiss"), reason: ReasonCodeSchema }),
    z.strictObject(one("resend_tracking")),
    z.strictObject({ ...one("assign"), to: idOf("user").nullable(), reason: ReasonCodeSchema.optional() }),
    z.strictObject({ ...one("snooze"), until: instant.nullable(), reason: ReasonCodeSchema.optional() }),
  ])
  .meta({
    id: "JobAction",
    description:
      "dismiss closes holds of that reason; assign and snooze are about the open holds of that reason, or all of an order; null takes it back.",
  });
const Which = z
  .union([
    z.strictObject({ ids: z.array(idOf("order")).min(1).max(mostNamed) }),
    z.strictObject({ words: Words, sort: Sort.default("newest") }),
  ])
  .meta({
    id: "JobOrders",
    description: `Up to ${mostNamed} by id; or all that these search words find, up to ${mostFound}, done in the order of \`sort\`.`,
  });

const JobDetail = z
  .object({
    id: z.string(),
    action: z.enum(jobActions),
    parameters: z.record(z.string(), z.string().nullable()),
    words: z.string().nullable(),
    started_by: z.string(),
    state: z.enum(jobStates),
    /** Why it was stopped, where nobody cancelled it. */
    stopped_why: z.string().nullable(),
    orders: z.int(),
    rows: z.object({ waiting: z.int(), ok: z.int(), refused: z.int(), skipped: z.int() }),
    created_at: z.string(),
    finished_at: z.string().nullable(),
  })
  .meta({ id: "Job" });
const JobRow = z
  .object({
    no: z.int(),
    order: z.object({ id: z.string(), number: z.string() }),
    state: z.enum(rowStates),
    code: z.string().nullable(),
    message: z.string().nullable(),
    at: z.string().nullable(),
  })
  .meta({ id: "JobRow" });
const JobPreview = z
  .object({
    orders: z.int(),
    /** How many were tried: all, or the first of very many. */
    checked: z.int(),
    valid: z.int(),
    invalid: z.array(
      z.object({
        code: z.string(),
        why: z.string(),
        /** Nothing has to be done to these: they are skipped. The others are refused. */
        skipped: z.boolean(),
        orders: z.int(),
        examples: z.array(z.string()),
      }),
    ),
    /** What would be bought; null where the action lets nothing go on to a supplier. */
    commits: z
      .object({
        purchase_orders: z.int(),
        suppliers: z.array(z.object({ name: z.string(), purchase_orders: z.int(), total: z.array(Money) })),
        total: z.array(Money),
        above_limit: z.int(),
        still_held: z.array(z.object({ code: ReasonCodeSchema, title: z.string(), orders: z.int() })),
      })
      .nullable(),
  })
  .meta({ id: "JobPreview" });

const onJob = z.strictObject({ id: idOf("job") });
const nothing = z.strictObject({});

/** JB rules. The same action on many orders: looked at before, done by a worker, answered row by row. */
export function jobRoutes(app: Api, context: ApiContext): void {
  const { db, engine } = context;

  const read = async (workspaceId: WorkspaceId, job: string): Promise<Job> => {
    const found = await inWorkspace(db.api, workspaceId, (tx) => findJob(tx, workspaceId, job));
    if (found === undefined) throw notFound();
    return found;
  };
  const counted = async (job: Job): Promise<z.output<typeof JobDetail>> => {
    const counts = await inWorkspace(db.api, job.workspaceId, (tx) => countRows(tx, job.workspaceId, [job.id]));
    return jobOf(job, counts.get(job.id)!);
  };

  app.post(
    "/v1/jobs",
    {
      schema: {
        summary: "Do the same to many orders, or look at what that would do",
        description: `With \`preview\` nothing is done: the answer says for how many orders it is possible, why not for the others, and what it would buy (the first ${mostPreviewed} are tried). Otherwise a worker does it, each order in a transaction of its own: one refusal stops no other.`,
        tags,
        body: z.strictObject({ do: What, orders: Which, preview: z.boolean().default(false) }),
        response: { 200: JobPreview, 201: JobDetail, ...problems },
      },
    },
    async (request, reply) => {
      const { do: what, orders, preview } = request.body;
      const { caller } = request;
      const needed = jobNeeds(what.action);
      if (!callerMay(caller, needed)) throw mayNot(caller, needed);
      return act<Preview | z.output<typeof JobDetail>>(
        context,
        request,
        reply,
        async (who): Promise<Result<Preview | z.output<typeof JobDetail>>> => {
          const wrong = await objection(who, what);
          if (wrong !== null) return wrong;
          const ids = await wanted(caller, orders);
          if ("status" in ids) return ids;
          if (preview) return ok(await previewJob(engine, who, what, ids));
          const words = "words" in orders ? orders.words : null;
          const started = await startJob(engine, who, { action: what, words, orders: ids });
          return ok(await counted(await read(who.workspaceId, started)));
        },
        (value) =>
          "id" in value
            ? { status: 201, body: value, headers: { location: `/v1/jobs/${value.id}` } }
            : { body: previewOf(value) },
      );
    },
  );

  /** What the action names has to be there. */
  async function objection({ workspaceId }: Who, what: JobAction): Promise<Refused | null> {
    if (what.action === "choose_supplier") {
      const suppliers = await inWorkspace(db.api, workspaceId, (tx) => listSuppliers(tx, workspaceId));
      if (!suppliers.some((each) => each.publicId === what.supplier))
        return refuse("no_such_supplier", "There is no such supplier in this workspace.");
    }
    if (what.action === "assign" && what.to !== null) return noMember(context, workspaceId, what.to);
    return null;
  }

  async function wanted(caller: Caller, orders: z.output<typeof Which>): Promise<OrderId[] | Refused> {
    const { workspaceId } = caller;
    if ("ids" in orders) {
      const named = [...new Set(orders.ids)];
      const known = await inWorkspace(db.api, workspaceId, (tx) => ordersNamed(tx, workspaceId, named));
      const byPublic = new Map(known.map((each) => [each.publicId, each.id]));
      const missing = named.filter((each) => !byPublic.has(each)).length;
      return missing === 0
        ? named.map((each) => byPublic.get(each)!)
        : refuse(
            "no_such_order_named",
            `${missing} of the ${named.length} ids are of no order here. Nothing was done.`,
          );
    }
    const filter = await filterOfWords(context, caller, orders.words);
    const found = await inWorkspace(db.api, workspaceId, (tx) =>
      findOrderIds(tx, workspaceId, filter, mostFound + 1, orders.sort),
    );
    if (found.length === 0)
      return refuse("no_such_order_found", "No order is found by these words, so there is nothing to do.");
    return found.length > mostFound
      ? refuse(
          "too_many_orders_invalid",
          `These words find more than ${mostFound} orders. Narrow them; nothing was done.`,
        )
      : found;
  }

  app.get(
    "/v1/jobs",
    {
      schema: {
        summary: "Jobs, newest first",
        tags,
        querystring: z.strictObject({ cursor, limit }),
        response: { 200: z.object({ jobs: z.array(JobDetail), next: z.string().nullable() }), ...problems },
      },
    },
    async ({ caller: { workspaceId }, query }) => {
      const before = query.cursor === undefined ? null : decodeCursor(query.cursor, ["id"] as const)[0];
      const { found, counts } = await inWorkspace(db.api, workspaceId, async (tx) => {
        const page = await listJobs(tx, workspaceId, { before, limit: query.limit + 1 });
        return {
          found: page,
          counts: await countRows(
            tx,
            workspaceId,
            page.map(({ id }) => id),
          ),
        };
      });
      const page = found.slice(0, query.limit);
      return {
        jobs: page.map((job) => jobOf(job, counts.get(job.id)!)),
        next: found.length > query.limit ? encodeCursor([page.at(-1)!.id]) : null,
      };
    },
  );

  app.get(
    "/v1/jobs/:id",
    {
      schema: { summary: "A job and how far it is", tags, params: onJob, response: { 200: JobDetail, ...problems } },
    },
    async ({ caller, params }) => counted(await read(caller.workspaceId, params.id)),
  );

  app.get(
    "/v1/jobs/:id/rows",
    {
      schema: {
        summary: "What became of each order",
        tags,
        params: onJob,
        querystring: z.strictObject({ state: z.enum(rowStates).optional(), cursor, limit }),
        response: { 200: z.object({ rows: z.array(JobRow), next: z.string().nullable() }), ...problems },
      },
    },
    async ({ caller: { workspaceId }, params, query }) => {
      const job = await read(workspaceId, params.id);
      const after = query.cursor === undefined ? 0 : Number(decodeCursor(query.cursor, ["int"] as const)[0]);
      const found = await inWorkspace(db.api, workspaceId, (tx) =>
        listRows(tx, job, { state: query.state ?? null, after, limit: query.limit + 1 }),
      );
      const rows = found.slice(0, query.limit);
      return {
        rows: rows.map(rowOf),
        next: found.length > query.limit ? encodeCursor([String(rows.at(-1)!.no)]) : null,
      };
    },
  );

  app.get(
    "/v1/jobs/:id/report",
    {
      schema: {
        summary: "The same as a CSV file",
        tags,
        params: onJob,
        response: { 200: z.string().meta({ description: "text/csv" }), ...problems },
      },
    },
    async ({ caller: { workspaceId }, params }, reply) => {
      const job = await read(workspaceId, params.id);
      void reply
        .type("text/csv; charset=utf-8")
        .header("content-disposition", `attachment; filename="${publicId("job", job.publicId)}.csv"`)
        .header("cache-control", "private, no-store");
      return (reply as FastifyReply).send(Readable.from(report(job))) as never;
    },
  );

  async function* report(job: Job): AsyncGenerator<string> {
    yield csvLine(["no", "order", "number", "outcome", "code", "message", "at"]);
    for (let after = 0; ;) {
      const rows = await inWorkspace(db.api, job.workspaceId, (tx) =>
        listRows(tx, job, { state: null, after, limit: rowsPerRead }),
      );
      yield rows.map((row) => csvLine(lineOf(row))).join("");
      if (rows.length < rowsPerRead) return;
      after = rows.at(-1)!.no;
    }
  }

  for (const [name, summary, change] of [
    ["cancel", "Stop a job: what is done stays done, the rest is skipped", cancelJob],
    ["retry", "Try again what was refused, and nothing else", retryRefused],
  ] as const)
    app.post(
      `/v1/jobs/:id/${name}`,
      {
        schema: { summary, tags, params: onJob, body: nothing, response: { 200: JobDetail, ...problems } },
      },
      async (request, reply) => {
        const { caller, params } = request;
        const { action } = await read(caller.workspaceId, params.id);
        const needed = jobNeeds(action);
        if (!callerMay(caller, needed)) throw mayNot(caller, needed);
        return act(
          context,
          request,
          reply,
          async (who): Promise<Result<z.output<typeof JobDetail>>> => {
            const result = await change(engine, who, params.id);
            return result.status === "refused" ? result : ok(await counted(result.value));
          },
          (job) => ({ body: job }),
        );
      },
    );
}

/** Who is to look after something has to be a member. */
export async function noMember({ db }: ApiContext, workspaceId: WorkspaceId, userId: string): Promise<Refused | null> {
  const members = await listMembers(db.engine, workspaceId);
  return members.some((each) => each.userId === userId)
    ? null
    : refuse("no_such_member", "There is no such member in this workspace.");
}

const mayNot = ({ role }: Caller, permission: Parameters<typeof whyNot>[1]): Problem =>
  new Problem({
    status: 403,
    code: "role_may_not",
    detail: whyNot(role, permission),
    next: "Ask an owner or admin of the workspace to do it, or to change your role.",
  });

function jobOf(job: Job, rows: JobCounts): z.output<typeof JobDetail> {
  const { action: _, ...parameters } = job.parameters;
  return {
    id: publicId("job", job.publicId),
    action: job.action,
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, shownValue(name, value)])),
    words: job.words,
    started_by: job.actor,
    state: job.state,
    stopped_why: job.stoppedWhy,
    orders: rows.waiting + rows.ok + rows.refused + rows.skipped,
    rows,
    created_at: time(job.createdAt),
    finished_at: timeOrNull(job.finishedAt),
  };
}
function shownValue(name: string, value: string | null): string | null {
  if (value === null) return null;
  if (name === "supplier") return publicId("supplier", value);
  return name === "to" ? publicId("user", value) : value;
}

const rowOf = (row: JobResult): z.output<typeof JobRow> => ({
  no: row.no,
  order: { id: publicId("order", row.orderPublicId), number: row.number },
  state: row.state,
  code: row.code,
  message: row.message,
  at: timeOrNull(row.at),
});
const lineOf = (row: JobResult): string[] => [
  String(row.no),
  publicId("order", row.orderPublicId),
  row.number,
  row.state,
  row.code ?? "",
  row.message ?? "",
  timeOrNull(row.at) ?? "",
];

const previewOf = ({ commits, invalid, ...preview }: Preview): z.output<typeof JobPreview> => ({
  ...preview,
  invalid: invalid.map(({ skips, ...each }) => ({ ...each, skipped: skips })),
  commits:
    commits === null
      ? null
      : {
          purchase_orders: commits.purchaseOrders,
          suppliers: commits.suppliers.map((each) => ({
            name: each.name,
            purchase_orders: each.purchaseOrders,
            total: each.total.map(money),
          })),
          total: commits.total.map(money),
          above_limit: commits.aboveLimit,
          still_held: commits.stillHeld.map(({ reason, orders }) => ({
            code: reason,
            title: reasonOf(reason).title,
            orders,
          })),
        },
});
