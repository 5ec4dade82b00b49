import { Button, Group, Menu, Tabs, Text, Tooltip } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { ActForm, type Verdict } from "../../parts/act-form.tsx";
import { post } from "../../parts/api-call.tsx";
import { copyText } from "../../parts/copy.ts";
import { KeyName, useKeys } from "../../parts/keys.tsx";
import { Cancel } from "../../parts/resolve/cancel.tsx";
import { EditAddress, EditLines, EditMethod } from "../../parts/resolve/edit.tsx";
import type { Order } from "../../parts/resolve/subject.ts";
import { HoldForm } from "./hold-form.tsx";
import classes from "./order.module.css";

/** Which form is open below the bar. */
export type Doing = "edit" | "cancel" | "hold" | "unhold";

interface ActionsProps {
  order: Order;
  doing: Doing | null;
  onDoing: (doing: Doing | null) => void;
  done: (said: string) => void;
}

/** What can be done with the whole order. Where something is wrong, the button that mends it is below, at the problem; here nothing competes with it. */
export function Actions({ order, doing, onDoing, done }: ActionsProps) {
  const { t } = useTranslation();
  const { actions } = order;
  const toggle = (what: Doing) => (): void => onDoing(doing === what ? null : what);
  const start = (what: Doing, verdict: Verdict): void => {
    if (verdict.allowed) onDoing(what);
  };
  useKeys([
    { key: "e", label: t("order.edit"), run: () => start("edit", actions.edit) },
    { key: "h", label: t("order.hold"), run: () => start(actions.unhold.allowed ? "unhold" : "hold", actions.hold) },
  ]);
  useKeys([{ key: "Escape", label: t("keys.close"), run: () => onDoing(null), inFields: true }], doing !== null);
  return (
    <>
      <Group gap="sm">
        <Action
          label={t("order.edit")}
          name="E"
          verdict={actions.edit}
          isOn={doing === "edit"}
          onClick={toggle("edit")}
        />
        {actions.unhold.allowed ? (
          <Action
            label={t("order.unhold")}
            verdict={actions.unhold}
            isOn={doing === "unhold"}
            onClick={toggle("unhold")}
          />
        ) : (
          <Action
            label={t("order.hold")}
            name="H"
            verdict={actions.hold}
            isOn={doing === "hold"}
            onClick={toggle("hold")}
          />
        )}
        <Action
          label={t("order.cancel")}
          verdict={actions.cancel}
          isOn={doing === "cancel"}
          onClick={toggle("cancel")}
        />
        <More order={order} />
      </Group>
      {doing !== null && (
        <section className={classes["doing"]} aria-label={t(`order.${doing}`)}>
          {doing === "edit" && <Edit order={order} done={done} />}
          {doing === "cancel" && (
            <>
              <Text size="sm" mb="sm">
                {t("order.cancelHint")}
              </Text>
              <Cancel order={order} done={done} autoFocus={false} />
            </>
          )}
          {doing === "hold" && <HoldForm order={order} done={done} />}
          {doing === "unhold" && (
            <ActForm
              calls={[post("/v1/orders/{id}/unhold", { path: { id: order.id }, body: {} })]}
              submit={t("order.unhold")}
              verdict={actions.unhold}
              onDone={() => done(t("order.unholdSaid"))}
              autoFocus
            />
          )}
        </section>
      )}
    </>
  );
}

/** A blocked one stays, and says why. */
function Action({
  label,
  name,
  verdict,
  isOn,
  onClick,
}: {
  label: string;
  name?: string;
  verdict: Verdict;
  isOn: boolean;
  onClick: () => void;
}) {
  const button = (
    <Button
      variant={isOn ? "light" : "default"}
      aria-disabled={!verdict.allowed}
      data-disabled={verdict.allowed ? undefined : true}
      aria-expanded={isOn}
      onClick={() => {
        if (verdict.allowed) onClick();
      }}
      rightSection={
        name === undefined ? undefined : (
          <span className={classes["keyName"]}>
            <KeyName name={name} />
          </span>
        )
      }
    >
      {label}
    </Button>
  );
  return verdict.allowed ? (
    button
  ) : (
    <Tooltip label={verdict.why} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      {button}
    </Tooltip>
  );
}

/** Before the point of no return: where it goes, how many of what, by which rate. */
function Edit({ order, done }: { order: Order; done: (said: string) => void }) {
  const { t } = useTranslation();
  const fixed = order.fulfillment_orders.filter((part) => part.cancel_reach !== "free" && part.state !== "cancelled");
  return (
    <>
      {fixed.length > 0 && (
        <Text size="sm" mb="sm">
          {t("order.fixed", { what: fixed.map((part) => `${part.supplier?.name ?? "?"} (${part.title})`).join(", ") })}
        </Text>
      )}
      <Tabs defaultValue="address" keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="address">{t("order.address")}</Tabs.Tab>
          <Tabs.Tab value="lines">{t("order.quantities")}</Tabs.Tab>
          <Tabs.Tab value="method">{t("order.method")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="address">
          <EditAddress order={order} done={done} autoFocus />
        </Tabs.Panel>
        <Tabs.Panel value="lines">
          <EditLines order={order} done={done} autoFocus />
        </Tabs.Panel>
        <Tabs.Panel value="method">
          <EditMethod order={order} done={done} autoFocus />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function More({ order }: { order: Order }) {
  const { t } = useTranslation();
  const { workspace } = useHere();
  const refresh = useRefresh();
  const [copied, setCopied] = useState(false);
  const copy = (text: string) => (): void => {
    void copyText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  const path = `/v1/orders/${order.id}`;
  return (
    <Menu position="bottom-start" width={230}>
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={14} />}>
          {copied ? t("copy.done") : t("order.more")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={copy(`${location.origin}/${workspace.slug}/orders/${order.id}`)}>
          {t("order.copyLink")}
        </Menu.Item>
        <Menu.Item onClick={copy(order.number)}>{t("order.copyNumber")}</Menu.Item>
        <Menu.Item onClick={copy(order.id)}>{t("order.copyId")}</Menu.Item>
        <Menu.Item onClick={copy(`curl '${location.origin}${path}' \\\n  -H "Authorization: Bearer $SWITCHYARD_KEY"`)}>
          {t("resolve.copyCall")}
        </Menu.Item>
        <Menu.Item onClick={() => void refresh("orders")}>{t("order.refresh")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
