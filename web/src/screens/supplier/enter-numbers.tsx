import { Button, FileButton, Group, Progress, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { SwitchyardProblem, type Schemas } from "../../app/api.ts";
import { useHere, useRefresh } from "../../app/session.tsx";
import { Trouble } from "../../parts/page.tsx";
import { columns, parcelsOf, readNumbers, type Column, type NumberRow, type Parcel } from "./numbers.ts";
import classes from "./supplier.module.css";

/** What the API said of a line: nothing wrong, or what, and in which cell. */
type Answer = { isSent: true } | { isSent: false; column: Column; text: string; mayInsist: boolean };

const columnOf: Readonly<Record<string, Column>> = {
  carrier_missing: "carrier",
  tracking_not_accepted: "number",
  known_number: "number",
  more_than_open: "units",
  unknown_sku: "sku",
};

/** Many numbers at once, pasted from a sheet or from a file: each cell that is wrong says so, the others are sent. */
export function EnterNumbers() {
  const { t } = useTranslation();
  const { api, workspace } = useHere();
  const refresh = useRefresh();
  const [text, setText] = useState("");
  const [answers, setAnswers] = useState<ReadonlyMap<number, Answer>>(new Map());
  const [done, setDone] = useState(0);
  // Not asked for anew while lines are sent: what was open when they were read is what they are about.
  const {
    data: open,
    error,
    refetch,
  } = useQuery({
    queryKey: [workspace.slug, "desk-open"],
    queryFn: async ({ signal }) => {
      const rows: Schemas["DeskRow"][] = [];
      for await (const page of api.pages("/v1/desk", { query: { at: "supplier", limit: 200 }, signal }))
        rows.push(...page.fulfillment_orders);
      return rows;
    },
    meta: { live: false },
    refetchOnWindowFocus: false,
  });
  const rows = useMemo(() => (open === undefined ? [] : readNumbers(text, open)), [text, open]);
  const parcels = parcelsOf(rows).filter((parcel) =>
    parcel.rows.every(({ line }) => answers.get(line)?.isSent !== true),
  );
  const answerAll = (its: readonly NumberRow[], answer: Answer): void =>
    setAnswers((before) => new Map([...before, ...its.map(({ line }) => [line, answer] as const)]));
  const send = useMutation({
    mutationFn: async ({ its, sure }: { its: readonly Parcel[]; sure: boolean }) => {
      setDone(0);
      for (const [index, parcel] of its.entries()) {
        try {
          await api.post("/v1/fulfillment-orders/{id}/tracking", {
            path: { id: parcel.part.id },
            body: { ...parcel.body, ...(sure ? { sure } : {}) },
          });
          answerAll(parcel.rows, { isSent: true });
        } catch (problem) {
          answerAll(parcel.rows, answerOf(problem, t("supplier.wrong.noAnswer")));
        }
        setDone(index + 1);
      }
    },
    onSuccess: () => refresh("desk"),
  });
  const read = (next: string): void => {
    setText(next);
    setAnswers(new Map());
  };
  const sent = rows.filter(({ line }) => answers.get(line)?.isSent === true).length;
  const wrong = rows.filter(
    ({ line, wrong: its }) => Object.keys(its).length > 0 || answers.get(line)?.isSent === false,
  ).length;
  return (
    <div className={classes["numbers"]}>
      {error !== null && <Trouble error={error} />}
      <Stack gap="sm">
        <Textarea
          label={t("supplier.paste")}
          description={t("supplier.pasteHint")}
          placeholder={t("supplier.example")}
          value={text}
          onChange={(event) => read(event.currentTarget.value)}
          autosize
          minRows={4}
          maxRows={12}
          spellCheck={false}
          classNames={{ input: "mono" }}
          disabled={send.isPending}
          size="sm"
        />
        <Group>
          <FileButton accept=".csv,.tsv,.txt,text/csv" onChange={(file) => void file?.text().then(read)}>
            {(props) => (
              <Button variant="default" {...props}>
                {t("supplier.upload")}
              </Button>
            )}
          </FileButton>
          {parcels.length > 0 && (
            <Button size="md" loading={send.isPending} onClick={() => send.mutate({ its: parcels, sure: false })}>
              {t("supplier.send", { count: parcels.length })}
            </Button>
          )}
          {answers.size > 0 && !send.isPending && (
            <Button
              variant="default"
              onClick={() => {
                read("");
                void refetch();
              }}
            >
              {t("supplier.again")}
            </Button>
          )}
        </Group>
        <Text role="status" size="sm">
          {send.isPending
            ? t("supplier.sending", { done, total: send.variables.its.length })
            : answers.size > 0 && t("supplier.result", { sent, wrong })}
        </Text>
        {send.isPending && (
          <Progress value={(100 * done) / send.variables.its.length} aria-label={t("supplier.numbers")} />
        )}
        {rows.length > 0 && (
          <table className={classes["read"]} aria-label={t("supplier.rows")}>
            <thead>
              <tr>
                <th scope="col">{t("supplier.cell.line")}</th>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {t(`supplier.cell.${column}`)}
                  </th>
                ))}
                <th scope="col">{t("supplier.cell.result")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => {
                const answer = answers.get(row.line);
                const parcel = parcels.find((each) => each.rows.includes(row));
                return (
                  <tr key={row.line}>
                    <td className="dim num">{row.line}</td>
                    {columns.map((column) => {
                      const what =
                        row.wrong[column] !== undefined
                          ? t(`supplier.wrong.${row.wrong[column]}`)
                          : answer?.isSent === false && answer.column === column
                            ? answer.text
                            : null;
                      return (
                        <td
                          key={column}
                          data-wrong={what === null ? undefined : true}
                          data-label={t(`supplier.cell.${column}`)}
                        >
                          <span>{row.cells[column]}</span>
                          {what !== null && <strong>{what}</strong>}
                        </td>
                      );
                    })}
                    <td data-sent={answer?.isSent === true || undefined}>
                      {answer?.isSent === true ? (
                        t("supplier.ok")
                      ) : row.isEmpty ? (
                        t("supplier.empty")
                      ) : answer?.isSent === false && answer.mayInsist && parcel !== undefined ? (
                        <Button
                          size="compact-sm"
                          variant="default"
                          disabled={send.isPending}
                          onClick={() => send.mutate({ its: [parcel], sure: true })}
                        >
                          {t("supplier.isRight")}
                        </Button>
                      ) : (
                        parcel !== undefined && answer === undefined && t("supplier.ready")
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
      </Stack>
    </div>
  );
}

function answerOf(problem: unknown, noAnswer: string): Answer {
  if (!(problem instanceof SwitchyardProblem) || problem.status === 0)
    return { isSent: false, column: "number", text: noAnswer, mayInsist: false };
  return {
    isSent: false,
    column: columnOf[problem.code] ?? "order",
    text: problem.message,
    mayInsist: problem.code === "tracking_not_accepted",
  };
}
