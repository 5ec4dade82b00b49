import { Decimal } from "decimal.js";
import type { ChannelId, SupplierId, WorkspaceId } from "#domain/ids.ts";
import { isCurrency, type DecimalText } from "#domain/money.ts";
import { refuse, type Refused, type Result } from "#domain/result.ts";
import type { LinkOption } from "#domain/shared.ts";
import { listChannels } from "#store/channel.ts";
import { deleteLink, lockLinks, putLinks, type LinkId, type StoredLink } from "#store/product-link.ts";
import { listSuppliers } from "#store/supplier.ts";
import { change, record, wakeAgain, wakeAll, type ManageContext } from "./context.ts";
import { shown } from "./settings-change.ts";

export interface LinkWish {
  /** The channel's SKU, exactly as it comes. */
  sku: string;
  /** null: for every channel of the workspace; a link of one channel wins over it. */
  channelId: ChannelId | null;
  nothingToShip?: boolean;
  options: OptionWish[];
}
export interface OptionWish {
  /** 1 unless it is a bundle: each component of a bundle has a number, and one option of each is bought. */
  componentNo?: number;
  supplierId: SupplierId;
  supplierSku: string;
  /** `units` supplier units make `per` channel units; 1 and 1 unless given. */
  units?: number;
  per?: number;
  unitCost: DecimalText;
  currency: string;
  /** Lower is asked first; 1 unless given. */
  priority?: number;
  maxUnitCost?: DecimalText | null;
}

/** What was wrong with which of the wishes. */
export type LinkProblem = Refused & { index: number };
export interface LinksPut {
  status: "ok";
  stored: number;
  unchanged: number;
}

const most = 1_000_000;

/**
 * LK-1 to LK-4. Puts product links, each whole: what it said before is replaced. All of the batch or nothing; a refusal names the wish. Orders that were held
 * for one of these SKUs, or for stock of a supplier SKU in them, are verified again.
 */
export async function putProductLinks(
  context: ManageContext,
  workspaceId: WorkspaceId,
  wishes: readonly LinkWish[],
): Promise<LinksPut | LinkProblem> {
  let problem: LinkProblem | null = null;
  let keys: string[] = [];
  const answer = await change(context, async (tx): Promise<Result<LinksPut>> => {
    const suppliers = new Set((await listSuppliers(tx, workspaceId)).map((each) => each.id));
    const channels = new Set((await listChannels(tx, workspaceId)).map((each) => each.id));
    const seen = new Set<string>();
    for (const [index, wish] of wishes.entries()) {
      const refused = checkLink(wish, suppliers, channels) ?? checkTwice(wish, seen);
      if (refused === null) continue;
      problem = { ...refused, index };
      return refused;
    }
    const now = context.clock.now();
    const skus = wishes.map((wish) => wish.sku);
    const before = new Map(
      (await lockLinks(tx, workspaceId, skus)).map((link) => [`${link.channelId}/${link.sku}`, link]),
    );
    await context.ids.ensure(tx, 2 * wishes.length);
    const links: StoredLink[] = wishes.map((wish) => ({
      workspaceId,
      id: before.get(`${wish.channelId ?? "0"}/${wish.sku}`)?.id ?? (context.ids.next<"productLink">() as LinkId),
      channelId: wish.channelId ?? "0",
      sku: wish.sku,
      nothingToShip: wish.nothingToShip ?? false,
      updatedAt: now,
      options: wish.options.map(complete),
    }));
    const changed = links.filter((link) => !isSame(before.get(`${link.channelId}/${link.sku}`), link));
    keys = changed.flatMap((link) => wakingKeys(link, before.get(`${link.channelId}/${link.sku}`)));
    await wakeAll(tx, { workspaceId, keys }, now);
    await putLinks(tx, changed);
    for (const link of changed) {
      const was = before.get(`${link.channelId}/${link.sku}`);
      await record(tx, context, {
        workspaceId,
        kind: was === undefined ? "link_added" : "link_changed",
        subject: "product_link",
        subjectId: link.id,
        data: { sku: link.sku, channel: link.channelId, from: was === undefined ? null : what(was), to: what(link) },
      });
    }
    return { status: "ok", value: { status: "ok", stored: changed.length, unchanged: links.length - changed.length } };
  });
  if (problem !== null) return problem;
  if (answer.status === "refused") return { ...answer, index: 0 };
  if (keys.length > 0) await wakeAgain(context, { workspaceId, keys });
  return answer.value;
}

/** LK-5. Orders of this SKU are held from their next verification on; what is placed stays placed. */
export async function deleteProductLink(
  context: ManageContext,
  link: { workspaceId: WorkspaceId; channelId: ChannelId | null; sku: string },
): Promise<Result> {
  const { workspaceId, sku } = link;
  const channelId = link.channelId ?? "0";
  const keys = [`sku:${sku}`];
  const answer = await change(context, async (tx): Promise<Result> => {
    const before = (await lockLinks(tx, workspaceId, [sku])).find((each) => each.channelId === channelId);
    await wakeAll(tx, { workspaceId, keys }, context.clock.now());
    const id = await deleteLink(tx, { workspaceId, channelId, sku });
    if (id === null || before === undefined)
      return refuse("not_found", `There is no link of "${sku}"${link.channelId === null ? "" : " on this channel"}.`);
    await context.ids.ensure(tx, 1);
    await record(tx, context, {
      workspaceId,
      kind: "link_deleted",
      subject: "product_link",
      subjectId: id,
      data: { sku, channel: channelId, from: what(before) },
    });
    return { status: "ok", value: undefined };
  });
  if (answer.status === "ok") await wakeAgain(context, { workspaceId, keys });
  return answer;
}

const complete = (option: OptionWish): LinkOption => ({
  componentNo: option.componentNo ?? 1,
  supplierId: option.supplierId,
  supplierSku: option.supplierSku,
  units: option.units ?? 1,
  per: option.per ?? 1,
  unitCost: new Decimal(option.unitCost).toFixed(),
  currency: option.currency,
  priority: option.priority ?? 1,
  maxUnitCost: (option.maxUnitCost ?? null) === null ? null : new Decimal(option.maxUnitCost!).toFixed(),
});

const what = ({ nothingToShip, options }: StoredLink): Record<string, unknown> =>
  nothingToShip ? { nothingToShip } : { options };

const wakingKeys = (link: StoredLink, before: StoredLink | undefined): string[] => [
  `sku:${link.sku}`,
  ...[...link.options, ...(before?.options ?? [])].map((option) => `stock:${option.supplierId}/${option.supplierSku}`),
];

function isSame(before: StoredLink | undefined, link: StoredLink): boolean {
  if (
    before === undefined ||
    before.nothingToShip !== link.nothingToShip ||
    before.options.length !== link.options.length
  )
    return false;
  const text = (option: LinkOption): string =>
    JSON.stringify([
      option.componentNo,
      option.supplierId,
      option.supplierSku,
      option.units,
      option.per,
      new Decimal(option.unitCost).toFixed(),
      option.currency,
      option.priority,
      option.maxUnitCost === null ? null : new Decimal(option.maxUnitCost!).toFixed(),
    ]);
  const known = new Set(before.options.map(text));
  return link.options.every((option) => known.has(text(option)));
}

function checkTwice(wish: LinkWish, seen: Set<string>): Refused | null {
  const key = `${wish.channelId ?? "0"}/${wish.sku}`;
  if (seen.has(key))
    return refuse("link_twice", `SKU "${wish.sku}" is linked twice in one request. Put all its options into one link.`);
  seen.add(key);
  return null;
}

function checkLink(wish: LinkWish, suppliers: ReadonlySet<string>, channels: ReadonlySet<string>): Refused | null {
  const at = (field: string, found: unknown, expected: string): Refused =>
    refuse(
      "link_invalid",
      `${wish.sku === "" ? "A link" : `SKU "${wish.sku.slice(0, 80)}"`}, ${field}: found ${shown(found)}, expected ${expected}.`,
    );
  if (!isSku(wish.sku)) return at("sku", wish.sku, "a SKU of 1 to 500 characters without control characters");
  if (wish.channelId !== null && !channels.has(wish.channelId))
    return at("channel", wish.channelId, "a channel of this workspace");
  if (wish.nothingToShip === true && wish.options.length > 0)
    return at("options", wish.options.length, "none, because nothing is shipped");
  if (wish.nothingToShip !== true && wish.options.length === 0)
    return at("options", [], "at least one supplier, or nothingToShip where nothing is shipped");
  if (wish.options.length > 100) return at("options", wish.options.length, "at most 100");
  const keys = new Set<string>();
  for (const option of wish.options) {
    const { componentNo = 1, units = 1, per = 1, priority = 1, maxUnitCost = null } = option;
    if (!suppliers.has(option.supplierId)) return at("supplier", option.supplierId, "a supplier of this workspace");
    if (!isSku(option.supplierSku)) return at("supplierSku", option.supplierSku, "a SKU of 1 to 500 characters");
    for (const [field, value] of Object.entries({ componentNo, units, per }))
      if (!Number.isInteger(value) || value < 1 || value > most)
        return at(field, value, `a whole number from 1 to ${most}`);
    if (!Number.isInteger(priority) || Math.abs(priority) > most)
      return at("priority", priority, "a whole number; lower is asked first");
    if (!isAmount(option.unitCost)) return at("unitCost", option.unitCost, "an amount such as 4.50, not below 0");
    if (maxUnitCost !== null && !isAmount(maxUnitCost))
      return at("maxUnitCost", maxUnitCost, "an amount such as 4.50, or none");
    if (!isCurrency(option.currency)) return at("currency", option.currency, "an ISO 4217 currency code such as EUR");
    const key = `${componentNo}/${option.supplierId}/${option.supplierSku}`;
    if (keys.has(key)) return at("options", option.supplierSku, "each supplier SKU once per component");
    keys.add(key);
  }
  return null;
}

const isSku = (text: string): boolean => text.trim() !== "" && text.length <= 500 && !/\p{Cc}/u.test(text);
const isAmount = (text: string): boolean => typeof text === "string" && /^\d{1,12}(\.\d{1,10})?$/.test(text);
