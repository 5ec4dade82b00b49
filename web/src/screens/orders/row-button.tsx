import { Button, Tooltip } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "../../i18n.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { SwitchyardProblem } from "../../app/api.ts";
import type { Row } from "./use-order-list.ts";

/** Whether what stops it is a question that one press answers; everything else is resolved with its own form. */
export const isOneStep = ({ headline, actions }: Row): boolean =>
  actions.release.allowed && ["review", "stand_by", "on_hold", "awaiting_payment"].includes(headline);
export const isToResolve = ({ headline, reason }: Row): boolean => headline === "needs_attention" && reason !== null;

export function useProcess() {
  const { api } = useHere();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id, version }: Row) =>
      api.post("/v1/orders/{id}/process", { path: { id }, body: {}, ifMatch: version }),
    onSettled: () => refresh("orders"),
  });
}

/** The next step of an order, in its row. */
export function RowButton({ row, onResolve }: { row: Row; onResolve: (row: Row) => void }) {
  if (isToResolve(row)) return <Resolve row={row} onResolve={onResolve} />;
  return isOneStep(row) ? <Process row={row} /> : null;
}

function Resolve({ row, onResolve }: { row: Row; onResolve: (row: Row) => void }) {
  const { t } = useTranslation();
  return (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={t("orders.resolveOne", { number: row.number })}
      onClick={(event) => {
        event.stopPropagation();
        onResolve(row);
      }}
    >
      {t("orders.resolve")}
    </Button>
  );
}

function Process({ row }: { row: Row }) {
  const { t } = useTranslation();
  const process = useProcess();
  const { error } = process;
  const button = (
    <Button
      size="compact-xs"
      variant="default"
      loading={process.isPending}
      aria-label={t("orders.processOne", { number: row.number })}
      {...(error === null ? {} : { color: "red", variant: "light" })}
      onClick={(event) => {
        event.stopPropagation();
        process.mutate(row);
      }}
    >
      {error === null ? t("orders.process") : t("orders.processAgain")}
    </Button>
  );
  return error === null ? (
    button
  ) : (
    <Tooltip
      label={error instanceof SwitchyardProblem ? `${error.message} ${error.next}` : error.message}
      multiline
      maw={320}
    >
      {button}
    </Tooltip>
  );
}
