import { Anchor, Button, Group, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Answer } from "#client";
import { useHere } from "../../app/session.tsx";
import { ActForm } from "../../parts/act-form.tsx";
import { post } from "../../parts/api-call.tsx";
import { Beside } from "../../parts/beside.tsx";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { formatMoney } from "../../parts/format.ts";
import { Empty, Facts, Page, Section, Trouble, Waiting } from "../../parts/page.tsx";
import { useSetUpVerdict } from "../../parts/resolve/link-sku.tsx";
import { Ago } from "../../parts/time.tsx";
import classes from "./balance.module.css";

type Account = Answer<"get", "/v1/ledger">["accounts"][number];
type Booking = Answer<"get", "/v1/ledger/{id}/transactions">["transactions"][number];

/** Supplier and account; who calls the account like the supplier is not named twice. */
const nameOf = ({ supplier, name }: Account): string =>
  supplier === null || name.startsWith(supplier.name) ? name : `${supplier.name} ${name}`;

/** What stands with each supplier, what moved it, and money that arrived there. */
export function Balance() {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const { account: openId } = useSearch({ from: "/$workspace/balance" });
  const navigate = useNavigate({ from: "/$workspace/balance" });
  const { data, error, refetch } = useQuery({
    queryKey: [workspace.slug, "ledger", "accounts"],
    queryFn: ({ signal }) => api.get("/v1/ledger", { signal }),
  });
  const open = data?.accounts.find(({ id }) => id === openId);
  const money = (of: Account, amount: string): string => formatMoney({ amount, currency: of.currency });
  const columns: Column<Account>[] = [
    {
      id: "supplier",
      header: t("setUp.balance.column.supplier"),
      cell: ({ supplier, name }) => (
        <>
          <strong>{supplier?.name ?? name}</strong>{" "}
          <span className="dim">{supplier === null || name.startsWith(supplier.name) ? "" : name}</span>
        </>
      ),
    },
    {
      id: "payment",
      header: t("setUp.balance.column.payment"),
      width: 150,
      cell: ({ payment }) => t(`setUp.balance.payment.${payment as "prepaid"}`, payment),
    },
    {
      id: "available",
      header: t("setUp.balance.column.available"),
      width: 140,
      isRight: true,
      cell: (row) => row.payment === "prepaid" && <strong className="num">{money(row, row.available)}</strong>,
    },
    {
      id: "held",
      header: t("setUp.balance.column.held"),
      width: 120,
      isRight: true,
      cell: (row) => money(row, row.held),
    },
    {
      id: "owed",
      header: t("setUp.balance.column.owed"),
      width: 120,
      isRight: true,
      cell: (row) => money(row, row.owed),
    },
    ...(data?.accounts.some(({ action_credits: credits }) => credits !== null) === true
      ? [
          {
            id: "credits",
            header: t("setUp.balance.column.credits"),
            width: 100,
            isRight: true,
            cell: ({ action_credits: credits }: Account) => credits ?? "",
          },
        ]
      : []),
  ];
  const close = (): void => void navigate({ search: {} });
  return (
    <Page
      title={t("setUp.balance.title")}
      isFull
      top={error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
    >
      <DataTable
        label={t("setUp.balance.list")}
        columns={columns}
        rows={data?.accounts}
        rowId={({ id }) => id}
        nameOf={({ name, supplier }) => supplier?.name ?? name}
        isComfortable
        openId={openId ?? null}
        onOpen={({ id }) => void navigate({ search: { account: id } })}
        card={(row) => (
          <Group justify="space-between" wrap="nowrap">
            <strong className="cut">{row.supplier?.name ?? row.name}</strong>
            {row.payment === "prepaid" ? (
              <strong className="num">{money(row, row.available)}</strong>
            ) : (
              <span className="num">{t("setUp.balance.owes", { amount: money(row, row.owed) })}</span>
            )}
          </Group>
        )}
        empty={<Empty title={t("setUp.balance.none")}>{t("setUp.balance.noneHint")}</Empty>}
      />
      {open !== undefined && (
        <Beside title={nameOf(open)} onClose={close}>
          <OneAccount key={open.id} account={open} />
        </Beside>
      )}
    </Page>
  );
}

function OneAccount({ account }: { account: Account }) {
  const { t } = useTranslation();
  const { may } = useHere();
  const [doing, setDoing] = useState<"top-up" | "correction" | null>(null);
  const money = (amount: string): string => formatMoney({ amount, currency: account.currency });
  return (
    <>
      <Section
        title={t("setUp.suppliers.balance")}
        actions={
          may("money.change") &&
          doing === null && (
            <>
              <Button onClick={() => setDoing("top-up")}>{t("setUp.balance.topUp")}</Button>
              <Button variant="default" onClick={() => setDoing("correction")}>
                {t("setUp.balance.correct")}
              </Button>
            </>
          )
        }
      >
        {doing !== null && <Book account={account} kind={doing} onDone={() => setDoing(null)} />}
        <Facts
          facts={[
            [
              t("setUp.balance.column.available"),
              <strong key="available" className="num">
                {money(account.available)}
              </strong>,
            ],
            [
              t("setUp.balance.column.held"),
              <span key="held" className="num">
                {money(account.held)}
              </span>,
            ],
            [
              t("setUp.balance.column.owed"),
              <span key="owed" className="num">
                {money(account.owed)}
              </span>,
            ],
            ...(account.action_credits === null
              ? []
              : [[t("setUp.balance.column.credits"), account.action_credits] as const]),
          ]}
        />
      </Section>
      <Section title={t("setUp.balance.statement")}>
        <Statement account={account} />
      </Section>
    </>
  );
}

/** First the amount, then what it makes of the balance, then one button: it cannot be taken back, only corrected. */
function Book({ account, kind, onDone }: { account: Account; kind: "top-up" | "correction"; onDone: () => void }) {
  const { t } = useTranslation();
  const verdict = useSetUpVerdict("money.change");
  const [isCredits, setCredits] = useState(false);
  const [amount, setAmount] = useState("");
  const [reference, setReference] = useState("");
  const [isSure, setSure] = useState(false);
  const shown = (value: string): string =>
    isCredits
      ? t("setUp.balance.actions", { count: Number(value) })
      : formatMoney({ amount: value, currency: account.currency });
  const before = isCredits ? (account.action_credits ?? "0") : account.available;
  const fields = (
    <Stack gap="sm">
      {account.action_credits !== null && (
        <SegmentedControl
          aria-label={t("setUp.balance.ofWhat")}
          data={[
            { value: "money", label: t("setUp.balance.money") },
            { value: "credits", label: t("setUp.balance.credits") },
          ]}
          value={isCredits ? "credits" : "money"}
          onChange={(value) => setCredits(value === "credits")}
        />
      )}
      <Group gap="sm" align="flex-start" grow>
        <TextInput
          label={
            kind === "correction"
              ? isCredits
                ? t("setUp.balance.countSigned")
                : t("setUp.balance.amountSigned", { currency: account.currency })
              : isCredits
                ? t("setUp.balance.count")
                : t("setUp.balance.amount", { currency: account.currency })
          }
          required
          autoFocus
          inputMode="decimal"
          pattern={kind === "correction" ? "-?\\d+(\\.\\d+)?" : "\\d+(\\.\\d+)?"}
          title={t("resolve.decimal")}
          value={amount}
          onChange={(event) => setAmount(event.currentTarget.value.replace(",", "."))}
        />
        <TextInput
          label={t("setUp.balance.reference")}
          required
          value={reference}
          onChange={(event) => setReference(event.currentTarget.value)}
        />
      </Group>
      <Text size="sm" c="dimmed">
        {t("setUp.balance.referenceHint")}
      </Text>
    </Stack>
  );
  if (!isSure)
    return (
      <form
        className={classes["book"]}
        onSubmit={(event) => {
          event.preventDefault();
          setSure(true);
        }}
      >
        {fields}
        <Group gap="sm" mt="sm">
          <Button type="submit">{t("setUp.balance.next")}</Button>
          <Button variant="subtle" color="gray" onClick={onDone}>
            {t("setUp.cancel")}
          </Button>
        </Group>
      </form>
    );
  const body = { amount, reference, credits: isCredits };
  const path = { id: account.id };
  return (
    <div className={classes["book"]}>
      <ActForm
        calls={[
          kind === "top-up"
            ? post("/v1/ledger/{id}/top-up", { path, body })
            : post("/v1/ledger/{id}/correction", { path, body }),
        ]}
        submit={t("setUp.balance.book", { change: shown(amount) })}
        verdict={verdict}
        isGrave
        autoFocus
        onDone={(answer) => {
          const { available } = answer as { available: string };
          notifications.show({ message: t("setUp.balance.booked", { available: shown(available) }) });
          onDone();
        }}
        onCancel={() => setSure(false)}
      >
        <Text size="sm">
          {t("setUp.balance.will", {
            name: nameOf(account),
            before: shown(before),
            change: `${Number(amount) < 0 ? "" : "+"}${shown(amount)}`,
            after: shown(String(sum(before, amount))),
          })}
        </Text>
      </ActForm>
    </div>
  );
}

/** For showing only; what is booked is computed by the ledger. Ten decimals are kept apart from the whole number, so that no cent is lost. */
function sum(one: string, other: string): string {
  const scaled = (text: string): bigint => {
    const [, sign = "", whole = "0", part = ""] = /^(-?)(\d*)\.?(\d*)$/.exec(text) ?? [];
    return BigInt(`${sign}${whole === "" ? "0" : whole}${part.padEnd(10, "0").slice(0, 10)}`);
  };
  const total = scaled(one) + scaled(other);
  const digits = (total < 0n ? -total : total).toString().padStart(11, "0");
  return `${total < 0n ? "-" : ""}${digits.slice(0, -10)}.${digits.slice(-10)}`;
}

function Statement({ account }: { account: Account }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const list = useInfiniteQuery({
    queryKey: [workspace.slug, "ledger", "statement", account.id],
    queryFn: ({ pageParam, signal }) =>
      api.get("/v1/ledger/{id}/transactions", {
        path: { id: account.id },
        query: { limit: 50, ...(pageParam && { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
  });
  // What was held is spent: nothing of what is available changes, so the amount is said beside it.
  const fromHeld = ({ kind, entries, unit }: Booking): string | null => {
    const held = entries.find(({ ledger }) => ledger === "held");
    return kind === "charge" && held !== undefined
      ? t("setUp.balance.fromHeld", { amount: formatMoney({ amount: held.amount.replace(/^-/, ""), currency: unit }) })
      : null;
  };
  const bookings = useMemo(() => list.data?.pages.flatMap(({ transactions }) => transactions), [list.data]);
  if (list.error !== null) return <Trouble error={list.error} />;
  if (bookings === undefined) return <Waiting lines={4} />;
  if (bookings.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t("setUp.balance.statementNone")}
      </Text>
    );
  return (
    <>
      <table className={classes["statement"]}>
        <thead>
          <tr>
            <th scope="col">{t("setUp.balance.what")}</th>
            <th scope="col">{t("setUp.balance.at")}</th>
            <th scope="col" data-right>
              {t("setUp.balance.change")}
            </th>
          </tr>
        </thead>
        <tbody>
          {bookings.map((booking, index) => (
            <tr key={`${booking.at} ${index}`}>
              <td>
                <div>
                  {t(`setUp.balance.kind.${booking.kind as "top_up"}`, booking.kind.replaceAll("_", " "))}
                  {booking.order !== null && (
                    <>
                      {" · "}
                      <Anchor component={Link} fz="inherit" to={`/${workspace.slug}/orders/${booking.order}` as never}>
                        {t("setUp.balance.order")}
                      </Anchor>
                    </>
                  )}
                </div>
                <div className="dim">
                  {[fromHeld(booking), booking.reference, booking.by.name]
                    .filter((each) => each !== null && each !== "")
                    .join(" · ")}
                </div>
              </td>
              <td className="dim">
                <Ago at={booking.at} />
              </td>
              <td data-right>
                <Change booking={booking} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {list.hasNextPage && (
        <Button variant="default" size="compact-sm" mt="sm" onClick={() => void list.fetchNextPage()}>
          {t("timeline.more")}
        </Button>
      )}
    </>
  );
}

/** ISO 4217 for "no currency": actions are counted, not paid. */
const actions = "XXX";

function Change({ booking: { change, unit } }: { booking: Booking }) {
  const { t } = useTranslation();
  return (
    <>
      {change.startsWith("-") || Number(change) === 0 ? "" : "+"}
      {unit === actions
        ? t("setUp.balance.actions", { count: Number(change) })
        : formatMoney({ amount: change, currency: unit })}
    </>
  );
}
