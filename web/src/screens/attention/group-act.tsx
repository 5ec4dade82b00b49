import { Button, Group as Row, Loader, Select, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { ActForm } from "../../parts/act-form.tsx";
import { post } from "../../parts/api-call.tsx";
import { Trouble } from "../../parts/page.tsx";
import { useReasons } from "../../parts/reasons.ts";
import { useSuppliers } from "../../parts/resolve/set-up.ts";
import { JobView } from "../jobs/job-view.tsx";
import { WhatWouldBe } from "../orders/bulk-dialog.tsx";
import classes from "./attention.module.css";
import type { Group } from "./inbox.ts";
import { tomorrow } from "./snooze.tsx";

type What = Schemas["JobAction"];
type Job = Schemas["Job"];
/** The first that helps is looked at at once; what cannot be taken back stands last. */
const choices = [
  "release",
  "dismiss",
  "resend_tracking",
  "choose_supplier",
  "snooze",
  "assign",
  "unassign",
  "cancel",
] as const;
type Choice = (typeof choices)[number];

/** The same for all orders of a reason: looked at before with its numbers, done by a job, answered order by order. */
export function GroupAct({ group, onEnd }: { group: Group; onEnd: () => void }) {
  const { t } = useTranslation();
  const [job, setJob] = useState<string | null>(null);
  return (
    <section className={classes["doing"]} aria-label={t("attention.key.all")}>
      <Title order={2} mb={8}>
        {t("attention.group.title", { count: group.orders, reason: group.title })}
      </Title>
      {job === null ? (
        <Choose group={group} onStarted={setJob} onEnd={onEnd} />
      ) : (
        <Stack gap="md" align="flex-start">
          <JobView id={job} />
          <Button variant="default" onClick={onEnd} autoFocus>
            {t("attention.group.close")}
          </Button>
        </Stack>
      )}
    </section>
  );
}

function Choose({ group, onStarted, onEnd }: { group: Group; onStarted: (job: string) => void; onEnd: () => void }) {
  const { t } = useTranslation();
  const { api, workspace, session } = useHere();
  const catalogue = useReasons();
  const suppliers = useSuppliers();
  const [typed, setChoice] = useState<Choice>();
  const [supplier, setSupplier] = useState<string | null>(null);
  const resolves = catalogue?.reasons.find(({ code }) => code === group.code)?.resolve_with as
    | readonly string[]
    | undefined;
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
          ? { action: choice, until: tomorrow().toISOString(), reason: group.code }
          : choice === "assign" || choice === "unassign"
            ? { action: "assign", to: choice === "assign" ? session.user!.id : null, reason: group.code }
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
        <WhatWouldBe preview={preview.data} label={t(`attention.group.do.${choice}`)} />
      )}
      {choice === "cancel" && <Text size="sm">{t("attention.group.cancelHint")}</Text>}
      <ActForm
        calls={what === null ? [] : [post("/v1/jobs", { body: { do: what, orders, preview: false } })]}
        submit={t("attention.group.submit", { count: valid })}
        verdict={valid > 0 ? { allowed: true } : { allowed: false, why: "" }}
        isGrave={choice === "cancel"}
        onDone={(answer) => onStarted((answer as Job).id)}
        onCancel={onEnd}
      />
    </Stack>
  );
}
