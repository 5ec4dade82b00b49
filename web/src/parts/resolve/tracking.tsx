import { Autocomplete, Checkbox, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { ActForm } from "../act-form.tsx";
import { post } from "../api-call.tsx";
import { carriers, carrierOf } from "../carriers.ts";
import { PartPicker } from "./plain.tsx";
import classes from "./resolve.module.css";
import { firstAllowed, partsOf, shipmentOf, type FormProps, type Part, type Shipment } from "./subject.ts";

/** A number by hand: of what has not left yet, or the right one instead of one that is doubted. */
export function AddTracking(props: FormProps) {
  const { order, hold, done, autoFocus } = props;
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<string>();
  const shipment = shipmentOf(order, hold);
  if (shipment !== undefined && hold.code === "tracking_not_accepted")
    return (
      <CorrectNumber
        shipment={shipment}
        parcel={
          shipment.parcels.find(({ tracking_number: number }) => number === hold.detail["trackingNumber"]) ??
          firstAllowed(shipment.parcels, ({ actions }) => actions.confirm_shared)!
        }
        done={done}
        autoFocus={autoFocus}
      />
    );
  const parts = partsOf(order, hold);
  const part = parts.find(({ id }) => id === chosen) ?? firstAllowed(parts, ({ actions }) => actions.add_tracking);
  if (part === undefined) return <Text size="sm">{t("resolve.noPart")}</Text>;
  return (
    <Stack gap="sm">
      <PartPicker parts={parts} value={part.id} onChange={setChosen} />
      <EnterNumber key={part.id} part={part} done={done} autoFocus={autoFocus} />
    </Stack>
  );
}

/** The number tells its carrier, where its form is known; a person may say another. */
function NumberFields({
  number,
  carrier,
  onChange,
  autoFocus,
}: {
  number: string;
  carrier: string;
  onChange: (change: { number?: string; carrier?: string }) => void;
  autoFocus: boolean;
}) {
  const { t } = useTranslation();
  const told = carrierOf(number);
  return (
    <div className={classes["row"]}>
      <TextInput
        label={t("resolve.tracking.number")}
        required
        autoFocus={autoFocus}
        value={number}
        onChange={(event) => onChange({ number: event.currentTarget.value })}
      />
      <Autocomplete
        size="xs"
        label={t("resolve.tracking.carrier")}
        placeholder={told ?? t("resolve.tracking.byNumber")}
        data={carriers}
        value={carrier}
        onChange={(value) => onChange({ carrier: value })}
      />
    </div>
  );
}

/** The server doubts a number by its check digit, or because it was used before: a person may be sure all the same. */
function SureBox({ isSure, onChange }: { isSure: boolean; onChange: (sure: boolean) => void }) {
  const { t } = useTranslation();
  return (
    <Checkbox
      label={t("resolve.tracking.sure")}
      checked={isSure}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

export function EnterNumber({
  part,
  done,
  autoFocus,
}: {
  part: Part;
  done: (said: string) => void;
  autoFocus: boolean;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState({ number: "", carrier: "" });
  const [isSure, setSure] = useState(false);
  const [isSome, setSome] = useState(false);
  const open = part.lines
    .map((line) => ({
      sku: line.supplier_sku,
      left: Math.max(0, (line.units_placed || line.units) - line.units_cancelled - line.units_shipped),
    }))
    .filter((line): line is { sku: string; left: number } => line.sku !== null && line.left > 0);
  const [units, setUnits] = useState<Readonly<Record<string, number>>>({});
  const lines = open
    .map(({ sku, left }) => ({ supplier_sku: sku, units: units[sku] ?? left }))
    .filter((line) => line.units > 0);
  const total = open.reduce((sum, { left }) => sum + left, 0);
  return (
    <ActForm
      calls={[
        post("/v1/fulfillment-orders/{id}/tracking", {
          path: { id: part.id },
          body: {
            ...(typed.carrier === "" ? {} : { carrier: typed.carrier }),
            tracking_number: typed.number,
            sure: isSure,
            ...(isSome ? { lines } : {}),
          },
        }),
      ]}
      submit={t("resolve.tracking.submit")}
      verdict={part.actions.add_tracking}
      onDone={() => done(t("resolve.tracking.said", { number: typed.number }))}
      hint={t("resolve.tracking.hint")}
    >
      <Text size="sm">
        {t("resolve.tracking.of", {
          supplier: part.supplier?.name ?? "",
          what: open.map(({ sku, left }) => `${left} × ${sku}`).join(", "),
        })}
      </Text>
      <NumberFields {...typed} onChange={(change) => setTyped({ ...typed, ...change })} autoFocus={autoFocus} />
      {total > 1 && (
        <Checkbox
          label={t("resolve.tracking.some")}
          checked={isSome}
          onChange={(event) => setSome(event.currentTarget.checked)}
        />
      )}
      {isSome &&
        open.map(({ sku, left }) => (
          <NumberInput
            key={sku}
            label={t("resolve.tracking.units", { sku, left })}
            min={0}
            max={left}
            allowDecimal={false}
            w={240}
            value={units[sku] ?? left}
            onChange={(value) => setUnits({ ...units, [sku]: Number(value) || 0 })}
          />
        ))}
      <SureBox isSure={isSure} onChange={setSure} />
    </ActForm>
  );
}

export function CorrectNumber({
  shipment,
  parcel,
  done,
  autoFocus,
}: Pick<FormProps, "done" | "autoFocus"> & { shipment: Shipment; parcel: Shipment["parcels"][number] }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState({ number: parcel.tracking_number, carrier: parcel.carrier });
  const [isSure, setSure] = useState(false);
  return (
    <ActForm
      calls={[
        post("/v1/shipments/{id}/parcels/{no}/correct", {
          path: { id: shipment.id, no: parcel.no },
          body: { carrier: typed.carrier, tracking_number: typed.number, sure: isSure },
        }),
      ]}
      submit={t("resolve.tracking.correct")}
      verdict={parcel.actions.correct}
      onDone={() => done(t("resolve.tracking.said", { number: typed.number }))}
      hint={t("resolve.tracking.correctHint")}
    >
      <NumberFields {...typed} onChange={(change) => setTyped({ ...typed, ...change })} autoFocus={autoFocus} />
      <SureBox isSure={isSure} onChange={setSure} />
    </ActForm>
  );
}
