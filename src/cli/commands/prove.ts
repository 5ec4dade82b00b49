import type { SupplierContext } from "#connectors/ports.ts";
import { publicId } from "#domain/ids.ts";
import { prove, type Difference, type OurPurchase, type TheirPurchase } from "#domain/proof.ts";
import { hushed } from "#domain/secret.ts";
import { instant, parseDuration } from "#engine/manage/setting.ts";
import { accountOwners } from "#gate/secrets.ts";
import { attemptsAt, firstArmedAt } from "#store/prove.ts";
import { listAccounts } from "#store/supplier.ts";
import { chooseSupplier } from "../choose.ts";
import { CliError } from "../cli-error.ts";
import { realClock } from "../clock.ts";
import { command, run } from "../command.ts";
import { column, printJson, printList, write } from "../output.ts";

export const proveCommand = () =>
  command({
    name: "prove",
    about:
      "Compare a supplier's own list of purchases with ours. Exit code 0: the same; 1: a difference; 2: it could not be compared.",
    examples: [
      "prove --supplier northwind",
      "prove --supplier northwind --since 30d",
      "prove --supplier northwind --since 2026-11-01T00:00:00Z",
    ],
  })
    .requiredOption("--supplier <supplier>", "whose list")
    .option("--since <when>", "how far back: 30d, or an instant (default: our first purchase there)")
    .action(
      run<{ supplier: string; since?: string }>(async ({ connect, workspace, options, format }) => {
        const connection = await connect();
        const { db, engine } = connection;
        const { id: workspaceId } = await workspace(connection);
        const supplier = await chooseSupplier(db, workspaceId, options.supplier);
        const to = realClock.now();
        // Without a purchase of ours theirs are counted from the day on which the supplier was added here.
        const from =
          sinceOf(options.since, to) ?? (await firstArmedAt(db, workspaceId, supplier.id)) ?? supplier.createdAt;
        const answer = (outcome: "proven" | "different" | "not_compared", words: string, more: object = {}): number => {
          const code = outcome === "proven" ? 0 : outcome === "different" ? 1 : 2;
          if (format === "json")
            printJson({
              supplier: supplier.name,
              outcome,
              message: words,
              from: from.toISOString(),
              to: to.toISOString(),
              ...more,
            });
          else write(`${words}\n`);
          return code;
        };
        const connector = connection.connectors.suppliers.get(supplier.kind);
        if (connector === undefined)
          return answer(
            "not_compared",
            `No connector of kind ${supplier.kind} is installed, so ${supplier.name} cannot be asked.`,
          );

        const theirs = new Map<string, TheirPurchase>();
        // Their list may be shorter than the period; what it covers is compared all the same.
        let begins = from;
        const vault = connection.openVault();
        const accounts = (await listAccounts(db, workspaceId)).filter((each) => each.supplierId === supplier.id);
        if (accounts.length === 0)
          return answer("not_compared", `${supplier.name} has no account with which it could be asked.`);
        for (const account of accounts) {
          const secrets = await vault.open(
            accountOwners({ workspaceId, supplierId: supplier.id, accountId: account.id }),
            "prove",
          );
          const context: SupplierContext = {
            supplierId: supplier.id,
            accountId: account.id,
            settings: (supplier.settings.connector ?? {}) as Record<string, unknown>,
            secrets,
            outside: engine.outside,
          };
          const listed = await patiently(() =>
            // A little more on both ends: their clock is not ours.
            hushed(connector, secrets).list(
              context,
              new Date(from.getTime() - 3_600_000),
              new Date(to.getTime() + 3_600_000),
            ),
          );
          if (listed.status === "no_list")
            return answer(
              "not_compared",
              `${supplier.name} cannot list its purchases, so nothing can be compared. Compare its statements or mails by hand.`,
            );
          if (listed.status !== "ok")
            return answer("not_compared", `${supplier.name} could not be asked (${account.name}): ${listed.message}`);
          if (listed.since > begins) begins = listed.since;
          // Two accounts of ours may see the same list.
          for (const each of listed.purchases) theirs.set(`${each.reference}/${each.supplierOrderId}`, each);
        }
        const settled = new Date(
          to.getTime() - connector.contract((supplier.settings.connector ?? {}) as Record<string, unknown>).lookupLagMs,
        );
        // Theirs was read first: whatever it holds was armed before it was bought, so ours knows it. What was closed since, or so lately that their list lags behind, may be missing there.
        const listed = new Set([...theirs.values()].map((each) => each.reference));
        const ours: OurPurchase[] = [];
        const earlier = new Date(begins.getTime() - longestWayMs);
        for await (const page of attemptsAt(db, { workspaceId, supplierId: supplier.id, from: earlier }))
          for (const { orderPublicId, closedAt, ...each } of page) {
            if (each.armedAt < begins && !listed.has(each.reference)) continue;
            const isOpen = each.armedAt > to || (closedAt !== null && closedAt > settled);
            ours.push({ ...each, state: isOpen ? "armed" : each.state, order: publicId("order", orderPublicId) });
          }
        const known = new Set(ours.map((each) => each.reference));
        const proof = prove(
          ours,
          [...theirs.values()].filter((each) => each.at >= begins || known.has(each.reference)),
        );
        const { equal, open, differences } = proof;
        const waiting = open === 0 ? "" : ` ${open} are on their way or being asked about.`;
        const counts = { compared_from: begins.toISOString(), equal, open, differences };
        if (differences.length === 0 && begins > from)
          return answer(
            "not_compared",
            `The list of ${supplier.name} begins at ${begins.toISOString()}; since then ${equal} purchases are the same on both sides.${waiting} What was bought before, from ${from.toISOString()} on, could not be compared.`,
            counts,
          );
        if (differences.length === 0)
          return answer(
            "proven",
            `Proven: ${equal} purchases of ${supplier.name} since ${from.toISOString()} are the same on both sides.${waiting}`,
            counts,
          );
        if (format === "table") {
          const columns = [
            column<Difference>("difference", (each) => words[each.kind]),
            column<Difference>("reference", (each) => each.reference),
            column<Difference>("supplier's number", numberOf),
            column<Difference>("order", (each) => ("order" in each ? each.order : "")),
          ];
          printList(format, differences, columns, null, "");
        }
        return answer(
          "different",
          `${differences.length} differences, ${equal} purchases are the same on both sides.${waiting}`,
          counts,
        );
      }),
    );

/** From arming to the purchase at the latest: the same key may be sent again for so long. */
const longestWayMs = 3 * 86_400_000;
const mostTries = 6;
const longestPauseMs = 10_000;
/** A supplier that is busy is asked again a few times; to list is harmless. */
async function patiently<Answer extends { status: string }>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (answer.status !== "retry_later" || tries === mostTries) return answer;
    const { afterMs } = answer as unknown as { afterMs: number };
    await realClock.sleep(Math.min(longestPauseMs, Math.max(200, afterMs)));
  }
}

const words = {
  bought_without_attempt: "bought, and we never sent it",
  bought_although_given_up: "bought, although given up",
  placed_without_purchase: "placed, and they do not have it",
  bought_twice: "bought twice",
  other_number: "another number",
} as const satisfies Record<Difference["kind"], string>;

function numberOf(difference: Difference): string {
  switch (difference.kind) {
    case "bought_twice":
      return difference.supplierOrderIds.join(", ");
    case "other_number":
      return `${difference.theirs} (we have ${difference.ours})`;
    default:
      return difference.supplierOrderId ?? "";
  }
}

function sinceOf(text: string | undefined, now: Date): Date | null {
  if (text === undefined) return null;
  const ms = parseDuration(text);
  if (ms !== undefined && !/^\d+$/.test(text)) return new Date(now.getTime() - ms);
  const at = instant({ help: "" }).read(text);
  if (typeof at === "string") return new Date(at);
  throw new CliError(
    `--since: found "${text.slice(0, 40)}", expected a duration such as 30d or an instant such as 2026-11-01T00:00:00Z.`,
  );
}
