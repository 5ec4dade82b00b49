import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import type { Answer } from "#client";
import { useAct } from "../../app/act.ts";
import { useHere } from "../../app/session.tsx";
import { Beside } from "../../parts/beside.tsx";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { Empty, Trouble } from "../../parts/page.tsx";
import { RowProblems } from "./row-problems.tsx";

type Row = Answer<"get", "/v1/set-aside">["rows"][number];
const keyOf = (row: Row): string => `${row.import} ${row.line}`;

/** Rows of files that only a person can decide, each with its question. */
export function SetAside({ rows }: { rows: readonly Row[] | undefined }) {
  const { t } = useTranslation();
  const [openId, setOpen] = useState<string | null>(null);
  const open = rows?.find((row) => keyOf(row) === openId);
  const columns: Column<Row>[] = [
    {
      id: "file",
      header: t("setUp.imports.file"),
      width: 240,
      cell: ({ file }) => <strong className="cut">{file}</strong>,
    },
    {
      id: "line",
      header: t("setUp.imports.rows"),
      width: 100,
      cell: ({ line }) => t("setUp.imports.line", { line }),
    },
    { id: "question", header: t("setUp.imports.question"), cell: ({ question }) => question },
  ];
  return (
    <>
      <DataTable
        label={t("setUp.imports.setAside")}
        columns={columns}
        rows={rows}
        rowId={keyOf}
        nameOf={({ file, line }) => `${file} ${line}`}
        openId={openId}
        onOpen={(row) => setOpen(keyOf(row))}
        card={(row) => (
          <Stack gap={4}>
            <strong className="cut">
              {row.file}, {t("setUp.imports.line", { line: row.line })}
            </strong>
            <span className="cut">{row.question}</span>
          </Stack>
        )}
        empty={<Empty title={t("setUp.imports.questionNone")}>{t("setUp.imports.questionNoneHint")}</Empty>}
      />
      {open !== undefined && (
        <Beside title={`${open.file}, ${t("setUp.imports.line", { line: open.line })}`} onClose={() => setOpen(null)}>
          <Answering key={keyOf(open)} row={open} onDone={() => setOpen(null)} />
        </Beside>
      )}
    </>
  );
}

function Answering({ row, onDone }: { row: Row; onDone: () => void }) {
  const { t } = useTranslation();
  const { api, may } = useHere();
  const [why, setWhy] = useState("");
  const answer = useAct(
    (body: { cancels?: string; ignore?: string; refuse?: string }) =>
      api.post("/v1/set-aside/{id}/{line}/resolve", { path: { id: row.import, line: row.line }, body }),
    {
      onDone: () => {
        notifications.show({ message: t("setUp.imports.answered") });
        onDone();
      },
    },
  );
  return (
    <Stack gap="md">
      <Text size="sm">{row.question}</Text>
      {row.problems.length > 0 && <RowProblems problems={row.problems} />}
      {answer.error !== null && <Trouble error={answer.error} />}
      {may("imports.change") && (
        <>
          {row.candidates.length > 0 && (
            <Group gap="sm">
              {row.candidates.map(({ order, number }) => (
                <Button
                  key={order}
                  variant="default"
                  loading={answer.isPending}
                  onClick={() => answer.mutate({ cancels: order })}
                >
                  {t("setUp.imports.cancelsThis", { number })}
                </Button>
              ))}
            </Group>
          )}
          <TextInput
            label={t("setUp.imports.why")}
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
          />
          <Group gap="sm">
            <Button
              variant="default"
              disabled={why.trim() === ""}
              loading={answer.isPending}
              onClick={() => answer.mutate({ ignore: why.trim() })}
            >
              {t("setUp.imports.ignore")}
            </Button>
            <Button
              variant="default"
              disabled={why.trim() === ""}
              loading={answer.isPending}
              onClick={() => answer.mutate({ refuse: why.trim() })}
            >
              {t("setUp.imports.refuse")}
            </Button>
          </Group>
        </>
      )}
    </Stack>
  );
}
