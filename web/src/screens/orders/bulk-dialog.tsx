import { Button, Group, Modal, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { formatCount, formatMoney } from "../../parts/format.ts";
import { Trouble, Waiting } from "../../parts/page.tsx";
import { JobView } from "../jobs/job-view.tsx";
import type { BulkAction, BulkOrders } from "./bulk-bar.tsx";
import classes from "./orders.module.css";

type Do = Schemas["JobAction"];
type Preview = Schemas["JobPreview"];

interface BulkDialogProps {
  action: BulkAction;
  orders: BulkOrders;
  onClose: () => void;
  onStarted: (job: string) => void;
}

/** The same for many orders: what it needs beside them, what it would do and buy, and then how far it is. */
export function BulkDialog({ action, orders, onClose, onStarted }: BulkDialogProps) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const refresh = useRefresh();
  const [what, setWhat] = useState<Do | null>(withoutMore(action));
  const [job, setJob] = useState<string | null>(null);
  // The note of a hold changes nothing of what would happen: it is not looked at anew with each letter.
  const looked = what?.action === "hold" ? { ...what, note: "" } : what;
  const preview = useQuery({
    queryKey: [workspace.slug, "job preview", looked, orders],
    queryFn: async ({ signal }) =>
      (await api.post("/v1/jobs", { body: { do: looked!, orders, preview: true }, signal })) as Preview,
    enabled: looked !== null && job === null,
    gcTime: 0,
    meta: { live: false },
  });
  const start = useMutation({
    mutationFn: async () => (await api.post("/v1/jobs", { body: { do: what!, orders } })) as Schemas["Job"],
    onSuccess: async ({ id }) => {
      setJob(id);
      onStarted(id);
      await refresh("jobs");
    },
  });
  const label = t(`jobs.action.${action}`);
  const mayStart = (preview.data?.valid ?? 0) > 0;
  return (
    <Modal opened onClose={onClose} title={label} size="lg" closeButtonProps={{ "aria-label": t("shell.close") }}>
      {job !== null ? (
        <Stack gap="md">
          <JobView id={job} />
          <Group>
            <Button variant="default" onClick={onClose} data-autofocus>
              {t("jobs.goOn")}
            </Button>
            <Text size="sm" c="dimmed">
              {t("jobs.mayLeave")}
            </Text>
          </Group>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (mayStart && !start.isPending) start.mutate();
          }}
        >
          <Stack gap="md">
            <More action={action} what={what} onChange={setWhat} />
            {preview.error !== null && <Trouble error={preview.error} onRetry={() => void preview.refetch()} />}
            {preview.data !== undefined ? (
              <WhatWouldBe preview={preview.data} label={label} />
            ) : (
              preview.isFetching && (
                <div role="status">
                  <Text size="sm" c="dimmed" mb="sm">
                    {t("jobs.looking")}
                  </Text>
                  <Waiting lines={3} />
                </div>
              )
            )}
            {start.error !== null && <Trouble error={start.error} />}
            <Group gap="sm">
              <Button
                type="submit"
                loading={start.isPending}
                aria-disabled={!mayStart}
                data-disabled={mayStart ? undefined : true}
                {...(action === "cancel" ? { color: "red" } : {})}
                data-autofocus={action === "hold" ? undefined : true}
              >
                {t("jobs.start", {
                  what: label,
                  count:
                    preview.data?.checked === preview.data?.orders
                      ? (preview.data?.valid ?? 0)
                      : (preview.data?.orders ?? 0),
                })}
              </Button>
              <Button variant="subtle" color="gray" onClick={onClose}>
                {t("resolve.leave")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

/** An action that needs nothing but the orders can be looked at at once. */
function withoutMore(action: BulkAction): Do | null {
  switch (action) {
    case "hold":
      return { action, note: "" };
    case "choose_supplier":
    case "assign":
    case "snooze":
      return null;
    default:
      return { action };
  }
}

function More({
  action,
  what,
  onChange,
}: {
  action: BulkAction;
  what: Do | null;
  onChange: (what: Do) => void;
}): ReactNode {
  switch (action) {
    case "hold":
      return <HoldNote note={what?.action === "hold" ? (what.note ?? "") : ""} onChange={onChange} />;
    case "choose_supplier":
      return <SupplierChoice onChange={onChange} />;
    case "assign":
      return <MemberChoice onChange={onChange} />;
    case "snooze":
      return <SnoozeChoice onChange={onChange} />;
    default:
      return null;
  }
}

function HoldNote({ note, onChange }: { note: string; onChange: (what: Do) => void }) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t("jobs.note")}
      description={t("jobs.noteHint")}
      maxLength={500}
      data-autofocus
      value={note}
      onChange={(event) => onChange({ action: "hold", note: event.currentTarget.value })}
    />
  );
}

function SupplierChoice({ onChange }: { onChange: (what: Do) => void }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const { data } = useQuery({
    queryKey: [workspace.slug, "suppliers"],
    queryFn: ({ signal }) => api.get("/v1/suppliers", { signal }),
  });
  return (
    <Select
      label={t("jobs.supplier")}
      required
      searchable
      data-autofocus
      data={(data?.suppliers ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      onChange={(supplier) => {
        if (supplier !== null) onChange({ action: "choose_supplier", supplier });
      }}
    />
  );
}

function MemberChoice({ onChange }: { onChange: (what: Do) => void }) {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const { data } = useQuery({
    queryKey: [workspace.slug, "members"],
    queryFn: ({ signal }) => api.get("/v1/members", { signal }),
    enabled: may("members.read"),
  });
  return (
    <Select
      label={t("jobs.member")}
      required
      searchable
      data-autofocus
      data={[
        { value: "", label: t("jobs.nobody") },
        ...(data?.members ?? []).map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={(to) => {
        if (to !== null) onChange({ action: "assign", to: to === "" ? null : to });
      }}
    />
  );
}

const hourMs = 3_600_000;
function SnoozeChoice({ onChange }: { onChange: (what: Do) => void }) {
  const { t } = useTranslation();
  return (
    <Select
      label={t("jobs.until")}
      required
      data-autofocus
      data={(["hour", "tomorrow", "week", "wake"] as const).map((value) => ({
        value,
        label: t(`jobs.untilWhen.${value}`),
      }))}
      onChange={(when) => {
        if (when !== null) onChange({ action: "snooze", until: when === "wake" ? null : untilOf(when) });
      }}
    />
  );
}
/** Tomorrow and next week mean eight in the morning, where the reader is. */
function untilOf(when: string): string {
  if (when === "hour") return new Date(Date.now() + hourMs).toISOString();
  const day = new Date();
  day.setDate(day.getDate() + (when === "week" ? 7 : 1));
  day.setHours(8, 0, 0, 0);
  return day.toISOString();
}

/** For how many it is possible, why not for the others, and what it would buy. */
export function WhatWouldBe({ preview, label }: { preview: Preview; label: string }) {
  const { t } = useTranslation();
  const { commits } = preview;
  return (
    <Stack gap="sm">
      <Text size="md" fw={500} role="status">
        {t("jobs.possible", { what: label, valid: formatCount(preview.valid), count: preview.checked })}
        {preview.checked < preview.orders &&
          ` ${t("jobs.firstOnly", { checked: formatCount(preview.checked), orders: formatCount(preview.orders) })}`}
      </Text>
      {preview.invalid.length > 0 && (
        <ul className={classes["numbers"]}>
          {preview.invalid.slice(0, 6).map(({ code, why, orders, examples, skipped }) => (
            <li key={`${code} ${why}`}>
              {t(skipped ? "jobs.skipped" : "jobs.refused", { count: orders })} {why}{" "}
              <span className="dim">{examples.join(", ")}</span>
            </li>
          ))}
        </ul>
      )}
      {commits !== null && commits.purchase_orders > 0 && (
        <>
          <Text size="md" fw={500}>
            {t("jobs.buys", {
              count: commits.purchase_orders,
              suppliers: commits.suppliers.length,
              total: commits.total.map(formatMoney).join(" + "),
            })}
          </Text>
          <Table fz="md" verticalSpacing={4}>
            <Table.Tbody>
              {commits.suppliers.map(({ name, purchase_orders: bought, total }) => (
                <Table.Tr key={name}>
                  <Table.Td>{name}</Table.Td>
                  <Table.Td ta="right" className="num">
                    {t("jobs.purchases", { count: bought })}
                  </Table.Td>
                  <Table.Td ta="right" className="num">
                    {total.map(formatMoney).join(" + ")}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </>
      )}
      {commits !== null && (commits.above_limit > 0 || commits.still_held.length > 0) && (
        <ul className={classes["numbers"]}>
          {commits.above_limit > 0 && <li>{t("jobs.aboveLimit", { count: commits.above_limit })}</li>}
          {commits.still_held.map(({ code, title, orders }) => (
            <li key={code}>{t("jobs.stillHeld", { count: orders, title })}</li>
          ))}
        </ul>
      )}
    </Stack>
  );
}
