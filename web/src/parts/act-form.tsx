import { Button, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useId, useRef, type ReactNode } from "react";
import { useTranslation } from "../i18n.ts";
import { proved } from "../app/act.ts";
import type { Schemas } from "../app/api.ts";
import { useHere, useRefresh, useRefreshOrders } from "../app/session.tsx";
import { CopyCall, type Call } from "./api-call.tsx";
import { Trouble } from "./page.tsx";

export type Verdict = Schemas["Verdict"];

/** Not `randomUUID`: a page without https has none. */
const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Calls that change nothing of what was set up. */
const ofOrders = /^\/v1\/(orders|fulfillment-orders)\//;

interface ActFormProps {
  /** What the button does, one after the other, with what stands in the fields now. */
  calls: readonly Call[];
  /** The button, named by what it does. */
  submit: string;
  /** Told when all of it was done, with the last answer. */
  onDone: (answer: unknown) => void;
  /** Whether it may be done now; where not, the button says why. */
  verdict?: Verdict;
  /** Shown for ten seconds with a button that takes it back. */
  undo?: { said: string; label: string; call: Call };
  /** It takes something away that does not come back. */
  isGrave?: boolean;
  /** Beside another form whose button is the one to press. */
  isQuiet?: boolean;
  /** The button has the caret as soon as it is shown: for a form without fields. */
  autoFocus?: boolean;
  /** Below the button: what follows from it. */
  hint?: ReactNode;
  onCancel?: () => void;
  children?: ReactNode;
}

/** A form that does something through the API: its fields, one button, and right there what came of it. */
export function ActForm(props: ActFormProps) {
  const { calls, submit, verdict = { allowed: true }, undo, isGrave = false, hint, onCancel } = props;
  const { t } = useTranslation();
  const { api } = useHere();
  const refreshAll = useRefresh();
  const refreshOrders = useRefreshOrders();
  const refresh = calls.every(({ path }) => ofOrders.test(path)) ? refreshOrders : refreshAll;
  const whyId = useId();
  // The same request again after a lost answer is done once.
  const keys = useRef(new Map<string, string>());
  const act = useMutation({
    mutationFn: async () => {
      let answer: unknown;
      for (const [index, call] of calls.entries()) {
        const what = `${index} ${call.path} ${JSON.stringify(call.body)}`;
        const key = keys.current.get(what) ?? newKey();
        keys.current.set(what, key);
        answer = await proved(() => call.send(api, key));
      }
      return answer;
    },
    onSuccess: async (answer) => {
      keys.current.clear();
      if (undo !== undefined) offerUndo(undo);
      props.onDone(answer);
      await refresh();
    },
  });
  const takeBack = useMutation({
    mutationFn: (call: Call) => call.send(api),
    onSuccess: () => refresh(),
    onError: (error) => notifications.show({ color: "red", message: error.message }),
  });
  function offerUndo({ said, label, call }: NonNullable<ActFormProps["undo"]>): void {
    const id = notifications.show({
      message: (
        <Group justify="space-between" wrap="nowrap">
          <span>{said}</span>
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => {
              notifications.hide(id);
              takeBack.mutate(call);
            }}
          >
            {label}
          </Button>
        </Group>
      ),
    });
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (verdict.allowed && !act.isPending) act.mutate();
      }}
    >
      <Stack gap="sm">
        {props.children}
        {act.error !== null && <Trouble error={act.error} />}
        <Group gap="sm" wrap="wrap">
          <Button
            type="submit"
            loading={act.isPending}
            aria-disabled={!verdict.allowed}
            data-disabled={verdict.allowed ? undefined : true}
            aria-describedby={verdict.allowed ? undefined : whyId}
            autoFocus={props.autoFocus === true}
            {...(isGrave ? { color: "red.9" } : {})}
            {...(props.isQuiet === true ? { variant: "default" } : {})}
          >
            {submit}
          </Button>
          {onCancel !== undefined && (
            <Button variant="subtle" color="gray" onClick={onCancel}>
              {t("resolve.leave")}
            </Button>
          )}
          {verdict.allowed ? (
            <CopyCall calls={calls} />
          ) : (
            <Text size="sm" c="dimmed" id={whyId} role="status" flex={1}>
              {verdict.why}
            </Text>
          )}
        </Group>
        {verdict.allowed && hint !== undefined && (
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        )}
      </Stack>
    </form>
  );
}
