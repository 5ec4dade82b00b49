import { Select, Stack, Tabs, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { ActForm, type Verdict } from "../act-form.tsx";
import { post, type Call } from "../api-call.tsx";
import { formatMoney } from "../format.ts";
import { Copyable } from "../copyable.tsx";
import { useReasons } from "../reasons.ts";
import { PartPicker } from "./plain.tsx";
import classes from "./resolve.module.css";
import { firstAllowed, partsOf, type Attempt, type FormProps, type Order, type Part } from "./subject.ts";

/** The purchase of which nobody knows, with the fulfillment order that it is for. */
function openAttempt(parts: readonly Part[]): { part: Part; attempt: Attempt } | undefined {
  return parts
    .flatMap((part) => part.attempts.map((attempt) => ({ part, attempt })))
    .findLast(({ attempt }) => attempt.state === "unknown" || attempt.state === "armed");
}

/** "Was bought, number …" */
export function ConfirmBought({ order, hold, done, autoFocus }: FormProps) {
  const { t } = useTranslation();
  const found = openAttempt(partsOf(order, hold));
  if (found === undefined) return <Text size="sm">{t("resolve.bought.none")}</Text>;
  const { part, attempt } = found;
  return (
    <BoughtForm
      part={part}
      attempt={attempt}
      verdict={attempt.actions.confirm_bought}
      callOf={(body) =>
        post("/v1/fulfillment-orders/{id}/attempts/{no}/confirm-bought", {
          path: { id: part.id, no: attempt.no },
          body,
        })
      }
      done={done}
      autoFocus={autoFocus}
    />
  );
}

type Bought = { supplier_order_id: string; cost?: { amount: string; currency: string } };

function BoughtForm({
  part,
  attempt,
  verdict,
  callOf,
  done,
  autoFocus,
}: {
  part: Part;
  attempt: Attempt;
  verdict: Verdict;
  callOf: (body: Bought) => Call;
  done: (said: string) => void;
  autoFocus: boolean;
}) {
  const { t } = useTranslation();
  const [number, setNumber] = useState("");
  const [cost, setCost] = useState("");
  const { currency } = attempt.expected;
  return (
    <ActForm
      calls={[callOf({ supplier_order_id: number, ...(cost === "" ? {} : { cost: { amount: cost, currency } }) })]}
      submit={t("resolve.bought.submit", { number: number === "" ? "…" : number })}
      verdict={verdict}
      onDone={() => done(t("resolve.bought.said"))}
      hint={t("resolve.bought.hint")}
    >
      <AttemptFacts part={part} attempt={attempt} />
      <div className={classes["row"]}>
        <TextInput
          label={t("resolve.bought.number", { supplier: part.supplier?.name ?? "" })}
          required
          autoFocus={autoFocus}
          value={number}
          onChange={(event) => setNumber(event.currentTarget.value)}
        />
        <TextInput
          label={t("resolve.bought.cost", { currency })}
          placeholder={attempt.expected.amount}
          inputMode="decimal"
          pattern="\d+(\.\d+)?"
          title={t("resolve.decimal")}
          value={cost}
          onChange={(event) => setCost(event.currentTarget.value.replace(",", "."))}
        />
      </div>
    </ActForm>
  );
}

/** What to look for at the supplier. */
function AttemptFacts({ part, attempt }: { part: Part; attempt: Attempt }) {
  const { t } = useTranslation();
  return (
    <Text size="sm" component="div">
      {t("resolve.bought.look", {
        supplier: part.supplier?.name ?? t("resolve.noSupplierYet"),
        account: attempt.account?.name ?? "",
      })}{" "}
      <Copyable value={attempt.reference} label={t("resolve.bought.reference")}>
        <span className="mono">{attempt.reference}</span>
      </Copyable>{" "}
      · {part.lines.map((line) => `${line.units - line.units_cancelled} × ${line.supplier_sku ?? "?"}`).join(", ")} ·{" "}
      {t("resolve.bought.expected", { amount: formatMoney(attempt.expected), most: formatMoney(attempt.at_most) })}
    </Text>
  );
}

/** "Was not bought, I looked at …" */
export function ConfirmNotBought({ order, hold, done, autoFocus }: FormProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const found = openAttempt(partsOf(order, hold));
  if (found === undefined) return <Text size="sm">{t("resolve.bought.none")}</Text>;
  const { part, attempt } = found;
  return (
    <ActForm
      calls={[
        post("/v1/fulfillment-orders/{id}/attempts/{no}/confirm-not-bought", {
          path: { id: part.id, no: attempt.no },
          body: { reason },
        }),
      ]}
      submit={t("resolve.notBought.submit")}
      verdict={attempt.actions.confirm_not_bought}
      onDone={() => done(t("resolve.notBought.said"))}
      hint={t("resolve.notBought.hint")}
    >
      <AttemptFacts part={part} attempt={attempt} />
      <Textarea
        label={t("resolve.notBought.looked")}
        placeholder={t("resolve.notBought.example")}
        required
        autosize
        minRows={2}
        autoFocus={autoFocus}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ActForm>
  );
}

/** First "I am placing now", so that nobody else buys it; then what came of it. */
export function TakeOver({ order, hold, done, autoFocus }: FormProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<string>();
  const parts = partsOf(order, hold);
  const part = parts.find(({ id }) => id === chosen) ?? firstAllowed(parts, ({ actions }) => actions.take_over);
  if (part === undefined) return <Text size="sm">{t("resolve.noPart")}</Text>;
  return (
    <Stack gap="sm">
      <PartPicker parts={parts} value={part.id} onChange={setChosen} />
      <PlaceByHand order={order} part={part} done={done} autoFocus={autoFocus} />
    </Stack>
  );
}

export function PlaceByHand({
  order,
  part,
  done,
  autoFocus,
}: {
  order: Order;
  part: Part;
  done: (said: string) => void;
  autoFocus: boolean;
}) {
  const { t } = useTranslation();
  const attempt = part.attempts.findLast((each) => each.kind === "human" && each.state === "armed");
  if (attempt === undefined)
    return (
      <ActForm
        calls={[post("/v1/fulfillment-orders/{id}/take-over", { path: { id: part.id }, body: {} })]}
        submit={t("resolve.takeOver.submit")}
        verdict={part.actions.take_over}
        onDone={() => done(t("resolve.takeOver.said", { number: order.number }))}
        autoFocus={autoFocus}
        hint={t("resolve.takeOver.hint", { supplier: part.supplier?.name ?? "" })}
      />
    );
  const path = { id: part.id };
  return (
    <Tabs defaultValue="placed" keepMounted={false}>
      <Tabs.List mb="sm">
        <Tabs.Tab value="placed">{t("resolve.takeOver.placed")}</Tabs.Tab>
        <Tabs.Tab value="not">{t("resolve.takeOver.not")}</Tabs.Tab>
        <Tabs.Tab value="back">{t("resolve.takeOver.back")}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="placed">
        <BoughtForm
          part={part}
          attempt={attempt}
          verdict={part.actions.placed}
          callOf={(body) => post("/v1/fulfillment-orders/{id}/placed", { path, body })}
          done={done}
          autoFocus
        />
      </Tabs.Panel>
      <Tabs.Panel value="not">
        <NotPlaced part={part} done={done} />
      </Tabs.Panel>
      <Tabs.Panel value="back">
        <ActForm
          calls={[post("/v1/fulfillment-orders/{id}/give-back", { path, body: {} })]}
          submit={t("resolve.takeOver.back")}
          verdict={part.actions.give_back}
          onDone={() => done(t("resolve.takeOver.backSaid", { number: order.number }))}
          hint={t("resolve.takeOver.backHint")}
        />
      </Tabs.Panel>
    </Tabs>
  );
}

function NotPlaced({ part, done }: { part: Part; done: (said: string) => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("supplier_refused");
  const [message, setMessage] = useState("");
  const catalogue = useReasons();
  const offered = (catalogue?.reasons ?? []).filter(({ code }) => notPlacedReasons.has(code));
  return (
    <ActForm
      calls={[
        post("/v1/fulfillment-orders/{id}/not-placed", {
          path: { id: part.id },
          body: { reason: reason as "supplier_refused", message },
        }),
      ]}
      submit={t("resolve.takeOver.notSubmit")}
      verdict={part.actions.not_placed}
      onDone={() => done(t("resolve.takeOver.notSaid"))}
      hint={t("resolve.takeOver.notHint")}
    >
      <div className={classes["row"]}>
        <Select
          label={t("resolve.takeOver.why")}
          data={offered.map(({ code, title }) => ({ value: code, label: title }))}
          value={reason}
          allowDeselect={false}
          onChange={(value) => setReason(value ?? reason)}
        />
        <TextInput
          label={t("resolve.takeOver.message")}
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
        />
      </div>
    </ActForm>
  );
}

/** What a person can meet at a supplier's. */
const notPlacedReasons: ReadonlySet<string> = new Set([
  "supplier_refused",
  "out_of_stock",
  "price_above_limit",
  "address_invalid",
  "address_incomplete",
  "phone_missing",
  "destination_not_served",
  "payment_method_declined",
  "insufficient_balance",
  "credentials_rejected",
  "captcha_or_two_factor",
  "placement_failed",
]);
