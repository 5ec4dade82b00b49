import { Button, Stack } from "@mantine/core";
import { useState, type ComponentType } from "react";
import { useTranslation } from "../../i18n.ts";
import { useKeys } from "../keys.tsx";
import { Cancel } from "./cancel.tsx";
import { ChooseSupplier } from "./choose-supplier.tsx";
import { EditAddress, EditLines } from "./edit.tsx";
import { LinkSku } from "./link-sku.tsx";
import { MapShipping } from "./map-shipping.tsx";
import { RaiseLimit, ReenterCredentials, TopUp } from "./money.tsx";
import { ConfirmBought, ConfirmNotBought, TakeOver } from "./placing.tsx";
import {
  AcceptCancellation,
  ConfirmTracking,
  Dismiss,
  KeepOurs,
  RefuseCancellation,
  Release,
  Resend,
  TakeTheirs,
  VoidLabel,
} from "./plain.tsx";
import classes from "./resolve.module.css";
import type { FormProps, Hold, Order, ResolveAction } from "./subject.ts";
import { AddTracking } from "./tracking.tsx";
import { startWith } from "./verdict.ts";

/** A form for each action that a reason can name; the compiler misses the one that is forgotten. */
export const forms: Readonly<Record<ResolveAction, ComponentType<FormProps>>> = {
  release: Release,
  cancel: Cancel,
  edit_address: EditAddress,
  edit_lines: EditLines,
  link_sku: LinkSku,
  choose_supplier: ChooseSupplier,
  top_up: TopUp,
  raise_limit: RaiseLimit,
  reenter_credentials: ReenterCredentials,
  confirm_bought: ConfirmBought,
  confirm_not_bought: ConfirmNotBought,
  take_over: TakeOver,
  map_shipping: MapShipping,
  accept_change: TakeTheirs,
  keep_ours: KeepOurs,
  accept_cancellation: AcceptCancellation,
  refuse_cancellation: RefuseCancellation,
  add_tracking: AddTracking,
  confirm_tracking: ConfirmTracking,
  resend: Resend,
  dismiss: Dismiss,
  void_label: VoidLabel,
};

interface ResolveFormProps {
  /** The whole order, as GET /v1/orders/{id} answers it. */
  order: Order;
  /** One of `order.holds`. */
  hold: Hold;
  /** Called when it was done, with one sentence that says what, and by which action; lists and the order are asked for anew by the form itself. */
  onDone: (said: string, action: ResolveAction) => void;
  /** With which of `hold.resolve_with` it begins; absent: with the first that may be done now. */
  action?: ResolveAction;
  /** The form's first field, or its button, has the caret. */
  autoFocus?: boolean;
  /** Numbers choose an action and put the caret into its form, so that Enter does it: for an inbox that is worked through by keyboard. */
  hasKeys?: boolean;
}

/** 1 is what is suggested, 2 the next thing, and 3 cancels wherever that can be done, so that a hand learns it. */
function numbered(actions: readonly ResolveAction[], suggested: ResolveAction | undefined): [string, ResolveAction][] {
  const others = actions.filter((each) => each !== suggested && each !== "cancel");
  const free = ["1", "2", "4", "5", "6", "7", "8", "9"];
  const first = suggested === undefined || suggested === "cancel" ? [] : [suggested];
  const rest = [...first, ...others]
    .slice(0, free.length)
    .map((each, at): [string, ResolveAction] => [free[at]!, each]);
  return [...rest, ...(actions.includes("cancel") ? [["3", "cancel"] as [string, ResolveAction]] : [])].toSorted(
    ([one], [other]) => Number(one) - Number(other),
  );
}

/**
 * What can be done about one hold, where it is read: the suggested action's form is open at once, the others are one click away. What may not be done now
 * stays there with its reason.
 */
export function ResolveForm({ order, hold, onDone, action, autoFocus = false, hasKeys = false }: ResolveFormProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<{ action: ResolveAction; focus: boolean } | null>(null);
  const shown = chosen?.action ?? action ?? startWith(order, hold);
  const choices = hasKeys
    ? numbered(hold.resolve_with, startWith(order, hold))
    : hold.resolve_with.map((each): [string, ResolveAction] => ["", each]);
  useKeys(
    choices.map(([key, each]) => ({
      key,
      label: t(`resolve.action.${each}`),
      run: () => setChosen({ action: each, focus: true }),
    })),
    hasKeys,
  );
  if (shown === undefined) return null;
  const Form = forms[shown];
  return (
    <Stack gap="sm">
      {hold.resolve_with.length > 1 && (
        <div className={classes["choices"]} role="group" aria-label={t("resolve.choices")}>
          {choices.map(([key, each]) => (
            <Button
              key={each}
              size="compact-sm"
              variant={each === shown ? "light" : "subtle"}
              color={each === shown ? "rail" : "gray"}
              aria-pressed={each === shown}
              onClick={() => setChosen({ action: each, focus: true })}
            >
              {hasKeys && `${key} `}
              {t(`resolve.action.${each}`)}
            </Button>
          ))}
        </div>
      )}
      <Form
        key={`${shown} ${chosen?.focus === true}`}
        order={order}
        hold={hold}
        done={(said) => onDone(said, shown)}
        autoFocus={autoFocus || chosen?.focus === true}
      />
    </Stack>
  );
}
