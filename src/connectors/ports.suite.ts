import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { isCurrency } from "#domain/money.ts";
import { reasonCodes } from "#domain/reasons.ts";
import type {
  Channel,
  ChannelContext,
  Failure,
  Manifest,
  NotSent,
  PlaceAnswer,
  PlaceRequest,
  Supplier,
  SupplierContext,
} from "./ports.ts";
import { Secret } from "#domain/secret.ts";

/**
 * What every connector must keep, whoever wrote it (docs/spec, rules CP). A connector's own test calls the suite of its port with a bench: the
 * connector and, behind it, an outside that its authors can make misbehave. What a connector or its outside cannot do is named with a
 * reason and shows as skipped.
 */

// ---------------------------------------------------------------- suppliers

export type SupplierAbility =
  | "place"
  | "key"
  | "refuse"
  | "price_limit"
  | "unreachable"
  | "cut_off"
  | "nonsense"
  | "credentials"
  | "find"
  | "track"
  | "cancel"
  | "stock"
  | "quote"
  | "list";
/** What the next purchase is going to meet. */
export type PlaceTrouble = "refuses" | "cut_before" | "cut_after" | "error_before" | "error_after" | "nonsense";

export interface SupplierBench {
  supplier: Supplier;
  context: SupplierContext;
  /** The same supplier where nothing listens. Only asked for with the ability `unreachable`. */
  unreachable?: SupplierContext;
  /** A purchase that the supplier takes; different references make different purchases. */
  purchase(reference: string): PlaceRequest;
  /** Buys by whatever way this supplier has; null: through `place`. Resolves with the supplier's order id. */
  buy?: (request: PlaceRequest) => Promise<string>;
  /** What purchases meet from now on; null: nothing. */
  trouble(trouble: PlaceTrouble | null): Promise<void>;
  /** Lets time pass at the supplier. */
  pass(ms: number): Promise<void>;
  /** References of what was really bought, by the outside's own books. */
  bought(): Promise<string[]>;
  /** How many requests have left through `context.outside`. */
  requests(): number;
  /** After this long, in ms, a purchase has been acknowledged and all of it has been shipped and told. */
  shippedAfterMs: number;
  close(): Promise<void>;
}

/** Registers the contract of `Supplier` as tests named after `name`; `cannot` names what is left out, and why. */
export function supplierSuite(
  name: string,
  makeBench: () => Promise<SupplierBench>,
  cannot: Partial<Record<SupplierAbility, string>> = {},
): void {
  const rule = (title: string, needs: SupplierAbility[], check: (bench: SupplierBench) => Promise<void>): void => {
    const reasons = needs.map((ability) => cannot[ability]).filter((reason) => reason !== undefined);
    void test(title, { skip: reasons[0] ?? false }, async () => {
      const bench = await makeBench();
      try {
        await check(bench);
      } finally {
        await bench.close();
      }
    });
  };

  rule(`CP-1 ${name}: manifest and contract are complete`, [], async ({ supplier, context }) => {
    checkManifest(supplier.manifest);
    const contract = supplier.contract(context.settings);
    for (const ms of [contract.lookupLagMs, contract.maxInFlightMs, contract.sendByMs])
      assert.ok(Number.isSafeInteger(ms) && ms >= 0, `${ms} ms`);
    assert.match(contract.testedOn, /^\d{4}-\d{2}-\d{2}$/);
    assert.equal(
      contract.kind === "key",
      contract.keyWindowMs !== undefined && contract.keyWindowMs > 0,
      "a key has a window, and only a key",
    );
    assert.equal(contract.kind === "lookup", contract.lookup !== undefined, "a look-up says of which sort it is");
    assert.deepEqual(supplier.contract({}).kind === "key", false, "undeclared never counts as key");
  });

  rule(`CP-2 ${name}: each purchase is answered once, under its own reference`, ["place"], async (bench) => {
    const requests = ["CP-2-a", "CP-2-b", "CP-2-c"].map((reference) => bench.purchase(reference));
    const answers = await placeAll(bench, requests);

    assert.deepEqual([...answers.keys()].toSorted(), ["CP-2-a", "CP-2-b", "CP-2-c"]);
    const numbers = [...answers.values()].map((answer) => placed(answer).supplierOrderId);
    assert.equal(new Set(numbers).size, 3);
    for (const answer of answers.values()) {
      const { total } = placed(answer);
      if (total !== null) assert.ok(isCurrency(total.currency) && total.amount > 0n);
    }
    assert.deepEqual((await bench.bought()).toSorted(), ["CP-2-a", "CP-2-b", "CP-2-c"]);
  });

  rule(
    `CP-3 ${name}: the same key again brings the same order and buys nothing more`,
    ["place", "key"],
    async (bench) => {
      const request = bench.purchase("CP-3");
      const first = placed(await placeOne(bench, request));

      const again = placed(await placeOne(bench, request));

      assert.deepEqual(again, first);
      assert.deepEqual(await bench.bought(), ["CP-3"]);
    },
  );

  rule(
    `CP-4 ${name}: a clear refusal is refused with a reason of the catalogue, and nothing is bought`,
    ["place", "refuse"],
    async (bench) => {
      await bench.trouble("refuses");

      const answer = await placeOne(bench, bench.purchase("CP-4"));

      assert.equal(answer.status, "refused");
      assert.ok("reason" in answer && reasonCodes.includes(answer.reason));
      assert.deepEqual(await bench.bought(), []);
    },
  );

  rule(`CP-5 ${name}: a purchase above its limit is refused for its price`, ["place", "price_limit"], async (bench) => {
    const request = bench.purchase("CP-5");

    const answer = await placeOne(bench, { ...request, maxTotal: { ...request.maxTotal, amount: 1n } });

    assert.ok(answer.status === "refused" && answer.reason === "price_above_limit", inspect(answer));
    assert.deepEqual(await bench.bought(), []);
  });

  rule(
    `CP-6 ${name}: where nothing listens, nothing was sent, and that is certain`,
    ["place", "unreachable"],
    async (bench) => {
      const context = bench.unreachable ?? bench.context;

      const answer = await placeOne({ ...bench, context }, bench.purchase("CP-6"));

      assert.equal(answer.status, "not_sent");
      assert.deepEqual(await bench.bought(), []);
    },
  );

  rule(
    `CP-7 ${name}: a connection cut after sending is unknown, bought or not, and is not tried again`,
    ["place", "cut_off"],
    async (bench) => {
      await bench.trouble("cut_after");
      const bought = await placeOne(bench, bench.purchase("CP-7-bought"));
      await bench.trouble("cut_before");
      const notBought = await placeOne(bench, bench.purchase("CP-7-not"));

      assert.equal(bought.status, "unknown");
      assert.equal(notBought.status, "unknown");
      assert.deepEqual(await bench.bought(), ["CP-7-bought"]);
      assert.equal(bench.requests(), 2);
    },
  );

  rule(
    `CP-8 ${name}: an error or nonsense instead of an answer is unknown, bought or not, and is not tried again`,
    ["place", "nonsense"],
    async (bench) => {
      for (const trouble of ["error_before", "error_after", "nonsense"] as const) {
        await bench.trouble(trouble);
        assert.equal((await placeOne(bench, bench.purchase(`CP-8-${trouble}`))).status, "unknown", trouble);
      }

      assert.deepEqual((await bench.bought()).toSorted(), ["CP-8-error_after", "CP-8-nonsense"]);
      assert.equal(bench.requests(), 3);
    },
  );

  rule(
    `CP-9 ${name}: wrong credentials are said to be wrong, and nothing is bought`,
    ["place", "credentials"],
    async (bench) => {
      const context = {
        ...bench.context,
        secrets: Object.fromEntries(Object.keys(bench.context.secrets).map((key) => [key, new Secret("wrong")])),
      };

      const answer = await placeOne({ ...bench, context }, bench.purchase("CP-9"));

      assert.equal(answer.status, "credentials");
      assert.deepEqual(await bench.bought(), []);
    },
  );

  rule(
    `CP-10 ${name}: a look-up finds what was bought once its lag has passed, and invents nothing`,
    ["find"],
    async (bench) => {
      await bench.trouble(cannot.cut_off === undefined && bench.buy === undefined ? "cut_after" : null);
      await buy(bench, "CP-10", { mayBeUnknown: true });
      await bench.trouble(null);
      await bench.pass(bench.supplier.contract(bench.context.settings).lookupLagMs);

      const answer = await bench.supplier.find(bench.context, ["CP-10", "CP-10-never-sent"]);

      assert.ok(answer.status === "ok" && answer.complete, inspect(answer));
      assert.deepEqual(
        answer.found.map(({ reference }) => reference),
        ["CP-10"],
      );
      assert.notEqual(answer.found[0]?.answer.supplierOrderId, "");
    },
  );

  void test(
    `CP-11 ${name}: without a look-up, an answer never claims to be complete`,
    { skip: cannot.find === undefined ? "it has a look-up" : false },
    async () => {
      const bench = await makeBench();
      const answer = await bench.supplier.find(bench.context, ["CP-11"]);
      await bench.close();

      assert.ok(answer.status !== "ok" || (!answer.complete && answer.found.length === 0), inspect(answer));
    },
  );

  rule(
    `CP-12 ${name}: tracking tells acknowledgement and parcels of what is asked, and nothing of what is unknown`,
    ["track"],
    async (bench) => {
      const supplierOrderId = await buy(bench, "CP-12");
      await bench.pass(bench.shippedAfterMs);

      const answer = await bench.supplier.track(bench.context, [supplierOrderId, "no-such-order"]);

      assert.ok(answer.status === "ok", inspect(answer));
      assert.deepEqual(
        answer.orders.map((order) => order.supplierOrderId),
        [supplierOrderId],
      );
      const [order] = answer.orders;
      assert.ok(order !== undefined && order.parcels.length > 0);
      if (bench.supplier.capabilities.acknowledges) assert.equal(order.acknowledged, true);
      for (const parcel of order.parcels)
        assert.ok(
          parcel.trackingNumber !== "" && parcel.shippedAt instanceof Date && !Number.isNaN(parcel.shippedAt.getTime()),
        );
    },
  );

  rule(
    `CP-13 ${name}: a cancellation is accepted before shipping and refused afterwards`,
    ["cancel"],
    async (bench) => {
      const early = await buy(bench, "CP-13-early");
      const accepted = await bench.supplier.cancel(bench.context, [{ supplierOrderId: early, lines: "all" }]);
      const late = await buy(bench, "CP-13-late");
      await bench.pass(bench.shippedAfterMs);

      const refused = await bench.supplier.cancel(bench.context, [{ supplierOrderId: late, lines: "all" }]);

      assert.deepEqual(
        accepted.map(({ status }) => status),
        ["accepted"],
      );
      assert.deepEqual(
        refused.map(({ status }) => status),
        ["refused"],
      );
    },
  );

  rule(`CP-14 ${name}: the stock list has whole numbers and prices with their currency`, ["stock"], async (bench) => {
    const answer = await bench.supplier.stock(bench.context);

    assert.ok(answer.status === "ok" && answer.items.length > 0, inspect(answer));
    for (const item of answer.items) {
      assert.ok(Number.isSafeInteger(item.onHand) && item.onHand >= 0);
      assert.equal(item.unitCost === null, item.currency === null);
      if (item.currency !== null) assert.ok(isCurrency(item.currency));
    }
    assert.equal(new Set(answer.items.map(({ supplierSku }) => supplierSku)).size, answer.items.length);
  });

  rule(`CP-15 ${name}: a quote is what the purchase then costs`, ["place", "quote"], async (bench) => {
    const request = bench.purchase("CP-15");
    const quote = await bench.supplier.quote(bench.context, request.lines, request.shipTo.country);
    const { total } = placed(await placeOne(bench, request));

    assert.ok(quote.status === "ok");
    assert.deepEqual(quote.total, total);
  });

  rule(
    `CP-16 ${name}: the list holds every purchase of the period, with reference and total, also one whose answer was lost`,
    ["list"],
    async (bench) => {
      const from = bench.context.outside.now();
      await buy(bench, "CP-16-heard");
      const losesAnswers = cannot.cut_off === undefined && bench.buy === undefined;
      if (losesAnswers) {
        await bench.trouble("cut_after");
        await buy(bench, "CP-16-lost", { mayBeUnknown: true });
        await bench.trouble(null);
      }
      await bench.pass(1000);
      const to = bench.context.outside.now();
      await bench.pass(1000);
      await buy(bench, "CP-16-later");

      const answer = await bench.supplier.list(bench.context, from, to);

      assert.ok(answer.status === "ok", inspect(answer));
      assert.deepEqual(
        answer.purchases.map(({ reference }) => reference).toSorted(),
        losesAnswers ? ["CP-16-heard", "CP-16-lost"] : ["CP-16-heard"],
      );
      for (const purchase of answer.purchases) {
        assert.equal(purchase.cancelled, false);
        if (purchase.total !== null) assert.ok(purchase.total.amount > 0n);
      }
      assert.ok(answer.since <= from);
    },
  );
}

type Answer = PlaceAnswer | Failure | NotSent;
async function placeAll({ supplier, context }: SupplierBench, requests: PlaceRequest[]): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  await supplier.place(context, requests, (reference, answer) => {
    assert.equal(answers.has(reference), false, `${reference} was answered twice`);
    answers.set(reference, answer);
  });
  assert.equal(answers.size, requests.length, "every purchase has an answer when place resolves");
  return answers;
}
async function placeOne(bench: SupplierBench, request: PlaceRequest): Promise<Answer> {
  const answer = (await placeAll(bench, [request])).get(request.reference);
  assert.ok(answer !== undefined, `${request.reference} has no answer`);
  return answer;
}
function placed(answer: Answer): PlaceAnswer {
  assert.equal(answer.status, "placed", inspect(answer));
  return answer as PlaceAnswer;
}
async function buy(bench: SupplierBench, reference: string, { mayBeUnknown = false } = {}): Promise<string> {
  const request = bench.purchase(reference);
  if (bench.buy !== undefined) return bench.buy(request);
  const answer = await placeOne(bench, request);
  return mayBeUnknown && answer.status === "unknown" ? "" : placed(answer).supplierOrderId;
}

// ---------------------------------------------------------------- channels

export type ChannelAbility = "pull" | "write_back" | "read_back" | "lost_answer" | "cancel" | "list" | "unreachable";

export interface ChannelBench {
  channel: Channel;
  context: ChannelContext;
  unreachable?: ChannelContext;
  /** Makes a buyer buy something; resolves with the channel's order id. */
  sell(): Promise<string>;
  /** From now on the channel records write-backs and loses its answers; false: no longer. */
  loseAnswers(isLosing: boolean): Promise<void>;
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Registers the contract of `Channel` as tests named after `name`; `cannot` names what is left out, and why. */
export function channelSuite(
  name: string,
  makeBench: () => Promise<ChannelBench>,
  cannot: Partial<Record<ChannelAbility, string>> = {},
): void {
  const rule = (title: string, needs: ChannelAbility[], check: (bench: ChannelBench) => Promise<void>): void => {
    const reasons = needs.map((ability) => cannot[ability]).filter((reason) => reason !== undefined);
    void test(title, { skip: reasons[0] ?? false }, async () => {
      const bench = await makeBench();
      try {
        await check(bench);
      } finally {
        await bench.close();
      }
    });
  };

  rule(`CP-30 ${name}: it knows whose shop it is, and its manifest is complete`, [], async ({ channel, context }) => {
    checkManifest(channel.manifest);
    const answer = await channel.identify(context);
    assert.ok(answer.status === "ok", inspect(answer));
    assert.equal(answer.externalId, context.externalId);
  });

  rule(
    `CP-31 ${name}: reading on from a cursor misses nothing, and reading from it again brings the same`,
    ["pull"],
    async (bench) => {
      await bench.sell();
      const before = await pullAll(bench, null);
      const sold = [await bench.sell(), await bench.sell()];

      const after = await pullAll(bench, before.cursor);
      const again = await pullAll(bench, before.cursor);

      assert.deepEqual(again, after);
      for (const id of sold)
        assert.ok(
          ordersIn(bench.channel, after.raw).some((order) => order.channelOrderId === id),
          `order ${id}`,
        );
      assert.deepEqual((await pullAll(bench, after.cursor)).raw, []);
    },
  );

  rule(
    `CP-32 ${name}: every message parses the same way each time, into orders with their own ids`,
    ["pull"],
    async (bench) => {
      for (let count = 0; count < 20; count++) await bench.sell();

      const { raw } = await pullAll(bench, null);

      for (const message of raw) {
        const parsed = bench.channel.parse(message);
        assert.deepEqual(bench.channel.parse(message), parsed);
        assert.notEqual(parsed.type, "unparsable", inspect(parsed));
      }
      for (const order of ordersIn(bench.channel, raw)) {
        assert.ok(order.channelOrderId.length >= 1 && order.channelOrderId.length <= 200);
        assert.ok(isCurrency(order.currency));
        assert.equal(new Set(order.lines.map(({ channelLineId }) => channelLineId)).size, order.lines.length);
        for (const line of order.lines)
          assert.ok(
            Number.isSafeInteger(line.quantity) &&
              line.quantity >= 1 &&
              line.cancelled + line.fulfilled <= line.quantity,
          );
      }
    },
  );

  rule(`CP-33 ${name}: whatever text arrives, parsing answers and never throws`, [], async ({ channel }) => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        assert.equal(channel.parse({ eventId: "x", text }).type, "unparsable");
      }),
      { numRuns: 200 },
    );
  });

  rule(
    `CP-34 ${name}: a shipment that was told is known, and telling it again changes nothing`,
    ["pull", "write_back", "read_back"],
    async (bench) => {
      const { request, question } = await aShipment(bench);
      assert.deepEqual(await bench.channel.readBack(bench.context, [question]), [
        { status: "ok", knows: false, channelReference: null, delivered: false },
      ]);

      const [first] = await bench.channel.writeBack(bench.context, [request]);
      const [second] = await bench.channel.writeBack(bench.context, [request]);
      const [known] = await bench.channel.readBack(bench.context, [question]);

      assert.ok(first?.status === "told", inspect(first));
      assert.deepEqual(second, first);
      assert.ok(
        known?.status === "ok" && known.knows && known.channelReference === first.channelReference,
        inspect(known),
      );
    },
  );

  rule(
    `CP-35 ${name}: a write-back to an order that does not exist is refused`,
    ["pull", "write_back"],
    async (bench) => {
      const { request } = await aShipment(bench);
      const [answer] = await bench.channel.writeBack(bench.context, [{ ...request, channelOrderId: "no-such-order" }]);
      assert.ok(answer?.status === "refused" && answer.reason === "channel_refused", inspect(answer));
    },
  );

  rule(
    `CP-36 ${name}: a write-back whose answer is lost is unknown, and reading back tells`,
    ["pull", "write_back", "read_back", "lost_answer"],
    async (bench) => {
      const { request, question } = await aShipment(bench);
      await bench.loseAnswers(true);

      const [answer] = await bench.channel.writeBack(bench.context, [request]);
      await bench.loseAnswers(false);
      const [known] = await bench.channel.readBack(bench.context, [question]);

      assert.equal(answer?.status, "unknown");
      assert.ok(known?.status === "ok" && known.knows);
    },
  );

  rule(`CP-37 ${name}: a cancellation that we tell is known to the channel`, ["pull", "cancel"], async (bench) => {
    const { request } = await aShipment(bench);
    const { channelOrderId, lines } = request;
    const before = await pullAll(bench, null);

    const [answer] = await bench.channel.cancel(bench.context, [
      { channelOrderId, reference: "CP-37", outcome: "cancelled", lines },
    ]);
    await bench.pass(1000);

    assert.deepEqual(answer, { status: "ok" });
    const newest = ordersIn(bench.channel, (await pullAll(bench, before.cursor)).raw).findLast(
      (order) => order.channelOrderId === channelOrderId,
    );
    for (const { channelLineId, quantity } of lines)
      assert.equal(newest?.lines.find((line) => line.channelLineId === channelLineId)?.cancelled, quantity);
  });

  rule(`CP-38 ${name}: the list has all ids of a period and no other`, ["list"], async (bench) => {
    const from = bench.context.outside.now();
    const sold = [await bench.sell(), await bench.sell()];
    await bench.pass(1000);
    const to = bench.context.outside.now();
    await bench.pass(1000);
    await bench.sell();

    const answer = await bench.channel.list(bench.context, from, to);

    assert.ok(answer.status === "ok", inspect(answer));
    assert.deepEqual(answer.channelOrderIds.toSorted(), sold.toSorted());
  });

  rule(`CP-39 ${name}: where nothing listens, everything is tried again later`, ["unreachable"], async (bench) => {
    const context = bench.unreachable ?? bench.context;
    const answers = [
      await bench.channel.identify(context),
      await bench.channel.pull(context, null),
      await bench.channel.list(context, new Date(0), context.outside.now()),
      ...(await bench.channel.writeBack(context, [
        {
          channelOrderId: "1",
          reference: "CP-39",
          revision: 1,
          carrier: "ups",
          trackingNumber: "1Z",
          shippedAt: context.outside.now(),
          lines: [],
        },
      ])),
    ];

    assert.deepEqual(
      answers.map(({ status }) => status),
      ["retry_later", "retry_later", "retry_later", "retry_later"],
    );
  });
}

async function pullAll({ channel, context }: ChannelBench, cursor: string | null) {
  const raw = [];
  for (let at = cursor; ;) {
    const page = await channel.pull(context, at);
    assert.ok(page.status === "ok", inspect(page));
    raw.push(...page.raw);
    at = page.cursor;
    if (!page.more) return { raw, cursor: at };
  }
}
function ordersIn(channel: Channel, raw: { eventId: string; text: string }[]) {
  return raw.flatMap((message) => {
    const parsed = channel.parse(message);
    return parsed.type === "order" ? [parsed.order] : [];
  });
}
async function aShipment(bench: ChannelBench) {
  const channelOrderId = await bench.sell();
  const order = ordersIn(bench.channel, (await pullAll(bench, null)).raw).find(
    (one) => one.channelOrderId === channelOrderId,
  );
  assert.ok(order !== undefined);
  const lines = order.lines.map(({ channelLineId, quantity }) => ({ channelLineId, quantity }));
  const request = {
    channelOrderId,
    reference: `shipment-of-${channelOrderId}`,
    revision: 1,
    carrier: "ups",
    trackingNumber: "1Z879E930346834440",
    shippedAt: bench.context.outside.now(),
    lines,
  };
  return {
    request,
    question: { channelOrderId, reference: request.reference, trackingNumber: request.trackingNumber },
  };
}

function checkManifest({ id, title, settings }: Manifest): void {
  assert.match(id, /^[a-z][a-z0-9_-]*$/);
  assert.notEqual(title, "");
  for (const [name, field] of Object.entries(settings)) {
    assert.ok(field.title !== "" && field.help !== "", `${name} explains itself`);
    if (field.type === "choice") assert.ok((field.choices ?? []).length > 0, `${name} has choices`);
  }
}
