import { Button, Group as Row, Loader, Progress, Select, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../app/api.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { ActForm } from "../../parts/act-form.tsx";
import { post } from "../../parts/api-call.tsx";
import { formatMoney } from "../../parts/format.ts";
import { Trouble } from "../../parts/page.tsx";
import { useSuppliers } from "../../parts/resolve/set-up.ts";
import classes from "./attention.module.css";
import type { Group } from "./inbox.ts";
import { tomorrow } from "./snooze.tsx";

type What = Schemas["JobAction"];
type Job = Schemas["Job"];
const choices = [
  "release",
  "dismiss",
  "resend_tracking",
  "choose_supplier",
  "cancel",
  "snooze",
  "assign",
  "unassign",
] as const;
type Choice = (typeof choices)[number];

/** The same for all orders of a reason: looked at before with its numbers, done by a job, answered order by order. */
export function GroupAct({ group, onEnd }: { group: Group; onEnd: () => void }) {
  const { t } = useTranslation();
  const [job, setJob] = useState<Job | null>(null);
  return (
    <section className={classes["doing"]} aria-label={t("attention.key.all")}>
      <Title order={2} mb={8}>
        {t("attention.group.title", { count: group.orders, reason: group.title })}
      </Title>
      {job === null ? <Choose group={group} onStarted={setJob} onEnd={onEnd} /> : <Running id={job.id} onEnd={onEnd} />}
    </section>
  );
}

function Choose({ group, onStarted, onEnd }: { group: Group; onStarted: (job: Job) => void; onEnd: () => void }) {
  const { t } = useTranslation();
  const { api, workspace, session } = useHere();
  const { data } = useQuery({
    queryKey: ["reasons"],
    queryFn: ({ signal }) => api.get("/v1/reasons", { signal }),
    staleTime: Infinity,
  });
  const suppliers = useSuppliers();
  const [typed, setChoice] = useState<Choice>();
  const [supplier, setSupplier] = useState<string | null>(null);
  const resolves = data?.reasons.find(({ code }) => code === group.code)?.resolve_with as readonly string[] | undefined;
  const possible = choices.filter((each) => {
    if (each === "snooze" || each === "unassign") return true;
    if (each === "assign") return session.user !== null;
    return resolves?.includes(each === "resend_tracking" ? "resend" : each) === true;
  });
  const choice = typed ?? possible[0] ?? "snooze";
  const what: What | null =
    choice === "choose_supplier"
      ? supplier === null
        ? null
        : { action: choice, supplier }
      : choice === "dismiss"
        ? { action: choice, reason: group.code }
        : choice === "snooze"
          ? { action: choice, until: tomorrow().toISOString() }
          : choice === "assign" || choice === "unassign"
            ? { action: "assign", to: choice === "assign" ? session.user!.id : null }
            : { action: choice };
  const orders = { words: group.words };
  const preview = useQuery({
    queryKey: [workspace.slug, "attention", "preview", group.words, what],
    queryFn: ({ signal }) =>
      api.post("/v1/jobs", { body: { do: what!, orders, preview: true }, signal }) as Promise<Schemas["JobPreview"]>,
    enabled: what !== null && resolves !== undefined,
    meta: { live: false },
  });
  const valid = preview.data?.valid ?? 0;
  return (
    <Stack gap="sm">
      <Select
        label={t("attention.group.action")}
        data={possible.map((each) => ({ value: each, label: t(`attention.group.do.${each}`) }))}
        value={choice}
        allowDeselect={false}
        onChange={(value) => setChoice((value ?? choice) as Choice)}
        maw={320}
        data-autofocus
      />
      {choice === "choose_supplier" && (
        <Select
          label={t("attention.group.supplier")}
          data={(suppliers ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={supplier}
          onChange={setSupplier}
          maw={320}
        />
      )}
      {preview.error !== null ? (
        <Trouble error={preview.error} onRetry={() => void preview.refetch()} />
      ) : preview.data === undefined ? (
        what !== null && (
          <Row gap="sm">
            <Loader size="xs" />
            <Text size="sm">{t("attention.group.looking")}</Text>
          </Row>
        )
      ) : (
        <Preview preview={preview.data} />
      )}
      {choice === "cancel" && <Text size="sm">{t("attention.group.cancelHint")}</Text>}
      <ActForm
        calls={what === null ? [] : [post("/v1/jobs", { body: { do: what, orders, preview: false } })]}
        submit={t("attention.group.submit", { count: valid })}
        verdict={valid > 0 ? { allowed: true } : { allowed: false, why: "" }}
        isGrave={choice === "cancel"}
        onDone={(answer) => onStarted(answer as Job)}
        onCancel={onEnd}
      />
    </Stack>
  );
}

function Preview({ preview }: { preview: Schemas["JobPreview"] }) {
  const { t } = useTranslation();
  const { orders, checked, valid, invalid, commits } = preview;
  return (
    <div className={classes["preview"]}>
      <p>
        {t("attention.group.possible", { valid, orders })}
        {checked < orders && ` ${t("attention.group.checked", { count: checked })}`}
      </p>
      {commits !== null && (
        <p>
          {commits.purchase_orders === 0
            ? t("attention.group.nothingBought")
            : `${t("attention.group.buys", { count: commits.purchase_orders })} ${t("attention.group.at", {
                suppliers: commits.suppliers.map(({ name }) => name).join(", "),
              })}: ${commits.total.map(formatMoney).join(" + ")}.`}{" "}
          {commits.above_limit > 0 && t("attention.group.above", { count: commits.above_limit })}{" "}
          {commits.still_held.length > 0 &&
            t("attention.group.still", {
              what: commits.still_held.map(({ title, orders: count }) => `${title} (${count})`).join(", "),
            })}
        </p>
      )}
      {invalid.map((each) => (
        <p key={`${each.code} ${each.why}`} className="dim">
          {each.orders} × {each.why} {each.examples.join(", ")}
          {each.skipped && ` (${t("attention.group.skipped")})`}
        </p>
      ))}
    </div>
  );
}

function Running({ id, onEnd }: { id: string; onEnd: () => void }) {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const refresh = useRefresh();
  const { data: job } = useQuery({
    queryKey: [workspace.slug, "jobs", id],
    queryFn: ({ signal }) => api.get("/v1/jobs/{id}", { path: { id }, signal }),
    refetchInterval: ({ state }) => (state.data?.state === "running" || state.data === undefined ? 700 : false),
  });
  const refused = useQuery({
    queryKey: [workspace.slug, "jobs", id, "refused"],
    queryFn: ({ signal }) =>
      api.get("/v1/jobs/{id}/rows", { path: { id }, query: { state: "refused", limit: 20 }, signal }),
    enabled: job !== undefined && job.state !== "running" && job.rows.refused > 0,
  });
  const again = useMutation({
    mutationFn: () => api.post("/v1/jobs/{id}/retry", { path: { id }, body: {} }),
    onSuccess: () => refresh("jobs"),
  });
  const isOver = job !== undefined && job.state !== "running";
  useEffect(() => {
    if (isOver) void refresh();
    // Once, when it has ended.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isOver]);
  if (job === undefined) return <Loader size="xs" />;
  const { ok, refused: no, skipped, waiting } = job.rows;
  return (
    <Stack gap="sm">
      <Progress value={(100 * (job.orders - waiting)) / Math.max(1, job.orders)} aria-label={t("attention.key.all")} />
      <p role="status" style={{ margin: 0 }}>
        {isOver
          ? t("attention.group.finished", { ok, refused: no, skipped })
          : t("attention.group.running", { done: job.orders - waiting, orders: job.orders })}{" "}
        {job.stopped_why}
      </p>
      {again.error !== null && <Trouble error={again.error} />}
      {refused.data?.rows.map((each) => (
        <Text key={each.no} size="sm">
          <span className="num">{each.order.number}</span>: {each.message}
        </Text>
      ))}
      <Row gap="sm">
        <Button onClick={onEnd} autoFocus={isOver}>
          {t("attention.group.close")}
        </Button>
        {isOver && no > 0 && (
          <Button variant="default" loading={again.isPending} onClick={() => again.mutate()}>
            {t("attention.group.retry")}
          </Button>
        )}
        <Button
          variant="subtle"
          color="gray"
          component="a"
          href={`/v1/jobs/${id}/report?workspace=${encodeURIComponent(workspace.slug)}`}
          download
        >
          {t("attention.group.report")}
        </Button>
      </Row>
    </Stack>
  );
}
