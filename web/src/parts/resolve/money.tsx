import { Anchor, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere } from "../../app/session.tsx";
import { ActForm } from "../act-form.tsx";
import { post, put } from "../api-call.tsx";
import { formatMoney, fromMinor, toMinor } from "../format.ts";
import { Waiting } from "../page.tsx";
import { useSetUpVerdict } from "./link-sku.tsx";
import classes from "./resolve.module.css";
import { useLinks, useSuppliers, type Link } from "./set-up.ts";
import { isMoney, partsOf, skusOf, textOf, type FormProps, type Part } from "./subject.ts";

/** The account that a hold is about; where the hold does not say, one of its fulfillment orders'. */
export const accountOf = ({ order, hold }: FormProps): Part["account"] =>
  partsOf(order, hold).find(({ account }) => account !== null)?.account ?? null;

/** Books money, or actions, that have arrived at the supplier; the reference makes it happen once. */
export function TopUp(props: FormProps) {
  const { hold, done, autoFocus } = props;
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const verdict = useSetUpVerdict("money.change");
  const { data } = useQuery({
    queryKey: [workspace.slug, "ledger", "accounts"],
    queryFn: ({ signal }) => api.get("/v1/ledger", { signal }),
    enabled: may("money.read"),
  });
  const isCredits = hold.code === "no_action_credits";
  const { missing } = hold.detail;
  const [account, setAccount] = useState(accountOf(props)?.id ?? null);
  const [amount, setAmount] = useState(isMoney(missing) ? missing.amount : isCredits ? "100" : "");
  const [reference, setReference] = useState<string>(() =>
    t("resolve.topUp.byHand", { at: new Date().toISOString().slice(0, 19) }),
  );
  if (!verdict.allowed) return <p className="dim">{verdict.why}</p>;
  if (data === undefined) return <Waiting lines={3} />;
  const chosen = data.accounts.find(({ id }) => id === account);
  const currency = chosen?.currency ?? "EUR";
  const shown = isCredits
    ? t("resolve.topUp.actions", { count: Number(amount) || 0 })
    : formatMoney({ amount: amount || "0", currency });
  return (
    <ActForm
      calls={
        account === null
          ? []
          : [post("/v1/ledger/{id}/top-up", { path: { id: account }, body: { amount, reference, credits: isCredits } })]
      }
      submit={t("resolve.topUp.submit", { amount: shown })}
      verdict={account === null ? { allowed: false, why: t("resolve.topUp.which") } : verdict}
      onDone={() => done(t("resolve.topUp.said", { amount: shown }))}
      hint={t("resolve.topUp.hint")}
    >
      {accountOf(props) === null && (
        <Select
          label={t("resolve.topUp.account")}
          data={data.accounts.map(({ id, name }) => ({ value: id, label: name }))}
          value={account}
          onChange={setAccount}
          maw={320}
        />
      )}
      {chosen !== undefined && (
        <Text size="sm">
          {t("resolve.topUp.stands", {
            name: chosen.name,
            available: isCredits
              ? t("resolve.topUp.actions", { count: Number(chosen.action_credits ?? 0) })
              : formatMoney({ amount: chosen.available, currency }),
          })}{" "}
          {isMoney(missing) && t("resolve.topUp.missing", { missing: formatMoney(missing) })}
        </Text>
      )}
      <div className={classes["row"]}>
        <TextInput
          label={isCredits ? t("resolve.topUp.credits") : t("resolve.topUp.amount", { currency })}
          required
          inputMode="decimal"
          pattern="\d+(\.\d+)?"
          title={t("resolve.decimal")}
          autoFocus={autoFocus}
          value={amount}
          onChange={(event) => setAmount(event.currentTarget.value.replace(",", "."))}
        />
        <TextInput
          label={t("resolve.topUp.reference")}
          required
          value={reference}
          onChange={(event) => setReference(event.currentTarget.value)}
        />
      </div>
    </ActForm>
  );
}

/** Which limit was in the way says the reason: a day's cap, a missing rate, a highest price, a least margin. */
export function RaiseLimit(props: FormProps) {
  switch (props.hold.code) {
    case "spend_cap":
      return <RaiseCap {...props} />;
    case "no_rate":
      return <EnterRate {...props} />;
    case "margin_below_limit":
      return <LowerMargin {...props} />;
    default:
      return <AllowPrice {...props} />;
  }
}

function RaiseCap(props: FormProps) {
  const { hold, done, autoFocus } = props;
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const verdict = useSetUpVerdict("settings.change");
  const account = accountOf(props);
  const { data } = useQuery({
    queryKey: [workspace.slug, "settings", "account", account?.id],
    queryFn: ({ signal }) => api.get("/v1/accounts/{id}/settings", { path: { id: account!.id }, signal }),
    enabled: account !== null && may("settings.read"),
  });
  const { needed, left } = hold.detail;
  const currency = isMoney(needed) ? needed.currency : "EUR";
  const cap = data?.settings["dailyCap"];
  const isEnough = isMoney(needed) && isMoney(left) && typeof cap === "number";
  // As much more as this order needs.
  const [typed, setTyped] = useState<string>();
  if (account === null) return <Text size="sm">{t("resolve.noPart")}</Text>;
  if (!verdict.allowed) return <p className="dim">{verdict.why}</p>;
  if (data === undefined) return <Waiting lines={2} />;
  const wanted =
    typed ??
    (isEnough
      ? fromMinor(cap + toMinor(needed.amount, currency) - toMinor(left.amount, currency), currency)
      : typeof cap === "number"
        ? fromMinor(cap, currency)
        : "");
  return (
    <ActForm
      calls={[
        put("/v1/accounts/{id}/settings", {
          path: { id: account.id },
          body: { settings: { dailyCap: wanted === "" ? null : toMinor(wanted, currency) } },
        }),
      ]}
      submit={t("resolve.cap.submit")}
      verdict={verdict}
      onDone={() => done(t("resolve.cap.said"))}
      autoFocus={autoFocus}
    >
      <Text size="sm">
        {typeof cap === "number"
          ? t("resolve.cap.now", { cap: formatMoney({ amount: fromMinor(cap, currency), currency }) })
          : t("resolve.cap.none")}{" "}
        {isMoney(needed) &&
          isMoney(left) &&
          t("resolve.cap.needed", { needed: formatMoney(needed), left: formatMoney(left) })}
      </Text>
      <TextInput
        label={t("resolve.cap.label", { name: account.name, currency })}
        description={t("resolve.cap.empty")}
        inputMode="decimal"
        pattern="\d+(\.\d+)?"
        title={t("resolve.decimal")}
        maw={280}
        value={wanted}
        onChange={(event) => setTyped(event.currentTarget.value.replace(",", "."))}
      />
    </ActForm>
  );
}

function EnterRate({ order, hold, done, autoFocus }: FormProps) {
  const { t } = useTranslation();
  const verdict = useSetUpVerdict("settings.change");
  const home = textOf(hold.detail["workspace"]) ?? "EUR";
  const currencies = [
    ...new Set([
      textOf(hold.detail["currency"]),
      ...order.fulfillment_orders.map(({ expected }) => expected?.goods.currency),
    ]),
  ].filter((each) => each !== undefined && each !== home) as string[];
  const [rates, setRates] = useState<Readonly<Record<string, string>>>({});
  if (!verdict.allowed) return <p className="dim">{verdict.why}</p>;
  const wish = Object.fromEntries(
    Object.entries(rates).flatMap(([currency, rate]) => (rate === "" ? [] : [[`rates.${currency}`, rate]])),
  );
  return (
    <ActForm
      calls={[put("/v1/settings", { body: { settings: wish } })]}
      submit={t("resolve.rate.submit")}
      verdict={Object.keys(wish).length === 0 ? { allowed: false, why: t("resolve.rate.enter") } : verdict}
      onDone={() => done(t("resolve.rate.said"))}
      hint={t("resolve.rate.hint")}
    >
      {currencies.map((currency, index) => (
        <TextInput
          key={currency}
          label={t("resolve.rate.label", { currency, home })}
          inputMode="decimal"
          pattern="\d+(\.\d+)?"
          title={t("resolve.decimal")}
          maw={280}
          autoFocus={autoFocus && index === 0}
          value={rates[currency] ?? ""}
          onChange={(event) => setRates({ ...rates, [currency]: event.currentTarget.value.replace(",", ".") })}
        />
      ))}
    </ActForm>
  );
}

function LowerMargin({ order, hold, done, autoFocus }: FormProps) {
  const { t } = useTranslation();
  const verdict = useSetUpVerdict("settings.change");
  const margin = textOf(hold.detail["marginPercent"]) ?? "";
  const limit = textOf(hold.detail["limitPercent"]) ?? "";
  const [wanted, setWanted] = useState(margin);
  if (!verdict.allowed) return <p className="dim">{verdict.why}</p>;
  return (
    <ActForm
      calls={[
        put("/v1/channels/{id}/settings", {
          path: { id: order.channel.id },
          body: { settings: { minMarginPercent: wanted === "" ? null : wanted } },
        }),
      ]}
      submit={t("resolve.margin.submit")}
      verdict={verdict}
      onDone={() => done(t("resolve.margin.said"))}
      autoFocus={autoFocus}
      hint={t("resolve.margin.hint")}
    >
      <Text size="sm">{t("resolve.margin.now", { margin, limit })}</Text>
      <TextInput
        label={t("resolve.margin.label", { channel: order.channel.name })}
        description={t("resolve.margin.empty")}
        inputMode="decimal"
        pattern="-?\d+(\.\d+)?"
        title={t("resolve.decimal")}
        maw={280}
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value.replace(",", "."))}
      />
    </ActForm>
  );
}

/** The price that is expected, and the most that is allowed, stand in the product link; who refused is then asked once more. */
function AllowPrice({ order, hold, done, autoFocus }: FormProps) {
  const { t } = useTranslation();
  const skus = skusOf(order, hold);
  const links = useLinks(skus, order.channel.id);
  const suppliers = useSuppliers();
  const part = partsOf(order, hold)[0];
  if (hold.detail["placed"] === true) return <Text size="sm">{t("resolve.price.placed")}</Text>;
  if (links === undefined || suppliers === undefined) return <Waiting lines={3} />;
  const link = skus.map((sku) => links.get(sku)).find((each) => each !== null && each !== undefined);
  if (link === undefined || part === undefined) return <Text size="sm">{t("resolve.price.noLink")}</Text>;
  return <PriceForm key={link.sku} link={link} part={part} suppliers={suppliers} done={done} autoFocus={autoFocus} />;
}

function PriceForm({
  link,
  part,
  suppliers,
  done,
  autoFocus,
}: {
  link: Link;
  part: Part;
  suppliers: NonNullable<ReturnType<typeof useSuppliers>>;
  done: (said: string) => void;
  autoFocus: boolean;
}) {
  const { t } = useTranslation();
  const verdict = useSetUpVerdict("set_up.change");
  const nameOf = (id: string): string => suppliers.find((each) => each.id === id)?.name ?? id;
  const rejected = (part.decision?.considered ?? []).flatMap((each) => each.rejected);
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      link.options.findIndex((option) => rejected.some((each) => each.supplier === nameOf(option.supplier))),
    ),
  );
  const option = link.options[at];
  const [cost, setCost] = useState(option?.unit_cost ?? "");
  const [most, setMost] = useState(option?.max_unit_cost ?? "");
  if (option === undefined) return <Text size="sm">{t("resolve.price.noLink")}</Text>;
  const supplier = nameOf(option.supplier);
  // Whoever refused is not asked again by itself.
  const hasRefused = rejected.some((each) => each.supplier === supplier && each.why === "supplier_refused");
  const options = link.options.map((each, index) =>
    index === at ? { ...each, unit_cost: cost, max_unit_cost: most === "" ? null : most } : each,
  );
  return (
    <ActForm
      calls={[
        put("/v1/product-links", {
          body: { sku: link.sku, channel: link.channel, nothing_to_ship: false, options },
        }),
        ...(hasRefused
          ? [
              post("/v1/fulfillment-orders/{id}/choose-supplier", {
                path: { id: part.id },
                body: { supplier: option.supplier },
              }),
            ]
          : []),
      ]}
      submit={hasRefused ? t("resolve.price.submit", { name: supplier }) : t("resolve.price.save")}
      verdict={verdict.allowed && hasRefused ? part.actions.choose_supplier : verdict}
      onDone={() => done(t("resolve.price.said"))}
      hint={t("resolve.price.hint")}
    >
      {link.options.length > 1 && (
        <Select
          label={t("resolve.link.supplier")}
          data={link.options.map((each, index) => ({
            value: String(index),
            label: `${nameOf(each.supplier)} · ${each.supplier_sku}`,
          }))}
          value={String(at)}
          allowDeselect={false}
          onChange={(value) => {
            const next = link.options[Number(value)];
            setAt(Number(value));
            setCost(next?.unit_cost ?? "");
            setMost(next?.max_unit_cost ?? "");
          }}
          maw={320}
        />
      )}
      <div className={classes["row"]}>
        <TextInput
          label={t("resolve.price.cost", { sku: option.supplier_sku, currency: option.currency })}
          required
          inputMode="decimal"
          pattern="\d+(\.\d+)?"
          title={t("resolve.decimal")}
          autoFocus={autoFocus}
          value={cost}
          onChange={(event) => setCost(event.currentTarget.value.replace(",", "."))}
        />
        <TextInput
          label={t("resolve.price.most", { currency: option.currency })}
          placeholder={t("resolve.price.noMost")}
          inputMode="decimal"
          pattern="\d+(\.\d+)?"
          title={t("resolve.decimal")}
          value={most}
          onChange={(event) => setMost(event.currentTarget.value.replace(",", "."))}
        />
      </div>
    </ActForm>
  );
}

/** Credentials typed again, tried, and the account used again. */
export function ReenterCredentials(props: FormProps) {
  const { t } = useTranslation();
  const suppliers = useSuppliers();
  const own = accountOf(props);
  if (suppliers === undefined) return <Waiting lines={2} />;
  const accounts = suppliers.flatMap(({ accounts: its }) => its);
  const account = own ?? accounts.find((each) => each.credentials_rejected_at !== null) ?? null;
  if (account === null) return <Text size="sm">{t("resolve.credentials.mended")}</Text>;
  return <CredentialsForm key={account.id} {...props} account={account} />;
}

function CredentialsForm({ account, done, autoFocus }: FormProps & { account: { id: string; name: string } }) {
  const { t } = useTranslation();
  const { api, workspace, may } = useHere();
  const verdict = useSetUpVerdict("secrets.change");
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const { data } = useQuery({
    queryKey: [workspace.slug, "secrets", account.id],
    queryFn: ({ signal }) => api.get("/v1/accounts/{id}/secrets", { path: { id: account.id }, signal }),
    enabled: may("settings.read"),
  });
  const [said, setSaid] = useState<string | null>(null);
  const test = async (): Promise<void> => {
    setSaid(t("resolve.credentials.asking"));
    try {
      const { message } = await api.post("/v1/accounts/{id}/secrets/test", { path: { id: account.id }, body: {} });
      setSaid(message);
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    }
  };
  if (!verdict.allowed) return <p className="dim">{verdict.why}</p>;
  if (data === undefined) return <Waiting lines={2} />;
  const body = Object.fromEntries(Object.entries(typed).filter(([, text]) => text !== ""));
  return (
    <ActForm
      calls={[
        ...(Object.keys(body).length === 0
          ? []
          : [put("/v1/accounts/{id}/secrets", { path: { id: account.id }, body })]),
        post("/v1/accounts/{id}/enable", { path: { id: account.id }, body: {} }),
      ]}
      submit={t("resolve.credentials.submit")}
      verdict={verdict}
      onDone={() => done(t("resolve.credentials.said", { name: account.name }))}
      hint={t("resolve.credentials.hint")}
      autoFocus={autoFocus && data.secrets.length === 0}
    >
      <Text size="sm">
        <strong>{account.name}</strong>
      </Text>
      <Stack gap={6}>
        {data.secrets.map((secret, index) => (
          <TextInput
            key={secret.name}
            type="password"
            autoComplete="off"
            label={secret.title}
            description={secret.help}
            placeholder={secret.is_set ? t("resolve.credentials.isSet") : ""}
            required={secret.required && !secret.is_set}
            autoFocus={autoFocus && index === 0}
            maw={360}
            value={typed[secret.name] ?? ""}
            onChange={(event) => setTyped({ ...typed, [secret.name]: event.currentTarget.value })}
          />
        ))}
      </Stack>
      <Text size="sm" role="status">
        <Anchor component="button" type="button" size="sm" onClick={() => void test()}>
          {t("resolve.credentials.test")}
        </Anchor>{" "}
        {said}
      </Text>
    </ActForm>
  );
}
