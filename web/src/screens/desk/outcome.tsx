import { Anchor, Button, Group, NumberInput, Radio, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { ActForm } from "../../parts/act-form.tsx";
import { post } from "../../parts/api-call.tsx";
import { formatMoney } from "../../parts/format.ts";
import { KeyName, useKeys } from "../../parts/keys.tsx";
import { useReasons } from "../../parts/reasons.ts";

interface OutcomeProps {
  order: Schemas["Order"];
  part: Schemas["FulfillmentOrderDetail"];
  attempt: Schemas["Attempt"];
  onDone: (said: string) => void;
}
type Panel = "bought" | "cannot" | "back";

/** What came of it: bought with a number, not bought and why, or given back. An outcome that is unknown ends with what somebody saw. */
export function Outcome(props: OutcomeProps) {
  const { t } = useTranslation();
  const [panel, setPanel] = useState<Panel>("bought");
  const isUnknown = props.attempt.state === "unknown";
  const leave = (): void => setPanel("bought");
  useKeys([
    { key: "x", label: t(isUnknown ? "desk.notBoughtTitle" : "desk.keys.cannot"), run: () => setPanel("cannot") },
    ...(isUnknown ? [] : [{ key: "b", label: t("desk.keys.giveBack"), run: () => setPanel("back") }]),
    ...(panel === "bought" ? [] : [{ key: "Escape", label: t("desk.keys.leave"), run: leave, inFields: true }]),
  ]);
  if (panel === "cannot")
    return isUnknown ? <NotBought {...props} onLeave={leave} /> : <Cannot {...props} onLeave={leave} />;
  if (panel === "back") return <GiveBack {...props} onLeave={leave} />;
  return (
    <>
      <Bought {...props} isUnknown={isUnknown} />
      <Stack gap="xs" mt="xl">
        <Button
          variant="default"
          justify="space-between"
          onClick={() => setPanel("cannot")}
          rightSection={<KeyName name="X" />}
        >
          {t(isUnknown ? "desk.notBought" : "desk.cannot")}
        </Button>
        {!isUnknown && (
          <Button
            variant="default"
            justify="space-between"
            onClick={() => setPanel("back")}
            rightSection={<KeyName name="B" />}
          >
            {t("desk.giveBack")}
          </Button>
        )}
      </Stack>
    </>
  );
}

const amount = /^\d{1,12}(\.\d{1,4})?$/;

function Bought({ order, part, attempt, isUnknown, onDone }: OutcomeProps & { isUnknown: boolean }) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const [number, setNumber] = useState("");
  const [typedCost, setCost] = useState("");
  const [isPartial, setPartial] = useState(false);
  const [missing, setMissing] = useState<Readonly<Record<string, number>>>({});
  const cost = typedCost.trim().replace(",", ".");
  const isCostWrong = cost !== "" && !amount.test(cost);
  const isAbove = !isCostWrong && Number(cost) > Number(attempt.at_most.amount);
  const body = {
    supplier_order_id: number.trim(),
    ...(cost === "" ? {} : { cost: { amount: cost, currency: attempt.at_most.currency } }),
    ...(Object.values(missing).some((units) => units > 0)
      ? {
          not_accepted: Object.entries(missing)
            .filter(([, units]) => units > 0)
            .map(([supplier_sku, units]) => ({ supplier_sku, units })),
        }
      : {}),
  };
  const call = isUnknown
    ? post("/v1/fulfillment-orders/{id}/attempts/{no}/confirm-bought", {
        path: { id: part.id, no: attempt.no },
        body,
      })
    : post("/v1/fulfillment-orders/{id}/placed", { path: { id: part.id }, body });
  useKeys([{ key: "n", label: t("desk.keys.number"), run: () => field.current?.focus() }]);
  useEffect(() => {
    // Copied at the supplier, pasted here: wherever on the page the caret is not.
    const paste = (event: ClipboardEvent): void => {
      const isInField = event.target instanceof HTMLElement && event.target.matches("input, textarea");
      const text = event.clipboardData?.getData("text").trim() ?? "";
      if (isInField || text === "") return;
      setNumber(text.slice(0, 200));
      field.current?.focus();
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, []);
  const units = part.lines.flatMap(({ supplier_sku: sku, units: all, units_cancelled: gone }) =>
    sku === null ? [] : [{ sku, most: all - gone }],
  );
  return (
    <ActForm
      calls={[call]}
      submit={t(isUnknown ? "desk.bought" : "desk.placed")}
      onDone={() => onDone(t(isUnknown ? "desk.said.checked" : "desk.said.placed", { order: order.number }))}
      verdict={isUnknown ? attempt.actions.confirm_bought : part.actions.placed}
    >
      <Title order={2}>{t(isUnknown ? "desk.boughtTitle" : "desk.result")}</Title>
      <TextInput
        ref={field}
        size="md"
        label={t("desk.number")}
        description={t("desk.numberHint")}
        rightSection={<KeyName name="N" />}
        rightSectionWidth={40}
        value={number}
        onChange={(event) => setNumber(event.currentTarget.value)}
        onKeyDown={leaveWithEscape}
        required
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
      />
      <TextInput
        size="md"
        label={`${t("desk.cost")} (${attempt.at_most.currency})`}
        description={t("desk.costHint", { expected: formatMoney(attempt.expected) })}
        inputMode="decimal"
        value={typedCost}
        onChange={(event) => setCost(event.currentTarget.value)}
        onKeyDown={leaveWithEscape}
        error={isCostWrong ? t("desk.costWrong") : undefined}
        autoComplete="off"
      />
      {isAbove && (
        <Text size="sm" style={{ color: "var(--sy-amber)" }} role="status">
          {t("desk.costAbove", { most: formatMoney(attempt.at_most) })}
        </Text>
      )}
      {isPartial ? (
        <Group gap="sm" grow>
          {units.map(({ sku, most }) => (
            <NumberInput
              key={sku}
              label={t("desk.missing", { sku })}
              min={0}
              max={most}
              suffix={` / ${most}`}
              value={missing[sku] ?? 0}
              onChange={(value) => setMissing((before) => ({ ...before, [sku]: Number(value) || 0 }))}
            />
          ))}
        </Group>
      ) : (
        <Anchor component="button" type="button" size="sm" ta="left" onClick={() => setPartial(true)}>
          {t("desk.partly")}
        </Anchor>
      )}
    </ActForm>
  );
}

/** Out of the field, so that the page's keys work again. */
const leaveWithEscape = (event: { key: string; currentTarget: HTMLElement }): void => {
  if (event.key === "Escape") event.currentTarget.blur();
};

interface PanelProps extends OutcomeProps {
  onLeave: () => void;
}

/** The first five are tried at another supplier; of the others only the seller can make an end. */
const codes = [
  "out_of_stock",
  "price_above_limit",
  "supplier_refused",
  "destination_not_served",
  "backordered",
  "payment_method_declined",
  "credentials_rejected",
  "captcha_or_two_factor",
] as const;
type Code = (typeof codes)[number];
const triedElsewhere = 5;

function Cannot({ order, part, onDone, onLeave }: PanelProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState<Code>("out_of_stock");
  const [message, setMessage] = useState("");
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const catalogue = useReasons();
  const titleOf = (code: Code): string => catalogue?.reasons.find((each) => each.code === code)?.title ?? code;
  useKeys(codes.map((code, index) => ({ key: String(index + 1), label: titleOf(code), run: () => setReason(code) })));
  return (
    <ActForm
      calls={[
        post("/v1/fulfillment-orders/{id}/not-placed", {
          path: { id: part.id },
          body: { reason, message: message.trim() },
        }),
      ]}
      submit={t("desk.cannot")}
      verdict={part.actions.not_placed}
      onDone={() => onDone(t("desk.said.notPlaced", { order: order.number, reason: titleOf(reason) }))}
      hint={t(codes.indexOf(reason) < triedElsewhere ? "desk.other" : "desk.held")}
      onCancel={onLeave}
    >
      <Radio.Group label={t("desk.cannotTitle")} value={reason} onChange={(value) => setReason(value as Code)}>
        <Stack gap={6} mt="xs">
          {codes.map((code, index) => (
            <Radio
              key={code}
              ref={index === 0 ? first : undefined}
              value={code}
              label={
                <>
                  {titleOf(code)} <KeyName name={String(index + 1)} />
                </>
              }
              onKeyDown={submitWithEnter}
            />
          ))}
        </Stack>
      </Radio.Group>
      <Textarea
        label={t("desk.message")}
        description={t("desk.messageHint")}
        value={message}
        maxLength={500}
        autosize
        minRows={2}
        onChange={(event) => setMessage(event.currentTarget.value)}
      />
    </ActForm>
  );
}

const submitWithEnter = (event: { key: string; preventDefault: () => void; currentTarget: HTMLInputElement }): void => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
};

function NotBought({ order, part, attempt, onDone, onLeave }: PanelProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  return (
    <ActForm
      calls={[
        post("/v1/fulfillment-orders/{id}/attempts/{no}/confirm-not-bought", {
          path: { id: part.id, no: attempt.no },
          body: { reason: reason.trim() },
        }),
      ]}
      submit={t("desk.notBought")}
      verdict={attempt.actions.confirm_not_bought}
      onDone={() => onDone(t("desk.said.checked", { order: order.number }))}
      onCancel={onLeave}
    >
      <Title order={2}>{t("desk.notBoughtTitle")}</Title>
      <TextInput
        size="md"
        autoFocus
        label={t("desk.looked")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        required
        maxLength={500}
      />
    </ActForm>
  );
}

/** Two ways that must not be mixed up: nothing was ordered and it is free again, or nobody knows and it has to be looked at. */
function GiveBack({ order, part, attempt, onDone, onLeave }: PanelProps) {
  const { t } = useTranslation();
  const said = (): void => onDone(t("desk.said.back", { order: order.number }));
  return (
    <Stack gap="xl">
      <div>
        <Title order={2} mb="sm">
          {t("desk.giveBackTitle")}
        </Title>
        <ActForm
          calls={[
            post("/v1/fulfillment-orders/{id}/attempts/{no}/confirm-not-bought", {
              path: { id: part.id, no: attempt.no },
              body: { reason: t("desk.notOrderedReason") },
            }),
          ]}
          submit={t("desk.notOrdered")}
          verdict={attempt.actions.confirm_not_bought}
          onDone={said}
          hint={t("desk.notOrderedHint")}
          autoFocus
        />
      </div>
      <ActForm
        calls={[post("/v1/fulfillment-orders/{id}/give-back", { path: { id: part.id }, body: {} })]}
        submit={t("desk.unsure")}
        verdict={part.actions.give_back}
        onDone={said}
        hint={t("desk.unsureHint")}
        isQuiet
        onCancel={onLeave}
      />
    </Stack>
  );
}
